"""Laws of grouping: what changes the groups, and what never does."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.clusterings import UNASSIGNED
from core.domain.errors import InputError, TooFewError
from core.domain.judgments import Judgment, allowed
from core.domain.questions import Contradiction, Pair, Placement, Triplet
from core.steps.grouping import group, lay_ground
from core.steps.metrics import ari
from core.steps.neighbours import find_neighbours
from tests.answering import say
from tests.steps.question_texts import blobs, make

EMBEDDING, CLUSTERING = blobs(48, 4, noise=0.2)
IDS = EMBEDDING.text_ids
GROUND = lay_ground(EMBEDDING, CLUSTERING, find_neighbours(EMBEDDING, seed=0), blocks=12)


def same(left, right) -> bool:
    return (
        np.array_equal(left.clustering.labels, right.clustering.labels)
        and np.array_equal(left.clustering.strength, right.clustering.strength)
        and np.array_equal(left.runner_up, right.runner_up)
        and np.array_equal(left.leading, right.leading)
        and np.array_equal(left.anchors, right.anchors)
        and np.array_equal(left.groups, right.groups)
        and np.array_equal(left.certainty, right.certainty)
        and np.array_equal(left.decided_by, right.decided_by)
        and left.evidence == right.evidence
    )


@st.composite
def answers(draw: st.DrawFn) -> Judgment:
    one, two, three, four, five = draw(st.permutations(range(48)))[:5]
    a, b, c, d, e = (IDS[row] for row in (one, two, three, four, five))
    question = draw(
        st.sampled_from(
            [
                Pair(a, b),
                Triplet(a, b, c),
                Contradiction(a, b, c),
                Placement(a, (), ((b,), (c, d), (e,))),
            ]
        )
    )
    return say(
        question,
        draw(st.sampled_from(sorted(allowed(question)))),
        draw(st.sampled_from(("human", "llm", "bulk"))),
        draw(st.sampled_from(("ann", "bo"))),
        draw(st.floats(0.3, 1)),
        draw(st.integers(0, 3)),
    )


MANY = st.lists(answers(), max_size=12)


@settings(max_examples=50, deadline=None)
@given(judgments=MANY, data=st.data())
def test_the_order_of_answers_changes_nothing(judgments, data):
    shuffled = data.draw(st.permutations(judgments))
    assert same(group(GROUND, CLUSTERING, judgments), group(GROUND, CLUSTERING, shuffled))


@settings(max_examples=30, deadline=None)
@given(judgments=MANY, last=answers())
def test_taking_an_answer_back_restores_the_state_before_it(judgments, last):
    before = group(GROUND, CLUSTERING, judgments)
    group(GROUND, CLUSTERING, [*judgments, last])
    assert same(before, group(GROUND, CLUSTERING, [*judgments, last][:-1]))


@settings(max_examples=50, deadline=None)
@given(judgments=MANY)
def test_every_text_has_a_strength_a_runner_up_and_answers_of_its_own_group(judgments):
    found = group(GROUND, CLUSTERING, judgments)
    labels = found.clustering.labels
    assert labels.dtype == np.int32
    assert found.clustering.strength.dtype == np.float32
    assert ((found.clustering.strength >= 0) & (found.clustering.strength <= 1)).all()
    assert ((found.certainty >= 0) & (found.certainty <= 1 + 1e-6)).all()
    assert (found.runner_up != labels)[found.runner_up >= 0].all()
    assert (np.diff(found.shares, axis=1) <= 0).all()
    assert set(found.leading.ravel().tolist()) <= set(found.groups.tolist())
    assert all(len(set(line)) == len(line) for line in found.leading.tolist())
    assert found.decided_by.shape == (48, 3)
    group_of = dict(zip(found.anchors.tolist(), found.groups.tolist(), strict=True))
    for text, deciding in enumerate(found.decided_by.tolist()):
        for index in (index for index in deciding if index >= 0):
            assert group_of[found.evidence[index].text] == labels[text]


@settings(max_examples=40, deadline=None)
@given(judgments=MANY, locked=st.sets(st.sampled_from([10, 20, 30, 40]), max_size=4))
def test_a_locked_group_keeps_its_texts_and_no_other_joins_it(judgments, locked):
    labels = CLUSTERING.labels.copy()
    labels[::7] = UNASSIGNED
    clustering = replace(CLUSTERING, labels=labels)
    ground = lay_ground(EMBEDDING, clustering, find_neighbours(EMBEDDING, seed=0), blocks=12)
    found = group(ground, clustering, judgments, locked=locked).clustering.labels
    for name in locked:
        assert np.array_equal(found == name, labels == name)


@settings(max_examples=40, deadline=None)
@given(judgments=st.lists(answers(), max_size=8), machine=answers(), data=st.data())
def test_a_machine_never_outvotes_a_person_on_the_same_question(judgments, machine, data):
    verdicts = st.sampled_from(sorted(allowed(machine.question) - {"unsure"}))
    human = say(machine.question, data.draw(verdicts), "human", "me", minute=1)
    machines = [
        say(machine.question, data.draw(verdicts), "llm", f"model {n}", minute=2) for n in range(5)
    ]
    kept = [j for j in judgments if j.question.id != machine.question.id]
    alone = group(GROUND, CLUSTERING, [*kept, human])
    outnumbered = group(GROUND, CLUSTERING, [*kept, human, *machines])
    assert same(alone, outnumbered)


@settings(max_examples=20, deadline=None)
@given(judgments=MANY, data=st.data())
def test_swapping_what_was_shown_is_the_same_answer(judgments, data):
    a, b, c, d = IDS[0], IDS[1], IDS[2], IDS[3]
    shown = [(b,), (c,), (d,)]
    chosen = data.draw(st.sampled_from(shown))

    def placed(order) -> Judgment:
        question = Placement(a, (), tuple(order))
        return say(question, f"group {question.candidates.index(chosen) + 1}")

    first, second = placed(shown), placed(data.draw(st.permutations(shown)))
    assert same(
        group(GROUND, CLUSTERING, [*judgments, first]),
        group(GROUND, CLUSTERING, [*judgments, second]),
    )


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000))
def test_the_order_of_the_rows_changes_nothing(seed):
    order = np.random.default_rng(seed).permutation(48)
    embedding, clustering = make(EMBEDDING.vectors[order], CLUSTERING.labels[order])
    new = {IDS[old]: embedding.text_ids[place] for place, old in enumerate(order.tolist())}
    said = [(0, 1, True), (4, 5, True), (2, 3, False), (9, 13, True)]

    def answers_named(names) -> list[Judgment]:
        return [
            say(Placement(names[a], (), ((names[b],),)), "group 1" if yes else "new")
            for a, b, yes in said
        ]

    judgments = answers_named(IDS)
    renamed = answers_named([new[text] for text in IDS])
    here = group(GROUND, CLUSTERING, judgments).clustering.labels
    ground = lay_ground(embedding, clustering, find_neighbours(embedding, seed=0), blocks=12)
    there = group(ground, clustering, renamed).clustering.labels
    assert ari(there.tolist(), here[order].tolist()) == pytest.approx(1.0)


def test_without_answers_the_prior_comes_back_and_loose_texts_join_the_nearest_group():
    labels = CLUSTERING.labels.copy()
    labels[:8] = UNASSIGNED
    clustering = replace(CLUSTERING, labels=labels)
    found = group(
        lay_ground(EMBEDDING, clustering, find_neighbours(EMBEDDING, seed=0), blocks=12),
        clustering,
        (),
    )
    assert np.array_equal(found.clustering.labels, CLUSTERING.labels)
    assert (found.decided_by == -1).all()
    assert not found.asked.any()


def test_contradictory_answers_leave_groups_for_all_texts():
    a, b, c = IDS[:3]
    found = group(
        GROUND,
        CLUSTERING,
        [
            say(Pair(a, b), "same", annotator="ann"),
            say(Pair(a, b), "different", annotator="bo"),
            say(Pair(b, c), "same"),
            say(Contradiction(a, b, c), "none"),
        ],
    )
    others = np.arange(48) > 2
    assert np.array_equal(found.clustering.labels[others], CLUSTERING.labels[others])


def test_answers_about_missing_texts_are_counted_and_change_nothing():
    gone = [
        say(Pair(IDS[0], "zzz"), "same"),
        say(Triplet("zzz", IDS[0], IDS[1]), "left"),
        say(Placement("yyy", (), ((IDS[0],), (IDS[1],))), "group 1"),
        say(Placement(IDS[0], (), ((IDS[1],), ("yyy", "zzz"))), "group 2"),
    ]
    found = group(GROUND, CLUSTERING, gone)
    assert found.ignored == 4
    assert found.evidence == ()
    assert np.array_equal(found.clustering.labels, CLUSTERING.labels)


def test_an_option_whose_texts_are_partly_missing_still_counts():
    question = Placement(IDS[0], (), ((IDS[1], "zzz"), ("yyy",)))
    found = group(GROUND, CLUSTERING, [say(question, "group 1")])
    assert found.ignored == 0
    assert found.evidence[0].options == ((1,),)
    assert found.evidence[0].chosen == 0


@pytest.mark.parametrize("n", [0, 1, 2])
def test_fewer_than_three_texts_are_too_few(n):
    with pytest.raises(TooFewError) as error:
        embedding, clustering = make(np.ones((n, 4)), [0] * n)
        lay_ground(embedding, clustering, find_neighbours(embedding, seed=0), blocks=4)
    assert "Add texts" in error.value.next_move


def test_other_texts_are_refused():
    embedding, clustering = blobs(20, 2)
    with pytest.raises(InputError, match="other texts"):
        group(GROUND, clustering, ())
    with pytest.raises(InputError, match="other texts"):
        lay_ground(embedding, CLUSTERING, find_neighbours(embedding, seed=0), blocks=4)


@pytest.mark.parametrize("labels", [[0] * 30, [UNASSIGNED] * 30, [0] * 15 + [1] * 15])
@pytest.mark.parametrize("identical", [True, False])
def test_any_prior_and_identical_texts_are_grouped(labels, identical):
    vectors = np.ones((30, 8)) if identical else np.random.default_rng(0).normal(size=(30, 8))
    embedding, clustering = make(vectors, labels)
    ground = lay_ground(embedding, clustering, find_neighbours(embedding, seed=0), blocks=8)
    ids = embedding.text_ids
    for judgments in ([], [say(Pair(ids[0], ids[20]), "same")]):
        found = group(ground, clustering, judgments)
        assert np.isfinite(found.clustering.strength).all()
        assert set(found.clustering.labels.tolist()) <= {UNASSIGNED, 0, 1, 2}
        if identical:
            assert UNASSIGNED not in found.clustering.labels


def test_ground_covers_every_text_with_a_prior_group_and_a_block_inside_it():
    labels = CLUSTERING.labels.copy()
    labels[::5] = UNASSIGNED
    ground = lay_ground(
        EMBEDDING, replace(CLUSTERING, labels=labels), find_neighbours(EMBEDDING, seed=0), blocks=12
    )
    assert ground.prior_ids.tolist() == [10, 20, 30, 40]
    assert 12 <= len(ground.medoids) <= 14
    for block in range(len(ground.medoids)):
        inside = np.flatnonzero(ground.blocks == block)
        assert len(set(ground.prior[inside].tolist())) == 1
        assert ground.medoids[block] in inside
    assert ground.prior[ground.starts].tolist() == [0, 1, 2, 3]
    assert np.allclose(np.linalg.norm(ground.vectors, axis=1), 1, atol=1e-5)
