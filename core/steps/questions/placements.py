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

# A group that nobody was asked about is worth a question even where joining is unlikely.
_EXPLORE = 0.1

# Answers that an anchor gets at most, and the certainty from which it needs no more.
_MOST_ANSWERS = 4
_SURE = 0.8

# What a check and a comparison weigh beside a first answer about a block. Chosen on BANKING77.
_CHECK, _COMPARE = 0.1, 1.0

# Each comparison that found two groups different makes the next less worth while.
_COMPARED = 0.1
_SHOWN_BESIDE = 0.3

_FIRST = "Nobody was asked about this group yet; your answer says whether it stands alone."
_PART = "These texts could belong to another group than the one they are in."
_SURER = "Answers about this text do not settle where it belongs."
_NEAR = "This group lies close to others; your answer says whether two of them are one."


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A question that could be asked: about row `text`, expected to set `gain` texts
    right; `group` is the one it compares with others, None to place the text alone."""

    gain: float
    text: int
    why: str
    touches: int
    own: bool
    group: int | None = None


@dataclass(slots=True)
class _Table:
    """What the candidates are drawn from, in the numbering of `near.ids`."""

    ground: Ground
    grouping: Grouping
    near: Nearness
    sizes: NDArray[np.intp]
    answers: Counter[int]
    settled: set[int] = field(default_factory=set)


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
    labels = grouping.clustering.labels
    sizes = np.array([(labels == name).sum() for name in near.ids])
    return _Table(ground, grouping, near, sizes, Counter(e.text for e in grouping.evidence))


def _candidates(table: _Table) -> Iterator[_Candidate]:
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
    ground, grouping = table.ground, table.grouping
    sizes = np.bincount(ground.blocks)
    starts = frozenset(ground.starts.tolist())
    for text, sure in zip(grouping.anchors.tolist(), grouping.certainty.tolist(), strict=True):
        if sure < _SURE and 0 < table.answers[text] < _MOST_ANSWERS:
            whole = text in starts
            size = int(
                (ground.prior == ground.prior[text]).sum() if whole else sizes[ground.blocks[text]]
            )
            yield _Candidate(_CHECK * size * (1 - sure), text, _SURER, size, own=not whole)


def _comparisons(table: _Table) -> Iterator[_Candidate]:
    near = table.near
    worth = near.worth(_COMPARED, _SHOWN_BESIDE)
    usual = MOST_CANDIDATES * np.exp(8 * (0.75 - 1.0))
    for group in np.flatnonzero(near.established).tolist():
        reach = float(np.sort(worth[group])[-MOST_CANDIDATES:].sum() / usual)
        gain = _COMPARE * float(table.sizes[group]) * near.hit_rate * min(1.0, reach)
        text = near.member_towards(group, int(worth[group].argmax()), table.answers)
        if gain > 0 and text is not None:
            yield _Candidate(gain, text, _NEAR, int(table.sizes[group]), own=False, group=group)


def _question(table: _Table, candidate: _Candidate) -> Placement | None:
    near, text = table.near, candidate.text
    if candidate.group is None:
        own = near.group_of(text)
        offered = near.nearest(text, MOST_CANDIDATES, without=() if candidate.own else (own,))
        near.establish(own)
    else:
        if candidate.group in table.settled:
            return None
        worth = near.worth(_COMPARED, _SHOWN_BESIDE)[candidate.group]
        order = np.argsort(-worth, kind="stable")[:MOST_CANDIDATES].tolist()
        offered = [g for g in order if worth[g] > 1e-6 and g not in table.settled]
        table.settled.add(candidate.group)
    bunch = _bunch(table.ground, text)
    used = {text, *bunch}
    groups = [near.examples(group, text, _EXAMPLES, used) for group in offered]
    names = table.ground.text_ids
    shown = tuple(tuple(names[row] for row in group) for group in groups if group)
    if not shown:
        return None
    return Placement(names[text], tuple(names[row] for row in bunch), shown)


def _bunch(ground: Ground, text: int) -> list[int]:
    """Return rows of texts that are all but identical to `text`, in its block."""
    mates = np.flatnonzero(ground.blocks == ground.blocks[text])
    cosines = ground.vectors[mates] @ ground.vectors[text]
    order = mates[np.argsort(-cosines, kind="stable")]
    alike = frozenset(mates[cosines > _IDENTICAL].tolist())
    return [row for row in order.tolist() if row != text and row in alike][:_BUNCH]
