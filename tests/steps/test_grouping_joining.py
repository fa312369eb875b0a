"""Which prior groups are rather parts of others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.groupings import PARTS, Evidence, Ground
from core.steps.grouping import group, lay_ground
from core.steps.grouping.joining import Joining
from core.steps.neighbours import find_neighbours
from core.steps.questions import propose_placements
from tests.steps.question_texts import blobs, labels_of, make, row


def cut() -> tuple[Ground, Joining]:
    """Eight kinds of 40 texts; a third of the first stands as a group of its own, and a third
    of the last is taken away, so that a whole kind is as small as a rest."""
    embedding, clustering = blobs(320, 8, noise=0.4)
    labels = clustering.labels.copy()
    first, last = np.flatnonzero(labels == 10), np.flatnonzero(labels == 80)
    labels[first[::3]] = 90
    keep = np.setdiff1d(np.arange(320), last[::3])
    embedding, clustering = make(embedding.vectors[keep], labels[keep])
    ground = lay_ground(embedding, clustering, find_neighbours(embedding, seed=0), blocks=40)
    return ground, told_of(ground, [])


def told_of(ground: Ground, evidence: list[Evidence]) -> Joining:
    return Joining.of(ground, evidence, ground.closeness)


GROUND, UNASKED = cut()
RIGHT = np.full(40, 0.9)  # of as many answers as any test here gives
PART, REST = (int(np.searchsorted(GROUND.prior_ids, name)) for name in (90, 10))
*WHOLE, SMALL = [
    int(np.searchsorted(GROUND.prior_ids, name)) for name in (20, 30, 40, 50, 60, 70, 80)
]


def about(home: int, chosen: int | None) -> Evidence:
    """An answer about what stands for a prior group."""
    shown = ((int(GROUND.starts[(home + 1) % len(GROUND.starts)]),),)
    return Evidence(int(GROUND.starts[home]), shown, chosen, 0.9, f"q{home}", True)


def test_groups_cut_from_one_are_close_and_only_they() -> None:
    closeness = GROUND.closeness
    assert np.array_equal(closeness, closeness.T)
    assert closeness[PART].argmax() == REST and closeness[REST].argmax() == PART
    others = np.delete(np.delete(closeness, [PART, REST], axis=0), [PART, REST], axis=1)
    assert closeness[PART, REST] > 5 * others.max()
    assert (closeness >= closeness.diagonal()[:, None]).all()


def test_the_smaller_part_is_likeliest_then_its_rest_then_the_small_and_whole() -> None:
    leaning = UNASKED.leaning
    assert leaning[PART] > leaning[REST] > leaning[SMALL] > leaning[WHOLE].max()


def test_nothing_asked_one_in_eight_is_believed_of_a_usual_group() -> None:
    same = replace(UNASKED, leaning=np.zeros(len(GROUND.prior_ids)))
    assert same.chances(RIGHT, wide=False) == pytest.approx(np.full(len(GROUND.prior_ids), 1 / 8))


def test_a_part_asked_first_and_beside_its_rest() -> None:
    clustering = make(GROUND.vectors, GROUND.prior_ids[GROUND.prior])[1]
    grouping = group(GROUND, clustering, [])
    (asked,) = propose_placements(GROUND, grouping, count=1, asked=())
    assert row(asked.question.text) in GROUND.starts[[PART, REST]]
    assert {10, 90} <= set(labels_of(asked, clustering))


@given(st.lists(st.tuples(st.integers(0, 8), st.booleans()), max_size=30))
@settings(deadline=None)
def test_what_is_said_of_some_is_believed_of_all(said: list[tuple[int, bool]]) -> None:
    evidence = [about(home, 0 if joins else None) for home, joins in said]
    told = told_of(GROUND, evidence)
    share = told.share(RIGHT)
    wide = share > PARTS
    chances = told.chances(RIGHT, wide=wide)
    assert chances.min() > 0.0 and chances.max() < 1.0
    if wide:
        assert chances == pytest.approx(np.full(len(chances), share))
    else:
        # In the same order as before any answer.
        before = UNASKED.chances(RIGHT, wide=False)
        assert (np.diff(chances[np.argsort(before, kind="stable")]) >= -1e-12).all()


@given(st.lists(st.tuples(st.integers(0, 8), st.booleans()), max_size=12), st.integers(0, 8))
@settings(deadline=None)
def test_an_answer_that_joins_makes_none_less_likely_than_one_that_does_not(
    said: list[tuple[int, bool]], home: int
) -> None:
    evidence = [about(one, 0 if joins else None) for one, joins in said]
    joined, alone = (told_of(GROUND, [*evidence, about(home, c)]) for c in (0, None))
    assert joined.share(RIGHT) >= alone.share(RIGHT)
    if joined.share(RIGHT) <= PARTS:
        found = [each.chances(RIGHT, wide=False) for each in (joined, alone)]
        assert (found[0] >= found[1] - 1e-9).all()


def test_who_names_a_texts_own_prior_group_joins_nothing() -> None:
    mates = np.flatnonzero(GROUND.prior == SMALL)
    mate = int(mates[mates != GROUND.starts[SMALL]][0])
    own = replace(about(SMALL, 0), options=((mate,), *about(SMALL, 0).options))
    other = replace(own, chosen=1)
    alone = replace(own, chosen=None)
    shares = [told_of(GROUND, [item]).share(RIGHT) for item in (own, alone, other)]
    assert shares[0] == shares[1] < shares[2]


def test_a_machine_that_errs_is_believed_less_of_what_it_joins() -> None:
    joined = [about(home, 0) for home in (2, 3, 4)]
    told = told_of(GROUND, joined)
    assert told.share(np.full(3, 0.7)) < told.share(np.full(3, 0.985))
