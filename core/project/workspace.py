"""Where a use case finds its store, its files and its settings."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError

from core.adapters.files import Files
from core.adapters.store import Store
from core.domain.errors import InputError, StorageError
from core.domain.settings import Settings


@dataclass(frozen=True, slots=True)
class Workspace:
    """One installation: settings, database and files."""

    settings: Settings
    store: Store
    files: Files


def open_workspace(settings: Settings | None = None) -> Workspace:
    """Open (and on first use make) the workspace under `settings.home`.

    Raises StorageError where the folder or the database cannot be used, and
    InputError where a setting of the environment makes no sense.
    """
    settings = settings or _read_settings()
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"The folder {settings.home} cannot be made ({error.strerror}).",
            "Set CLADE_HOME to a folder that you may write to.",
        ) from error
    return Workspace(settings, Store(settings.url), Files(settings.home / "files"))


def _read_settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        wrong = error.errors()[0]
        name = "_".join(("CLADE", *map(str, wrong["loc"]))).upper()
        raise InputError(
            f"The setting {name} cannot be used ({wrong['msg'].lower()}).",
            "Change it or leave it out, then start again.",
        ) from error
