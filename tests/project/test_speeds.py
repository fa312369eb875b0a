"""The speeds of a retraining: what is recommended, how long it takes, what comes out."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from core.adapters.encoders import Checkpoints
from core.domain.errors import Cancelled, InputError, ModelError
from core.domain.spaces import Embedding, Origin, Space
from core.domain.training import TrainingExamples
from core.project import retraining
from core.project.arrays import load_embedding
from core.project.mapping import current
from core.project.pacing import pace_of, remember_drawing, remember_learning
from core.project.workspace import Workspace
from tests.conftest import Listener
from tests.project.conftest import AnswerGold
from tests.project.proposals import the_model_gives_the_vectors

MATERIAL = retraining.Material(
    answers=60,
    placements=40,
    must_links=40,
    cannot_links=20,
    triplets=10,
    contested=0,
    ignored=0,
    train=60,
    read=600,
    held_out=20,
    texts=2000,
    warnings=(),
)


@pytest.mark.parametrize(
    ("train", "must_links", "first", "count"),
    [(60, 40, "adapter", 4), (60, 2, "last", 3), (300, 200, "last", 4), (900, 500, "whole", 4)],
)
def test_what_is_recommended_goes_by_what_there_is_to_learn(
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    train: int,
    must_links: int,
    first: str,
    count: int,
) -> None:
    monkeypatch.setattr("core.project.retraining.speeds.has_gpu", lambda: False)
    found = replace(MATERIAL, train=train, read=10 * train, must_links=must_links)
    ways = retraining.ways(workspace, "p", found)
    assert (ways[0].speed, len(ways)) == (first, count)
    seconds = {way.speed: way.seconds for way in ways}
    assert seconds["last"] < seconds["whole"]
    assert seconds.get("adapter", 0) < seconds["last"]


def test_the_time_foretold_follows_what_was_measured_here(workspace: Workspace) -> None:
    def whole() -> float:
        found = retraining.ways(workspace, "p", MATERIAL)
        return next(way.seconds for way in found if way.speed == "whole")

    before = whole()
    remember_learning(workspace, "p", 2 * pace_of(workspace, "p").learn)
    slower = whole()
    assert slower == pytest.approx(before + 600 * pace_of(workspace, "p").learn / 2)
    remember_drawing(workspace, "p", 1000, 108.0)
    assert pace_of(workspace, "p").draw == pytest.approx(0.1)
    assert whole() > slower
    other = retraining.ways(workspace, "other", MATERIAL)
    assert next(way.seconds for way in other if way.speed == "whole") == before


@pytest.mark.slow
def test_a_map_measures_how_fast_this_machine_is(mapped: tuple[Workspace, str]) -> None:
    workspace, project_id = mapped
    assert pace_of(workspace, project_id) != pace_of(workspace, "never drawn")


@pytest.mark.slow
def test_the_quick_adapter_embeds_nothing_again_and_carries_new_texts(
    mapped: tuple[Workspace, str], answer_gold: AnswerGold, listener: Listener
) -> None:
    workspace, project_id = mapped
    answer_gold(workspace, project_id, 60)
    here = current(workspace, project_id)

    retraining.retrain(workspace, project_id, {"speed": "adapter"}, listener)

    assert not any("Embedding" in message for _, message in listener.reports)
    proposal = retraining.newest_proposal(workspace, project_id)
    assert proposal is not None and proposal.status == "open"
    new, _ = the_model_gives_the_vectors(workspace, here, proposal)
    lesson = workspace.store.maps.space(new.space).lesson
    assert lesson is not None and lesson.facts["training"]["speed"] == "adapter"


@pytest.mark.slow
def test_a_training_that_was_stopped_goes_on_and_the_last_layers_alone_change(
    mapped: tuple[Workspace, str],
    answer_gold: AnswerGold,
    listener: Listener,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    workspace, project_id = mapped
    answer_gold(workspace, project_id, 40)
    often = partial(Checkpoints, every=0.0)
    monkeypatch.setattr("core.project.retraining.learning.Checkpoints", often)

    class Stopped(Listener):
        def report(self, fraction: float, message: str) -> None:
            if "step 8 " in message:
                raise Cancelled
            super().report(fraction, message)

    with pytest.raises(Cancelled):
        retraining.retrain(workspace, project_id, {"speed": "last"}, Stopped())
    assert retraining.newest_proposal(workspace, project_id) is None

    retraining.retrain(workspace, project_id, {"speed": "last"}, listener)

    steps = [message for _, message in listener.reports if "step" in message]
    assert steps and not steps[0].startswith("Training, step 1 ")
    proposal = retraining.newest_proposal(workspace, project_id)
    assert proposal is not None
    new = workspace.store.maps.space(workspace.store.maps.get(proposal.new_map).space)
    assert new.lesson is not None and new.lesson.facts["training"]["layers"] == 2
    # Done: nothing is left to go on from.
    left = workspace.settings.home / "checkpoints" / project_id
    assert not list(left.rglob("*.safetensors"))


def test_a_way_that_there_is_not_is_refused(
    mapped: tuple[Workspace, str], answer_gold: AnswerGold, listener: Listener
) -> None:
    workspace, project_id = mapped
    answer_gold(workspace, project_id, 20)
    with pytest.raises(InputError, match="Retrain page"):
        retraining.retrain(workspace, project_id, {"speed": "magic"}, listener)


def test_vectors_from_a_file_have_no_model_to_train(mapped: tuple[Workspace, str]) -> None:
    workspace, project_id = mapped
    here = current(workspace, project_id)
    old = load_embedding(workspace, here.map)
    space = Space("0" * 16, "given", None, "given")
    key = workspace.files.put_arrays(
        {"text_ids": np.array(old.text_ids), "vectors": Embedding("x", (), old.vectors).vectors}
    )
    workspace.store.maps.add_space(Origin(space, vectors_key=key))
    given = replace(here, map=replace(here.map, space=space.id))
    with pytest.raises(ModelError, match="no model to train"):
        retraining.demand_model(workspace, given)


def test_generated_triplets_count_half_of_an_answer() -> None:
    own = TrainingExamples((("a", "b", "c"),), (("a", "b", True),))
    both = own.with_triplets([("a", "d", "e")], 0.5)
    assert both.triplets == (("a", "b", "c"), ("a", "d", "e"))
    assert both.triplet_weights == (1.0, 0.5)
    assert (both.pairs, both.groups) == (own.pairs, own.groups)


@pytest.mark.slow
def test_a_training_that_was_stopped_while_the_map_was_drawn_is_not_done_again(
    mapped: tuple[Workspace, str], answer_gold: AnswerGold, listener: Listener
) -> None:
    workspace, project_id = mapped
    answer_gold(workspace, project_id, 20)

    class Stopped(Listener):
        def report(self, fraction: float, message: str) -> None:
            if message == "Finding clusters":
                raise Cancelled

    with pytest.raises(Cancelled):
        retraining.retrain(workspace, project_id, {"speed": "last"}, Stopped())
    assert retraining.newest_proposal(workspace, project_id) is None

    retraining.retrain(workspace, project_id, {"speed": "last"}, listener)

    assert not any(message.startswith("Training, step") for _, message in listener.reports)
    assert retraining.newest_proposal(workspace, project_id) is not None
