"""What the embedder guesses of placements and contradictions."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.clusterings import UNASSIGNED, Clustering, ClusterSpec
from core.domain.errors import NotFoundError
from core.domain.judgments import GROUPS, Verdict, allowed
from core.domain.questions import Contradiction, Placement
from core.domain.spaces import Embedding
from core.steps.questions import guess
from core.steps.questions.guesses import guesses


def make(angles, labels) -> tuple[Embedding, Clustering]:
    """Texts on the unit circle, at `angles` in degrees."""
    turned = np.radians(np.asarray(angles, dtype=np.float64))
    vectors = np.stack([np.cos(turned), np.sin(turned)], axis=1).astype(np.float32)
    ids = tuple(f"t{row:03d}" for row in range(len(vectors)))
    return Embedding("space", ids, vectors), Clustering(
        "space",
        ids,
        np.asarray(labels, dtype=np.int32),
        np.ones(len(ids), dtype=np.float32),
        ClusterSpec(method="kmeans"),
    )


# Two groups of four (0 to 3 and 4 to 7) far apart; 8 lies near the
# first, 9 between them, 10 far from both; 11 and 12 are twins without a group.
SPACE = make([0, 4, 8, 12, 140, 144, 148, 152, 20, 76, 215, 290, 291], [0] * 4 + [1] * 4 + [-1] * 5)
T = SPACE[0].text_ids
NEAR, FAR, TWIN = (T[0], T[1]), (T[4], T[5]), (T[11],)


def cosine(left: int, right: int) -> float:
    return float(SPACE[0].vectors[left] @ SPACE[0].vectors[right])


def usual(rows) -> float:
    return float(np.mean([cosine(i, j) for i, j in combinations(rows, 2)]))


EVERYTHING, FIRST = usual(range(13)), usual(range(4))


@pytest.mark.parametrize("candidates", [(NEAR, FAR), (FAR, NEAR), (NEAR, FAR, TWIN), (NEAR,)])
def test_a_text_is_placed_in_the_group_most_like_it(candidates):
    question = Placement(T[8], (), candidates)

    made = guess(question, *SPACE)

    assert question.candidates[GROUPS.index(made.verdict)] == NEAR
    assert f"{(cosine(8, 0) + cosine(8, 1)) / 2:.2f}" in made.reason


def test_the_margin_of_a_placement_is_the_lead_over_the_next_group_or_the_bar():
    near = (cosine(8, 0) + cosine(8, 1)) / 2
    far = (cosine(8, 4) + cosine(8, 5)) / 2
    bar = (EVERYTHING + FIRST) / 2

    alone = guess(Placement(T[8], (), (NEAR,)), *SPACE)
    beside = guess(Placement(T[8], (), (NEAR, (T[3],))), *SPACE)

    assert alone.margin == pytest.approx(near - bar, abs=1e-5)
    assert f"{bar:.2f} is expected" in alone.reason
    assert far < bar < near
    assert guess(Placement(T[8], (), (NEAR, FAR)), *SPACE).margin == pytest.approx(near - bar, 1e-4)
    assert beside.margin == pytest.approx(cosine(8, 3) - near, abs=1e-5)
    assert f"to the next {near:.2f}" in beside.reason


@pytest.mark.parametrize("text", [9, 10])
def test_a_text_that_is_like_no_group_starts_a_new_one(text):
    made = guess(Placement(T[text], (), (NEAR, FAR)), *SPACE)

    nearest = max((cosine(text, a) + cosine(text, b)) / 2 for a, b in ((0, 1), (4, 5)))
    assert made.verdict == Verdict.NEW
    bar = (EVERYTHING + FIRST) / 2  # both groups are equally wide
    assert made.margin == pytest.approx(min(1.0, bar - nearest), abs=1e-4)
    assert f"below the {bar:.2f} expected" in made.reason


def test_only_a_near_twin_joins_texts_without_a_cluster():
    bar = (EVERYTHING + 1) / 2
    assert cosine(11, 12) > bar > cosine(10, 11)
    assert guess(Placement(T[12], (), (TWIN,)), *SPACE).verdict == Verdict.GROUP_1
    assert guess(Placement(T[10], (), (TWIN,)), *SPACE).verdict == Verdict.NEW


@pytest.mark.parametrize(
    ("rows", "verdict"),
    [
        ((0, 1, 2), Verdict.ALL),
        ((0, 1, 5), Verdict.FIRST_SECOND),
        ((0, 11, 12), Verdict.SECOND_THIRD),
        ((1, 5, 11), Verdict.NONE),
    ],
)
def test_texts_of_a_contradiction_are_joined_where_they_are_alike(rows, verdict):
    question = Contradiction(*(T[row] for row in rows))

    made = guess(question, *SPACE)

    assert made.verdict == verdict
    a, b, c = rows
    assert made.reason == (
        f"The similarity of A and B is {cosine(a, b):.2f}, "
        f"of A and C {cosine(a, c):.2f}, of B and C {cosine(b, c):.2f}."
    )


def test_the_first_and_the_third_can_be_the_ones_that_belong_together():
    embedding, clustering = make([0, 90, 1, 91, 180, 270], [0, 1, 0, 1, UNASSIGNED, UNASSIGNED])
    made = guess(Contradiction(*embedding.text_ids[:3]), embedding, clustering)
    assert made.verdict == Verdict.FIRST_THIRD


@given(st.lists(st.integers(0, 359), min_size=6, max_size=9), st.data())
def test_a_guess_answers_its_question_with_a_margin_in_bounds(angles, data):
    labels = data.draw(st.lists(st.integers(-1, 2), min_size=len(angles), max_size=len(angles)))
    space = make(angles, labels)
    a, b, c, d, e, f = space[0].text_ids[:6]
    for question in (Placement(a, (b,), ((c,), (d, e), (f,))), Contradiction(a, b, c)):
        made = guess(question, *space)
        assert made.verdict in allowed(question) - {Verdict.UNSURE}
        assert 0 <= made.margin <= 1


@pytest.mark.parametrize(
    "question",
    [
        Placement("zzz", (), (NEAR,)),
        Placement(T[0], (), (("zzz",),)),
        Contradiction(T[0], T[1], "zzz"),
    ],
)
def test_a_text_that_is_gone_is_told(question):
    with pytest.raises(NotFoundError, match="Skip it"):
        guess(question, *SPACE)


def test_a_batch_is_guessed_as_its_questions_are_one_by_one_and_sums_the_space_once():
    asked = [
        Placement(T[8], (), (NEAR, FAR)),
        Placement(T[9], (), (FAR, NEAR)),
        Contradiction(T[0], T[4], T[9]),
        Placement(T[12], (), (TWIN,)),
    ]
    summed = []

    class Counted(np.ndarray):
        def sum(self, *args, **kwargs):
            summed.append(self.shape[0])
            return np.asarray(self).sum(*args, **kwargs)

    embedding, clustering = SPACE
    counting = Embedding("space", embedding.text_ids, embedding.vectors.view(Counted))
    assert guesses(asked, counting, clustering) == tuple(guess(each, *SPACE) for each in asked)
    assert sorted(summed) == [4, 4, 13], "two clusters and the whole space, once each"
