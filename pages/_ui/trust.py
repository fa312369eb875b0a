"""What the models' answers turned out to be worth: agreement, and confidence as a curve."""

from __future__ import annotations

import streamlit as st

from core.domain.projects import Project
from core.project import judging, pictures, reliability, trust
from pages._ui.cached import workspace
from pages._ui.position import go_to
from pages._ui.show import is_dark, plain


def show_trust(project: Project) -> None:
    """Show each model's answers held against people's, or what to do to see that."""
    found = reliability.measured(workspace(), project.id)
    if not found and not judging.settings_of(workspace(), project.id).ready:
        return
    st.markdown("#### How good the models' answers are")
    if not found:
        st.info(
            "Nothing is known of them yet. Hand questions to the LLM, then answer blind checks "
            "on the Review page: there its answer stays hidden until you have given yours.",
            icon=":material/visibility_off:",
        )
        if st.button("Review", icon=":material/rate_review:"):
            go_to("pages/review.py")
        return
    for model in found:
        st.markdown(f"**{plain(model.model)}**")
        st.markdown(plain(model.told))
        if len(model.compared) < trust.FEWEST:
            st.caption(
                f"{trust.FEWEST} blind checks or more say something of this model; with fewer "
                "it is mostly what is known of language models in general."
            )
        left, _ = st.columns([3, 2])
        left.altair_chart(pictures.reliability(model, dark=is_dark()))
        st.caption(
            "A dot holds answers of like confidence: how many, and how often they were right, "
            "with the 95% interval. On the dashed line the model would mean what it says; the "
            "solid line is what Clade takes its confidence for."
        )
