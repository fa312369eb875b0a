"""Placements worth asking: where an answer is expected to put the most texts right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.groupings import Ground, Grouping
from core.domain.questions import MOST_CANDIDATES, Asked, Placement
from core.steps.questions.moving import expected_moves
from core.steps.questions.subjects import Subjects, leading

_Reals = NDArray[np.float64]

# Texts that stand for a group on a card, and near-identical ones shown with a text.
_EXAMPLES = 3
_BUNCH = 2
_IDENTICAL = 0.98

# What a first answer about a text weighs beside one about a text that has an answer: a
# share of the texts that follow it, and of those that are expected to join others.
# Where answers are seldom wrong a second look is worth less, down to the least of these,
# and always where it asks whether two groups are one, unless groups are wide; from so many
# errors others count in full. All chosen on texts of BANKING77's train file and of CLINC150
# outside its test file.
_FIRST_LOOK, _JOIN = 0.4, 0.5
_ALL_FROM, _SECOND_LOOK_LEAST = 0.12, 0.1

# The chance that a first answer changes anything, at least, and for a group of the map.
_DOUBT_LEAST, _JOINS_LEAST = 0.02, 0.1

# Where the groups of the map are parts of wider ones, what the other answers spread to such
# a part tells which one, and rightly so in proportion to how sure it is: what a first
# answer weighs then, and how much less where answers err.
_PART_LOOK, _PART_ERRORS = 2.4, 0.6

# A text that fitted none of the groups shown mostly belongs to one that was not. A further
# answer finds that one half the time once so many texts were asked about for each group of
# the map, besides those that stand for the groups, and each one after it more seldom. Chosen
# on the same texts.
_ANOTHER_FROM, _FURTHER = 3.0, 0.8

# Answers that a text gets at most; texts with one that are looked at closely.
_MOST_ANSWERS = 6
_LOOKED_AT = 250

# Members of a group are shown together where they are drawn together so often.
_COHERENT = 0.7

# Of groups that a text with answers is in as often, the nearer one comes first; and what
# was asked about is shown rather than what was not.
_NEARER, _ASKED = 0.02, 0.1

_FIRST = "Nobody was asked about this group yet; your answer says whether it stands alone."
_PART = "These texts could belong to another group than the one they are in."
_SURER = "Answers about this text do not settle where it belongs."
_NEAR = "This group lies close to others; your answer says whether two of them are one."
_ANOTHER = "This text fitted none of the groups it was shown with; it may fit one of these."
_SAME = "Is the group of this text, which is not shown, the same as one of these?"


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A question that could be asked: subject `at`, before the anchors `options`; `gain`
    is how many texts an answer is expected to put right."""

    gain: float
    at: int
    why: str
    touches: int
    options: list[list[int]]


def propose_placements(
    ground: Ground, grouping: Grouping, *, count: int, asked: Collection[str]
) -> tuple[Asked, ...]:
    """Return up to `count` placements, the highest expected gain first.

    Groups of the map that nobody was asked about, blocks that no answer is about, and
    texts whose answers leave open where they, or all that is tied to them, belong. A
    group is shown by up to three anchors near the text that belong together. None has
    an id in `asked`, and no two of a batch are about texts of the same group that were
    asked about before, or that stand for it.
    """
    table = Subjects.of(ground, grouping)
    candidates = [*_first_looks(table), *_second_looks(table)]
    chosen: list[Asked] = []
    groups: set[int] = set()
    for candidate in sorted(candidates, key=lambda one: (-one.gain, int(table.rows[one.at]))):
        if len(chosen) >= count:
            break
        own = int(table.own[candidate.at])
        if own >= 0 and int(table.codes[own]) in groups:
            continue
        question = _question(table, candidate)
        if question is None or question.id in asked:
            continue
        if own >= 0:
            groups.add(int(table.codes[own]))
        chosen.append(Asked(question, candidate.why, candidate.touches, ground.space))
    return tuple(chosen)


