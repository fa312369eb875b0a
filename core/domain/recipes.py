"""Recipes: the edits of one taxonomy, told so that another can be shaped alike."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

from core.domain.errors import InputError
from core.domain.taxonomy import Edit, Taxonomy


@dataclass(frozen=True, slots=True)
class Mention:
    """A topic that an edit names, by what can be found elsewhere: the labels on its way
    from the root, whether it is a `leaf`, its `size` in texts, and some of their ids
    (ids are hashes of the contents, the same wherever the text is)."""

    id: str
    path: tuple[str, ...]
    leaf: bool
    size: int
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One edit: its sentence, the topics that it names, and the ids of those it makes."""

    sentence: str
    edit: Edit
    mentions: tuple[Mention, ...]
    makes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recipe:
    """The edits that led to a taxonomy, the first one first. `left_out` tells in sentences
    what happened besides and cannot be replayed (maps, retrains)."""

    project: str
    steps: tuple[Step, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Replayed:
    """One step on another taxonomy: the edit as it was made there and what came of it,
    or why it could not be made (then the other two are None)."""

    sentence: str
    edit: Edit | None
    taxonomy: Taxonomy | None
    refused: str = ""


def encode_edit(edit: Edit) -> dict[str, Any]:
    """Return an edit as JSON values."""
    return {"kind": type(edit).__name__, **asdict(edit)}


def decode_edit(values: Mapping[str, Any]) -> Edit:
    """Return the edit of `encode_edit`. Raises InputError where it is none."""
    kinds = {kind.__name__: kind for kind in get_args(Edit)}
    fields = {name: value for name, value in values.items() if name != "kind"}
    try:
        made: Edit = _adapter(kinds[values["kind"]]).validate_json(json.dumps(fields))
    except (KeyError, TypeError, ValidationError) as error:
        raise InputError(
            "A step of the recipe is not an edit that this version of Clade knows.",
            "Download the recipe again, and replay it with the version that made it.",
        ) from error
    return made


@cache
def _adapter(kind: type) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
