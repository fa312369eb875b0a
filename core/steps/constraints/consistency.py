"""How often one annotator's own answers clash."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from core.domain.judgments import Judgment
from core.domain.sayings import Ends, ends, sayings
from core.steps.constraints.answers import speaks


@dataclass(frozen=True, slots=True)
class Consistency:
    """Triangles of three texts linked by three answers of one annotator: `broken` of
    `closed` cannot be right, and `answers` different answers take part in them."""

    broken: int
    closed: int
    answers: int

    @property
    def wrong(self) -> float:
        """Return about which share of the answers is wrong.

        Where answers err with a small probability e, a triangle breaks with 2e (one
        of its two cannot-links flipped) to 3e (one of three must-links), and with
        less than 1/2 where they err much. So half of the broken share is a
        cautious guess: in simulations it lies near e up to 0.15, and below beyond.
        """
        return 0.5 * self.broken / self.closed if self.closed else 0.0


def consistency(judgments: Sequence[Judgment]) -> Consistency:
    """Return how consistent one annotator's answers, one a question, are in any order.

    A triangle of three must-links, or of one and two cannot-links, is whole; two
    must-links and a cannot-link break it; three cannot-links say nothing and are
    not counted. Left out are triangles in which one answer speaks twice, and two
    texts about which the annotator said both.
    """
    links = _links(judgments)
    broken = closed = 0
    used: set[int] = set()
    for triangle in _triangles(links):
        sides = [links[pair] for pair in triangle]
        asked = {place for _, place in sides}
        must = sum(same for same, _ in sides)
        if len(asked) == 3 and must:
            closed += 1
            broken += must == 2
            used |= asked
    return Consistency(broken, closed, len(used))


def _links(judgments: Sequence[Judgment]) -> dict[Ends, tuple[bool, int]]:
    """Return (same, which judgment said so) of each two texts of which one thing is said."""
    found: dict[Ends, tuple[bool, int] | None] = {}
    for place, judgment in enumerate(judgments):
        if not speaks(judgment):
            continue
        for saying in sayings(judgment.question, judgment.verdict):
            if saying.aside:
                continue
            before = found.setdefault(saying.ends, (saying.same, place))
            if before is not None and before[0] is not saying.same:
                found[saying.ends] = None
            elif before is not None and before[1] != place:
                # By id, as the order of the answers must leave no trace.
                first = min(before[1], place, key=lambda p: judgments[p].question.id)
                found[saying.ends] = (saying.same, first)
    return {pair: said for pair, said in found.items() if said is not None}


def _triangles(links: Iterable[Ends]) -> Iterator[tuple[Ends, Ends, Ends]]:
    """Yield each triangle once.

    Every link points to its end of the higher degree, so that no text has more
    than √(2m) neighbours ahead of it (Chiba and Nishizeki 1985, section 3): hubs
    that stand for a group are in thousands of links.
    """
    links = set(links)
    degree: dict[str, int] = defaultdict(int)
    for pair in links:
        for text in pair:
            degree[text] += 1
    ahead: dict[str, list[str]] = defaultdict(list)
    for left, right in links:
        low, high = sorted((left, right), key=lambda text: (degree[text], text))
        ahead[low].append(high)
    for text, others in ahead.items():
        for one, other in combinations(others, 2):
            if (third := ends(one, other)) in links:
                yield ends(text, one), ends(text, other), third
