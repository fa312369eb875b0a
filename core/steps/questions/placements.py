"""Placements worth asking: where an answer is expected to put the most texts right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.domain.groupings import Ground, Grouping
from core.domain.questions import MOST_CANDIDATES, Asked, Placement
from core.steps.questions.nearness import Nearness

# Texts that stand for a group on a card, and near-identical ones shown with a text.
_EXAMPLES = 3
_BUNCH = 2
_IDENTICAL = 0.98

# Texts at stake below which two fragments are not worth a place on a card.
_NOTHING = 1e-6

# A group that nobody was asked about is worth a question even where joining is unlikely.
_EXPLORE = 0.1

# Answers that an anchor gets at most, and the certainty from which it needs no more.
_MOST_ANSWERS = 4
_SURE = 0.8

# What a check and a comparison weigh beside a first answer about a block. Chosen on BANKING77.
_CHECK, _COMPARE = 0.1, 0.1

# Second questions to a machine about a text, so as to learn how far to believe it: at
# most so many, and at most one in so many answers.
_RECHECKS, _RECHECK_EACH = 12, 4

_FIRST = "Nobody was asked about this group yet; your answer says whether it stands alone."
_PART = "These texts could belong to another group than the one they are in."
_SURER = "Answers about this text do not settle where it belongs."
_AGAIN = "Much hangs on the answer about this text, so it is asked about a second time."
_NEAR = "This group lies close to others; your answer says whether two of them are one."


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A question that could be asked: about row `text`, expected to set `gain` texts
    right; `others` are the fragments that its own is compared with, () to place the
    text alone."""

    gain: float
    text: int
    why: str
    touches: int
    own: bool
    others: tuple[int, ...] = ()


@dataclass(slots=True)
class _Table:
    """What the candidates are drawn from; `settled` are the fragments that a question
    of this batch compares already."""

    ground: Ground
    grouping: Grouping
    near: Nearness
    answers: Counter[int]
    settled: set[int] = field(default_factory=set)

    def reach(self, text: int) -> int:
        """Return how many texts follow a text: its prior group's, where it stands for
        it, or its block's."""
        if (self.ground.starts == text).any():
            return int((self.ground.prior == self.ground.prior[text]).sum())
        return int((self.ground.blocks == self.ground.blocks[text]).sum())


def propose_placements(
    ground: Ground, grouping: Grouping, *, count: int, asked: Collection[str]
) -> tuple[Asked, ...]:
    """Return up to `count` placements, the highest expected gain first.

    Unexplored groups come first by size, then blocks whose group is in doubt,
    groups that could be one, and texts whose answers disagree. A group is offered
    once an answer is about it; it is shown by up to three of its anchors nearest
    to the text. None has an id in `asked`, and no two of a batch are about the
    same text or compare the same group.
    """
    table = _table(ground, grouping)
    candidates = sorted(_candidates(table), key=lambda one: (-one.gain, one.text))
    if not table.near.established.any() and candidates:
        # With nothing to compare with, the largest group is taken as it is.
        table.near.establish(table.near.group_of(candidates[0].text))
        candidates = candidates[1:]
    chosen: list[Asked] = []
    taken: set[int] = set()
    for candidate in candidates:
        if len(chosen) >= count:
            break
        if candidate.text in taken:
            continue
        question = _question(table, candidate)
        if question is None or question.id in asked:
            continue
        taken.add(candidate.text)
        chosen.append(Asked(question, candidate.why, candidate.touches, ground.space))
    return tuple(chosen)


def _table(ground: Ground, grouping: Grouping) -> _Table:
    near = Nearness.of(ground, grouping)
    return _Table(ground, grouping, near, Counter(e.text for e in grouping.evidence))


def _candidates(table: _Table) -> Iterator[_Candidate]:
    yield from _rechecks(table)
    yield from _first_answers(table)
    yield from _blocks(table)
    yield from _checks(table)
    yield from _comparisons(table)


def _explored(table: _Table) -> NDArray[np.bool_]:
    """Return which prior groups hold a text that an answer is about; a lone one counts
    as explored: there is no other to compare it with, only its parts with each other."""
    found = np.full(len(table.ground.prior_ids), len(table.ground.prior_ids) == 1)
    found[table.ground.prior[list(table.answers)]] = True
    return found


def _first_answers(table: _Table) -> Iterator[_Candidate]:
    ground = table.ground
    starts = frozenset(ground.starts.tolist())
    firsts = [e for e in table.grouping.evidence if e.text in starts]
    joined = (sum(e.chosen is not None for e in firsts) + 1) / (len(firsts) + 8)
    doubt = max(min(joined, 1 - joined), _EXPLORE)
    sizes = np.bincount(ground.prior, minlength=len(ground.prior_ids))
    for prior in np.flatnonzero(~_explored(table)).tolist():
        size = int(sizes[prior])
        yield _Candidate(size * doubt**0.5, int(ground.starts[prior]), _FIRST, size, own=False)


