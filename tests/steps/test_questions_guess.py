"""What the embedder guesses of triplets and pairs."""

import numpy as np
import pytest

from core.domain.errors import NotFoundError
from core.domain.questions import Pair, Triplet
from core.steps.grouping import group, lay_ground
from core.steps.neighbours import find_neighbours
from core.steps.questions import guess, propose_placements
from tests.answering import say
from tests.steps.question_texts import batch_of, blobs, make, placed, row


def test_guess_of_a_triplet_names_the_closer_side_and_both_numbers():
    embedding, clustering = make([[1, 0], [0.6, 0.8], [0.8, 0.6]], [0, 0, 1])
    a, b, c = embedding.text_ids
    made = guess(Triplet(a, b, c), embedding, clustering)
    assert made.verdict == "right"
    assert made.margin == pytest.approx(0.2, abs=1e-6)
    assert made.reason == "Its similarity to the suggested text is 0.80, to the other 0.60."
    assert guess(Triplet(b, c, a), embedding, clustering).verdict == "right"
    assert guess(Triplet(c, a, b), embedding, clustering).verdict == "right"


def test_guess_of_an_even_triplet_claims_no_difference():
    embedding, clustering = make([[1, 0], [0.6, 0.8], [0.6, -0.8]], [0, 0, 1])
    made = guess(Triplet(*embedding.text_ids), embedding, clustering)
    assert made.margin == pytest.approx(0, abs=1e-6)
    assert made.reason == "It is hardly closer to the suggested text than to the other (both 0.60)."


def pair_case():
    """Two tight clusters far apart, each with one stranger; and two loners."""
    east, north = np.array([1, 0, 0, 0]), np.array([0, 1, 0, 0])
    up = np.array([0, 0, 1, 0])
    vectors = [
        east,
        east + 0.1 * up,
        east - 0.1 * up,
        -0.4 * east + up,
        north,
        north + 0.1 * up,
        north - 0.1 * up,
        east + 0.05 * north,
        up,
        up + 0.01 * east,
    ]
    return make(vectors, [0, 0, 0, 0, 1, 1, 1, 1, -1, -1])


@pytest.mark.parametrize(
    ("left", "right", "verdict", "words"),
    [
        (0, 1, "same", "They are in the same group, and"),
        (0, 3, "different", "They are in the same group, but"),
        (0, 4, "different", "They are in different groups, and"),
        (0, 7, "same", "They are in different groups, but"),
        (8, 9, "same", "They do not share a group, but"),
        (0, 8, "different", "They do not share a group, and"),
    ],
)
def test_guess_of_a_pair_follows_the_clusters_unless_the_similarity_speaks_loudly(
    left, right, verdict, words
):
    embedding, clustering = pair_case()
    ids = embedding.text_ids
    made = guess(Pair(ids[left], ids[right]), embedding, clustering)
    assert (made.verdict, made.reason[: len(words)]) == (verdict, words)
    similarity = float(embedding.vectors[left] @ embedding.vectors[right])
    assert f"{similarity:.2f}" in made.reason
    assert 0 <= made.margin <= 1


@pytest.mark.parametrize(
    ("left", "right", "groups"),
    [(0, 1, [range(4)]), (1, 5, [range(4), range(4, 8)]), (0, 8, [range(4)]), (8, 9, [range(10)])],
)
def test_guess_of_a_pair_measures_from_the_bar_written_out(left, right, groups):
    embedding, clustering = pair_case()
    cosines = embedding.vectors.astype(np.float64) @ embedding.vectors.T

    def usual(rows):
        return np.mean([cosines[i, j] for i in rows for j in rows if i != j])

    inside = np.mean([usual(rows) for rows in groups])
    bar = (usual(range(10)) + inside) / 2 if (left, right) == (0, 1) else (inside + 1) / 2
    made = guess(Pair(embedding.text_ids[left], embedding.text_ids[right]), embedding, clustering)
    assert made.margin == pytest.approx(abs(cosines[left, right] - bar), abs=1e-5)
    assert f"{bar:.2f} expected of a match" in made.reason


def test_guess_refuses_a_text_that_is_gone():
    embedding, clustering = blobs(10, 2)
    with pytest.raises(NotFoundError, match="Skip it"):
        guess(Pair("t0000001", "zzz"), embedding, clustering)


def overlapping(noise: float):
    rng = np.random.default_rng(0)
    truth = np.arange(600) % 12
    vectors = rng.normal(size=(12, 32))[truth] + noise * rng.normal(size=(600, 32))
    return truth, *make(vectors, truth)


def test_guesses_of_proposed_questions_beat_a_coin_on_groups_that_overlap():
    truth, embedding, clustering = overlapping(0.9)
    batch = batch_of(embedding, clustering, count=500)
    right = total = 0
    for asked in batch:
        groups = [truth[row(text)] for text in asked.question.texts]
        if isinstance(asked.question, Pair):
            total += 1
            right += (asked.guess.verdict == "same") == (groups[0] == groups[1])
        elif isinstance(asked.question, Triplet) and groups[0] in groups[1:]:
            total += 1
            right += (asked.guess.verdict == "left") == (groups[0] == groups[1])
    assert total > 100
    assert right / total > 0.65


def test_guesses_of_proposed_placements_beat_a_draw_on_groups_that_overlap():
    truth, embedding, clustering = overlapping(0.9)
    ground = lay_ground(embedding, clustering, find_neighbours(embedding, seed=0), blocks=400)
    judgments = ()
    right = total = 0
    for _ in range(5):
        grouping = group(ground, clustering, judgments)
        known = {judgment.question.id for judgment in judgments}
        for asked in propose_placements(ground, grouping, count=20, asked=known):
            verdict = placed(asked.question, truth)
            right += guess(asked.question, embedding, clustering).verdict == verdict
            total += 1
            judgments += (say(asked.question, verdict, "llm"),)
    assert total > 80
    assert right / total > 0.5  # with five groups on show and "new", a draw is right in 0.17
