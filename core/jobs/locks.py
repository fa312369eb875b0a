"""Whether a process still lives: it holds a lock file, and the system frees it however
the process ends. No guess about times or reused process numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout


@contextmanager
def living(folder: Path, name: str) -> Iterator[None]:
    """Show for the time of the block that `name` is alive."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.lock"
    try:
        with FileLock(path, timeout=5):
            yield
    finally:
        path.unlink(missing_ok=True)


def lives(folder: Path, name: str) -> bool:
    """Return whether `name` is inside its `living` block, in whatever process."""
    path = folder / f"{name}.lock"
    if not path.exists():
        return False
    try:
        with FileLock(path, timeout=0):
            return False
    except Timeout:
        return True
