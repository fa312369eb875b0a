"""Writing a file so that it is whole or not there."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4

from core.domain.errors import StorageError


def write_whole(path: Path, drafts: Path, data: bytes) -> None:
    """Write a file by way of the folder `drafts`, so that it is whole or not there.

    Raises StorageError where the disk refuses.
    """
    draft = drafts / uuid4().hex
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        drafts.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        sync(path.parent)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise refused(error) from error


def sync(path: Path) -> None:
    """Have a file or a folder on the disk before going on."""
    # Directories cannot be opened for syncing on Windows; its renames are journalled.
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def refused(error: OSError) -> StorageError:
    """Return what is told where the disk refuses."""
    return StorageError(
        f"The disk refused to write ({error.strerror or error}).",
        "Free some space or check the rights of the CLADE_HOME folder, then try again.",
    )
