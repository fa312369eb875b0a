"""What this computer trains on, found out without loading a deep learning library."""

from __future__ import annotations

import os
import shutil
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


def cores(wanted: int | None) -> int:
    """Return how many processor cores a worker uses; `wanted` None: all there are."""
    return wanted or os.cpu_count() or 1
