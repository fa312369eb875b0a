"""Retrain the embedder on the answers; a proposal, to be kept or thrown away."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from pages import _ui

from core.domain.errors import TooFewError
from core.domain.training import Proposal, Score
from core.project import retraining, use_cases
from core.project.mapping import Current
from core.steps import charts


def start(project_id: str) -> None:
    with _ui.told_errors():
        job = use_cases.start_job(_ui.workspace(), project_id, "retrain", {})
        st.query_params["job"] = job.id


def what_there_is(here: Current) -> None:
    """Say what a retraining would learn from, and offer to start it."""
    try:
        found = retraining.material(_ui.workspace(), here.project.id)
    except TooFewError as error:
        st.info(str(error), icon=":material/arrow_forward:")
        if st.button("Answer questions", type="primary"):
            _ui.go_to("pages/review.py")
        return
    with st.container(border=True):
        columns = st.columns(5)
        columns[0].metric("Answers", f"{found.answers:,}")
        columns[1].metric(
            "Triplets", f"{found.triplets:,}", help="Anchor closer to one side than to the other."
        )
        columns[2].metric("Must-links", f"{found.must_links:,}", help="Two texts of one category.")
        columns[3].metric(
            "Cannot-links", f"{found.cannot_links:,}", help="Two texts of different categories."
        )
        columns[4].metric(
            "Held out",
            f"{found.held_out:,}",
            help="Kept apart, to judge the result on texts it has not learned from.",
        )
        if found.contested:
            st.caption(f"{found.contested:,} answers contradict each other and are left out.")
    minutes = max(1, round(found.seconds / 60))
    st.button(
        "Retrain the embedder",
        type="primary",
        icon=":material/model_training:",
        on_click=start,
        args=(here.project.id,),
    )
    st.caption(
        f"About {minutes} min on this computer's processor, in the background. The current map stays untouched until you decide."
    )


def told(score: Score) -> str:
    return (
        f"{score.correct} of {score.total} ({score.low:.0%} to {score.high:.0%})"
        if score.total
        else "no held-out answers"
    )


def verdict(proposal: Proposal) -> None:
    before, after, moved = st.columns(3)
    before.metric(
        "Held-out answers right, before", f"{proposal.before.share:.0%}", help=told(proposal.before)
    )
    change = f"{100 * (proposal.after.share - proposal.before.share):+.0f} points"
    after.metric("after", f"{proposal.after.share:.0%}", change, help=told(proposal.after))
    moved.metric("Texts in another cluster", f"{proposal.moved:,}")
    st.caption(
        f"Before: {told(proposal.before)}. After: {told(proposal.after)}. Learned from {proposal.trained_on:,} constraints"
        f" in {proposal.seconds:.0f} s; 95% Wilson intervals; no text is both learned from and held out."
    )
    if proposal.better:
        st.success(
            "The retrained embedder gets more of the held-out answers right.",
            icon=":material/trending_up:",
        )
    else:
        st.warning(
            "The retrained embedder is not better on the held-out answers. Keeping the old one is the safe choice.",
            icon=":material/trending_flat:",
        )


def side_by_side(proposal: Proposal, here: Current) -> None:
    sides = []
    labels = []
    names = {c: topic.label for topic in here.taxonomy.topics for c in topic.clusters}
    for map_id in (proposal.old_map, proposal.new_map):
        _, layout, clustering = _ui.map_arrays(_ui.workspace().store.maps.get(map_id))
        rows = charts.sample(clustering.labels, limit=5_000)
        sides.append(charts.map_points(layout.xy, clustering.labels, rows))
        labels.append(charts.medoid_labels(layout.xy, clustering.labels, names))
    st.altair_chart(
        charts.before_after(*sides, old_labels=labels[0], new_labels=labels[1], dark=_ui.is_dark())
    )


def lineage(proposal: Proposal, here: Current) -> None:
    names = {c: topic.label for topic in here.taxonomy.topics for c in topic.clusters}
    told_ids = lambda ids: " + ".join(names.get(i, f"new cluster {i}") for i in ids) or "—"  # noqa: E731
    frame = pd.DataFrame(
        [
            (step.kind, told_ids(step.old), told_ids(step.new), step.shared)
            for step in proposal.lineage.steps
        ],
        columns=["What", "Before", "After", "Texts in both"],
    )
    counts = frame["What"].value_counts()
    st.markdown("**Clusters:** " + " · ".join(f"{counts[kind]} {kind}" for kind in counts.index))
    with st.expander("What became of each cluster"):
        st.dataframe(frame[frame["What"] != "kept"], hide_index=True)


def decide(proposal: Proposal) -> None:
    new, old = ("primary", "secondary") if proposal.better else ("secondary", "primary")
    with st.container(horizontal=True):
        if st.button("Keep new", type=new, icon=":material/check:"):
            with _ui.told_errors():
                retraining.keep(_ui.workspace(), proposal)
                st.rerun()
        if st.button("Keep old", type=old, icon=":material/undo:"):
            retraining.discard(_ui.workspace(), proposal)
            st.rerun()


st.title("Retrain")
here = _ui.demand_map()
job = use_cases.live_job(_ui.workspace(), here.project.id)
proposal = retraining.newest_proposal(_ui.workspace(), here.project.id)
if job is not None:
    _ui.watch(job)
elif proposal is not None and proposal.status == "open":
    verdict(proposal)
    decide(proposal)
    side_by_side(proposal, here)
    lineage(proposal, here)
else:
    _ui.tell_end(use_cases.last_job(_ui.workspace(), here.project.id, "retrain"))
    if proposal is not None:
        what = (
            "was kept: the map, the questions and the taxonomy are now on the new space"
            if proposal.status == "kept"
            else "was put away: the old embedder stays"
        )
        st.caption(f"The last retraining ({proposal.at:%d %b, %H:%M}) {what}.")
    what_there_is(here)
