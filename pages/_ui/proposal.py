"""A retrained embedder beside the old one: the figures, the maps, what moved, the decision."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.domain.proposals import Comparison, Proposal
from core.project import pictures, retraining, telling
from core.project.mapping import Current
from pages._ui.cached import arrays, texts, workspace
from pages._ui.people import annotator
from pages._ui.show import is_dark, lines, plain, told_errors


def show_proposal(here: Current, proposal: Proposal) -> None:
    """Show an open proposal with the way to decide it."""
    names = retraining.cluster_names(here, proposal)
    _verdict(proposal)
    _decide(proposal)
    _side_by_side(proposal, names)
    _lineage(proposal, names)
    if proposal.comparison is not None:
        _movers(here, proposal.comparison, names)


def _verdict(proposal: Proposal) -> None:
    before, after, moved = st.columns(3)
    points = round(100 * (proposal.after.share - proposal.before.share))
    gain = f"{points:+d} points" if points else None
    before.metric("Held-out answers right, before", f"{proposal.before.share:.0%}")
    after.metric("After", f"{proposal.after.share:.0%}", gain)
    moved.metric("Texts in another cluster", f"{proposal.moved:,}")
    look, sentence = retraining.advice(proposal)
    {"better": st.success, "maybe": st.info, "not better": st.warning}[look](sentence)
    st.caption(
        f"Before: {retraining.told(proposal.before)}. After: {retraining.told(proposal.after)}. "
        f"Learned from {proposal.trained_on:,} constraints in {proposal.seconds:.0f} s. "
        "No text is both learned from and held out."
    )
    if proposal.comparison is not None:
        with st.expander("The figures one by one"):
            rows = retraining.side_figures(proposal.comparison)
            frame = pd.DataFrame(rows, columns=["What", "Before", "After"])
            st.dataframe(frame, hide_index=True)
            st.caption(retraining.changes(proposal.comparison))
            st.caption(
                "The two partitions agree to "
                f"{proposal.comparison.ari:.2f} (adjusted Rand index; 1 is the same) and "
                f"{proposal.comparison.nmi:.2f} (mutual information)."
            )


def _decide(proposal: Proposal) -> None:
    new, old = ("primary", "secondary") if proposal.better else ("secondary", "primary")
    with st.container(horizontal=True):
        if st.button("Keep new", type=new, icon=":material/check:"):
            with told_errors(), st.spinner("Carrying names and edits over…"):
                retraining.keep(workspace(), proposal, annotator())
                st.rerun()
        if st.button("Keep old", type=old, icon=":material/undo:"):
            with told_errors():
                retraining.discard(workspace(), proposal)
                st.rerun()
        if st.button(
            "Save both",
            icon=":material/bookmark_add:",
            help="Go on with the old embedder; the new one waits on the History page.",
        ):
            with told_errors(), st.spinner("Saving the new one beside the old…"):
                retraining.keep_both(workspace(), proposal, annotator())
                st.rerun()


def _side_by_side(proposal: Proposal, names: dict[int, str]) -> None:
    old, new = (arrays(map_id)[1:] for map_id in (proposal.old_map, proposal.new_map))
    st.altair_chart(pictures.before_after(old, new, names, dark=is_dark()))


def _lineage(proposal: Proposal, names: dict[int, str]) -> None:
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


def _movers(here: Current, found: Comparison, names: dict[int, str]) -> None:
    if not found.movers:
        return
    known = texts(here.project)
    judgments = workspace().store.reviews.judgments(here.project.id)
    said = {one.question.id: one for one in judgments}
    with st.expander(f"The {len(found.movers)} texts that moved most, and why"):
        for mover in found.movers:
            if mover.text not in known:
                continue
            lines([telling.shortened(known[mover.text].body, 200)])
            before, after = (names.get(i, f"cluster {i}") for i in (mover.old, mover.new))
            st.caption(plain(f"From “{before}” to “{after}”."))
            near = [said[question] for question in mover.questions if question in said]
            for judgment in near:
                told = telling.told(judgment, known, annotator())
                st.caption(f"Nearest answer: {plain(told)}")
