"""Classifying new texts: what is brought, and by which classifier."""

from __future__ import annotations

import streamlit as st

from core.domain.classification import ClassifierKind
from core.domain.errors import CladeError
from core.domain.projects import Project
from core.project import classifying, use_cases
from core.project.mapping import Current
from pages._ui.cached import workspace
from pages._ui.press import press
from pages._ui.show import plain, told_errors
from pages._ui.uploading import upload
from pages._ui.work import start, tell_end, watch

_KEY = "batch"


def bring_batch() -> None:
    """Offer the two ways in; what was brought is kept, and its key is in the URL."""
    left, right = st.columns(2, gap="large")
    with left:
        upload("classify_upload", _bring)
    with right:
        st.text_area("Or paste texts, one a line", key="classify_pasted", height=110)
        st.button("Use these lines", icon=":material/content_paste:", on_click=_pasted)
    if "classify_refused" in st.session_state:
        with told_errors():
            raise st.session_state["classify_refused"]


def _pasted() -> None:
    _bring(None, st.session_state["classify_pasted"].encode("utf-8", "replace"))


def _bring(name: str | None, data: bytes) -> None:
    st.session_state.pop("classify_refused", None)
    try:
        st.query_params[_KEY] = classifying.bring(workspace(), name, data)
    except CladeError as error:
        st.query_params.pop(_KEY, None)
        st.session_state["classify_refused"] = error


def choose_classifier(here: Current) -> ClassifierKind:
    """Let the classifier be chosen, and an encoder be trained where none learned what stands."""
    kind: ClassifierKind = st.radio(
        "Classifier",
        list(classifying.NAMES),
        format_func=lambda one: classifying.NAMES[one],
        captions=[classifying.ABOUT[one] for one in classifying.NAMES],
        horizontal=True,
        key="classify_kind",
    )
    kept = classifying.newest(workspace(), here.project.id, kind)
    current = kept is not None and classifying.is_current(workspace(), here, kept)
    if kept is not None and not current:
        st.caption(
            f":material/history: Trained on version {kept.version} of the taxonomy. Texts have "
            "changed their topics since."
        )
    if kind == "encoder" and not current:
        st.caption(
            "Train it before you classify with it. On a computer without a graphics card count "
            "one to two minutes for each thousand texts; it stops early once nothing is gained. "
            "Nothing leaves this computer."
        )
    elif not current:
        st.caption("It is trained when you classify; or train it now to see how good it is.")
    if not current:
        label = "Train it" if kept is None else "Train it again"
        press(
            label,
            *(start, here.project.id, classifying.TRAIN, {"kind": kind}),
            icon=":material/model_training:",
        )
    return kind


def offer_batch(here: Current, kind: ClassifierKind) -> None:
    """Show the batch that was brought, and classify it on request."""
    key = st.query_params.get(_KEY)
    if not key:
        return
    batch = classifying.batch_of(workspace(), key)
    with st.container(border=True):
        st.markdown(f"**{plain(batch.name)}**: {classifying.counted(_distinct(key))}")
        for notice in batch.notices:
            st.caption(f":material/info: {plain(notice)}")
        names = batch.names
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if len(names) > 1:
                wanted = st.selectbox(
                    "Text column", names, names.index(batch.text), key=f"column{key}", width=260
                )
                if wanted != batch.text:
                    st.query_params[_KEY] = classifying.change_text(workspace(), batch, wanted)
                    st.rerun()
            press(
                "Classify",
                *(start, here.project.id, classifying.CLASSIFY, {"batch": key, "kind": kind}),
                type="primary",
                icon=":material/label:",
            )


@st.cache_resource(max_entries=4, show_spinner=False)
def _distinct(key: str) -> int:
    return len(classifying.corpus_of(workspace(), classifying.batch_of(workspace(), key)).texts)


def at_work_classifying(project: Project) -> bool:
    """Show the project's live job; say how the last training or classifying ended."""
    job = use_cases.live_job(workspace(), project.id)
    if job is not None:
        watch(job)
        return True
    kinds = (classifying.TRAIN, classifying.CLASSIFY)
    tell_end(use_cases.newest_job(workspace(), project.id, *kinds))
    return False
