"""Colours: few that anyone can tell apart, and quiet greys for the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.clusterings import UNASSIGNED

LIGHT_PALETTE = (
    *("#3f90da", "#ffa90e", "#117733", "#ee6677", "#832db6"),
    *("#33bbee", "#882255", "#6b8e23", "#332288", "#c44e9e"),
)
"""Ten colours chosen from published colour-blind-safe sets (Okabe and Ito 2008;
Tol 2021; Petroff 2021) so that the nearest two stay at least 0.09 apart in OKLab
with normal vision and under full protan-, deuter- and tritanopia (Machado et al.
2009)."""

DARK_PALETTE = (
    *("#3f90da", "#f0e442", "#ee6677", "#117733", "#92dadd"),
    *("#832db6", "#ccbb44", "#c44e9e", "#56b4e9", "#6b8e23"),
)
"""The same on a dark ground: each at least 2.5 : 1 against #15191c."""


@dataclass(frozen=True, slots=True)
class Look:
    """Colours of everything but the groups. `halo` is the ground behind the map."""

    palette: tuple[str, ...]
    greys: tuple[str, ...]
    hollow: str
    ink: str
    halo: str
    strength: tuple[str, str, str]


LIGHT = Look(
    palette=LIGHT_PALETTE,
    greys=("#c9ced6", "#b9bfc9", "#d6dae0"),
    hollow="#b4bac4",
    ink="#1f2430",
    halo="#fbfbf9",
    strength=("#dbe4ee", "#5b9bd5", "#123a63"),
)
DARK = Look(
    palette=DARK_PALETTE,
    greys=("#4a505c", "#565d6a", "#3f4550"),
    hollow="#5d6472",
    ink="#f2f4f8",
    halo="#15191c",
    strength=("#2a3442", "#3f78b5", "#b9dcff"),
)


def colored(groups: Sequence[int], limit: int = len(LIGHT_PALETTE)) -> tuple[int, ...]:
    """Return the groups that get a colour when none is chosen: the `limit` largest
    of `groups` (one entry a text), by size, then by id; never the unassigned."""
    sizes = Counter(group for group in groups if group != UNASSIGNED)
    return tuple(sorted(sizes, key=lambda group: (-sizes[group], group))[:limit])


def color_range(
    groups: Sequence[int], focus: Sequence[int], palette: Sequence[str], greys: Sequence[str]
) -> list[str]:
    """Return a colour for each of `groups`: a focused one by its place in `focus`,
    any other a grey by its id, so that neighbours can still be told apart."""
    place = {group: i for i, group in enumerate(focus[: len(palette)])}
    return [
        palette[place[group]] if group in place else greys[group % len(greys)] for group in groups
    ]