def _first_looks(table: Subjects) -> list[_Candidate]:
    """Return a candidate for each text that no answer is about."""
    grouping = table.grouping
    doubts = _doubts(table)
    found = []
    for at, own in enumerate(table.own.tolist()):
        follow = float(table.follow[at])
        if not follow or (own >= 0 and grouping.asked[own]):
            continue
        gain = follow * float(doubts[at])
        options: list[list[int]] = []
        if own >= 0 and not table.by_starts:
            options = list(_options(table, at).values())
            gain = _errors(grouping) * gain + _JOIN * _moves(table, at, options)
        why = _FIRST if own >= 0 else _PART
        found.append(_Candidate(gain, at, why, int(follow), options))
    return found


def _doubts(table: Subjects) -> _Reals:
    """Return the share of the texts that follow each subject which a first answer is
    expected to put right, float64 (c,)."""
    grouping, ground = table.grouping, table.ground
    if grouping.wide:
        weight = _PART_LOOK * (1.0 - _PART_ERRORS * _errors(grouping))
        parts = weight * (1.0 - _surest(ground, grouping)) ** 2
    else:
        joins = np.minimum(grouping.joining, 1.0 - grouping.joining)
        parts = _FIRST_LOOK * joins.clip(_JOINS_LEAST)
    single = _FIRST_LOOK * (1.0 - table.shares.max(axis=1)).clip(_DOUBT_LEAST)
    return np.where(table.own >= 0, parts[ground.prior[table.rows]], single)


def _surest(ground: Ground, grouping: Grouping) -> _Reals:
    """Return the share that the likeliest group has of each prior group's texts, by what the
    answers spread to them: float64 (p,)."""
    names = np.unique(grouping.groups)
    codes, shares = leading(grouping, names, slice(None))
    cells = ground.prior[:, None] * len(names) + codes
    count = len(ground.prior_ids) * len(names)
    held = np.bincount(cells.ravel(), shares.ravel(), minlength=count)
    return np.asarray(held.reshape(-1, len(names)).max(axis=1) / np.bincount(ground.prior))


def _second_looks(table: Subjects) -> list[_Candidate]:
    """Return candidates for texts that were asked about, where most is in doubt: which of
    some groups they belong to, their own among them, and whether another is their own."""
    grouping = table.grouping
    answers = Counter(item.text for item in grouping.evidence)
    weight = max(_errors(grouping), _SECOND_LOOK_LEAST)
    follow = table.follow[: len(grouping.anchors)]
    doubt = (table.together * (1.0 - table.together)) @ follow
    another = _another(table)
    found = []
    for at in np.argsort(-doubt, kind="stable")[:_LOOKED_AT].tolist():
        if not grouping.asked[at] or answers[int(table.rows[at])] >= _MOST_ANSWERS:
            continue
        options = _options(table, at, MOST_CANDIDATES + 1)
        likely = list(options.values())[:MOST_CANDIDATES]
        moves, own = _moves(table, at, likely), float(follow[at])
        gain = weight * moves
        why, touches = (_NEAR, moves) if moves > own else (_SURER, own)
        found_elsewhere = another[at] * _FURTHER ** (answers[int(table.rows[at])] - 1) * own
        if found_elsewhere > gain:
            gain, why, touches = found_elsewhere, _ANOTHER, own
        found.append(_Candidate(gain, at, why, max(1, round(touches)), likely))
        if options.pop(int(table.codes[at]), None) and options:
            others = list(options.values())[:MOST_CANDIDATES]
            moves = _moves(table, at, others)
            gain = (1.0 if grouping.wide else _SECOND_LOOK_LEAST) * moves
            found.append(_Candidate(gain, at, _SAME, max(1, round(moves)), others))
    return found


def _another(table: Subjects) -> _Reals:
    """Return how likely each anchor that stands alone, and for no group of the map, belongs
    to a group that it was not shown with, float64 (m,): the likelier the more were asked
    about; 0 for the others, and where answers err, for then it may have been shown."""
    grouping, ground = table.grouping, table.ground
    stands = np.isin(grouping.anchors, ground.starts)
    many = (np.count_nonzero(grouping.asked & ~stands) / len(ground.starts)) ** 2
    likely = many / (many + _ANOTHER_FROM**2) * (1.0 - _errors(grouping))
    return np.where(table.alone & ~stands, likely, 0.0)


