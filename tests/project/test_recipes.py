"""History's ways, undo as the identity, and a recipe from one state of a project to another."""

from __future__ import annotations

import io
import shutil
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from core.domain.errors import EditError, InputError, StaleEditError
from core.domain.settings import Settings
from core.domain.taxonomy import Group, Merge, Rename
from core.project import history, recipes
from core.project.embedders import keep_vectors
from core.project.intake import find_project, load_corpus
from core.project.mapping import current, make_map
from core.project.shaping import edit, redo, standing, undo
from core.project.workspace import Workspace, open_workspace
from core.steps.taxonomy import leaves
from tests.conftest import Bring, Listener
from tests.steps.test_taxonomy_laws import _edit


def undo_all(workspace: Workspace, project_id: str) -> int:
    count = 0
    while note := standing(workspace, find_project(workspace, project_id)).undo:
        undo(workspace, project_id, note)
        count += 1
    return count


@pytest.fixture(scope="module")
def shared(
    mapped_home: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Workspace, str]:
    home = tmp_path_factory.mktemp("laws") / "home"
    shutil.copytree(mapped_home[0], home)
    return open_workspace(Settings(home=home)), mapped_home[1]


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_edits_then_undo_is_the_identity_and_redo_brings_all_back(
    shared: tuple[Workspace, str], data
) -> None:
    workspace, project_id = shared
    undo_all(workspace, project_id)
    first = current(workspace, project_id).taxonomy
    texts = tuple(some_texts(workspace, project_id))
    made = 0
    for _ in range(data.draw(st.integers(1, 5))):
        try:
            change = _edit(data.draw, current(workspace, project_id).taxonomy, texts)
            edit(workspace, project_id, change, "me")
            made += 1
        except EditError:
            continue
    last = current(workspace, project_id).taxonomy
    assert len(recipes.extract(workspace, current(workspace, project_id)).steps) == made

    assert undo_all(workspace, project_id) == made
    assert current(workspace, project_id).taxonomy == first
    if made:
        assert history.ahead(workspace, project_id) >= made
    for _ in range(made):
        note = standing(workspace, find_project(workspace, project_id)).redo
        assert note is not None
        redo(workspace, project_id, note)
    assert current(workspace, project_id).taxonomy == last


def some_texts(workspace: Workspace, project_id: str) -> list[str]:
    corpus = load_corpus(workspace, find_project(workspace, project_id))
    return [text.id for text in corpus.texts[:40]]


def worked(workspace: Workspace, project_id: str) -> None:
    def now():
        return current(workspace, project_id).taxonomy

    one, two, three, four, *_ = (topic.id for topic in leaves(now()))
    edit(workspace, project_id, Rename(now().version, one, "First"), "ada")
    edit(workspace, project_id, Merge(now().version, (two, three)), "ada")
    edit(workspace, project_id, Rename(now().version, four, "A mistake"), "ada")
    note = standing(workspace, find_project(workspace, project_id)).undo
    assert note is not None
    undo(workspace, project_id, note)
    edit(workspace, project_id, Group(now().version, (one, two), "Both"), "ada")


def test_a_recipe_holds_what_was_not_undone_and_survives_its_file(
    mapped: tuple[Workspace, str],
) -> None:
    workspace, project_id = mapped
    worked(workspace, project_id)

    found = recipes.extract(workspace, current(workspace, project_id))

    told = [step.sentence for step in found.steps]
    assert len(told) == 3 and not any("mistake" in sentence for sentence in told)
    assert told[2].endswith("under 'Both'")
    assert recipes.read("recipe.json", recipes.written(found)) == found
    aside = [state.sentence for state in history.states(workspace, project_id) if state.aside]
    assert len(aside) == 1 and "A mistake" in aside[0]


def test_a_return_leads_from_the_state_that_was_returned_to(
    mapped: tuple[Workspace, str],
) -> None:
    workspace, project_id = mapped
    worked(workspace, project_id)
    now = current(workspace, project_id).taxonomy.version
    history.go_back(workspace, project_id, 2, "bea", expected=now)
    found = recipes.extract(workspace, current(workspace, project_id))
    assert [step.sentence.endswith("to 'First'") for step in found.steps] == [True]
    assert found.left_out == ()


