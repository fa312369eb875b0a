"""The prompts on the screen: read, edited, and kept as versions."""

from __future__ import annotations

import streamlit as st

from core.domain.projects import Project
from core.domain.prompts import PromptKind
from core.project.judging import wordings
from pages._ui.cached import workspace
from pages._ui.people import annotator
from pages._ui.show import told_errors


@st.fragment
def show_prompts(project: Project) -> None:
    """Show the wording of each kind of prompt, with the way to change it."""
    kind = st.selectbox("Kind of prompt", wordings.KINDS, key="prompt_kind")
    known = {one.version: one for one in wordings.versions(workspace(), project.id, kind)}
    used = wordings.wording_in_use(workspace(), project.id, kind)
    versions = list(known)
    st.selectbox(
        "Version",
        versions,
        index=versions.index(used.version) if used.version in known else 0,
        format_func=lambda version: f"{known[version].name} ({version[:6]})",
        key=f"version{kind}{used.version}",
        on_change=_use,
        args=(project.id, kind, f"version{kind}{used.version}"),
    )
    # The version in the key: choosing another shows its own words.
    rules, question = f"rules{kind}{used.version}", f"question{kind}{used.version}"
    st.text_area("Rules", used.system, height=180, key=rules)
    st.text_area("Question", used.user, height=180, key=question)
    st.caption(
        "Fields in braces are filled in. Each text is set apart and named as data, and the "
        "form of the reply is added, whatever you write here."
    )
    st.button("Keep as a new version", on_click=_keep, args=(project.id, kind, rules, question))


def _use(project_id: str, kind: PromptKind, key: str) -> None:
    chosen = st.session_state[key]
    for one in wordings.versions(workspace(), project_id, kind):
        if one.version == chosen:
            wordings.use_wording(workspace(), project_id, one)


def _keep(project_id: str, kind: PromptKind, rules: str, question: str) -> None:
    with told_errors():
        words = st.session_state[rules], st.session_state[question]
        wordings.keep_wording(workspace(), project_id, kind, *words, annotator())
