from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.domain.errors import TooFewError
from core.domain.judgments import Constraints, Link, WeightedPlacement, WeightedTriplet
from core.domain.spaces import Embedding
from core.domain.training import Score, TaughtGroups, TrainingExamples
from core.steps.training import MIN_ANSWERS, examples, score, spec_for, split, texts_read

NAMES = [f"t{number:02}" for number in range(30)]


@st.composite
def constraint_sets(draw: st.DrawFn) -> Constraints:
    distinct = st.lists(st.sampled_from(NAMES), min_size=3, max_size=3, unique=True)
    weight = st.sampled_from([0.5, 1.0])
    links = st.lists(
        st.builds(lambda texts, w: Link(texts[0], texts[1], w), distinct, weight), max_size=25
    )
    triplets = st.lists(
        st.builds(lambda texts, w: WeightedTriplet(*texts, w), distinct, weight), max_size=25
    )
    placed = st.lists(st.builds(placement, st.permutations(NAMES), st.booleans()), max_size=6)
    placements = tuple(draw(placed))
    return Constraints(
        tuple(draw(links)) + tuple(Link(p.text, t, p.weight) for p in placements for t in p.chosen),
        tuple(draw(links)),
        tuple(draw(triplets)),
        placements=placements,
    )


def placement(names: list[str], new: bool) -> WeightedPlacement:
    text, *others = names[:7]
    chosen = () if new else tuple(others[:2])
    return WeightedPlacement(text, (others[5],), chosen, (tuple(others[2:4]), (others[4],)), 1.0)


def texts_of(constraints: Constraints) -> set[str]:
    links = constraints.must_links + constraints.cannot_links
    found = {text for link in links for text in (link.left, link.right)} | {
        text for t in constraints.triplets for text in (t.anchor, t.positive, t.negative)
    }
    for p in constraints.placements:
        found |= {p.text, *p.bunch, *p.chosen, *(text for group in p.rejected for text in group)}
    return found


def try_split(constraints: Constraints, seed: int = 0) -> tuple[Constraints, Constraints]:
    try:
        return split(constraints, seed=seed)
    except TooFewError:
        assume(False)
        raise


def pairs_apart(count: int) -> Constraints:
    return Constraints(must_links=tuple(Link(f"a{i:03}", f"b{i:03}", 1.0) for i in range(count)))


@given(constraint_sets(), st.integers(0, 5))
@settings(max_examples=150, deadline=None)
def test_no_text_is_on_both_sides(constraints: Constraints, seed: int) -> None:
    train, held_out = try_split(constraints, seed)
    assert not texts_of(train) & texts_of(held_out)
    assert len(train) and len(held_out)


@given(constraint_sets())
@settings(max_examples=150, deadline=None)
def test_only_what_straddles_the_cut_is_dropped(constraints: Constraints) -> None:
    train, held_out = try_split(constraints)
    for kind in ("must_links", "cannot_links", "triplets"):
        kept = [*getattr(train, kind), *getattr(held_out, kind)]
        lost = list(getattr(constraints, kind))
        for item in kept:
            lost.remove(item)  # raises where an item was invented or doubled
        for item in lost:
            texts = texts_of(Constraints(**{kind: (item,)}))
            assert texts & texts_of(held_out)
            assert not texts <= texts_of(held_out)


@given(constraint_sets(), st.randoms())
@settings(max_examples=100, deadline=None)
def test_the_order_of_the_constraints_changes_nothing(constraints: Constraints, random) -> None:
    def shuffled(items):
        return tuple(random.sample(items, len(items)))

    other = Constraints(
        shuffled(constraints.must_links),
        shuffled(constraints.cannot_links),
        shuffled(constraints.triplets),
        placements=shuffled(constraints.placements),
    )
    assert try_split(constraints) == try_split(other)
    bodies = {name: name for name in NAMES}
    assert examples(constraints, bodies) == examples(other, bodies)


@given(constraint_sets(), st.integers(0, 5))
@settings(max_examples=150, deadline=None)
def test_a_placement_goes_with_its_text(constraints: Constraints, seed: int) -> None:
    sides = try_split(constraints, seed)
    for side in sides:
        for part in side.placements:
            assert any(p.text == part.text for p in constraints.placements)
            assert part.chosen or part.rejected
    # Where no text of a placement was held out, it is there to learn from as it was.
    for p in constraints.placements:
        if not texts_of(Constraints(placements=(p,))) & texts_of(sides[1]):
            assert p in sides[0].placements


