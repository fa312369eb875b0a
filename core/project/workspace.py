"""Where a use case finds its store, its files and its settings."""

from __future__ import annotations

from dataclasses import dataclass

from core.adapters.files import Files
from core.adapters.store import Store
from core.domain.errors import StorageError
from core.domain.settings import Settings


@dataclass(frozen=True, slots=True)
class Workspace:
    """One installation: settings, database and files."""

    settings: Settings
    store: Store
    files: Files


def open_workspace(settings: Settings | None = None) -> Workspace:
    """Open (and on first use make) the workspace under `settings.home`.

    Raises StorageError where the folder or the database cannot be used.
    """
    settings = settings or Settings()
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"The folder {settings.home} cannot be made ({error.strerror}).",
            "Set CLADE_HOME to a folder that you may write to.",
        ) from error
    return Workspace(settings, Store(settings.url), Files(settings.home / "files"))
