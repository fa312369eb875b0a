"""Vectors kept by space and text: found again whole or not at all, and bounded."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from core.adapters.files import VectorCache

ROOT = Path(__file__).resolve().parents[2]
DIMS = 16


def cache_of(folder: Path, most: int = 10**9) -> VectorCache:
    return VectorCache(folder / "vectors", folder / "tmp", most)


def made(texts: list[str]) -> np.ndarray:
    """What the "model" of these tests gives: the number in a text's name, all along."""
    return np.array([[float(text[1:])] * DIMS for text in texts], dtype=np.float32)


def names(first: int, last: int) -> list[str]:
    return [f"t{number:05d}" for number in range(first, last)]


def check(cache: VectorCache, space: str, texts: list[str]) -> np.ndarray:
    """Whatever is found is right; return which texts are."""
    known, vectors = cache.find(space, texts)
    if vectors is not None:
        assert np.array_equal(vectors[known], made(texts)[known])
    return known


def test_what_was_kept_is_found_in_any_order_in_its_own_space_only(tmp_path: Path) -> None:
    cache = cache_of(tmp_path)
    assert cache.find("s", names(0, 3)) == (pytest.approx([False] * 3), None)
    for start in (0, 10, 20):
        cache.keep("s", names(start, start + 10), made(names(start, start + 10)))
    asked = ["t00025", "t00099", "t00003"]
    assert check(cache, "s", asked).tolist() == [True, False, True]
    assert not check(cache, "other", asked).any()


def test_damage_is_a_miss(tmp_path: Path) -> None:
    cache = cache_of(tmp_path)
    for start in (0, 10, 20, 30):
        cache.keep("s", names(start, start + 10), made(names(start, start + 10)))
    cut, flipped, empty, _ = sorted((tmp_path / "vectors" / "s").glob("*.npz"))
    cut.write_bytes(cut.read_bytes()[:200])
    data = bytearray(flipped.read_bytes())
    data[len(data) // 2] ^= 255
    flipped.write_bytes(data)
    empty.write_bytes(b"")
    assert check(cache, "s", names(0, 40)).sum() == 10


def test_what_was_unused_for_longest_makes_room(tmp_path: Path) -> None:
    for start in (0, 100, 200):
        cache_of(tmp_path).keep("s", names(start, start + 100), made(names(start, start + 100)))
    files = sorted(
        (tmp_path / "vectors" / "s").glob("*.npz"), key=lambda path: path.stat().st_mtime
    )
    size = files[0].stat().st_size
    for age, path in enumerate(reversed(files)):
        os.utime(path, (time.time() - 100 * age - 100,) * 2)
    assert check(cache_of(tmp_path), "s", names(0, 100)).all()  # the oldest is of use again
    cache_of(tmp_path, 3 * size).keep("t", names(300, 400), made(names(300, 400)))
    assert check(cache_of(tmp_path), "s", names(0, 300)).tolist() == (
        [True] * 100 + [False] * 100 + [True] * 100
    )
    cache_of(tmp_path, 0).keep("t", names(0, 5), made(names(0, 5)))
    assert not list((tmp_path / "vectors").glob("*/*.npz"))


def test_many_small_files_are_joined_and_nothing_is_lost(tmp_path: Path) -> None:
    cache = cache_of(tmp_path)
    cache.keep("s", names(0, 2_000), made(names(0, 2_000)))
    for number in range(2_000, 2_150):
        cache.keep("s", names(number, number + 1), made(names(number, number + 1)))
    assert len(list((tmp_path / "vectors" / "s").glob("*.npz"))) <= 67
    assert check(cache, "s", names(0, 2_150)).all()


KEEPING = """
import sys
from itertools import count
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from tests.adapters.test_vector_cache import cache_of, check, made, names
cache = cache_of(Path(sys.argv[1]), 2_000_000)
print("ready", flush=True)
for number in count(int(sys.argv[2]), 7):
    some = names(number % 300 * 40, number % 300 * 40 + 40)
    check(cache, "s", some)
    cache.keep("s", some, made(some))
"""


def test_two_processes_that_are_killed_leave_only_whole_vectors(tmp_path: Path) -> None:
    for turn in range(4):
        running = [
            subprocess.Popen(
                [sys.executable, "-c", KEEPING, str(tmp_path), str(turn + which), str(ROOT)],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for which in (0, 1)
        ]
        for process in running:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        time.sleep(0.4)
        for process in running:
            process.kill()
            assert process.communicate()[1] == ""
        for path in (tmp_path / "vectors" / "s").glob("*.npz"):
            with np.load(path) as stored:
                assert len(stored["text_ids"]) == len(stored["vectors"]) > 0
        assert check(cache_of(tmp_path), "s", names(0, 12_000)).any()