def test_separate_answers_lose_nothing_and_meet_the_share() -> None:
    train, held_out = split(pairs_apart(100), share=0.25, seed=3)
    assert (len(train), len(held_out)) == (75, 25)
    assert split(pairs_apart(100), share=0.25, seed=4)[1] != held_out


def test_one_large_component_is_cut_with_few_losses() -> None:
    chain = Constraints(must_links=tuple(Link(f"t{i:03}", f"t{i + 1:03}", 1.0) for i in range(200)))
    train, held_out = split(chain, share=0.25, seed=0)
    assert len(held_out) == 50
    assert len(train) >= 148


def test_too_few_answers_says_how_many_are_missing() -> None:
    with pytest.raises(TooFewError, match=f"at least {MIN_ANSWERS - 5} more"):
        split(pairs_apart(5), seed=0)


def test_answers_on_one_text_cannot_be_held_back() -> None:
    star = Constraints(must_links=tuple(Link("hub", f"t{i}", 1.0) for i in range(20)))
    with pytest.raises(TooFewError, match="same few texts"):
        split(star, seed=0)


def test_examples_skip_deleted_texts_and_mine_triplets_from_links() -> None:
    constraints = Constraints(
        must_links=(Link("a", "b", 1.0), Link("a", "gone", 1.0)),
        cannot_links=(Link("c", "a", 1.0), Link("a", "d", 1.0)),
        triplets=(WeightedTriplet("a", "b", "e", 1.0), WeightedTriplet("gone", "a", "b", 1.0)),
    )
    found = examples(constraints, {name: name.upper() for name in "abcde"})
    assert set(found.triplets) == {("A", "B", "E"), ("A", "B", "C"), ("A", "B", "D")}
    assert set(found.pairs) == {("A", "B", True), ("C", "A", False), ("A", "D", False)}


def test_a_placed_text_is_nearer_to_the_chosen_group_than_to_the_others() -> None:
    placed = WeightedPlacement("a", ("z",), ("b", "c"), (("d", "e"), ("gone",), ("f",)), 1.0)
    new = WeightedPlacement("g", ("h",), (), (("d",),), 1.0)
    lost = WeightedPlacement("a", (), ("gone",), (("d",),), 1.0)
    constraints = Constraints(placements=(placed, new, lost))
    found = examples(constraints, {name: name.upper() for name in "abcdefgh"})
    assert found.triplets == (("A", "B", "D"), ("A", "C", "F"))
    assert found.pairs == ()


def test_a_new_group_is_learned_from_by_its_links() -> None:
    new = WeightedPlacement("g", ("h",), (), (("d",),), 1.0)
    links = Constraints((Link("g", "h", 0.5),), (Link("d", "g", 1.0),), placements=(new,))
    found = examples(links, {name: name.upper() for name in "dgh"})
    assert found.triplets == (("G", "H", "D"),)
    assert set(found.pairs) == {("G", "H", True), ("D", "G", False)}


def test_groups_stand_for_all_answers_that_decided_them() -> None:
    placed = WeightedPlacement("a", ("z",), ("b",), (("d",),), 1.0)
    constraints = Constraints(
        (Link("a", "b", 1.0),),
        (Link("a", "d", 1.0),),
        (WeightedTriplet("a", "e", "f", 0.5),),
        placements=(placed,),
    )
    bodies = {name: name.upper() for name in "abdefz"}
    weights, centres = np.ones(3, np.float32), np.eye(2, dtype=np.float32)
    groups = TaughtGroups(("A", "B", "D"), np.array([0, 0, 1], np.int32), weights, centres)
    found = examples(constraints, bodies, groups)
    assert found == TrainingExamples((), (), groups=groups)
    # Every text that was linked or compared, each epoch.
    assert texts_read(constraints) == spec_for(found).epochs * 5


