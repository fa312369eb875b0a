"""What a process does to the computer that it runs on."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from core.adapters.hardware import give_back_memory


def resident() -> float:
    """Return the megabytes of memory that this process holds."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1000


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="it is glibc that keeps memory")
def test_memory_that_is_no_longer_used_goes_back() -> None:
    # Many small pieces: a large one goes back by itself, and so would they without the last.
    pieces = [bytes([1]) * 20_000 for _ in range(5_000)]
    last, held = pieces.pop(), resident()
    pieces.clear()
    assert resident() > held - 20, "it went back by itself: this test shows nothing"
    give_back_memory()
    assert resident() < held - 80
    assert len(last) == 20_000
