"""The tuned model on its way out: a sentence-transformers folder with its card."""

from __future__ import annotations

import core
from core.adapters.encoders.sentence import MANIFEST
from core.project.history import lessons
from core.project.mapping import Current
from core.project.workspace import Workspace
from core.steps.export import model_card

FOLDER = "model"


def tuned_bytes(workspace: Workspace, here: Current) -> int:
    """Return the size of the current map's tuned model in bytes; 0 where none was tuned."""
    origin = workspace.store.maps.space(here.map.space)
    if origin.model_key is None or origin.space.parent is None:
        return 0
    folder = workspace.files.place(origin.model_key)
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def model_files(workspace: Workspace, here: Current) -> dict[str, bytes]:
    """Return the files of the tuned model under model/, none where none was tuned.

    Raises StorageError where the kept model is damaged.
    """
    origins = lessons(workspace, here.map.space)
    key = origins[0].model_key
    if key is None or origins[0].space.parent is None:
        return {}
    folder = workspace.files.folder(key)
    files = {
        f"{FOLDER}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }
    card = model_card(
        [origin.space.encoder for origin in origins],
        [origin.lesson.facts for origin in origins if origin.lesson],
        core.__version__,
    )
    return {**files, f"{FOLDER}/README.md": card.encode()}