def _blocks(table: _Table) -> Iterator[_Candidate]:
    ground = table.ground
    sizes = np.bincount(ground.blocks, minlength=len(ground.medoids))
    covered = np.zeros(len(ground.medoids), dtype=np.bool_)
    covered[ground.blocks[list(table.answers)]] = True
    explored = _explored(table)
    right = table.grouping.clustering.strength
    for block in np.flatnonzero(~covered).tolist():
        text = int(ground.medoids[block])
        if explored[ground.prior[text]]:
            doubt = max(0.02, 1 - float(right[text]))
            size = int(sizes[block])
            yield _Candidate(size * doubt**0.5, text, _PART, size, own=True)
    if covered.all():
        # Every block has its answer: go on with single texts, the doubtful ones first.
        for text in np.argsort(right, kind="stable")[:200].tolist():
            if text not in table.answers:
                yield _Candidate(1 - float(right[text]), text, _PART, 1, own=True)


def _checks(table: _Table) -> Iterator[_Candidate]:
    grouping = table.grouping
    for text, sure in zip(grouping.anchors.tolist(), grouping.certainty.tolist(), strict=True):
        if sure < _SURE and 0 < table.answers[text] < _MOST_ANSWERS:
            size = table.reach(text)
            own = not (table.ground.starts == text).any()
            yield _Candidate(_CHECK * size * (1 - sure), text, _SURER, size, own=bool(own))


def _rechecks(table: _Table) -> list[_Candidate]:
    """Return second questions about texts that a machine placed with one answer, those
    first that most texts follow. They come before all others until there are enough."""
    grouping = table.grouping
    once = [
        item.text
        for item in grouping.evidence
        if item.machine and item.chosen is not None and table.answers[item.text] == 1
    ]
    wanted = min(_RECHECKS, len(grouping.evidence) // _RECHECK_EACH) - grouping.rechecked
    found = [_Candidate(np.inf, text, _AGAIN, table.reach(text), own=True) for text in once]
    return sorted(found, key=lambda one: (-one.touches, one.text))[: max(0, wanted)]


def _comparisons(table: _Table) -> Iterator[_Candidate]:
    """Ask of each fragment whether it is one with those where being wrong about that
    would misplace most texts."""
    grouping = table.grouping
    sizes = grouping.sizes.astype(np.float64)
    chances = 1.0 / (1.0 + np.exp(-np.clip(grouping.one.astype(np.float64), -30.0, 30.0)))
    at_stake = np.minimum(chances, 1 - chances) * np.minimum(sizes[:, None], sizes)
    asked = np.zeros(len(sizes), dtype=np.bool_)
    asked[grouping.fragments[grouping.asked]] = True
    at_stake[:, ~asked] = 0.0
    groups = np.zeros(len(sizes), dtype=np.intp)
    groups[grouping.fragments] = table.near.codes
    for fragment in np.flatnonzero(asked).tolist():
        others = _one_a_group(at_stake[fragment], groups)
        if others:
            gain = _COMPARE * float(at_stake[fragment, others].sum())
            text = table.near.member_towards(fragment, others[0], table.answers)
            touches = int(sizes[fragment])
            yield _Candidate(gain, text, _NEAR, touches, own=False, others=tuple(others))


def _one_a_group(at_stake: NDArray[np.float64], groups: NDArray[np.intp]) -> list[int]:
    """Return the fragments with most at stake, no two of one group."""
    found: dict[int, int] = {}
    for other in np.argsort(-at_stake, kind="stable").tolist():
        if len(found) == MOST_CANDIDATES or at_stake[other] <= _NOTHING:
            break
        found.setdefault(int(groups[other]), other)
    return list(found.values())


def _question(table: _Table, candidate: _Candidate) -> Placement | None:
    ground, text = table.ground, candidate.text
    bunch = _bunch(ground, text)
    used = {text, *bunch}
    offered = _compared(table, candidate) if candidate.others else _offered(table, candidate)
    groups = [table.near.examples(among, text, _EXAMPLES, used) for among in offered]
    names = ground.text_ids
    shown = tuple(tuple(names[row] for row in group) for group in groups if group)
    if not shown:
        return None
    return Placement(names[text], tuple(names[row] for row in bunch), shown)


def _compared(table: _Table, candidate: _Candidate) -> list[NDArray[np.bool_]]:
    """Return the anchors of each fragment to compare with; none where its own is
    compared in this batch already."""
    fragments = table.grouping.fragments
    own = int(fragments[table.grouping.anchors == candidate.text][0])
    if own in table.settled:
        return []
    others = [other for other in candidate.others if other not in table.settled]
    table.settled.add(own)
    return [fragments == other for other in others]


def _offered(table: _Table, candidate: _Candidate) -> list[NDArray[np.bool_]]:
    """Return the anchors of each group to place the text in: the nearest ones, its own
    always among them where it is to be placed anew."""
    near = table.near
    own = near.group_of(candidate.text)
    without = () if candidate.own else (own,)
    offered = near.nearest(candidate.text, MOST_CANDIDATES, without=without)
    if candidate.own and near.established[own] and own not in offered:
        offered = [*offered[: MOST_CANDIDATES - 1], own]
    near.establish(own)
    return [near.codes == group for group in offered]


def _bunch(ground: Ground, text: int) -> list[int]:
    """Return rows of texts that are all but identical to `text`, in its block."""
    mates = np.flatnonzero(ground.blocks == ground.blocks[text])
    cosines = ground.vectors[mates] @ ground.vectors[text]
    order = mates[np.argsort(-cosines, kind="stable")]
    alike = frozenset(mates[cosines > _IDENTICAL].tolist())
    return [row for row in order.tolist() if row != text and row in alike][:_BUNCH]
