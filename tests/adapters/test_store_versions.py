"""Versions of the taxonomy: appended, walked back and forth, never overwritten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.adapters.store import Store
from core.domain.errors import NotFoundError, StaleEditError
from core.domain.taxonomy import Taxonomy, Topic
from core.domain.texts import Columns
from tests.adapters.conftest import AT, PROJECT

TREE = Taxonomy(0, "m", (Topic("c0", "cards", None, (0, 1), ("card", "bank")),), {"x": "c0"})


def grow(store: Store, parent: int | None, label: str) -> Taxonomy:
    topic = replace(TREE.topics[0], label=label)
    return store.projects.append(
        "p", replace(TREE, topics=(topic,)), parent=parent, sentence=label, author="me", at=AT
    )


def head(store: Store) -> Taxonomy:
    number = store.projects.get("p").head
    assert number is not None
    return store.projects.taxonomy("p", number)


def test_a_stale_append_is_refused_and_changes_nothing(store: Store) -> None:
    grow(store, None, "one")
    grow(store, 1, "two")

    with pytest.raises(StaleEditError):
        grow(store, 1, "three")

    assert head(store).topics[0].label == "two"
    assert store.projects.redo_note("p", 2) is None
    with pytest.raises(NotFoundError):
        store.projects.taxonomy("p", 3)


def test_of_eight_edits_at_once_one_is_made(store: Store) -> None:
    grow(store, None, "first")

    def work(lane: int) -> bool:
        try:
            grow(store, 1, f"edit {lane}")
        except StaleEditError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(work, range(8)))

    assert sum(made) == 1
    assert head(store).topics[0].label == f"edit {made.index(True)}"


def test_a_version_comes_back_as_it_was_saved(store: Store) -> None:
    saved = grow(store, None, "cards")

    assert head(store) == saved == replace(TREE, version=1)


@given(steps=st.lists(st.sampled_from(["edit", "undo", "redo", "reopen"]), max_size=12))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_undo_and_redo_walk_the_versions_across_reopening(
    store: Store, url: str, steps: list[str]
) -> None:
    if store.projects.get("p").head is None:
        grow(store, None, "start")
    here = head(store)
    past, future = [here], []
    for number, step in enumerate(steps):
        note = store.projects.note("p", here.version)
        ahead = store.projects.redo_note("p", here.version)
        if step == "edit":
            here, future = grow(store, here.version, f"edit {number}"), []
            past.append(here)
        elif step == "undo" and len(past) > 1 and note.parent is not None:
            store.projects.move_head("p", expected=here.version, number=note.parent)
            future.append(past.pop())
            here = past[-1]
        elif step == "redo" and future and ahead is not None:
            store.projects.move_head("p", expected=here.version, number=ahead.number)
            past.append(future.pop())
            here = past[-1]
        elif step == "reopen":
            store = Store(url)
        assert head(store) == here


def test_undo_on_a_head_that_moved_is_refused(store: Store) -> None:
    grow(store, None, "one")
    grow(store, 1, "two")

    with pytest.raises(StaleEditError):
        store.projects.move_head("p", expected=1, number=2)

    assert head(store).topics[0].label == "two"


def test_columns_are_fixed_once_there_is_a_map(store: Store) -> None:
    store.projects.reread(replace(PROJECT, columns=Columns("text (2)")))
    assert store.projects.get("p").columns == Columns("text (2)")
    grow(store, None, "one")

    with pytest.raises(StaleEditError):
        store.projects.reread(PROJECT)

    assert store.projects.get("p").columns == Columns("text (2)")
