"""Checkpoints of a training: written whole or not at all, found again after a kill."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from uuid import uuid4

from core.domain.errors import StorageError

EVERY_SECONDS = 20.0
"""Between checkpoints: what a killed training has to do again at most."""

_STEP = "step-"
_DRAFT = "draft-"
_SUMS = "sums.json"


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """Checkpoints of trainings in `folder`, which holds nothing else.

    `step-N` holds the state after N steps. Each is written as a draft, synced, and
    renamed into place before the one before it goes, so that a kill at any moment
    leaves one that is whole.
    """

    folder: Path
    every: float = EVERY_SECONDS

    def of(self, name: str) -> Self:
        """Return the checkpoints of the training `name`; those of all others go."""
        for other in self._found(""):
            if other.name != name:
                shutil.rmtree(other, ignore_errors=True)
        return type(self)(self.folder / name, self.every)

    def newest(self) -> Path | None:
        """Return the checkpoint of the most steps that is whole, None where there is none."""
        steps = [path for path in self._found(_STEP) if path.name[len(_STEP) :].isdigit()]
        whole = filter(_is_whole, steps)
        return max(whole, key=lambda path: int(path.name[len(_STEP) :]), default=None)

    def put(self, step: int, write: Callable[[Path], None]) -> Path:
        """Keep what `write` puts into a new folder as the state after `step` steps.

        The ones before it are removed. Raises StorageError where the disk refuses.
        """
        draft = self.folder / f"{_DRAFT}{uuid4().hex}"
        target = self.folder / f"{_STEP}{step}"
        try:
            draft.mkdir(parents=True)
            write(draft)
            (draft / _SUMS).write_text(json.dumps(_sums(draft)), "utf-8")
            for path in sorted(p for p in draft.rglob("*") if p.is_file()):
                _sync(path)
            if not target.exists():  # the same step twice is the same state
                draft.rename(target)
                _sync(self.folder)
        # torch and safetensors tell of a full disk by errors of their own.
        except (OSError, RuntimeError, _safetensors_error()) as error:
            raise StorageError(
                "The training could not write its checkpoint: the disk is full or refused.",
                "Make room on the disk, then train again; the model in use is untouched.",
            ) from error
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        for path in self._found(""):  # drafts of killed trainings too
            if path != target:
                shutil.rmtree(path, ignore_errors=True)
        return target

    def clear(self) -> None:
        """Remove everything: the training is done."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _found(self, prefix: str) -> list[Path]:
        with suppress(FileNotFoundError):
            return [path for path in self.folder.iterdir() if path.name.startswith(prefix)]
        return []


class Clock:
    """Says when `every` seconds have passed since it last said so."""

    def __init__(self, every: float) -> None:
        self._every = every
        self._last = time.monotonic()

    def due(self) -> bool:
        now = time.monotonic()
        if now - self._last < self._every:
            return False
        self._last = now
        return True


def _sums(folder: Path) -> dict[str, str]:
    found = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name != _SUMS):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "blake2b").hexdigest()
        found[path.relative_to(folder).as_posix()] = digest
    return found


def _is_whole(folder: Path) -> bool:
    try:
        return bool(json.loads((folder / _SUMS).read_text("utf-8")) == _sums(folder))
    except (OSError, ValueError):
        return False


def _safetensors_error() -> type[Exception]:
    from safetensors import SafetensorError

    found: type[Exception] = SafetensorError
    return found


def _sync(path: Path) -> None:
    # Directories cannot be opened for syncing on Windows; its renames are journalled.
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
