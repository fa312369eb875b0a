"""What makes the vectors: the bundled embedder, another model, or vectors from a file."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import streamlit as st

from core.domain.errors import CladeError
from core.domain.projects import Project
from core.project import embedders, history
from core.project.mapping import Current
from pages._ui.cached import workspace
from pages._ui.press import press
from pages._ui.show import plain, told_errors
from pages._ui.work import start

KINDS = {
    "bundled": "The bundled one: small, quick, for English",
    "name": "A sentence-transformers model, by its name on Hugging Face",
    "folder": "A model in a folder of this computer",
    "vectors": "Vectors that I have, from a file",
}
ABOUT = {
    "bundled": "all-MiniLM-L6-v2: reads about 190 words of each text.",
    "name": "It is downloaded once and pinned to its revision; only its name goes out, never your "
    "texts. For long documents choose a model that reads long texts.",
    "folder": "It is copied and pinned. Its weights must be safetensors.",
    "vectors": "NPY, NPZ, Parquet or CSV: one row a row of the table in its order, or with an id "
    "column. Without a model, new texts cannot be read and nothing can be trained.",
}

INT8 = (
    "Faster on many processors. The vectors change a little, and are kept apart from those of the "
    "model as it is. A retrained embedder is read without OpenVINO."
)


def first_embedder(project: Project) -> None:
    """Offer what the first map is made with, and the button that makes it."""
    with st.expander("Embedder", icon=":material/memory:"):
        choice = _choice(project)
    press(
        "Make the map",
        *(start, project.id, "map", {"embedder": choice}),
        type="primary",
        disabled=choice is None,
    )


def other_embedder(here: Current) -> None:
    """Offer to embed all texts anew with another embedder."""
    with st.popover("Embedder", icon=":material/memory:"):
        names = [o.space.encoder for o in history.lessons(workspace(), here.map.space)]
        st.caption(f"Now: {plain(names[0])}.")
        choice = _choice(here.project)
        press(
            "Embed anew",
            *(start, here.project.id, "map", {"embedder": choice}),
            type="primary",
            disabled=choice is None,
        )
        st.caption(
            "Clusters are matched, names, locks and moves made by hand are carried over; Undo or "
            "History brings all back."
        )


def code_switch(project: Project) -> None:
    """Let models run the program code that they bring, with a warning."""
    allowed = st.toggle(
        "Let models run the program code that they bring",
        project.runs_code,
        key=f"code{project.id}{project.runs_code}",
        help="Some models on Hugging Face come with Python code of their own.",
    )
    if allowed:
        st.warning(
            "Such code can do on this computer whatever you can: read files, send them away. Leave "
            "this on only for models from people whom you trust.",
            icon=":material/warning:",
        )
    if allowed != project.runs_code:
        embedders.let_code_run(workspace(), project, allowed)
        st.rerun()


def _choice(project: Project) -> dict[str, Any] | None:
    """Return the fields of the chosen embedder, None while something is missing."""
    key = f"embedder{project.id}"
    kind = st.radio(
        "What makes the vectors?", list(KINDS), format_func=KINDS.__getitem__, key=f"{key}kind"
    )
    st.caption(ABOUT[kind])
    if kind == "vectors":
        return _vectors(project, key)
    found: dict[str, Any] = {"kind": kind}
    if embedders.offers_int8() and st.checkbox(
        "Read with OpenVINO, weights as int8", key=f"{key}int8", help=INT8
    ):
        found["int8"] = True
    if kind == "bundled":
        return found
    if kind == "name":
        found["name"] = st.text_input(
            "Model", placeholder="intfloat/multilingual-e5-small", key=f"{key}name"
        ).strip()
        found["revision"] = st.text_input(
            "Revision", key=f"{key}revision", help="A commit or a tag; empty for the newest."
        ).strip()
    else:
        found["name"] = st.text_input("Folder", key=f"{key}folder").strip()
    prompt = st.text_input(
        "Instruction put before each text",
        key=f"{key}prompt",
        placeholder="query:",
        help="Some models want one (“query: ” for E5, say). Empty: as the model has it.",
    )
    found["prompt"] = prompt or None
    return found if found["name"] else None


def _vectors(project: Project, key: str) -> dict[str, Any] | None:
    file = st.file_uploader("File of vectors", key=f"{key}file")
    if file is None:
        return None
    # Read once: the file stays in its widget while the page runs again and again.
    read = st.session_state.setdefault("vectors", {})
    if read.get("file") != file.file_id:
        try:
            chosen = embedders.keep_vectors(workspace(), project, file.name, file.getvalue())
            read |= {"file": file.file_id, "choice": asdict(chosen), "refused": None}
        except CladeError as error:
            read |= {"file": file.file_id, "choice": None, "refused": error}
    if read["refused"] is not None:
        with told_errors():
            raise read["refused"]
    else:
        st.caption(f":material/check: {plain(file.name)} fits the texts.")
    return read["choice"]
