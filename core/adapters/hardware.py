"""What this computer trains on, found out without loading a deep learning library."""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


def has_gpu() -> bool:
    """Return whether torch will find an NVIDIA graphics card: a driver, and a build for it."""
    try:
        built_without = version("torch").endswith("+cpu")
    except PackageNotFoundError:
        return False
    driver = Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi") is not None
    return driver and not built_without


def give_back_memory() -> None:
    """Hand the memory that this process no longer uses to the system, where the C library is
    glibc. Takes half a millisecond.

    By itself glibc keeps for each thread what it once used: a server's every session, which
    runs in a thread of its own, would hold on to megabytes.
    """
    if _has_glibc():
        ctypes.CDLL(None).malloc_trim(0)


@cache
def _has_glibc() -> bool:
    return platform.libc_ver()[0] == "glibc"


def cores(wanted: int | None) -> int:
    """Return how many processor cores a worker uses; `wanted` None: all there are."""
    return wanted or os.cpu_count() or 1


def memory() -> int | None:
    """Return how much memory this computer, or the container it is, has in bytes; None
    where it does not tell."""
    try:
        found = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None  # Windows
    limits = [
        Path("/sys/fs/cgroup/memory.max"),
        Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
    ]
    told = [limit.read_text("ascii").strip() for limit in limits if limit.is_file()]
    return min([found, *(int(one) for one in told if one.isdecimal())])
