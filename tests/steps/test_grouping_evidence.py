"""What one answer is evidence of, and about which text."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from core.domain.groupings import Evidence
from core.domain.judgments import Judgment, Verdict, counting
from core.domain.questions import Contradiction, Pair, Placement, Triplet
from core.steps.grouping.evidence import evidence_of
from tests.answering import TEXTS, answers, say

ROW_OF = {text: row for row, text in enumerate(TEXTS)}


def evidence(*judgments: Judgment) -> tuple[Evidence, ...]:
    return evidence_of(judgments, ROW_OF, {})[0]


def ends(item: Evidence) -> set[int]:
    return {item.text, *(row for option in item.options for row in option)}


@given(st.permutations(TEXTS), st.sampled_from(["same", "different"]))
def test_a_pair_is_evidence_about_the_text_that_fewer_answers_place(texts, verdict) -> None:
    known, unknown, third, fourth = texts[:4]
    placed = say(Placement(known, (), ((third,), (fourth,))), "group 1")
    for pair in (Pair(known, unknown), Pair(unknown, known)):
        found = [e for e in evidence(placed, say(pair, verdict)) if e.question == pair.id]
        assert [(e.text, e.options) for e in found] == [
            (ROW_OF[unknown], ((ROW_OF[known],),)),
        ]
        assert found[0].chosen == (0 if verdict == "same" else None)


@given(st.permutations(TEXTS))
def test_only_what_was_said_places_a_text(texts) -> None:
    one, other, third, fourth = texts[:4]
    silent = [
        say(Placement(one, (), ((third,), (fourth,))), "unsure"),
        say(Triplet(third, one, other), "left"),
    ]
    pair = say(Pair(one, other), "same")
    assert evidence(pair)[0] in evidence(pair, *silent)


def test_where_both_are_placed_as_often_neither_side_leads() -> None:
    names = [f"text {number:03d}" for number in range(400)]
    rows = {name: row for row, name in enumerate(names)}
    pairs = [Pair(*names[start : start + 2]) for start in range(0, 400, 2)]
    found, _ = evidence_of([say(pair, "same") for pair in pairs], rows, {})
    lesser = sum(item.text % 2 == 0 for item in found)
    assert len(found) == 200
    assert 70 < lesser < 130


@given(answers())
def test_an_answer_about_texts_alike_counts_once_for_each_two(judgments) -> None:
    found = evidence(*judgments)
    for judgment in counting(judgments):
        said = [j for j in counting(judgments) if j.question == judgment.question]
        times = sum(j.verdict is not Verdict.UNSURE for j in said)
        about = [ends(item) for item in found if item.question == judgment.question.id]
        if isinstance(judgment.question, Pair | Contradiction):
            for two in combinations(judgment.question.texts, 2):
                assert about.count({ROW_OF[text] for text in two}) == times


@given(answers(), st.data())
def test_the_order_of_answers_and_of_a_pairs_sides_leaves_no_trace(judgments, data) -> None:
    shuffled = data.draw(st.permutations(judgments))
    swapped = [
        say(
            Pair(j.question.right, j.question.left),
            j.verdict,
            j.source,
            j.annotator,
            j.confidence,
            (j.at - say(j.question, j.verdict).at).total_seconds() / 60,
        )
        if isinstance(j.question, Pair)
        else j
        for j in shuffled
    ]
    assert evidence_of(swapped, ROW_OF, {}) == evidence_of(judgments, ROW_OF, {})


def test_an_answer_about_missing_texts_is_counted_once() -> None:
    gone = Contradiction("a", "gone", "lost")
    found, ignored = evidence_of([say(gone, "all"), say(Pair("a", "gone"), "same")], ROW_OF, {})
    assert (found, ignored) == ((), 2)