def test_a_recipe_is_replayed_on_the_same_texts_with_other_clusters(
    mapped: tuple[Workspace, str],
) -> None:
    workspace, project_id = mapped
    worked(workspace, project_id)
    found = recipes.extract(workspace, current(workspace, project_id))
    undo_all(workspace, project_id)
    make_map(workspace, project_id, {"method": "kmeans", "k": 9}, Listener())
    here = current(workspace, project_id)

    offered = recipes.offer(workspace, here, found)
    assert current(workspace, project_id) == here
    assert offered.made, [line.refused for line in offered.lines]
    assert all(line.refused for line in offered.lines if line.taxonomy is None)
    after = recipes.take_over(workspace, project_id, offered, "bea")

    assert after == current(workspace, project_id).taxonomy
    assert "First" in {topic.label for topic in after.topics}
    # Each step is a state of its own.
    assert after.version == here.taxonomy.version + len(offered.made)
    with pytest.raises(StaleEditError):
        recipes.take_over(workspace, project_id, offered, "bea")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"\xff\xfe",
        b'{"format": "Clade recipe 9", "project": "p", "steps": []}',
        b'{"format": "Clade recipe 1", "project": "p", "steps": [{"sentence": "x", "edit": '
        b'{"kind": "Explode"}, "mentions": [], "makes": []}]}',
        b'{"format": "Clade recipe 1", "project": "p", "steps": [{"sentence": "x", "edit": '
        b'{"kind": "Rename", "topic": 5}, "mentions": [], "makes": []}]}',
    ],
)
def test_a_file_that_is_no_recipe_is_refused(data: bytes) -> None:
    with pytest.raises(InputError) as error:
        recipes.read("recipe.json", data)
    assert error.value.next_move


def test_a_recipe_is_replayed_on_the_same_texts_embedded_by_something_else(
    mapped: tuple[Workspace, str], bank: pd.DataFrame
) -> None:
    workspace, project_id = mapped
    worked(workspace, project_id)
    found = recipes.extract(workspace, current(workspace, project_id))
    undo_all(workspace, project_id)
    project = find_project(workspace, project_id)
    counted = TfidfVectorizer().fit_transform(bank["text"])
    vectors = TruncatedSVD(40, random_state=0).fit_transform(counted)
    buffer = io.BytesIO()
    np.save(buffer, vectors.astype(np.float32))
    choice = keep_vectors(workspace, project, "counted.npy", buffer.getvalue())
    make_map(workspace, project_id, {"embedder": asdict(choice)}, Listener())
    here = current(workspace, project_id)

    offered = recipes.offer(workspace, here, found)
    assert offered.made, [line.refused for line in offered.lines]
    recipes.take_over(workspace, project_id, offered, "bea")

    known = {topic.label for topic in current(workspace, project_id).taxonomy.topics}
    assert known & {"First", "Both"}


def test_a_recipe_finds_the_topics_of_another_project_by_their_names(
    mapped: tuple[Workspace, str], bring: Bring, bank: pd.DataFrame
) -> None:
    workspace, project_id = mapped
    worked(workspace, project_id)
    found = recipes.extract(workspace, current(workspace, project_id))
    undo_all(workspace, project_id)
    named = [topic.label for topic in leaves(current(workspace, project_id).taxonomy)]
    other = bring(workspace, bank.assign(text=bank["text"] + " Please help."))
    make_map(workspace, other.id, {}, Listener())
    here = current(workspace, other.id)
    one = leaves(here.taxonomy)[0]
    edit(workspace, other.id, Rename(here.taxonomy.version, one.id, named[0]), "ada")

    offered = recipes.offer(workspace, current(workspace, other.id), found)
    after = recipes.take_over(workspace, other.id, offered, "bea")

    assert next(topic for topic in after.topics if topic.id == one.id).label == "First"
    refused = [line.refused for line in offered.lines if line.taxonomy is None]
    assert all("topic" in words for words in refused)
