"""Choosing what makes the vectors: the bundled embedder, another model, or a file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from core.adapters.encoders import convert, fetch_model, has_openvino, take_folder
from core.adapters.encoders.sentence import REVISION_DIGITS, space_of
from core.adapters.hardware import has_gpu
from core.adapters.vectors import read_vectors
from core.domain.errors import InputError, ModelError
from core.domain.ports import Progress
from core.domain.projects import Project
from core.domain.spaces import Origin, Space
from core.project.encoders import base_space, open_trainable
from core.project.intake import load_corpus
from core.project.workspace import Workspace
from core.steps.embedding import match_vectors

Kind = Literal["bundled", "name", "folder", "vectors"]


@dataclass(frozen=True, slots=True)
class Choice:
    """What shall make the vectors.

    `name` is that of a model on Hugging Face, of a folder, or of a file; `revision` a
    commit or tag ("" for the newest); `prompt` is put before each text (None: as the
    model has it); `key` names the stored vectors of a file.
    With `int8` the model is converted for OpenVINO, its weights as int8.
    """

    kind: Kind = "bundled"
    name: str = ""
    revision: str = ""
    prompt: str | None = None
    key: str = ""
    int8: bool = False


def offers_int8() -> bool:
    """Return whether a model can be converted here and is likely read faster then: the
    packages are installed, and there is no graphics card to read with."""
    return has_openvino() and not has_gpu()


def keep_vectors(workspace: Workspace, project: Project, name: str, data: bytes) -> Choice:
    """Read a file of vectors, match it to the project's texts and keep it, ready to be
    chosen. Raises InputError as `read_vectors` and `match_vectors` do."""
    embedding = match_vectors(read_vectors(name, data), load_corpus(workspace, project))
    ids = np.array(embedding.text_ids, dtype="S16")
    key = workspace.files.put_arrays({"text_ids": ids, "vectors": embedding.vectors})
    return Choice("vectors", name, key=key)


def take(
    workspace: Workspace, project: Project, params: Mapping[str, Any], progress: Progress
) -> Space:
    """Return the space of what `params` (the fields of `Choice`) choose, known to the store.

    A model is copied into the workspace and pinned; nothing is kept of one that is
    refused. Raises ModelError, InputError, StorageError.
    """
    choice = Choice(**params)
    if choice.kind != "bundled" and not choice.name:
        raise InputError("No model is named.", "Give its name or its folder, then start again.")
    if choice.kind == "vectors":
        return _vectors(workspace, choice)
    if choice.kind == "bundled":
        space = base_space(workspace)
    else:
        space = _taken(workspace, project, choice, progress)
    return _converted(workspace, project, space, progress) if choice.int8 else space


def _taken(workspace: Workspace, project: Project, choice: Choice, progress: Progress) -> Space:
    """Copy the chosen model into the workspace."""
    if choice.kind == "folder":
        source, name = Path(choice.name).expanduser(), Path(choice.name).name
    else:
        source, name = _fetched(workspace, project, choice, progress)
    progress.report(0.0, "Checking the model")
    taken: list[Space] = []

    def write(folder: Path) -> None:
        runs_code = project.runs_code
        taken.append(
            take_folder(source, folder, name=name, prompt=choice.prompt, runs_code=runs_code)
        )

    key = workspace.files.put_folder(write)
    workspace.store.maps.add_space(Origin(taken[0], model_key=key))
    return taken[0]


def _converted(workspace: Workspace, project: Project, of: Space, progress: Progress) -> Space:
    """Convert the model of a space for OpenVINO: another space, kept in the workspace."""
    progress.report(0.0, "Converting the model for OpenVINO")
    encoder = open_trainable(workspace, of.id, runs_code=project.runs_code)
    made: list[Space] = []
    key = workspace.files.put_folder(lambda folder: made.append(convert(encoder, folder)))
    workspace.store.maps.add_space(Origin(made[0], model_key=key))
    return made[0]


def let_code_run(workspace: Workspace, project: Project, allowed: bool) -> None:
    """Allow or forbid that models of this project run the program code that they bring."""
    workspace.store.projects.let_code_run(project.id, allowed)


def _fetched(
    workspace: Workspace, project: Project, choice: Choice, progress: Progress
) -> tuple[Path, str]:
    budget = workspace.store.spending.budget(project.id)
    if workspace.settings.nothing_leaves or (budget and budget.nothing_leaves):
        raise ModelError(
            "Nothing leaves this computer, so no model is asked for by its name.",
            "Give the folder of a copy, or let calls out in Settings.",
        )
    progress.report(0.0, "Downloading the model")
    cache = workspace.settings.home / "downloads"
    folder, commit = fetch_model(choice.name, choice.revision, cache)
    return folder, f"{choice.name}@{commit[:12]}"


def _vectors(workspace: Workspace, choice: Choice) -> Space:
    workspace.files.arrays(choice.key)  # whole, or it raises
    digest = hashlib.sha256(choice.key.encode()).hexdigest()[:REVISION_DIGITS]
    space = space_of(choice.name, digest, None)
    workspace.store.maps.add_space(Origin(space, vectors_key=choice.key))
    return space
