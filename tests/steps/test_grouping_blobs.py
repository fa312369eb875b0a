"""Grouping on separable blobs: right answers find the groups, wrong ones do little harm."""

from collections import Counter

import numpy as np
import pytest

from core.domain.judgments import GROUPS, Verdict
from core.domain.questions import Pair, Triplet
from core.steps.grouping import group, lay_ground
from core.steps.metrics import accuracy
from core.steps.neighbours import find_neighbours
from core.steps.questions import propose_placements
from tests.answering import say
from tests.steps.question_texts import make, placed

TRUTH = np.arange(480) % 8


def eight_blobs(parts: int = 1, *, joined: bool = False, noise: float = 0.25):
    """Eight blobs; the prior cuts each into `parts`, or joins them two by two."""
    rng = np.random.default_rng(5)
    vectors = rng.normal(size=(8, 32))[TRUTH] + noise * rng.normal(size=(480, 32))
    piece = (np.arange(480) // 8) % parts
    # The parts of a blob lie apart a little, as those that a clustering finds do.
    vectors += 0.25 * rng.normal(size=(24, 32))[TRUTH * 3 + piece]
    labels = TRUTH // 2 if joined else TRUTH * parts + piece
    return make(vectors, labels)


def ask(embedding, clustering, judge, budget: int):
    """Ask in small batches, weighing all answers after each; return groups and answers."""
    ground = lay_ground(embedding, clustering, find_neighbours(embedding, seed=0), blocks=budget)
    judgments: list = []
    grouping = group(ground, clustering, judgments)
    while len(judgments) < budget:
        known = {judgment.question.id for judgment in judgments}
        size = min(8, budget - len(judgments))
        batch = propose_placements(ground, grouping, count=size, asked=known)
        if not batch:
            break
        judgments += [say(a.question, judge(a.question), "llm") for a in batch]
        grouping = group(ground, clustering, judgments)
    return ground, grouping, judgments


def truth_says(question) -> Verdict:
    return placed(question, TRUTH)


def score(labels) -> float:
    return accuracy(labels.tolist(), TRUTH.tolist())


def test_right_answers_join_a_prior_that_is_too_fine():
    embedding, clustering = eight_blobs(3)
    assert len(set(clustering.labels.tolist())) == 24
    _, found, _ = ask(embedding, clustering, truth_says, 80)
    assert score(clustering.labels) < 0.4
    assert score(found.clustering.labels) > 0.99


def test_right_answers_split_a_prior_that_is_too_coarse():
    embedding, clustering = eight_blobs(joined=True)
    assert len(set(clustering.labels.tolist())) == 4
    _, found, _ = ask(embedding, clustering, truth_says, 120)
    assert score(clustering.labels) == 0.5
    assert score(found.clustering.labels) > 0.9


def test_right_answers_find_the_groups_from_one_prior_cluster():
    embedding, _ = eight_blobs()
    _, clustering = make(embedding.vectors, [3] * 480)
    _, found, judgments = ask(embedding, clustering, truth_says, 80)
    assert len(judgments) == 80
    assert score(found.clustering.labels) > 0.99


def shares_lost(parts: int, *, about_starts: bool) -> list[float]:
    """Turn each of sixty right answers wrong, one at a time; return what accuracy that costs."""
    embedding, clustering = eight_blobs(parts)
    ground, found, judgments = ask(embedding, clustering, truth_says, 60)
    starts = {ground.text_ids[row] for row in ground.starts.tolist()}
    lost = []
    for place, judgment in enumerate(judgments):
        question = judgment.question
        if (question.text in starts) != about_starts:
            continue
        verdicts = [*GROUPS[: len(question.candidates)], Verdict.NEW]
        verdicts.remove(judgment.verdict)
        bad = [*judgments[:place], say(question, verdicts[0], "llm"), *judgments[place + 1 :]]
        labels = group(ground, clustering, bad).clustering.labels
        lost.append(score(found.clustering.labels) - score(labels))
    return lost


def compared(count: int, seed: int) -> list:
    """Right answers to `count` triplets and as many pairs of any texts."""
    dice = np.random.default_rng(seed)
    said = []
    for _ in range(count):
        texts = dice.choice(480, 3, replace=False)
        names = [f"t{row:07d}" for row in texts]
        near, far = (bool(TRUTH[texts[0]] == TRUTH[other]) for other in texts[1:])
        verdict = {(True, True): "both", (True, False): "left", (False, True): "right"}
        said.append(say(Triplet(*names), verdict.get((near, far), "neither"), "llm"))
        same = TRUTH[texts[1]] == TRUTH[texts[2]]
        said.append(say(Pair(*names[1:]), "same" if same else "different", "llm"))
    return said


@pytest.mark.parametrize("count", [10, 60, 200])
def test_texts_that_answers_only_compare_are_no_groups_of_their_own(count):
    embedding, clustering = eight_blobs(noise=0.6)
    ground = lay_ground(embedding, clustering, find_neighbours(embedding, seed=0), blocks=80)
    found = group(ground, clustering, compared(count, 1))
    assert len(set(found.clustering.labels.tolist())) == 8
    assert score(found.clustering.labels) > 0.98


def test_pairs_split_what_the_map_joined_where_they_are_many():
    embedding, clustering = eight_blobs(joined=True)
    ground = lay_ground(embedding, clustering, find_neighbours(embedding, seed=0), blocks=80)
    found = group(ground, clustering, compared(400, 1))
    assert score(clustering.labels) == 0.5
    assert score(found.clustering.labels) > 0.7


@pytest.mark.parametrize("parts", [1, 3])
def test_one_wrong_answer_about_a_text_seldom_moves_others(parts):
    lost = shares_lost(parts, about_starts=False)
    # It may join two groups for good where no later question compares them.
    assert sum(share > 0.01 for share in lost) <= 0.1 * len(lost)


@pytest.mark.parametrize("parts", [1, 3])
def test_one_wrong_answer_about_a_prior_group_leaves_most_others_alone(parts):
    lost = shares_lost(parts, about_starts=True)
    # Nine in ten are believed at first: one such answer may join two groups, and what
    # they draw to them, until a later question compares them.
    assert max(lost) < 0.3
    assert np.mean(lost) < 0.1


def test_a_person_settles_what_machines_got_wrong():
    embedding, clustering = eight_blobs(joined=True)
    # It sees kinds as coarsely as the map has them.
    ground, _, judgments = ask(embedding, clustering, lambda q: placed(q, TRUTH // 2), 60)
    people = [say(j.question, truth_says(j.question), "human", "me") for j in judgments]
    machines = group(ground, clustering, judgments).clustering.labels
    corrected = group(ground, clustering, [*judgments, *people]).clustering.labels
    assert np.array_equal(corrected, group(ground, clustering, people).clustering.labels)
    assert score(corrected) > score(machines) + 0.3


def test_deciding_answers_are_about_texts_of_the_same_group():
    embedding, clustering = eight_blobs(3)
    _, found, _ = ask(embedding, clustering, truth_says, 80)
    decided = found.decided_by
    assert (decided[:, 0] >= 0).all()
    for text in range(480):
        about = [found.evidence[index].text for index in decided[text].tolist() if index >= 0]
        assert Counter(TRUTH[about].tolist()).most_common(1)[0][0] == TRUTH[text]


@pytest.mark.parametrize("noise", [0.25, 0.5, 2.0])
def test_without_answers_the_prior_comes_back_however_wide_its_groups_are(noise):
    embedding, clustering = eight_blobs(noise=noise)
    found = group(
        lay_ground(embedding, clustering, find_neighbours(embedding, seed=0), blocks=80),
        clustering,
        (),
    )
    assert np.array_equal(found.clustering.labels, clustering.labels)
