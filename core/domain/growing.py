"""A tree that was grown or grouped anew and waits for a person's word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.domain.errors import InputError
from core.domain.taxonomy import NewParent

GrownBy = Literal["linkage", "llm"]


@dataclass(frozen=True, slots=True)
class GrowthSpec:
    """How a tree is to be grown.

    `levels` 2 to 4, the topics themselves included (a language model groups into two);
    `parents` at the top, None to choose; `keep` leaves parents that people named, and
    all under them, where they are. Raises InputError on values out of range.
    """

    by: GrownBy = "linkage"
    levels: int = 2
    parents: int | None = None
    keep: bool = True

    def __post_init__(self) -> None:
        if not 2 <= self.levels <= 4:
            raise InputError(f"A tree of {self.levels} levels was asked for.", "Choose 2 to 4.")
        if self.parents is not None and self.parents < 2:
            raise InputError("A tree needs two parents.", "Choose two or more, or none.")


@dataclass(frozen=True, slots=True)
class TreeOffer:
    """A new tree beside the current one. `moved` counts the leaves that would have other
    leaves beside them, `answers` the answers that had a say."""

    job: str
    by: GrownBy
    model: str
    parents: tuple[NewParent, ...]
    alone: tuple[str, ...]
    moved: int
    answers: int


@dataclass(frozen=True, slots=True)
class OfferedLine:
    """One line of an offered tree: `depth` 0 at the top, `size` in texts, and for a leaf
    the label of the parent that it is under `now` ("" for none). Parents have no `now`."""

    depth: int
    label: str
    size: int
    now: str | None
