"""Retrain the embedder on the answers; a proposal, to be kept or thrown away."""

from __future__ import annotations

import streamlit as st

from core.domain.durations import duration
from core.domain.errors import ModelError, TooFewError
from core.domain.proposals import Proposal
from core.project import retraining, telling, use_cases
from core.project.mapping import Current
from pages import _ui

ENDED = {
    "kept": "was kept",
    "discarded": "was put away",
    "both": "was saved beside the old embedder: the History page brings it back",
}


def what_there_is(here: Current) -> None:
    """Say what a retraining would learn from, and offer to start it."""
    try:
        found = retraining.material(_ui.workspace(), here.project.id)
    except ModelError as error:
        st.info(str(error), icon=":material/arrow_forward:")
        if st.button("Open the map", type="primary"):
            _ui.go_to("pages/map.py")
        return
    except TooFewError as error:
        st.info(str(error), icon=":material/arrow_forward:")
        if st.button("Answer questions", type="primary"):
            _ui.go_to("pages/review.py")
        without_answers(here)
        return
    counts(found)
    way = chosen(retraining.ways(_ui.workspace(), here.project.id, found))
    generated = _ui.also_generated(here.project, way.speed)
    start(here, "Retrain the embedder", way, generated=generated)


def without_answers(here: Current) -> None:
    """Offer the one way to train that needs no answers."""
    way = retraining.way_without_answers(_ui.workspace(), here.project.id)
    with st.container(border=True):
        st.markdown(f"**{way.label}**")
        st.write(way.about)
        st.warning(
            "Too few answers of yours can be held out, so nothing will show whether the result "
            "is better. Look at the maps with care, and keep the old embedder unless the new "
            "clusters are clearly better.",
            icon=":material/balance:",
        )
        start(here, way.label, way, generated=False)


def start(here: Current, label: str, way: retraining.Way, *, generated: bool) -> None:
    _ui.press(
        label,
        *(_ui.start, here.project.id, "retrain", {"speed": way.speed, "generated": generated}),
        type="primary" if label != way.label else "secondary",
        icon=":material/model_training:",
    )
    st.caption(
        f"About {duration(way.seconds)} on {retraining.place(_ui.workspace())}, "
        "in the background. Nothing leaves this computer, and nothing changes until you decide."
    )


def counts(found: retraining.Material) -> None:
    with st.container(border=True):
        for column, (label, value, about) in zip(
            st.columns(6),
            (
                ("Answers", found.answers, "Every answer given so far."),
                (
                    "Placements",
                    found.placements,
                    "A text put into a group; its links are counted too.",
                ),
                ("Triplets", found.triplets, "Anchor closer to one side than to the other."),
                ("Must-links", found.must_links, "Two texts of one category."),
                ("Cannot-links", found.cannot_links, "Two texts of different categories."),
                ("Held out", found.held_out, "Not learned from: they judge the result."),
            ),
            strict=True,
        ):
            column.metric(label, f"{value:,}", help=about)
        if found.contested:
            st.caption(f"{found.contested:,} contradict each other and are left out.")
        if found.ignored:
            st.caption(telling.ignored(found.ignored))
    for warning in found.warnings:
        st.warning(warning, icon=":material/balance:")


def chosen(ways: tuple[retraining.Way, ...]) -> retraining.Way:
    if len(ways) == 1:
        return ways[0]
    return st.radio(
        "How to train",
        ways,
        format_func=lambda way: f"{way.label}, about {duration(way.seconds)}",
        captions=[way.about for way in ways],
    )


def last_decision(proposal: Proposal) -> None:
    st.caption(f"The last retraining ({_ui.when(proposal.at)}) {ENDED[proposal.status]}.")


_ui.title("Retrain")
here = _ui.demand_map()
job = use_cases.live_job(_ui.workspace(), here.project.id)
proposal = retraining.newest_proposal(_ui.workspace(), here.project.id)
if job is not None:
    _ui.watch(job)
elif proposal is not None and proposal.status == "open":
    _ui.show_proposal(here, proposal)
else:
    _ui.tell_end(use_cases.last_job(_ui.workspace(), here.project.id, "retrain"))
    if proposal is not None:
        last_decision(proposal)
    what_there_is(here)
    with st.expander("Generated sentences", icon=":material/edit_note:"):
        _ui.show_generated(here.project)
