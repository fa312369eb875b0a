"""Classifying new texts: what was brought, and what became of it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from core.domain.classification import ClassifierKind
from core.domain.errors import CladeError
from core.domain.projects import Project
from core.project import classifying, use_cases
from core.project.mapping import Current
from pages._ui.cached import workspace
from pages._ui.position import go_to
from pages._ui.press import press
from pages._ui.show import plain, told_errors
from pages._ui.uploading import upload
from pages._ui.work import start, tell_end, watch

_SHOWN = 1000
_KEY = "batch"
_COLUMNS = ("Topic", "Probability", "Fits", "Next best", "Its probability", "Decided by")
"""The columns of a result from its path on, as the table calls them."""

_UNASSIGNED, _UNFIT = "Unassigned", "Does not fit"


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


def show_classified(here: Current) -> None:
    """Show the newest result, with its download and how its texts differ."""
    job = use_cases.last_job(workspace(), here.project.id, classifying.CLASSIFY)
    if job is None or "result" not in job.result:
        return
    key, found = _result(job.result["result"])
    batch = classifying.batch_of(workspace(), key)
    st.markdown(f"#### {plain(batch.name)}, classified")
    if classifying.is_stale(workspace(), here, found):
        st.warning(
            f"This was made with version {found.version} of the taxonomy, which has changed "
            "since. Classify again to see what stands now.",
            icon=":material/history:",
        )
    st.caption(" ".join(classifying.tell_batch(found)))
    _table(_rows(job.result["result"]), batch.text)
    with st.container(horizontal=True):
        st.download_button(
            "Download all rows as CSV",
            lambda: classifying.csv_of(workspace(), batch, found),
            "classified.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        _join(here.project, batch)
    if found.drift is not None:
        st.markdown("#### Is this batch like your texts?")
        names = classifying.topic_names(here.taxonomy)
        for sentence in classifying.tell_drift(found.drift, names):
            st.markdown(plain(sentence))


def _join(project: Project, batch: classifying.Batch) -> None:
    if st.button(
        "Add these texts to the project",
        icon=":material/playlist_add:",
        help="They land on the map beside the texts that they are like and join their topics; "
        "nothing that is there moves. Undo takes them off again.",
    ):
        with told_errors():
            classifying.join(workspace(), project, batch)
            go_to("pages/map.py")


@st.cache_resource(max_entries=4, show_spinner=False)
def _result(key: str) -> tuple[str, classifying.Classified]:
    return classifying.result_of(workspace(), key)


@st.cache_resource(max_entries=4, show_spinner=False)
def _rows(key: str) -> pd.DataFrame:
    batch, found = _result(key)
    return classifying.rows_of(workspace(), classifying.batch_of(workspace(), batch), found)


def _table(rows: pd.DataFrame, text: str) -> None:
    """Show the rows, those that do not fit first on request."""
    # Ours stand behind the file's own columns, whatever those are called.
    ours = rows.iloc[:, -len(_COLUMNS) :].set_axis(list(_COLUMNS), axis=1)
    frame = pd.concat([rows[[text]].set_axis(["Text"], axis=1), ours], axis=1)
    fits, by = frame.pop("Fits"), frame["Decided by"]
    unfit = fits.eq(False).fillna(False).astype(bool)
    frame.loc[unfit, "Topic"] = _UNFIT
    frame.loc[by.notna() & ~unfit & frame["Topic"].eq(""), "Topic"] = _UNASSIGNED
    if unfit.any() and st.toggle(f"Only what does not fit ({int(unfit.sum()):,} rows)"):
        frame = frame[unfit]
    number: Any = st.column_config.NumberColumn(format="percent", width=100)
    st.dataframe(
        frame.head(_SHOWN),
        hide_index=True,
        height=min(460, 38 + 35 * max(1, len(frame))),
        column_config={
            "Text": st.column_config.TextColumn(width="large"),
            "Topic": st.column_config.TextColumn(width="medium"),
            "Probability": number,
            "Its probability": number,
        },
    )
    if len(frame) > _SHOWN:
        st.caption(f"The first {_SHOWN:,} of {len(frame):,} rows; the download has all.")
