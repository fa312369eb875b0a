"""Vectors of texts by space and text: what was embedded once is not embedded again.

Each file holds some texts of one space and is never changed: it is written under a
temporary name, synced and renamed, so a process killed at any moment leaves it whole or
not there, and several processes write side by side. What is lost or damaged is embedded
again, so every fault here is a miss.
"""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.adapters.files.whole import write_whole
from core.domain.ids import content_id
from core.domain.spaces import Floats

_LARGE = 8_192  # texts of a file that small ones are joined into
_MANY = 64  # files beyond what the texts need before they are joined

_FAULTS = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)


class VectorCache:
    """Vectors under one folder, `most_bytes` of them: what was unused for longest goes.

    `drafts` is the folder of half-written files, on the same disk.
    """

    def __init__(self, root: Path, drafts: Path, most_bytes: int) -> None:
        self._root, self._drafts, self._most = root, drafts, most_bytes

    def find(self, space: str, text_ids: Sequence[str]) -> tuple[NDArray[np.bool_], Floats | None]:
        """Return which texts have kept vectors, bool (n,), and float32 (n, d) that holds them
        in these rows and anything in others; None where no text has any."""
        row_of = {text: row for row, text in enumerate(text_ids)}
        known, vectors = np.zeros(len(text_ids), dtype=np.bool_), None
        for path in self._files(space):
            with suppress(*_FAULTS):
                with np.load(path, allow_pickle=False) as stored:
                    ids = stored["text_ids"].astype("U16").tolist()
                    at = [place for place, text in enumerate(ids) if text in row_of]
                    if not at:
                        continue
                    kept = stored["vectors"]
                rows = np.array([row_of[ids[place]] for place in at])
                if vectors is None:
                    vectors = np.empty((len(text_ids), kept.shape[1]), dtype=np.float32)
                vectors[rows] = kept[at]
                known[rows] = True
                os.utime(path)  # it was of use: others go before it
        return known, vectors

    def keep(self, space: str, text_ids: Sequence[str], vectors: Floats) -> None:
        """Keep the vectors (n, d) of texts. Raises StorageError where the disk refuses."""
        self._write(space, text_ids, vectors)
        self._tidy(space)
        self._make_room()

    def _files(self, space: str) -> list[Path]:
        return sorted((self._root / space).glob("*.npz"))

    def _write(self, space: str, text_ids: Sequence[str], vectors: Floats) -> Path:
        buffer = io.BytesIO()
        ids = np.array(text_ids, dtype="S16")
        np.savez(buffer, allow_pickle=False, text_ids=ids, vectors=vectors)
        path = self._root / space / f"{content_id(*text_ids)}.npz"
        write_whole(path, self._drafts, buffer.getvalue())
        return path

    def _tidy(self, space: str) -> None:
        """Join small files where there are many: a text added now and then makes one each."""
        sizes = _told(self._files(space))
        largest = max((size for _, size, _ in sizes), default=0)
        small = [path for _, size, path in sizes if size <= largest // 4]
        if len(small) <= _MANY:
            return
        ids: list[str] = []
        parts: list[Floats] = []
        for path in small:
            with suppress(*_FAULTS), np.load(path, allow_pickle=False) as stored:
                ids += stored["text_ids"].astype("U16").tolist()
                parts.append(stored["vectors"])
        joined = np.concatenate(parts)
        written = {
            self._write(space, ids[start : start + _LARGE], joined[start : start + _LARGE])
            for start in range(0, len(ids), _LARGE)
        }
        for path in small:
            if path not in written:
                path.unlink(missing_ok=True)

    def _make_room(self) -> None:
        found = _told(self._root.glob("*/*.npz"))
        total = sum(size for _, size, _ in found)
        for _, size, path in sorted(found):
            if total <= self._most:
                break
            path.unlink(missing_ok=True)
            total -= size


def _told(paths: Iterable[Path]) -> list[tuple[float, int, Path]]:
    """Return when each file was of use last, and its bytes."""
    found = []
    for path in paths:
        with suppress(FileNotFoundError):  # another process took it away
            told = path.stat()
            found.append((told.st_mtime, told.st_size, path))
    return found
