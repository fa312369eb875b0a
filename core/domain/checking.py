"""What speaks against a taxonomy, and what it is worth in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FindingKind = Literal[
    "single child",
    "near siblings",
    "narrow parent",
    "oversized",
    "not reviewed",
    "low cohesion",
    "against answers",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should look at: the topics it is about, why in one sentence,
    and two text ids worth asking about (() for none)."""

    kind: FindingKind
    topics: tuple[str, ...]
    why: str
    ask: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score: `value` in [0, 1], None where nothing can be said yet, and
    how it is counted in one sentence."""

    name: str
    value: float | None
    how: str


@dataclass(frozen=True, slots=True)
class TaxonomyScore:
    """A taxonomy's parts; `value` is the mean of those that say something, 0 to 1."""

    parts: tuple[Part, ...]

    @property
    def value(self) -> float:
        said = [part.value for part in self.parts if part.value is not None]
        return sum(said) / len(said) if said else 0.0
