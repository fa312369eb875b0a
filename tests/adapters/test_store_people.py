"""Approving at one stroke, undo of it, and what two people said of one question."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.adapters.store import Store
from core.domain.judgments import Judgment, Verdict
from core.domain.questions import Asked, Pair
from core.domain.reviewing import Seat, Sight, Terms
from tests.adapters.conftest import AT

PAIRS = tuple(Pair(f"{i:02}", f"{i:02}+") for i in range(6))
ADA, BO = Seat("ada", "1"), Seat("bo", "2")
ALONE = Terms(blind=0.0, shared=0.0)
SHARED = Terms(blind=0.0, shared=1.0)


@pytest.fixture
def judged(store: Store) -> Store:
    """All pairs called the same by a model, the later the surer; the last one unsure."""
    store.reviews.enqueue("p", [Asked(pair, "why", 2, "s") for pair in PAIRS])
    for place, pair in enumerate(PAIRS):
        verdict = Verdict.UNSURE if place == 5 else Verdict.SAME
        given = Judgment(pair, verdict, "llm", "m/1", 0.5 + place / 10, AT)
        store.reviews.record("p", given)
    return store


def say(
    store: Store, who: str, verdict: Verdict, after: int, sight: Sight | None = None
) -> Judgment:
    at = AT + timedelta(seconds=after)
    given = Judgment(PAIRS[0], verdict, "human", who, 1.0, at)
    store.reviews.record("p", given, sight)
    return given


def people(store: Store) -> dict[Pair, tuple[str, str, Verdict]]:
    return {
        judgment.question: (judgment.annotator, judgment.source, judgment.verdict)
        for judgment in store.reviews.judgments("p")
        if judgment.source != "llm"
    }


def test_rows_are_the_open_answers_the_surest_first_and_no_abstentions(judged: Store) -> None:
    say(judged, "ada", Verdict.SAME, 1)
    assert judged.desks.hand_out("p", BO, ALONE, AT) is not None  # PAIRS[5]: in doubt

    rows, kept = judged.bulks.rows("p", ADA, ALONE, AT)

    assert [row.asked.question for row in rows] == [PAIRS[4], PAIRS[3], PAIRS[2], PAIRS[1]]
    assert kept == 0
    assert judged.bulks.rows("p", ADA, Terms(blind=1.0, shared=0.0), AT) == ((), 4)


def test_a_bulk_approval_leaves_out_what_others_answered_and_is_one_undo(judged: Store) -> None:
    say(judged, "bo", Verdict.DIFFERENT, 1)
    mine = Judgment(PAIRS[1], Verdict.DIFFERENT, "human", "ada", 1.0, AT)
    judged.reviews.record("p", mine)
    chosen = {pair.id: Verdict.SAME for pair in PAIRS[:4]}
    later = AT + timedelta(minutes=1)

    assert judged.bulks.approve("p", ADA, chosen, ALONE, later) == 2
    assert people(judged) == {
        PAIRS[0]: ("bo", "human", Verdict.DIFFERENT),
        PAIRS[1]: ("ada", "human", Verdict.DIFFERENT),
        PAIRS[2]: ("ada", "bulk", Verdict.SAME),
        PAIRS[3]: ("ada", "bulk", Verdict.SAME),
    }

    undone = judged.desks.take_back("p", ADA, ALONE, later)
    assert {judgment.question for judgment in undone} == {PAIRS[2], PAIRS[3]}
    assert judged.desks.take_back("p", ADA, ALONE, later) == (mine,)
    assert people(judged) == {PAIRS[0]: ("bo", "human", Verdict.DIFFERENT)}


def test_two_bulk_approvals_are_two_undos(judged: Store) -> None:
    for minute, pair in enumerate(PAIRS[:2]):
        at = AT + timedelta(minutes=minute)
        assert judged.bulks.approve("p", ADA, {pair.id: Verdict.SAME}, ALONE, at) == 1

    for pair in (PAIRS[1], PAIRS[0]):
        (undone,) = judged.desks.take_back("p", ADA, ALONE, AT)
        assert undone.question == pair


def test_what_both_said_at_first_outlives_a_change_in_sight_of_the_other(judged: Store) -> None:
    first = say(judged, "ada", Verdict.SAME, 1, "llm")
    second = say(judged, "bo", Verdict.DIFFERENT, 2, "nothing")
    third = say(judged, "cy", Verdict.SAME, 3, "others")
    (both,) = judged.checks.both("p")
    assert both.answers == (first, second, third)
    assert both.first == (first, second)

    changed = say(judged, "bo", Verdict.SAME, 4, "others")
    (both,) = judged.checks.both("p")
    assert both.answers == (first, third, changed)
    assert {(j.annotator, j.verdict) for j in both.first} == {
        ("ada", Verdict.SAME),
        ("bo", Verdict.DIFFERENT),
    }

    # Taken back, the change leaves what was there before it.
    judged.desks.take_back("p", BO, SHARED, AT)
    said = {j.annotator: j.verdict for j in judged.checks.both("p")[0].answers}
    assert said == {"ada": Verdict.SAME, "bo": Verdict.DIFFERENT, "cy": Verdict.SAME}


def test_what_a_person_looked_at_is_not_counted_as_left(judged: Store) -> None:
    assert sorted(judged.checks.unreviewed("p")) == pytest.approx([0.5, 0.6, 0.7, 0.8, 0.9])
    say(judged, "ada", Verdict.UNSURE, 1)
    judged.bulks.approve("p", BO, {PAIRS[1].id: Verdict.SAME}, ALONE, AT)
    assert sorted(judged.checks.unreviewed("p")) == pytest.approx([0.7, 0.8, 0.9])
