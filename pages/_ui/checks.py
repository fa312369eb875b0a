"""What deserves a second look in the tree, and what it is worth in numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import streamlit as st

from core.domain.checking import Finding, FindingKind, TaxonomyScore
from core.project import checking
from core.project.checking import Overview
from core.project.mapping import Current
from pages._ui.cached import arrays, workspace
from pages._ui.show import plain

_TITLES: dict[FindingKind, str] = {
    "against answers": "Against your answers",
    "near siblings": "Siblings that may be one topic",
    "single child": "Parents of a single topic",
    "narrow parent": "Parents narrower than a topic under them",
    "oversized": "Topics that hold very much",
    "low cohesion": "Topics whose texts have little in common",
    "not reviewed": "Topics that nobody has reviewed",
}
_SHOWN = 8


def show_score(found: TaxonomyScore) -> None:
    """Show the parts of the score, each with how it is counted."""
    with st.container(horizontal=True):
        st.metric("Taxonomy score", f"{found.value:.0%}", width=150)
        for part in found.parts:
            value = "–" if part.value is None else f"{part.value:.0%}"
            unsaid = " Nothing can be said yet." if part.value is None else ""
            st.metric(part.name, value, help=part.how + unsaid, width=130)
    with st.expander("How the score is counted"):
        st.markdown(
            "The score is the plain mean of its parts, of those that can say something. "
            "None of them knows the right answer: they say where to look, not how good the "
            "taxonomy is."
        )
        for part in found.parts:
            st.markdown(f"**{part.name}.** {part.how}")


def show_checks(here: Current, overview: Overview, look: Callable[..., None]) -> None:
    """Show the score and the findings by kind; `look` takes the ids of topics to show."""
    show_score(overview.score)
    told = st.session_state.pop("asked_whether_one", "")
    if told:
        st.success(told, icon=":material/check:")
    by_kind: dict[FindingKind, list[Finding]] = defaultdict(list)
    for one in overview.findings:
        by_kind[one.kind].append(one)
    if not by_kind:
        st.info("The checks found nothing that needs a second look.", icon=":material/check:")
    for kind, some in by_kind.items():
        with st.expander(f"{_TITLES[kind]} ({len(some):,})", expanded=kind != "not reviewed"):
            for number, one in enumerate(some[:_SHOWN]):
                _finding(here, overview, one, number, look)
            if len(some) > _SHOWN:
                st.caption(f"And {len(some) - _SHOWN:,} more.")


def _finding(
    here: Current, overview: Overview, one: Finding, number: int, look: Callable[..., None]
) -> None:
    key = f"{one.kind}{number}v{here.taxonomy.version}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Show", key=f"show{key}", on_click=look, args=(one.topics,))
        if one.kind == "near siblings":
            st.button(
                "Ask people",
                key=f"ask{key}",
                icon=":material/rule:",
                on_click=_ask,
                args=(here, overview, one),
                help="Puts a question about two of their texts into the queue of Review.",
            )
        st.markdown(plain(one.why), width="stretch")


def _ask(here: Current, overview: Overview, one: Finding) -> None:
    embedding = arrays(here.map.id)[0]
    put = checking.ask_whether_one(workspace(), here, overview, embedding, one)
    st.session_state["asked_whether_one"] = (
        "The question waits in the queue of Review."
        if put
        else "All their central texts have been asked about already: Review holds the answers."
    )
