"""Partitions of anchors: drawn as often as they are likely, and one that stands for all."""

from collections import Counter
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.groupings import Evidence, Ground, drawn_together
from core.steps.grouping import lay_ground
from core.steps.grouping.consensus import certainty, cluster_ids, consensus
from core.steps.grouping.gibbs import FIRST_OF_EQUALS, sweep
from core.steps.grouping.partitions import draw_partitions
from core.steps.neighbours import find_neighbours
from tests.steps.question_texts import blobs

EMBEDDING, CLUSTERING = blobs(48, 4, noise=0.2)
GROUND = lay_ground(EMBEDDING, CLUSTERING, find_neighbours(EMBEDDING, seed=0), blocks=12)


def components(links: np.ndarray) -> np.ndarray:
    """Return one member for each anchor's group of linked anchors."""
    found = np.arange(len(links))
    for _ in links:
        for one, other in enumerate(links.tolist()):
            found[found == max(found[one], found[other])] = min(found[one], found[other])
    return found


def partition(labels: np.ndarray) -> tuple[int, ...]:
    """Return labels as the first member of each group."""
    return tuple(int(np.flatnonzero(labels == label)[0]) for label in labels.tolist())


class Case:
    """A few anchors with made-up affinities, and answers about them."""

    def __init__(self, size: int, answers: int, seed: int) -> None:
        dice = np.random.default_rng(seed)
        self.size = size
        self.targets = np.array([[t for t in range(size) if t != one] for one in range(size)])
        self.weights = dice.random((size, size - 1)) + 0.05
        self.alone = dice.random(size) + 0.05
        orders = [dice.permutation(size)[:3] for _ in range(answers)]
        self.text = np.array([order[0] for order in orders])
        self.shown = np.array([[order[1], order[2]] for order in orders])
        self.shown[::3, 1] = -1
        self.chosen = dice.integers(-1, np.where(self.shown[:, 1] < 0, 1, 2))
        self.right = dice.uniform(0.5, 0.95, answers)

    def sweep(self, links: np.ndarray, labels: np.ndarray, dice: np.random.Generator) -> None:
        order, lots = dice.permutation(self.size), dice.random(self.size)
        answers = (self.text, self.shown, self.chosen, self.right)
        prior = (self.targets, self.weights, self.alone)
        sweep(links, labels, *prior, *answers, order, lots)

    def likelihood(self, labels: np.ndarray) -> float:
        found = 1.0
        for text, shown, chosen, right in zip(
            self.text, self.shown, self.chosen, self.right, strict=True
        ):
            options = [option for option in shown.tolist() if option >= 0]
            alike = [place for place, o in enumerate(options) if labels[o] == labels[text]]
            if chosen < 0:
                says = right if not alike else (1 - right) / len(options)
            else:
                says = right if chosen in alike else (1 - right) / len(options)
                if len(alike) == 2 and chosen in alike:
                    says *= FIRST_OF_EQUALS if chosen == alike[0] else 1 - FIRST_OF_EQUALS
            found *= says
        return found

    def posterior(self) -> Counter[tuple[int, ...]]:
        """Return the chance of each partition, by going through all links."""
        found: Counter[tuple[int, ...]] = Counter()
        for links in product(range(self.size), repeat=self.size):
            chance = 1.0
            for one, target in enumerate(links):
                at = np.flatnonzero(self.targets[one] == target)
                chance *= self.alone[one] if target == one else self.weights[one, at[0]]
            labels = components(np.array(links))
            found[partition(labels)] += chance * self.likelihood(labels)
        total = sum(found.values())
        return Counter({key: value / total for key, value in found.items()})


@settings(max_examples=60, deadline=None)
@given(st.integers(3, 12), st.integers(1, 20), st.integers(0, 10_000))
def test_labels_are_always_the_groups_of_linked_anchors(size, answers, seed):
    case, dice = Case(size, answers, seed), np.random.default_rng(seed)
    links = dice.integers(0, size, size)
    labels = components(links)
    for _ in range(3):
        case.sweep(links, labels, dice)
        assert partition(labels) == partition(components(links))
        # A label is a member of its group.
        assert (labels[labels] == labels).all()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_partitions_are_drawn_as_often_as_they_are_likely(seed):
    case, dice = Case(4, 6, seed), np.random.default_rng(seed)
    links = labels = np.arange(4)
    links, labels = links.copy(), labels.copy()
    drawn: Counter[tuple[int, ...]] = Counter()
    for _ in range(20_000):
        case.sweep(links, labels, dice)
        drawn[partition(labels)] += 1
    for key, chance in case.posterior().items():
        assert drawn[key] / 20_000 == pytest.approx(chance, abs=0.02)


