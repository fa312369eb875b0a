"""Sharpening a real project's embedder without answers."""

from __future__ import annotations

import numpy as np
import pytest

from core.domain.errors import Cancelled
from core.project import retraining
from core.project.arrays import load_embedding
from core.project.mapping import current
from core.project.pacing import pace_of
from core.project.workspace import Workspace
from tests.conftest import Listener
from tests.project.conftest import AnswerGold
from tests.project.proposals import the_model_gives_the_vectors


@pytest.mark.slow
def test_without_any_answer_a_proposal_comes_out_that_nothing_judges(
    mapped: tuple[Workspace, str], listener: Listener
) -> None:
    workspace, project_id = mapped
    here = current(workspace, project_id)
    foretold = retraining.way_without_answers(workspace, project_id)
    guessed = pace_of(workspace, project_id).sharpen

    class Stopped(Listener):
        def report(self, fraction: float, message: str) -> None:
            if message.startswith("Sharpening, round 1 "):
                raise Cancelled

    with pytest.raises(Cancelled):
        retraining.retrain(workspace, project_id, {"speed": foretold.speed}, Stopped())
    assert retraining.newest_proposal(workspace, project_id) is None

    retraining.retrain(workspace, project_id, {"speed": foretold.speed}, listener)

    assert current(workspace, project_id) == here
    proposal = retraining.newest_proposal(workspace, project_id)
    assert proposal is not None and proposal.status == "open"
    assert not proposal.judged and proposal.trained_on == 0
    assert retraining.advice(proposal)[0] == "not better"
    assert len(listener.points) >= 4 and np.isfinite(listener.points).all()
    assert pace_of(workspace, project_id).sharpen != guessed
    _, vectors = the_model_gives_the_vectors(workspace, here, proposal)
    assert np.abs(vectors.vectors - load_embedding(workspace, here.map).vectors).max() > 1e-3
    assert retraining.keep(workspace, proposal) is not None


@pytest.mark.slow
def test_where_there_are_answers_they_judge_and_do_not_teach(
    mapped: tuple[Workspace, str], answer_gold: AnswerGold, listener: Listener
) -> None:
    workspace, project_id = mapped
    answer_gold(workspace, project_id, 40)
    ways = retraining.ways(workspace, project_id, retraining.material(workspace, project_id))
    assert ways[-1].speed == "sharpen"
    retraining.retrain(workspace, project_id, {"speed": "sharpen"}, listener)
    proposal = retraining.newest_proposal(workspace, project_id)
    assert proposal is not None and proposal.judged and proposal.trained_on == 0
    lesson = workspace.store.maps.space(workspace.store.maps.get(proposal.new_map).space).lesson
    assert lesson is not None and not lesson.answers
