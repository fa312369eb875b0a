"""What became of new texts that were classified."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from core.domain.projects import Project
from core.project import classifying, use_cases
from core.project.mapping import Current
from pages._ui.cached import workspace
from pages._ui.position import go_to
from pages._ui.show import plain, told_errors

_SHOWN = 1000
_COLUMNS = ("Topic", "Probability", "Fits", "Next best", "Its probability", "Decided by")
"""The columns of a result from its path on, as the table calls them."""

_UNASSIGNED, _UNFIT = "Unassigned", "Does not fit"


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