def taught(texts: int) -> TrainingExamples:
    bodies = tuple(f"t{at:05d}" for at in range(texts))
    weights, centres = np.ones(texts, np.float32), np.eye(2, dtype=np.float32)
    groups = (np.arange(texts) % 2).astype(np.int32)
    return TrainingExamples((), (), groups=TaughtGroups(bodies, groups, weights, centres))


def test_few_texts_of_groups_are_seen_the_oftener_and_links_teach_at_a_lower_rate() -> None:
    triplets = TrainingExamples((("a", "b", "c"),), ())
    links = replace(triplets, pairs=(("a", "b", True),))
    few, more, many, by_triplets, by_links = (
        spec_for(found) for found in (taught(2), taught(1000), taught(9000), triplets, links)
    )
    assert few.epochs > more.epochs > many.epochs == by_triplets.epochs == by_links.epochs
    assert few.learning_rate == by_triplets.learning_rate > by_links.learning_rate


def unit(*degrees: float) -> Embedding:
    angles = np.radians(degrees)
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    return Embedding("space", tuple(f"t{i}" for i in range(len(degrees))), vectors)


def test_score_of_triplets() -> None:
    held_out = Constraints(
        triplets=(
            WeightedTriplet("t0", "t1", "t2", 1.0),
            WeightedTriplet("t0", "t2", "t1", 1.0),
            WeightedTriplet("t0", "t1", "deleted", 1.0),
        )
    )
    found = score(unit(0, 10, 80), held_out, Constraints())
    assert (found.correct, found.total) == (1, 2)


def test_score_of_links_learns_its_threshold_from_train() -> None:
    embedding = unit(0, 10, 40, 0, 12, 35)
    held_out = Constraints(
        must_links=(Link("t3", "t4", 1.0),), cannot_links=(Link("t3", "t5", 1.0),)
    )
    train = Constraints(must_links=(Link("t0", "t1", 1.0),), cannot_links=(Link("t0", "t2", 1.0),))
    assert score(embedding, held_out, train).correct == 2
    # cos 35° lies above the default threshold: without links to learn from it counts as together.
    assert score(embedding, held_out, Constraints()).correct == 1


@pytest.mark.parametrize(
    ("chosen", "rejected", "right"),
    [
        (("t1", "t2"), (("t3",),), True),  # 10° and 40° away, against 60°
        (("t1", "t4"), (("t2",), ("t3",)), False),  # the mean of 10° and 120°
        (("t1",), (), True),
        (("t3",), (), False),  # cos 60° is no higher than the threshold
        ((), (("t3",), ("t4",)), True),
        ((), (("t4",), ("t2",)), False),
        (("gone", "t1"), (("gone",), ("t2",)), True),
    ],
)
def test_score_of_a_placement(
    chosen: tuple[str, ...], rejected: tuple[tuple[str, ...], ...], right: bool
) -> None:
    placed = WeightedPlacement("t0", ("t5",), chosen, rejected, 1.0)
    links = tuple(Link("t0", text, 0.5) for text in (*chosen, "t5"))
    apart = () if chosen else tuple(Link("t0", t, 1.0) for group in rejected for t in group)
    held_out = Constraints(links, apart, placements=(placed,))
    found = score(unit(0, 10, 40, 60.1, 120, 90), held_out, Constraints())
    # The links are the placement's own: they are no answers beside it.
    assert (found.correct, found.total) == (int(right), 1)


def test_a_placement_without_its_texts_does_not_count() -> None:
    lost = WeightedPlacement("t0", (), ("gone",), (("t1",),), 1.0)
    gone = WeightedPlacement("gone", (), ("t0",), (("t1",),), 1.0)
    assert score(unit(0, 1), Constraints(placements=(lost, gone)), Constraints()).total == 0


def test_score_of_nothing_is_no_evidence() -> None:
    assert score(unit(0, 1), Constraints(), Constraints()) == Score(0, 0, 0.0, 1.0)


def test_wilson_interval_matches_published_values() -> None:
    # Newcombe 1998, Statistics in Medicine 17, table I: 81/263 and 0/20.
    found = Score.of(81, 263)
    assert (round(found.low, 4), round(found.high, 4)) == (0.2553, 0.3662)
    assert round(Score.of(0, 20).high, 4) == 0.1611
    assert Score.of(0, 20).low == 0.0
