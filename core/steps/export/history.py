"""How the taxonomy came about, version by version."""

from __future__ import annotations

import json

from core.steps.export.bundle import Bundle
from core.steps.export.cells import utf8


def as_jsonl(bundle: Bundle) -> bytes:
    """Return history.jsonl: an object a version, oldest first.

    `on_the_way` is whether the exported version was made from it: what was undone
    is told and was not taken. `at` is ISO 8601 in UTC.
    """
    parents = {note.number: note.parent for note in bundle.history}
    way = set[int]()
    place: int | None = bundle.taxonomy.version
    while place is not None and place not in way:
        way.add(place)
        place = parents.get(place)
    return utf8(
        "".join(
            json.dumps(
                {
                    "version": note.number,
                    "made_from": note.parent,
                    "what": note.sentence,
                    "author": note.author,
                    "at": note.at.isoformat(),
                    "map_id": note.map_id,
                    "on_the_way": note.number in way,
                },
                ensure_ascii=False,
            )
            + "\n"
            for note in bundle.history
        )
    )
