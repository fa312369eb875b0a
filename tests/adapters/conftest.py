"""A store with one project, one space and one map."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.adapters.store import Store
from core.domain.clusterings import ClusterSpec
from core.domain.projects import Map, Project
from core.domain.spaces import Origin, Space
from core.domain.texts import Columns

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
PROJECT = Project(
    id="p",
    name="Texts",
    source="texts.csv",
    source_hash="0" * 64,
    source_key="a",
    headers=("text", "text"),
    encoding="utf-8",
    notices=("One notice.",),
    columns=Columns("text", None, ("text (2)",)),
    table_key="b",
    seed=3,
    head=None,
    created_at=AT,
)
MAP = Map("m", "p", "s", ClusterSpec(k=4), "e", "l", "c", 0, 5, None, AT)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'clade.db'}"


@pytest.fixture
def store(url: str) -> Store:
    store = Store(url)
    store.projects.add(PROJECT)
    store.maps.add_space(Origin(Space("s", "tiny", None, "r")))
    store.maps.add(MAP)
    return store
