"""Who judges a training, by which answers it is refused, and how two spaces compare."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.domain.errors import TooFewError
from core.domain.judgments import Constraints, Link, WeightedTriplet
from core.domain.proposals import Comparison, Scores
from core.domain.spaces import Embedding
from core.domain.training import Score
from core.steps.training import demand_contrast, largest_group, lopsided, mark, score, split

LINKS = [(f"a{i:02}", f"b{i:02}") for i in range(40)]
NONE = Score.of(0, 0)


def must(pairs: list[tuple[str, str]], weight: float = 1.0) -> Constraints:
    return Constraints(must_links=tuple(Link(a, b, weight) for a, b in pairs))


def texts(constraints: Constraints) -> set[str]:
    links = (*constraints.must_links, *constraints.cannot_links)
    return {text for link in links for text in (link.left, link.right)} | {
        text for t in constraints.triplets for text in (t.anchor, t.positive, t.negative)
    }


@given(st.lists(st.sampled_from(LINKS), min_size=1, unique=True), st.integers(0, 5))
@settings(max_examples=50, deadline=None)
def test_only_what_the_judges_said_is_held_out_and_no_text_is_on_both_sides(
    human: list[tuple[str, str]], seed: int
) -> None:
    everything = must([*LINKS, *(("a00", right) for _, right in LINKS[1:9])])
    try:
        train, held_out = split(everything, seed=seed, judges=must(human, 0.9))
    except TooFewError:
        assume(False)
    assert len(held_out) >= 1
    assert {(link.left, link.right) for link in held_out.must_links} <= set(human)
    assert not texts(train) & texts(held_out)


def test_where_no_person_answered_all_is_learned_from_and_nothing_judges() -> None:
    everything = must(LINKS)
    train, held_out = split(everything, seed=0, judges=Constraints())
    assert train == everything
    assert len(held_out) == 0


def test_answers_that_contradict_each_other_are_named_among_what_is_missing() -> None:
    with pytest.raises(TooFewError, match="3 contradict each other") as refused:
        split(Constraints(contested=3), seed=0)
    assert "Answer at least 8 more questions" in refused.value.next_move


CLUSTERS = {**{a: 0 for a, _ in LINKS}, **{b: 1 for _, b in LINKS}}


@pytest.mark.parametrize(
    ("constraints", "says"),
    [
        (must(LINKS), "none says what to keep apart"),
        (Constraints(cannot_links=must(LINKS).must_links), "none says what belongs together"),
        (
            Constraints(
                must_links=(Link("a00", "a01", 1.0),), cannot_links=(Link("a02", "a03", 1.0),)
            ),
            "one single cluster",
        ),
    ],
)
def test_answers_that_cannot_teach_are_refused_with_what_is_needed(
    constraints: Constraints, says: str
) -> None:
    with pytest.raises(TooFewError, match=says) as refused:
        demand_contrast(constraints, CLUSTERS)
    assert refused.value.next_move.startswith("Answer at least 4 questions")


def test_triplets_alone_and_links_of_both_kinds_teach() -> None:
    demand_contrast(Constraints(triplets=(WeightedTriplet("a00", "a01", "b00", 1.0),)), CLUSTERS)
    both = Constraints(
        must_links=(Link("a00", "a01", 1.0),), cannot_links=(Link("a00", "b00", 1.0),)
    )
    demand_contrast(both, CLUSTERS)


def test_one_group_of_a_thousand_and_fifty_of_two_is_lopsided() -> None:
    large = [("hub", f"x{i:04}") for i in range(999)]
    small = [(f"p{i:02}", f"q{i:02}") for i in range(50)]
    assert largest_group(must([*large, *small])) == (1000, 1100)
    assert lopsided(must([*large, *small]))
    assert not lopsided(must(small))
    train, held_out = split(must([*large, *small]), seed=1)
    assert not texts(train) & texts(held_out)
    assert len(held_out) >= 10
    assert len(train) >= 999


def test_marks_are_the_score_by_kind() -> None:
    angles = np.radians([0, 10, 80, 90])
    space = Embedding("s", tuple("abcd"), np.c_[np.cos(angles), np.sin(angles)].astype("f4"))
    held_out = Constraints(
        must_links=(Link("a", "b", 1.0), Link("a", "c", 1.0)),
        cannot_links=(Link("b", "d", 1.0),),
        triplets=(WeightedTriplet("a", "b", "c", 1.0), WeightedTriplet("d", "a", "c", 1.0)),
    )
    found = mark(space, held_out, Constraints())
    assert found.pairs.tolist() == [True, False, True]
    assert found.triplets.tolist() == [True, False]
    assert found.scores == Scores(Score.of(2, 3), Score.of(1, 2), NONE)
    assert score(space, held_out, Constraints()) == found.scores.all == Score.of(3, 5)


@pytest.mark.parametrize(
    ("gained", "lost", "chance"), [(0, 0, 1.0), (5, 0, 1 / 32), (4, 1, 6 / 32), (0, 3, 1.0)]
)
def test_a_gain_is_weighed_against_chance(gained: int, lost: int, chance: float) -> None:
    none = Scores(NONE, NONE, NONE)
    found = Comparison(none, none, gained, lost, (None, None), 1.0, 1.0, ())
    assert found.chance == pytest.approx(chance)
