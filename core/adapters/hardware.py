"""What this computer trains on, found out without loading a deep learning library."""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_ARENA_MAX = -8  # M_ARENA_MAX of glibc's malloc.h


def has_gpu() -> bool:
    """Return whether torch will find an NVIDIA graphics card: a driver, and a build for it."""
    try:
        built_without = version("torch").endswith("+cpu")
    except PackageNotFoundError:
        return False
    driver = Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi") is not None
    return driver and not built_without


def share_memory() -> None:
    """Let the threads of this process share two pools of memory, where the C library is glibc.

    By default it gives nearly each thread a pool of its own and keeps what was once used in
    it: every session of the app would hold on to megabytes that it needs no more.
    """
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 2)


def cores(wanted: int | None) -> int:
    """Return how many processor cores a worker uses; `wanted` None: all there are."""
    return wanted or os.cpu_count() or 1
