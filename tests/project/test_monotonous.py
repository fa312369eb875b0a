"""Judges that always say the same are not heard, whatever they say."""

import numpy as np
import pytest

from core.domain.judgments import GROUPS, Verdict
from core.project.grouping import weigh
from core.steps.grouping import lay_ground
from core.steps.neighbours import find_neighbours
from core.steps.questions import propose_placements
from tests.answering import say
from tests.steps.test_grouping_blobs import eight_blobs, score, truth_says


@pytest.mark.parametrize("parts", [1, 3])
@pytest.mark.parametrize("says", [Verdict.NEW, GROUPS[0]])
def test_a_judge_that_always_says_the_same_changes_nothing(parts, says):
    embedding, clustering = eight_blobs(parts)
    ground = lay_ground(embedding, clustering, find_neighbours(embedding, seed=0), blocks=120)
    judgments: list = []
    while len(judgments) < 100:
        grouping = weigh(ground, clustering, judgments)
        known = {judgment.question.id for judgment in judgments}
        batch = propose_placements(ground, grouping, count=20, asked=known)
        if not batch:
            break
        judgments += [say(asked.question, says, "llm") for asked in batch]
    labels = weigh(ground, clustering, judgments).clustering.labels
    assert np.array_equal(labels, weigh(ground, clustering, []).clustering.labels)


def test_a_machine_that_finds_a_new_group_each_time_is_heard_at_first():
    embedding, clustering = eight_blobs(3)
    ground = lay_ground(embedding, clustering, find_neighbours(embedding, seed=0), blocks=40)
    batch = propose_placements(ground, weigh(ground, clustering, []), count=20, asked=())
    judgments = [say(asked.question, truth_says(asked.question), "llm") for asked in batch]
    assert score(weigh(ground, clustering, judgments).clustering.labels) > score(clustering.labels)
