"""A batch of all kinds: its mix, that nothing is asked twice, and that all ends."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.clusterings import UNASSIGNED
from core.domain.errors import InputError, TooFewError
from core.domain.judgments import allowed
from core.domain.questions import Contradiction, Pair, Placement, Triplet
from core.steps.grouping import group, lay_ground
from core.steps.neighbours import find_neighbours
from core.steps.questions import propose, propose_pairs, propose_placements, propose_triplets
from tests.answering import say
from tests.steps.question_texts import batch_of, blobs, make


def clashes_of(embedding, count: int) -> list[Contradiction]:
    ids = embedding.text_ids
    return [Contradiction(*ids[3 * n : 3 * n + 3]) for n in range(count)]


def test_a_batch_mixes_placements_triplets_and_pairs_and_each_has_a_guess():
    embedding, clustering = blobs(400, 20)
    batch = batch_of(embedding, clustering, count=20)
    kinds = [type(asked.question) for asked in batch]
    assert Counter(kinds) == {Placement: 16, Triplet: 2, Pair: 2}
    assert (Pair, Pair) not in list(pairwise(kinds))
    assert (Triplet, Triplet) not in list(pairwise(kinds))
    for asked in batch:
        assert asked.guess is not None
        assert asked.guess.verdict in allowed(asked.question)
        assert 0 <= asked.guess.margin <= 1
        assert asked.touches >= 1


def test_small_batches_mix_the_kinds_as_one_large_batch_does():
    embedding, clustering = blobs(400, 20)
    kinds: Counter = Counter()
    said: list = []
    while len(said) < 40:
        known = frozenset(judgment.question.id for judgment in said)
        batch = batch_of(embedding, clustering, count=4, asked=known, judgments=tuple(said))
        kinds.update(type(one.question) for one in batch)
        said += [say(one.question, one.guess.verdict, "llm") for one in batch]
    assert kinds == {Placement: 32, Triplet: 4, Pair: 4}


def test_texts_that_were_only_compared_neither_are_placed_again_nor_stand_for_a_group():
    embedding, clustering = blobs(400, 20, noise=1.0)
    ids = embedding.text_ids
    said = [say(Pair(ids[n], ids[n + 7]), "different", "llm") for n in range(0, 200, 10)]
    named = {text for judgment in said for text in judgment.question.texts}
    bare, batch = (
        batch_of(embedding, clustering, count=40, judgments=tuple(answers))
        for answers in ((), said)
    )
    stands = {t for one in bare for t in one.question.texts if isinstance(one.question, Placement)}
    for one in batch:
        if isinstance(one.question, Placement):
            assert not named.intersection(one.question.texts) - stands


def test_up_to_three_contradictions_come_first_in_the_order_given():
    embedding, clustering = blobs(400, 20)
    clashes = clashes_of(embedding, 5)
    batch = batch_of(embedding, clustering, count=20, clashes=clashes)
    assert [asked.question for asked in batch[:3]] == clashes[:3]
    assert Counter(type(a.question) for a in batch[3:]) == {Placement: 13, Triplet: 2, Pair: 2}
    assert len(batch_of(embedding, clustering, count=2, clashes=clashes)) == 2


def test_a_contradiction_about_missing_texts_or_asked_before_is_passed_over():
    embedding, clustering = blobs(400, 8)
    here, before = clashes_of(embedding, 2)
    gone = Contradiction(embedding.text_ids[0], embedding.text_ids[1], "zzz")
    batch = batch_of(
        embedding, clustering, count=20, clashes=[gone, before, here], asked={before.id}
    )
    found = [a.question for a in batch if isinstance(a.question, Contradiction)]
    assert found == [here]


def test_all_kinds_fill_in_for_each_other_until_nothing_is_left():
    embedding, clustering = blobs(9, 3)
    asked: set[str] = set()
    kinds: Counter[type] = Counter()
    while batch := batch_of(embedding, clustering, count=10, asked=asked, seed=1):
        ids = {a.question.id for a in batch}
        assert len(ids) == len(batch)
        assert not ids & asked
        asked |= ids
        kinds.update(type(a.question) for a in batch)
    assert kinds[Pair] == 9 * 8 // 2
    assert kinds[Triplet] > 0
    assert kinds[Placement] > 0


def test_what_is_answered_never_comes_again_while_the_groups_move():
    embedding, clustering = blobs(60, 6)
    judgments, asked = (), set()
    for _ in range(12):
        batch = batch_of(embedding, clustering, count=10, asked=asked, judgments=judgments)
        assert len(batch) == 10
        ids = {a.question.id for a in batch}
        assert len(ids) == 10
        assert not ids & asked
        asked |= ids
        judgments += tuple(say(a.question, a.guess.verdict, "llm") for a in batch)


def test_triplets_fill_in_where_the_others_are_spent():
    embedding, clustering = blobs(9, 3)
    pairs = propose_pairs(embedding, clustering, count=99, asked=(), seed=0)
    ground = lay_ground(embedding, clustering, find_neighbours(embedding, seed=0), blocks=400)
    grouping = group(ground, clustering, ())
    asked = {a.question.id for a in pairs}
    while placements := propose_placements(ground, grouping, count=9, asked=asked):
        asked |= {a.question.id for a in placements}
    batch = batch_of(embedding, clustering, count=5, asked=asked)
    assert [type(a.question) for a in batch] == [Triplet, Triplet]  # a fifth of nine: two anchors


@pytest.mark.parametrize("label", [UNASSIGNED, 4])
def test_without_two_groups_pairs_ask_how_broad_a_group_is(label):
    embedding, _ = blobs(50, 2)
    _, clustering = make(embedding.vectors, [label] * 50)
    batch = batch_of(embedding, clustering, count=10)
    assert len(batch) == 10
    assert {type(a.question) for a in batch} <= {Pair, Placement}
    pairs = [a for a in batch if isinstance(a.question, Pair)]
    assert pairs
    assert all("how broad" in a.why for a in pairs)


@pytest.mark.parametrize("n", [1, 2])
def test_fewer_than_three_texts_name_the_next_move(n):
    embedding, clustering = blobs(n, 1)
    with pytest.raises(TooFewError) as error:
        batch_of(embedding, clustering, count=5)
    assert "Add texts" in error.value.next_move


def test_groups_of_other_texts_are_refused():
    embedding, other = blobs(20, 2)
    _, clustering = blobs(21, 2)
    for verb in (propose_pairs, propose_triplets):
        with pytest.raises(InputError, match="other texts"):
            verb(embedding, clustering, count=5, asked=(), seed=0)
    with pytest.raises(InputError, match="other texts"):
        lay_ground(embedding, clustering, find_neighbours(embedding, seed=0), blocks=4)
    ground = lay_ground(embedding, other, find_neighbours(embedding, seed=0), blocks=4)
    with pytest.raises(InputError, match="other texts"):
        group(ground, clustering, ())
    grouping = group(ground, other, ())
    with pytest.raises(InputError, match="other texts"):
        propose(embedding, clustering, ground, grouping, (), count=5, asked=(), seed=0)


@pytest.mark.parametrize("count", [0, -3])
def test_asking_for_none_gives_none(count):
    embedding, clustering = blobs(20, 2)
    clashes = clashes_of(embedding, 5)
    assert batch_of(embedding, clustering, count=count, clashes=clashes) == ()


@settings(max_examples=40, deadline=None)
@given(
    labels=st.lists(st.integers(-1, 3), min_size=3, max_size=40),
    count=st.integers(1, 12),
    seed=st.integers(0, 5),
    duplicates=st.booleans(),
)
def test_any_labels_give_fresh_valid_repeatable_questions(labels, count, seed, duplicates):
    rng = np.random.default_rng(9)
    vectors = rng.normal(size=(len(labels), 6))
    if duplicates:
        vectors[:] = vectors[0]
    embedding, clustering = make(vectors, labels)
    first = batch_of(embedding, clustering, count=count, seed=seed)
    assert first == batch_of(embedding, clustering, count=count, asked=[], seed=seed)
    assert 1 <= len(first) <= count
    ids = {a.question.id for a in first}
    assert len(ids) == len(first)
    second = batch_of(embedding, clustering, count=count, asked=ids, seed=seed)
    assert not ids & {a.question.id for a in second}


@pytest.mark.parametrize("verb", [propose_triplets, propose_pairs])
def test_another_seed_asks_about_other_texts(verb):
    embedding, clustering = blobs(800, 8)
    first, second = (
        {a.question.texts[0] for a in verb(embedding, clustering, count=20, asked=(), seed=seed)}
        for seed in (0, 1)
    )
    assert len(first & second) < 10
