"""Placements and contradictions as values: the order of drawing leaves no trace."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import InputError
from core.domain.judgments import GROUPS, Judgment, Verdict, allowed
from core.domain.questions import MOST_CANDIDATES, Contradiction, Placement

NAME = st.text("0123456789abcdef", min_size=1, max_size=4)


@st.composite
def placements(draw: st.DrawFn) -> Placement:
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=MOST_CANDIDATES))
    alike = draw(st.integers(0, 4))
    total = 1 + alike + sum(sizes)
    names = draw(st.lists(NAME, min_size=total, max_size=total, unique=True))
    text, bunch, rest = names[0], names[1 : 1 + alike], iter(names[1 + alike :])
    return Placement(text, tuple(bunch), tuple(tuple(next(rest) for _ in range(n)) for n in sizes))


@given(placements(), st.randoms(use_true_random=False))
def test_the_order_of_bunch_candidates_and_their_texts_gives_the_same_question(
    placement: Placement, random: Random
) -> None:
    groups = [tuple(random.sample(group, len(group))) for group in placement.candidates]
    random.shuffle(groups)
    bunch = random.sample(placement.bunch, len(placement.bunch))
    again = Placement(placement.text, tuple(bunch), tuple(groups))

    assert again == placement
    assert (again.id, again.shown, again.texts) == (placement.id, placement.shown, placement.texts)


@given(placements())
def test_every_candidate_is_shown_once(placement: Placement) -> None:
    assert sorted(placement.shown) == list(range(len(placement.candidates)))


def test_the_order_shown_is_the_same_in_every_session() -> None:
    groups = tuple((name,) for name in "abcde")

    # Written down: it must not hang on the process's own hash seed.
    assert Placement("t", (), groups).shown == (1, 4, 0, 2, 3)


def test_every_candidate_comes_first_about_as_often() -> None:
    first = [Placement(f"{i}", (), (("a",), ("b",), ("c",))).shown[0] for i in range(300)]

    assert all(60 < first.count(place) < 140 for place in range(3))


@given(placements())
def test_what_is_shown_beside_a_text_is_part_of_the_question(placement: Placement) -> None:
    spare = "-"  # no drawn name holds it
    others = [
        Placement(spare, placement.bunch, placement.candidates),
        Placement(placement.text, (*placement.bunch, spare), placement.candidates),
        Placement(
            placement.text,
            placement.bunch,
            ((*placement.candidates[0], spare), *placement.candidates[1:]),
        ),
    ]
    if placement.bunch:
        # The same texts, with one of the bunch standing for a group.
        moved = (placement.candidates[0] + placement.bunch[:1], *placement.candidates[1:])
        others.append(Placement(placement.text, placement.bunch[1:], moved))

    assert len({placement.id, *(other.id for other in others)}) == len(others) + 1


def test_two_texts_in_one_group_are_not_two_groups() -> None:
    assert Placement("t", (), (("a", "b"),)).id != Placement("t", (), (("a",), ("b",))).id


@given(placements())
def test_a_placement_is_answered_by_its_own_groups_alone(placement: Placement) -> None:
    def judge(verdict: Verdict) -> Judgment:
        return Judgment(placement, verdict, "human", "me", 1.0, datetime.now(UTC))

    here = len(placement.candidates)
    assert [judge(verdict).verdict for verdict in GROUPS[:here]] == list(GROUPS[:here])
    for verdict in (*GROUPS[here:], Verdict.SAME, Verdict.NONE):
        with pytest.raises(InputError) as caught:
            judge(verdict)
        assert str(GROUPS[here - 1]) in caught.value.next_move
        assert "new" in caught.value.next_move


@pytest.mark.parametrize(
    "candidates", [(), ((),), (("a",), ()), tuple((str(i),) for i in range(MOST_CANDIDATES + 1))]
)
def test_a_placement_offers_one_to_five_groups_each_with_a_text(
    candidates: tuple[tuple[str, ...], ...],
) -> None:
    with pytest.raises(InputError) as caught:
        Placement("t", (), candidates)
    assert caught.value.next_move


@pytest.mark.parametrize(
    ("text", "bunch", "candidates"),
    [
        ("a", ("a",), (("b",),)),
        ("a", (), (("a",),)),
        ("a", ("b",), (("b",),)),
        ("a", ("b", "b"), (("c",),)),
        ("a", (), (("b",), ("b",))),
        ("a", (), (("b", "b"),)),
    ],
)
def test_a_text_stands_in_one_place_of_a_placement(
    text: str, bunch: tuple[str, ...], candidates: tuple[tuple[str, ...], ...]
) -> None:
    with pytest.raises(InputError):
        Placement(text, bunch, candidates)


TEXTS = st.lists(NAME, min_size=3, max_size=3, unique=True)


@given(TEXTS, st.permutations(range(3)))
def test_the_order_of_three_texts_gives_the_same_contradiction(
    texts: list[str], order: list[int]
) -> None:
    one, other = Contradiction(*texts), Contradiction(*(texts[place] for place in order))

    assert one == other
    assert one.id == other.id
    assert one.texts == tuple(sorted(texts))


@given(TEXTS, TEXTS)
def test_other_texts_are_another_contradiction(one: list[str], other: list[str]) -> None:
    assert (Contradiction(*one).id == Contradiction(*other).id) == (set(one) == set(other))


@pytest.mark.parametrize("texts", [("a", "a", "b"), ("a", "b", "a"), ("b", "a", "a")])
def test_a_contradiction_needs_three_texts(texts: tuple[str, str, str]) -> None:
    with pytest.raises(InputError):
        Contradiction(*texts)


def test_every_verdict_answers_some_question() -> None:
    full = Placement("t", (), tuple((str(i),) for i in range(MOST_CANDIDATES)))
    placed = {*GROUPS, Verdict.NEW, Verdict.UNSURE}

    assert allowed(full) == placed
    assert placed & allowed(Contradiction("a", "b", "c")) == {Verdict.UNSURE}
