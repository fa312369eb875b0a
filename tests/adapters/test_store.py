"""Opening the store: migrations, and what is told when it cannot be used."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from core.adapters.store import Store
from core.adapters.store.schema import metadata
from core.domain.errors import StorageError
from tests.adapters.conftest import MAP, PROJECT

ROOT = Path(__file__).resolve().parents[2]


def test_the_migrations_build_the_schema(url: str) -> None:
    Store(url)

    with sa.create_engine(url).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_opening_twice_keeps_what_is_there(store: Store, url: str) -> None:
    again = Store(url)

    assert again.projects.get("p") == PROJECT
    assert again.maps.get("m") == MAP


def test_four_processes_open_an_empty_home_at_once(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    code = (
        "import sys, time, pathlib\n"
        "from core.adapters.store import Store\n"
        f"gate = pathlib.Path({str(gate)!r})\n"
        "print('ready', flush=True)\n"
        "while not gate.exists(): time.sleep(0.001)\n"
        f"Store('sqlite:///{tmp_path / 'clade.db'}').projects.all()\n"
    )
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in starts:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    gate.touch()

    ended = [process.communicate(timeout=60) for process in starts]

    assert [process.returncode for process in starts] == [0] * 4, ended


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "clade.db").write_bytes(b"not a database, " * 100)

    with pytest.raises(StorageError) as caught:
        Store(f"sqlite:///{tmp_path / 'clade.db'}")

    assert "CLADE_HOME" in caught.value.next_move


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        Store(f"sqlite:///{tmp_path / 'nowhere' / 'clade.db'}")


def test_a_database_held_by_another_program_is_told(store: Store, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "clade.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(StorageError, match="locked"):
            store.projects.rename("p", "Other")
    finally:
        other.close()

    assert store.projects.get("p").name == "Texts"


def test_a_database_damaged_while_open_is_told(store: Store, tmp_path: Path) -> None:
    with (tmp_path / "clade.db").open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 20_000)

    with pytest.raises(StorageError):
        store.projects.all()
