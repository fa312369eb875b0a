"""Names that were generated for topics and wait for a person's word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.domain.taxonomy import NewName

NamesBy = Literal["keywords", "llm"]


@dataclass(frozen=True, slots=True)
class NameOffer:
    """A generated name for one topic, beside what it is called now. `note` says in a
    sentence what speaks against it, "" where nothing does."""

    name: NewName
    label: str
    description: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class NameOffers:
    """What one run of naming came to, as far as it still fits the tree.

    `job` names the run, `model` who named; `left` holds the labels of topics that stayed
    as they were, with the reason; `lapsed` counts offers that no longer fit their topic.
    """

    job: str
    by: NamesBy
    model: str
    offers: tuple[NameOffer, ...]
    left: tuple[tuple[str, str], ...]
    lapsed: int = 0
