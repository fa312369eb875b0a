"""Questions and answers as values: sides have no order, and a verdict fits its question."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import InputError
from core.domain.ids import content_id, text_id
from core.domain.judgments import Judgment, Verdict, allowed
from core.domain.questions import Contradiction, Pair, Placement, Question, Triplet
from core.domain.training import Score

IDS = st.lists(
    st.text("0123456789abcdef", min_size=1, max_size=4), min_size=3, max_size=3, unique=True
)


@given(IDS)
def test_swapping_the_sides_gives_the_same_question(ids: list[str]) -> None:
    a, b, c = ids

    assert Triplet(a, b, c) == Triplet(a, c, b)
    assert Triplet(a, b, c).id == Triplet(a, c, b).id
    assert Triplet(a, b, c).shown == Triplet(a, c, b).shown
    assert Pair(a, b) == Pair(b, a)
    assert Pair(a, b).id == Pair(b, a).id
    assert Pair(a, b).left < Pair(a, b).right


@given(IDS)
def test_other_texts_or_another_anchor_are_another_question(ids: list[str]) -> None:
    a, b, c = ids

    ids_of_all = {q.id for q in (Triplet(a, b, c), Triplet(b, a, c), Triplet(c, a, b))}
    assert len(ids_of_all | {q.id for q in (Pair(a, b), Pair(a, c), Pair(b, c))}) == 6
    assert sorted(Triplet(a, b, c).shown) == sorted([b, c])


def test_both_sides_come_first_about_as_often() -> None:
    first = sum(
        (triplet := Triplet("anchor", f"{i}", f"{i}+")).shown[0] == triplet.left for i in range(400)
    )

    assert 140 < first < 260


@pytest.mark.parametrize("texts", [("a", "a", "b"), ("a", "b", "a"), ("a", "b", "b")])
def test_a_text_is_not_compared_with_itself(texts: tuple[str, str, str]) -> None:
    with pytest.raises(InputError):
        Triplet(*texts)
    with pytest.raises(InputError):
        Pair("a", "a")


ONE_OF_EACH = (
    Triplet("a", "b", "c"),
    Pair("a", "b"),
    Placement("a", (), (("b",), ("c", "d"))),
    Contradiction("a", "b", "c"),
)


@pytest.mark.parametrize("question", ONE_OF_EACH)
@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_verdict_must_fit_its_question(question: Question, verdict: Verdict) -> None:
    def judge() -> Judgment:
        return Judgment(question, verdict, "human", "me", 1.0, datetime.now(UTC))

    if verdict in allowed(question):
        assert judge().verdict is verdict
    else:
        with pytest.raises(InputError) as caught:
            judge()
        assert all(word in caught.value.next_move for word in allowed(question))


def test_what_may_be_answered_is_written_out() -> None:
    answers = [{str(verdict) for verdict in allowed(question)} for question in ONE_OF_EACH]

    assert answers == [
        {"left", "right", "both", "neither", "unsure"},
        {"same", "different", "unsure"},
        {"group 1", "group 2", "new", "unsure"},
        {"all", "first and second", "first and third", "second and third", "none", "unsure"},
    ]


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_an_id_depends_on_where_the_parts_end(one: list[str], two: list[str]) -> None:
    assert (content_id(*one) == content_id(*two)) == (one == two)


@given(st.text())
def test_a_text_keeps_its_id_whatever_the_space_around_it(body: str) -> None:
    assert text_id(f"  {body}\n") == text_id(body)
    assert len(text_id(body)) == 16


def test_a_text_keeps_its_id_whatever_its_composition() -> None:
    assert text_id("é a") == text_id("e\u0301\u00a0 a") != text_id("e a")


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_score_lies_inside_its_interval(right: int, wrong: int) -> None:
    score = Score.of(right, right + wrong)

    assert 0.0 <= score.low <= score.share + 1e-9
    assert score.low <= score.high <= 1.0
    if right + wrong:
        assert score.share <= score.high + 1e-9


def test_a_score_is_wilsons() -> None:
    score = Score.of(8, 10)

    assert (round(score.low, 4), round(score.high, 4)) == (0.4902, 0.9433)
    assert (Score.of(0, 0).low, Score.of(0, 0).high, Score.of(0, 0).share) == (0.0, 1.0, 0.0)
