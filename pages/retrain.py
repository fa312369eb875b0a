"""Retrain the embedder on the answers; a proposal, to be kept or thrown away."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.domain.errors import TooFewError
from core.domain.proposals import Proposal
from core.project import pictures, retraining, telling, use_cases
from core.project.mapping import Current
from pages import _ui


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
    st.button(
        "Retrain the embedder",
        type="primary",
        icon=":material/model_training:",
        on_click=_ui.start,
        args=(here.project.id, "retrain", {}),
    )
    st.caption(
        f"About {found.seconds:.0f} s on two cores, in the background. Nothing leaves this "
        "computer, and nothing changes until you decide."
    )


def verdict(proposal: Proposal) -> None:
    before, after, moved = st.columns(3)
    points = round(100 * (proposal.after.share - proposal.before.share))
    gain = f"{points:+d} points" if points else None
    before.metric("Held-out answers right, before", f"{proposal.before.share:.0%}")
    after.metric("After", f"{proposal.after.share:.0%}", gain)
    moved.metric("Texts in another cluster", f"{proposal.moved:,}")
    st.caption(
        f"Before: {retraining.told(proposal.before)}. After: {retraining.told(proposal.after)}. "
        f"Learned from {proposal.trained_on:,} constraints in {proposal.seconds:.0f} s. "
        "No text is both learned from and held out."
    )
    if proposal.better and proposal.sure:
        st.success("The new embedder gets more of the held-out answers right.")
    elif proposal.better:
        st.info(
            "The new embedder gets more of the held-out answers right, but so few are held out "
            "that it may be chance. More answers make it sure."
        )
    else:
        st.warning(
            "The new embedder is not better on the held-out answers. Keeping the old one is "
            "the safe choice."
        )


def decide(proposal: Proposal) -> None:
    new, old = ("primary", "secondary") if proposal.better else ("secondary", "primary")
    with st.container(horizontal=True):
        if st.button("Keep new", type=new, icon=":material/check:"):
            with _ui.told_errors(), st.spinner("Carrying names and edits over…"):
                retraining.keep(_ui.workspace(), proposal)
                st.rerun()
        if st.button("Keep old", type=old, icon=":material/undo:"):
            retraining.discard(_ui.workspace(), proposal)
            st.rerun()


def side_by_side(proposal: Proposal, names: dict[int, str]) -> None:
    old, new = (_ui.arrays(map_id)[1:] for map_id in (proposal.old_map, proposal.new_map))
    st.altair_chart(pictures.before_after(old, new, names, dark=_ui.is_dark()))


def lineage(proposal: Proposal, names: dict[int, str]) -> None:
    def told(ids: tuple[int, ...]) -> str:
        return " + ".join(names.get(i, f"cluster {i}") for i in ids) or "–"

    steps = proposal.lineage.steps
    frame = pd.DataFrame(
        [(step.kind, told(step.old), told(step.new), step.shared) for step in steps],
        columns=["What", "Before", "After", "Texts in both"],
    )
    counts = frame["What"].value_counts()
    st.markdown("**Clusters:** " + " · ".join(f"{n} {kind}" for kind, n in counts.items()))
    with st.expander("What became of each cluster"):
        st.dataframe(frame, hide_index=True)


def last_decision(proposal: Proposal) -> None:
    what = "kept" if proposal.status == "kept" else "put away"
    st.caption(f"The last retraining ({_ui.when(proposal.at)}) was {what}.")


_ui.title("Retrain")
here = _ui.demand_map()
job = use_cases.live_job(_ui.workspace(), here.project.id)
proposal = retraining.newest_proposal(_ui.workspace(), here.project.id)
if job is not None:
    _ui.watch(job)
elif proposal is not None and proposal.status == "open":
    names = retraining.cluster_names(here, proposal)
    verdict(proposal)
    decide(proposal)
    side_by_side(proposal, names)
    lineage(proposal, names)
else:
    _ui.tell_end(use_cases.last_job(_ui.workspace(), here.project.id, "retrain"))
    if proposal is not None:
        last_decision(proposal)
    what_there_is(here)
