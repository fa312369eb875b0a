"""Files: named by content, checked when read, whole or not there."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.adapters.files import Files
from core.domain.errors import StorageError

ROOT = Path(__file__).resolve().parents[2]
KILLS = 10

# Fills folders of a dozen files until it is killed; each has other content.
PUTTING = """
import os, sys
from itertools import count
from pathlib import Path
from core.adapters.files import Files
files = Files(Path(sys.argv[1]))
def fill(folder):
    (folder / "inner").mkdir()
    for name in range(12):
        (folder / "inner" / str(name)).write_bytes(f"{os.getpid()} {number} ".encode() * 2_000)
print("ready", flush=True)
for number in count():
    files.put_folder(fill)
"""


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "files")


def stored(root: Path) -> list[Path]:
    """Everything that stands under a key; drafts are left out."""
    return list(root.glob("??/*"))


def fill(folder: Path) -> None:
    (folder / "inner").mkdir()
    (folder / "inner" / "a").write_bytes(b"one")
    (folder / "b").write_bytes(b"two")


@given(data=st.lists(st.binary(max_size=8), max_size=5))
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_equal_content_has_an_equal_key(files: Files, data: list[bytes]) -> None:
    keys = [files.put_bytes(item) for item in data]

    assert [files.read_bytes(key) for key in keys] == data
    assert len(set(keys)) == len(set(data))


def test_equal_arrays_have_an_equal_key_and_come_back_read_only(files: Files) -> None:
    arrays = {"x": np.arange(6, dtype=np.float32).reshape(2, 3), "ids": np.array([b"a", b"bc"])}
    key = files.put_arrays(arrays)

    back = files.arrays(key)

    assert files.put_arrays({name: array.copy() for name, array in arrays.items()}) == key
    assert files.put_arrays({**arrays, "x": arrays["x"] + 1}) != key
    assert {name: array.dtype for name, array in back.items()} == {
        name: array.dtype for name, array in arrays.items()
    }
    assert all((back[name] == arrays[name]).all() for name in arrays)
    with pytest.raises(ValueError, match="read-only"):
        back["x"][0] = 0


def test_a_table_comes_back_cell_by_cell(files: Files) -> None:
    frame = pd.DataFrame(
        {"text": ["007", "NA", "", "zwölf", "=1+1"], "n": ["1", "1.0", " ", "", "é"]}
    )

    back = files.frame(files.put_frame(frame))

    assert back.equals(frame)


def test_a_folder_is_named_by_its_content_and_comes_back(files: Files) -> None:
    key = files.put_folder(fill)

    assert files.put_folder(fill) == key
    assert (files.folder(key) / "inner" / "a").read_bytes() == b"one"


@pytest.mark.parametrize("damage", [b"", b"onE", b"one and more"])
def test_a_damaged_folder_is_told_and_put_right_by_putting_it_again(
    files: Files, damage: bytes
) -> None:
    key = files.put_folder(fill)
    (files.folder(key) / "inner" / "a").write_bytes(damage)
    with pytest.raises(StorageError) as caught:
        files.folder(key)
    assert caught.value.next_move

    assert files.put_folder(fill) == key
    assert (files.folder(key) / "inner" / "a").read_bytes() == b"one"


def test_a_folder_that_lost_a_file_is_told(files: Files) -> None:
    key = files.put_folder(fill)
    (files.folder(key) / "b").unlink()

    with pytest.raises(StorageError):
        files.folder(key)


@pytest.mark.parametrize("damage", [b"", b"wrong", None])
def test_a_damaged_file_is_told_and_put_right_by_putting_it_again(
    files: Files, tmp_path: Path, damage: bytes | None
) -> None:
    key = files.put_bytes(b"right")
    (path,) = stored(tmp_path / "files")
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage)
    with pytest.raises(StorageError):
        files.read_bytes(key)

    assert files.put_bytes(b"right") == key
    assert files.read_bytes(key) == b"right"


def test_what_is_not_there_is_told(files: Files) -> None:
    with pytest.raises(StorageError):
        files.read_bytes("0" * 32)
    with pytest.raises(StorageError):
        files.folder("0" * 32)


def test_the_cache_gives_back_what_it_was_given(files: Files, tmp_path: Path) -> None:
    assert files.cached("ab" * 8) is None
    files.cache("ab" * 8, {"x": np.ones(3)})

    found = Files(tmp_path / "files").cached("ab" * 8)

    assert found is not None
    assert found["x"].tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("damage", [b"", b"\xff nothing"])
def test_a_damaged_cache_is_a_miss_and_can_be_filled_again(
    files: Files, tmp_path: Path, damage: bytes
) -> None:
    for broken in range(2):
        files.cache("ab" * 8, {"x": np.ones(3)})
        path = sorted(stored(tmp_path / "files"), key=lambda path: path.stat().st_size)[broken]
        path.write_bytes(damage)

        assert files.cached("ab" * 8) is None

    files.cache("ab" * 8, {"x": np.ones(3)})
    assert files.cached("ab" * 8) is not None


def test_a_folder_whose_writing_fails_leaves_nothing(files: Files, tmp_path: Path) -> None:
    def broken(folder: Path) -> None:
        fill(folder)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        files.put_folder(broken)

    assert [path.name for path in (tmp_path / "files").rglob("*")] == ["tmp"]


def test_a_refusing_disk_is_told_and_leaves_nothing(files: Files, tmp_path: Path) -> None:
    def full(folder: Path) -> None:
        fill(folder)
        raise OSError(28, "No space left on device")

    with pytest.raises(StorageError, match="No space left on device"):
        files.put_folder(full)

    assert [path.name for path in (tmp_path / "files").rglob("*")] == ["tmp"]


def test_opening_sweeps_old_drafts_and_leaves_new_ones(files: Files, tmp_path: Path) -> None:
    tmp = tmp_path / "files" / "tmp"
    yesterday = time.time() - 2 * 86_400
    for name in ("old", "new"):
        (tmp / name).mkdir()
        fill(tmp / name)
        (tmp / f"{name}.file").write_bytes(b"half")
    for path in (tmp / "old", tmp / "old.file"):
        os.utime(path, (yesterday, yesterday))

    Files(tmp_path / "files")

    assert {path.name for path in tmp.iterdir()} == {"new", "new.file"}


def test_opening_while_others_write_finds_no_fault(files: Files, tmp_path: Path) -> None:
    over = threading.Event()
    for number in range(500):  # the longer the sweep looks around, the more vanishes meanwhile
        (tmp_path / "files" / "tmp" / f"{number:032}").write_bytes(b"half")

    def write(lane: int) -> None:
        number = 0
        while not over.is_set():
            files.put_bytes(f"{lane} {number}".encode())
            number += 1

    with ThreadPoolExecutor(4) as pool:
        lanes = [pool.submit(write, lane) for lane in range(4)]
        try:
            for _ in range(60):
                Files(tmp_path / "files")
        finally:
            over.set()
        for lane in lanes:
            lane.result()


def test_a_file_where_the_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "files").write_bytes(b"in the way")

    with pytest.raises(StorageError):
        Files(tmp_path / "files")


@pytest.mark.slow
def test_no_kill_leaves_a_broken_folder_under_its_key(files: Files, tmp_path: Path) -> None:
    root = tmp_path / "files"
    for kill in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-c", PUTTING, str(root)], cwd=ROOT, stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.1 + 0.037 * kill)
        process.kill()
        process.wait()

    kept = stored(root)

    assert kept
    for path in kept:
        assert files.folder(path.name) == path
    assert list((root / "tmp").iterdir()), "no kill fell into the middle of a write"
