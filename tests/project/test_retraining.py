"""Retraining: a proposal, judged on held-out answers, kept or thrown away."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from core.domain.errors import StaleEditError, TooFewError
from core.domain.proposals import Proposal
from core.domain.settings import Settings
from core.domain.taxonomy import Rename
from core.project import retraining
from core.project.arrays import load_clustering, load_embedding
from core.project.encoders import open_encoder
from core.project.intake import find_project
from core.project.mapping import current, make_map
from core.project.shaping import edit, standing, undo
from core.project.workspace import Workspace, open_workspace
from core.steps.taxonomy import leaves
from tests.conftest import Listener
from tests.project.conftest import AnswerGold

ANSWERS = 24


@pytest.fixture(scope="module")
def retrained_home(
    mapped_home: tuple[Path, str],
    tmp_path_factory: pytest.TempPathFactory,
    answer_gold: AnswerGold,
) -> tuple[Path, str, Listener]:
    """A home in which a person named a topic, answered and retrained. To be copied only."""
    source, project_id = mapped_home
    home = tmp_path_factory.mktemp("retrained") / "home"
    shutil.copytree(source, home)
    workspace = open_workspace(Settings(home=home))
    here = current(workspace, project_id)
    topic = leaves(here.taxonomy)[0].id
    edit(workspace, project_id, Rename(here.taxonomy.version, topic, "Named by me"), "me")
    answer_gold(workspace, project_id, ANSWERS)
    listener = Listener()
    retraining.retrain(workspace, project_id, {}, listener)
    return home, project_id, listener


@pytest.fixture
def retrained(
    retrained_home: tuple[Path, str, Listener], tmp_path: Path
) -> tuple[Workspace, str, Proposal]:
    home, project_id, _ = retrained_home
    shutil.copytree(home, tmp_path / "home")
    workspace = open_workspace(Settings(home=tmp_path / "home"))
    proposal = retraining.newest_proposal(workspace, project_id)
    assert proposal is not None
    return workspace, project_id, proposal


@pytest.mark.slow
def test_a_retraining_ends_in_an_open_proposal_and_changes_nothing_else(
    retrained: tuple[Workspace, str, Proposal],
    retrained_home: tuple[Path, str, Listener],
    mapped_home: tuple[Path, str],
) -> None:
    workspace, project_id, proposal = retrained
    listener = retrained_home[2]
    here = current(workspace, project_id)
    old = open_workspace(Settings(home=mapped_home[0]))

    assert proposal.status == "open"
    assert here.map == current(old, project_id).map
    assert proposal.old_map == here.map.id
    assert proposal.before.total == proposal.after.total > 0
    material = retraining.material(workspace, project_id)
    assert proposal.trained_on == material.train > material.held_out > 0
    assert proposal.seconds > 0
    assert listener.points and all(loss >= 0 for loss in listener.points)
    fractions = [fraction for fraction, _ in listener.reports]
    assert fractions == sorted(fractions)


def test_the_proposed_space_is_another_one_and_loads_from_disk(
    retrained: tuple[Workspace, str, Proposal],
) -> None:
    workspace, _, proposal = retrained
    old, new = (workspace.store.maps.get(m) for m in (proposal.old_map, proposal.new_map))

    origin = workspace.store.maps.space(new.space)
    space, model_key = origin.space, origin.model_key
    encoder = open_encoder(workspace, new.space)

    assert space.parent == old.space != new.space
    assert model_key is not None
    assert encoder.space == space
    before, after = load_embedding(workspace, old), load_embedding(workspace, new)
    assert before.text_ids == after.text_ids
    assert abs(before.vectors - after.vectors).max() > 0.001
    moved = load_clustering(workspace, old).labels != load_clustering(workspace, new).labels
    assert proposal.moved == moved.sum()


def test_keeping_makes_the_new_map_current_and_keeps_what_a_person_named(
    retrained: tuple[Workspace, str, Proposal],
) -> None:
    workspace, project_id, proposal = retrained
    answers = workspace.store.reviews.judgments(project_id)
    before = current(workspace, project_id).taxonomy

    retraining.keep(workspace, proposal)

    here = current(open_workspace(workspace.settings), project_id)
    assert here.map.id == proposal.new_map
    assert here.map.round == 1
    (named,) = [topic for topic in here.taxonomy.topics if topic.label == "Named by me"]
    assert named.named_by == "human"
    assert named.id in {topic.id for topic in before.topics}
    decided = retraining.newest_proposal(workspace, project_id)
    assert decided is not None and decided.status == "kept"
    assert workspace.store.reviews.judgments(project_id) == answers


def test_a_kept_retraining_can_be_undone(retrained: tuple[Workspace, str, Proposal]) -> None:
    workspace, project_id, proposal = retrained
    before = current(workspace, project_id)
    retraining.keep(workspace, proposal)
    now = standing(workspace, find_project(workspace, project_id))
    assert now.round == 1 and now.undo is not None

    undo(workspace, project_id, now.undo)

    back = current(workspace, project_id)
    assert (back.map, back.taxonomy) == (before.map, before.taxonomy)


def test_discarding_changes_nothing_but_the_proposal(
    retrained: tuple[Workspace, str, Proposal],
) -> None:
    workspace, project_id, proposal = retrained
    before = current(workspace, project_id)
    answers = workspace.store.reviews.judgments(project_id)

    retraining.discard(workspace, proposal)

    assert current(workspace, project_id) == before
    assert workspace.store.reviews.judgments(project_id) == answers
    decided = retraining.newest_proposal(workspace, project_id)
    assert decided is not None and decided.status == "discarded"


def test_a_proposal_of_an_older_map_is_refused(
    retrained: tuple[Workspace, str, Proposal], listener: Listener
) -> None:
    workspace, project_id, proposal = retrained
    make_map(workspace, project_id, {"method": "kmeans", "k": 5}, listener)
    before = current(workspace, project_id)

    with pytest.raises(StaleEditError):
        retraining.keep(workspace, proposal)

    assert current(workspace, project_id) == before
    left = retraining.newest_proposal(workspace, project_id)
    assert left is not None and left.status == "open"


def test_a_rename_made_while_the_proposal_was_open_is_kept_too(
    retrained: tuple[Workspace, str, Proposal],
) -> None:
    workspace, project_id, proposal = retrained
    here = current(workspace, project_id)
    topic = leaves(here.taxonomy)[-1].id
    edit(workspace, project_id, Rename(here.taxonomy.version, topic, "Named since"), "me")

    kept = retraining.keep(workspace, proposal)

    assert {"Named by me", "Named since"} <= {topic.label for topic in kept.topics}


def test_a_proposal_is_kept_once(retrained: tuple[Workspace, str, Proposal]) -> None:
    workspace, project_id, proposal = retrained
    kept = retraining.keep(workspace, proposal)

    with pytest.raises(StaleEditError):
        retraining.keep(workspace, proposal)

    assert current(workspace, project_id).taxonomy == kept


def test_a_kept_proposal_cannot_be_discarded_from_another_tab(
    retrained: tuple[Workspace, str, Proposal],
) -> None:
    workspace, project_id, proposal = retrained
    retraining.keep(workspace, proposal)

    with pytest.raises(StaleEditError):
        retraining.discard(workspace, proposal)

    decided = retraining.newest_proposal(workspace, project_id)
    assert decided is not None and decided.status == "kept"


def test_the_material_says_what_there_is_to_learn_from(
    retrained: tuple[Workspace, str, Proposal],
) -> None:
    workspace, project_id, _ = retrained

    material = retraining.material(workspace, project_id)

    assert material.answers == ANSWERS
    assert 0 < material.held_out < material.train
    settled = material.must_links + material.cannot_links + material.triplets
    assert material.train + material.held_out <= settled
    assert retraining.ways(workspace, project_id, material)[0].seconds > 0


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_answers_say_how_many_are_missing(
    mapped: tuple[Workspace, str], answer_gold: AnswerGold, listener: Listener, count: int
) -> None:
    workspace, project_id = mapped
    answer_gold(workspace, project_id, count)

    with pytest.raises(TooFewError, match=r"at least \d+ more") as asked:
        retraining.material(workspace, project_id)
    with pytest.raises(TooFewError) as refused:
        retraining.retrain(workspace, project_id, {}, listener)

    assert str(refused.value) == str(asked.value)
    assert retraining.newest_proposal(workspace, project_id) is None