def _passed_over(table: Subjects, at: int) -> _Reals:
    """Return how many answers about the anchor `at` did not choose each group that they were
    shown, float64 (g,)."""
    text = int(table.rows[at])
    found = np.zeros(table.shares.shape[1])
    for item in table.grouping.evidence:
        if item.text == text:
            left = [option for place, option in enumerate(item.options) if place != item.chosen]
            shown = np.isin(table.grouping.anchors, [row for option in left for row in option])
            found[np.unique(table.codes[shown])] += 1.0
    return found


def _errors(grouping: Grouping) -> float:
    """Return how much errors weigh in what is asked, 0 to 1."""
    return float(np.clip((1.0 - grouping.right) / _ALL_FROM, 0.0, 1.0))


def _moves(table: Subjects, at: int, options: list[list[int]]) -> float:
    follow = table.follow[: len(table.grouping.anchors)]
    return expected_moves(table.grouping, follow, at, [each[0] for each in options])


def _question(table: Subjects, candidate: _Candidate) -> Placement | None:
    ground, text = table.ground, int(table.rows[candidate.at])
    bunch = _bunch(ground, text)
    used = {text, *bunch}
    options = candidate.options or list(_options(table, candidate.at).values())
    rows = [[int(table.rows[at]) for at in option] for option in options]
    kept = [[row for row in option if row not in used] for option in rows]
    shown = tuple(tuple(ground.text_ids[row] for row in option) for option in kept if option)
    if not shown:
        return None
    names = tuple(ground.text_ids[row] for row in bunch)
    return Placement(ground.text_ids[text], names, shown)


def _options(table: Subjects, at: int, count: int = MOST_CANDIDATES) -> dict[int, list[int]]:
    """Return up to `count` groups to place a subject in, and anchors of each: first those
    that it was drawn into most often, or, where it stands alone and answers seldom err, those
    that it was not shown with; where no answer is about it, those that the other answers make
    likely, then those with the nearest anchor."""
    codes, own = table.codes, int(table.own[at])
    nearest = np.full(table.shares.shape[1], -2.0)
    np.maximum.at(nearest, codes, table.near[at])
    if own < 0 or not table.grouping.asked[own]:
        # A cosine is below 2, so what is likely comes before what is near.
        score = np.where(table.likely[at] > 0.0, 2.0 + table.likely[at], nearest)
    elif table.alone[own] and not table.grouping.wide and _errors(table.grouping) < 1.0:
        score = table.close[codes[own]] - _passed_over(table, own)
    else:
        score = table.shares[at] + _NEARER * nearest
    # A group that holds no other anchor has nothing to show.
    score[~table.offered | (nearest <= -2.0)] = -np.inf
    order = np.argsort(-score, kind="stable")[:count].tolist()
    return {each: _examples(table, at, each, own) for each in order if np.isfinite(score[each])}


def _examples(table: Subjects, at: int, group: int, own: int) -> list[int]:
    """Return up to three anchors of a group: the one that the subject is rather with,
    and others that belong to that one."""
    mine = np.flatnonzero(table.codes == group)
    mine = mine[mine != own]
    likely = table.near[at, mine] + _ASKED * table.grouping.asked[mine]
    first = int(mine[(likely + table.alike[at, mine]).argmax()])
    together = table.together[first, mine]
    order = mine[np.argsort(-(likely + 2.0 * together), kind="stable")].tolist()
    others = [a for a in order if a != first and table.together[first, a] >= _COHERENT]
    return [first, *others[: _EXAMPLES - 1]]


def _bunch(ground: Ground, text: int) -> list[int]:
    """Return rows of texts that are all but identical to `text`, in its block."""
    mates = np.flatnonzero(ground.blocks == ground.blocks[text])
    cosines = ground.vectors[mates] @ ground.vectors[text]
    order = mates[np.argsort(-cosines, kind="stable")]
    alike = frozenset(mates[cosines > _IDENTICAL].tolist())
    return [row for row in order.tolist() if row != text and row in alike][:_BUNCH]