def placed(text: int, *options: int, chosen: int | None, right: float = 0.95) -> Evidence:
    return Evidence(text, tuple((option,) for option in options), chosen, right, "q", True)


def rows_of(evidence: list[Evidence], ground: Ground = GROUND) -> np.ndarray:
    about = {e.text for e in evidence} | {o[0] for e in evidence for o in e.options}
    return np.array(sorted({*ground.starts.tolist(), *about}))


def test_what_one_wrong_answer_joined_comes_apart_by_right_ones():
    # The map has two kinds in one group, and a wrong answer confirmed that; every later
    # text of the second kind finds that answer's text among the group's examples.
    kind = CLUSTERING.labels
    joined = replace(CLUSTERING, labels=np.where(kind == 20, 10, kind).astype(np.int32))
    ground = lay_ground(EMBEDDING, joined, find_neighbours(EMBEDDING, seed=0), blocks=12)
    start, other = (int(np.flatnonzero(kind == name)[0]) for name in (10, 20))
    evidence = [placed(other, start, chosen=0)]
    evidence += [
        placed(text, start, other, chosen=int(kind[text] == 20))
        for text in np.flatnonzero(np.isin(kind, (10, 20))).tolist()
        if text not in (start, other)
    ]
    rows = rows_of(evidence, ground)
    drawn = draw_partitions(ground, evidence, rows)
    codes = consensus(drawn_together(drawn.labels), drawn.founding)
    group = dict(zip(rows.tolist(), codes.tolist(), strict=True))
    assert group[start] != group[other]
    for item in evidence[1:]:
        assert group[item.text] == group[other if kind[item.text] == 20 else start]


def test_that_the_first_of_two_groups_is_chosen_hardly_speaks_against_their_being_one():
    # Two halves of a kind, and a text of it that is always shown both of them.
    kind = CLUSTERING.labels
    halves = np.where((kind == 20) & (np.arange(48) % 8 < 4), 25, kind)
    cut = replace(CLUSTERING, labels=halves.astype(np.int32))
    ground = lay_ground(EMBEDDING, cut, find_neighbours(EMBEDDING, seed=0), blocks=12)
    one, other = (int(np.flatnonzero(halves == name)[0]) for name in (20, 25))
    texts = [text for text in np.flatnonzero(halves == 20).tolist() if text != one]

    def apart(*options: int) -> float:
        chosen = options.index(one)
        evidence = [placed(text, *options, chosen=chosen) for text in texts]
        rows = rows_of(evidence, ground)
        labels = draw_partitions(ground, evidence, rows).labels
        at, beside = np.searchsorted(rows, [one, other])
        return float((labels[:, at] != labels[:, beside]).mean())

    assert apart(one, other) < 0.5 < apart(other, one)


def test_a_machine_that_contradicts_itself_is_believed_less():
    home = GROUND.starts[GROUND.prior]
    texts = [text for text in range(48) if text != home[text]]
    sure = [placed(text, int(home[text]), chosen=0, right=0.85) for text in texts for _ in "ab"]
    torn = [
        placed(text, int(home[text]), chosen=chosen, right=0.85)
        for text in texts
        for chosen in (0, None)
    ]
    good, bad = (draw_partitions(GROUND, said, rows_of(said)).right for said in (sure, torn))
    assert good > 0.93
    assert bad < 0.65


def test_the_same_answers_give_the_same_draws():
    evidence = [placed(1, 0, 2, chosen=0), placed(7, 3, 5, chosen=None)]
    one, two = (draw_partitions(GROUND, evidence, rows_of(evidence)) for _ in range(2))
    assert np.array_equal(one.labels, two.labels)
    assert one.right == two.right
    assert np.array_equal(one.joining, two.joining)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 12), st.integers(1, 6), st.integers(0, 1000))
def test_the_consensus_of_equal_draws_is_the_draw(size, draws, seed):
    labels = np.random.default_rng(seed).integers(0, size, size).astype(np.int32)
    together = drawn_together(np.array([labels] * draws))
    codes = consensus(together, np.ones(size, dtype=np.bool_))
    assert partition(codes) == partition(labels)
    assert (certainty(together, codes) == 1.0).all()


def test_a_group_takes_the_id_of_the_map_group_that_it_stands_for():
    rows = np.arange(48)
    codes = np.unique(CLUSTERING.labels, return_inverse=True)[1]
    assert np.array_equal(cluster_ids(GROUND, rows, codes)[codes], CLUSTERING.labels)
    # A fifth group gets an id that no group of the map has.
    split = codes.copy()
    split[[row for row in np.flatnonzero(codes == 0) if row not in GROUND.starts][:3]] = 4
    ids = cluster_ids(GROUND, rows, split)
    assert ids[:4].tolist() == GROUND.prior_ids.tolist()
    assert ids[4] > GROUND.prior_ids.max()
