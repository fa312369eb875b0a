"""What the answers teach, in the columns that sentence-transformers trains on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from core.domain.judgments import Constraints
from core.steps.export.bundle import Bundle
from core.steps.export.cells import utf8


def triplets(bundle: Bundle) -> bytes:
    """Return triplets.jsonl: `anchor`, `positive`, `negative`, a line a triplet.

    They come from the settled judgments: triplets as they were answered, and of
    each placement into a group its text, a text of that group, and one of each
    group that was passed over. Nothing else stands in a line, because losses of
    sentence-transformers take every column for an input.
    """
    body = _bodies(bundle)
    found = dict.fromkeys(
        (body[anchor], body[positive], body[negative])
        for anchor, positive, negative in _sides(bundle.constraints)
        if {anchor, positive, negative} <= body.keys()
    )
    return _lines({"anchor": a, "positive": p, "negative": n} for a, p, n in found)


def pairs(bundle: Bundle) -> bytes:
    """Return pairs.jsonl: `sentence1`, `sentence2` and the `label`, 1 for the same
    category and 0 for different ones, a line a settled pair."""
    body, settled = _bodies(bundle), bundle.constraints
    links = ((1, settled.must_links), (0, settled.cannot_links))
    return _lines(
        {"sentence1": body[link.left], "sentence2": body[link.right], "label": label}
        for label, some in links
        for link in some
        if {link.left, link.right} <= body.keys()
    )


def _sides(settled: Constraints) -> Iterator[tuple[str, str, str]]:
    for triplet in settled.triplets:
        yield triplet.anchor, triplet.positive, triplet.negative
    for placed in settled.placements:
        if placed.chosen:
            for passed_over in placed.rejected:
                yield placed.text, placed.chosen[0], passed_over[0]


def _bodies(bundle: Bundle) -> Mapping[str, str]:
    return {text.id: text.body for text in bundle.corpus.texts}


def _lines(rows: Iterable[Mapping[str, object]]) -> bytes:
    return utf8("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
