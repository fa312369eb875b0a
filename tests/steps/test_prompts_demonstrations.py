"""Which answered pairs are shown as examples."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.questions import Contradiction, Pair, Placement, Triplet
from core.steps.prompts import pick_demonstrations, rank_demonstrations
from tests.answering import TEXTS, answers, questions, say

BODIES = {text: f"body {text}" for text in TEXTS}
ELSEWHERE = Pair("x", "y")


def picked(judgments, question=ELSEWHERE, notes=None):
    return pick_demonstrations(rank_demonstrations(judgments, BODIES, notes), question)


def shown(judgments, question=ELSEWHERE):
    found = picked(judgments, question)
    return [(one.left[-1] + one.right[-1], one.same) for one in found]


@given(answers(), questions(), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_at_most_two_of_each_never_the_questions_own_texts_in_any_order(
    judgments, question, random
):
    found = picked(judgments, question)
    kinds = [one.same for one in found]
    assert kinds.count(True) <= 2 and kinds.count(False) <= 2
    texts = [text for one in found for text in (one.left, one.right)]
    assert len(set(texts)) == len(texts)
    assert not {BODIES.get(text) for text in question.texts} & set(texts)
    shuffled = judgments[:]
    random.shuffle(shuffled)
    assert picked(shuffled, question) == found


def test_two_of_each_in_turn():
    judgments = [
        say(Pair(left, right), verdict, minute=minute)
        for minute, (left, right, verdict) in enumerate(
            [("a", "b", "same"), ("c", "d", "different"), ("e", "f", "same"), ("a", "c", "same")]
        )
    ]
    assert shown(judgments) == [("ab", True), ("cd", False), ("ef", True)]


def test_the_surest_first_then_the_oldest_so_that_new_answers_change_little():
    old = say(Pair("a", "b"), "same", minute=0)
    new = [say(Pair("c", "d"), "same", minute=1), say(Pair("e", "f"), "same", minute=2)]
    assert shown([*new, old]) == [("ab", True), ("cd", True)]
    faint = say(Pair("a", "b"), "same", confidence=0.4)
    assert shown([*new, faint]) == [("cd", True), ("ef", True)]


@pytest.mark.parametrize(
    ("question", "verdict", "expected"),
    [
        (Placement("a", ("f",), (("b", "c"), ("d",))), "group 1", [("ab", True)]),
        (Placement("a", (), (("b", "c"), ("d",))), "new", [("ab", False)]),
        (Contradiction("a", "b", "c"), "all", [("ab", True)]),
        (Contradiction("a", "b", "c"), "none", [("ab", False)]),
        (Triplet("a", "b", "c"), "left", []),
        (Pair("a", "b"), "unsure", []),
    ],
)
def test_what_other_answers_say_of_two_texts(question, verdict, expected):
    assert shown([say(question, verdict)]) == expected


def test_a_contradiction_says_three_things():
    judgments = [say(Contradiction("a", "b", "c"), "first and third")]
    said = [shown(judgments, Pair(text, "y")) for text in "cba"]
    assert said == [[("ab", False)], [("ac", True)], [("bc", False)]]


def test_a_pair_goes_before_what_a_placement_says():
    placed = say(Placement("a", (), (("b",),)), "group 1", minute=0)
    assert shown([placed, say(Pair("a", "c"), "same", minute=9)]) == [("ac", True)]


def test_only_what_a_person_answered_alone_and_nobody_denies():
    pair = Pair("a", "b")
    assert shown([say(pair, "same", "llm"), say(Pair("c", "d"), "same", "bulk")]) == []
    assert shown([say(pair, "same"), say(pair, "different", annotator="bo")]) == []
    assert shown([say(pair, "same", minute=0), say(pair, "different", minute=1)]) == [("ab", False)]
    assert shown([say(pair, "same")], Pair("b", "c")) == []


def test_a_note_is_the_reason_where_there_is_one():
    pair = Pair("a", "b")
    (noted,) = picked([say(pair, "same")], notes={pair.id: "Both ask when it comes."})
    assert noted.reason == "Both ask when it comes."
    (plain,) = picked([say(pair, "same")])
    assert plain.reason == "A person put both into one group."


def test_texts_that_are_gone_are_no_examples():
    assert picked([say(Pair("a", "gone"), "same")]) == ()
