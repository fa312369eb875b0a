"""Which pairs of texts the answers decide, and which of them are shown as examples."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.judgments import Judgment, Source, Verdict
from core.domain.questions import Contradiction, Pair, Placement, Question, Triplet
from core.steps.granularity import demonstrations, paired
from tests.steps.granularity_texts import NOW

IDS = tuple("abcdefgh")


def said(
    question: Question,
    verdict: Verdict,
    source: Source = "human",
    by: str = "me",
    confidence: float = 1.0,
    minutes: int = 0,
) -> Judgment:
    at = NOW + timedelta(minutes=minutes)
    return Judgment(question, verdict, source, by, confidence, at)


def decided(*judgments: Judgment) -> dict[tuple[str, str], tuple[bool, float]]:
    found = paired(judgments, IDS)
    columns = (found.left, found.right, found.same, found.weight)
    lines = zip(*(column.tolist() for column in columns), strict=True)
    return {(IDS[left], IDS[right]): (same, weight) for left, right, same, weight in lines}


def test_a_pair_says_it_itself() -> None:
    assert decided(said(Pair("b", "a"), Verdict.SAME)) == {("a", "b"): (True, 1.0)}
    assert decided(said(Pair("b", "a"), Verdict.DIFFERENT)) == {("a", "b"): (False, 1.0)}


@pytest.mark.parametrize(("verdict", "group"), [(Verdict.GROUP_1, 0), (Verdict.GROUP_2, 1)])
def test_a_placement_is_same_with_its_group_and_different_from_the_others(
    verdict: Verdict, group: int
) -> None:
    placement = Placement("a", ("h",), (("b", "c"), ("d",)))
    assert decided(said(placement, verdict)) == {
        ("a", "b"): (group == 0, 0.5),
        ("a", "c"): (group == 0, 0.5),
        ("a", "d"): (group == 1, 1.0),
    }


def test_a_new_group_is_different_from_all() -> None:
    found = decided(said(Placement("a", (), (("b",), ("d",))), Verdict.NEW))
    assert found == {("a", "b"): (False, 1.0), ("a", "d"): (False, 1.0)}


@pytest.mark.parametrize(
    "judgment",
    [
        said(Pair("a", "b"), Verdict.UNSURE),
        said(Placement("a", (), (("b",),)), Verdict.UNSURE),
        said(Triplet("a", "b", "c"), Verdict.LEFT),
        said(Contradiction("a", "b", "c"), Verdict.ALL),
        said(Pair("a", "deleted"), Verdict.SAME),
    ],
)
def test_the_rest_says_nothing(judgment: Judgment) -> None:
    found = paired([judgment], IDS)
    assert len(found.left) == found.answers == 0


def test_answers_are_counted_not_their_pairs() -> None:
    placement = said(Placement("a", (), (("b", "c"), ("d",))), Verdict.NEW)
    found = paired([placement, said(Pair("e", "f"), Verdict.SAME)], IDS)
    assert (found.answers, len(found.left)) == (2, 4)


def test_where_a_person_answered_no_machine_is_heard() -> None:
    pair = Pair("a", "b")
    machine = said(pair, Verdict.DIFFERENT, source="llm", by="model")
    assert decided(machine) == {("a", "b"): (False, 1.0)}
    assert decided(machine, said(pair, Verdict.SAME)) == {("a", "b"): (True, 1.0)}


# Demonstrations


def pair_answers() -> st.SearchStrategy[list[Judgment]]:
    ids = st.lists(st.sampled_from(IDS), min_size=2, max_size=2, unique=True)
    one = st.builds(
        lambda pair, verdict, source, by, confidence, minutes: said(
            Pair(*pair), verdict, source, by, confidence, minutes
        ),
        ids,
        st.sampled_from([Verdict.SAME, Verdict.DIFFERENT, Verdict.UNSURE]),
        st.sampled_from(["human", "llm"]),
        st.sampled_from(["me", "you"]),
        st.sampled_from([0.5, 1.0]),
        st.integers(0, 3),
    )
    return st.lists(one, max_size=14)


@given(pair_answers(), st.randoms())
def test_demonstrations_are_two_of_a_kind_from_people_who_agree(
    judgments: list[Judgment], random: object
) -> None:
    found = demonstrations(judgments)
    for same in (True, False):
        kind = [pair for pair, is_same in found if is_same == same]
        verdict = Verdict.SAME if same else Verdict.DIFFERENT
        human = {j.question.id: set() for j in judgments if j.source == "human"}
        for judgment in judgments:
            if judgment.source == "human":
                human[judgment.question.id].add(judgment.verdict)
        agreed = {question for question, verdicts in human.items() if verdicts == {verdict}}
        assert {pair.id for pair in kind} <= agreed
        assert len({pair.id for pair in kind}) == len(kind) == min(2, len(agreed))
    shuffled = list(judgments)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert demonstrations(shuffled) == found


def test_the_surest_come_first_then_the_newest() -> None:
    old = said(Pair("a", "b"), Verdict.SAME, minutes=0)
    new = said(Pair("a", "c"), Verdict.SAME, minutes=9)
    unsure = said(Pair("a", "d"), Verdict.SAME, confidence=0.6, minutes=20)
    apart = said(Pair("e", "f"), Verdict.DIFFERENT)
    machine = replace(said(Pair("g", "h"), Verdict.DIFFERENT, minutes=30), source="llm")
    found = demonstrations([unsure, old, machine, apart, new])
    assert found == ((new.question, True), (apart.question, False), (old.question, True))
