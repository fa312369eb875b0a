"""Edits as versions: saved at once, undone and redone without end."""

from __future__ import annotations

import pandas as pd
import pytest

from core.domain.errors import EditError, StaleEditError
from core.domain.taxonomy import Group, Rename, SetReviewed, Taxonomy
from core.project.intake import find_project
from core.project.mapping import current
from core.project.shaping import Standing, edit, redo, standing, undo
from core.project.workspace import Workspace, open_workspace
from core.steps.taxonomy import leaves
from tests.conftest import Bring


def taxonomy(workspace: Workspace, project_id: str) -> Taxonomy:
    return current(workspace, project_id).taxonomy


def where(workspace: Workspace, project_id: str) -> Standing:
    return standing(workspace, find_project(workspace, project_id))


def rename(workspace: Workspace, project_id: str, label: str) -> Taxonomy:
    here = taxonomy(workspace, project_id)
    change = Rename(here.version, leaves(here)[0].id, label)
    return edit(workspace, project_id, change, "ada")


def test_an_edit_is_a_saved_version_with_its_sentence(mapped: tuple[Workspace, str]) -> None:
    workspace, project_id = mapped

    made = rename(workspace, project_id, "Lost cards")

    again = open_workspace(workspace.settings)
    assert taxonomy(again, project_id) == made
    note = where(again, project_id).undo
    assert note is not None
    assert (note.number, note.author) == (made.version, "ada")
    assert "Lost cards" in note.sentence


def test_edit_undo_redo_is_the_identity(mapped: tuple[Workspace, str]) -> None:
    workspace, project_id = mapped
    before = taxonomy(workspace, project_id)
    after = rename(workspace, project_id, "Lost cards")

    step = where(workspace, project_id)
    assert step.undo is not None and step.redo is None
    undo(workspace, project_id, step.undo)
    assert taxonomy(workspace, project_id) == before
    step = where(workspace, project_id)
    assert step.redo is not None
    redo(workspace, project_id, step.redo)

    assert taxonomy(workspace, project_id) == after


def test_undo_goes_back_to_the_first_map_across_reopening(mapped: tuple[Workspace, str]) -> None:
    workspace, project_id = mapped
    states = [taxonomy(workspace, project_id)]
    states += [rename(workspace, project_id, f"Name {number}") for number in range(12)]

    walked = [taxonomy(workspace, project_id)]
    while note := where(workspace, project_id).undo:
        workspace = open_workspace(workspace.settings)
        undo(workspace, project_id, note)
        walked.append(taxonomy(workspace, project_id))
    assert walked == states[::-1]

    while note := where(workspace, project_id).redo:
        redo(workspace, project_id, note)
    assert taxonomy(workspace, project_id) == states[-1]


def test_a_new_edit_after_undo_replaces_what_redo_would_do(mapped: tuple[Workspace, str]) -> None:
    workspace, project_id = mapped
    rename(workspace, project_id, "One")
    note = where(workspace, project_id).undo
    assert note is not None
    undo(workspace, project_id, note)

    made = rename(workspace, project_id, "Two")

    assert where(workspace, project_id).redo is None
    note = where(workspace, project_id).undo
    assert note is not None
    undo(workspace, project_id, note)
    ahead = where(workspace, project_id).redo
    assert ahead is not None and ahead.number == made.version


def test_an_edit_on_an_older_version_is_refused_and_changes_nothing(
    mapped: tuple[Workspace, str],
) -> None:
    workspace, project_id = mapped
    old = taxonomy(workspace, project_id)
    now = rename(workspace, project_id, "Lost cards")

    with pytest.raises(StaleEditError):
        edit(workspace, project_id, SetReviewed(old.version, leaves(old)[0].id, True), "bea")

    assert taxonomy(workspace, project_id) == now


def test_an_edit_that_makes_no_sense_is_refused_and_changes_nothing(
    mapped: tuple[Workspace, str],
) -> None:
    workspace, project_id = mapped
    here = taxonomy(workspace, project_id)

    with pytest.raises(EditError):
        edit(workspace, project_id, Rename(here.version, leaves(here)[0].id, "  "), "me")
    with pytest.raises(EditError):
        edit(workspace, project_id, Group(here.version, (), "Nothing"), "me")

    assert taxonomy(workspace, project_id) == here
    assert where(workspace, project_id).undo is None


def test_undo_drawn_before_another_edit_is_refused(mapped: tuple[Workspace, str]) -> None:
    workspace, project_id = mapped
    rename(workspace, project_id, "One")
    drawn = where(workspace, project_id).undo
    assert drawn is not None
    now = rename(workspace, project_id, "Two")

    with pytest.raises(StaleEditError):
        undo(workspace, project_id, drawn)

    assert taxonomy(workspace, project_id) == now


def test_a_project_without_a_map_has_nothing_to_undo(
    workspace: Workspace, bring: Bring, bank: pd.DataFrame
) -> None:
    project = bring(workspace, bank.head(5))

    step = standing(workspace, project)

    assert (step.round, step.undo, step.redo) == (0, None, None)
    assert step.saved_at == project.created_at
