"""Names for topics: which are outdated, and having new ones made."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.domain.naming import NamesBy
from core.project import judging, naming, use_cases
from core.project.mapping import Current
from pages._ui.cached import workspace
from pages._ui.llm import typed_key
from pages._ui.offers import show_offers
from pages._ui.position import go_to
from pages._ui.press import press
from pages._ui.show import lines, plain, told_errors
from pages._ui.work import tell_end, watch

_SHOWN = 8  # outdated names told in full
_ALL, _OLD = "All that no person named", "Outdated names"
_PARENTS, _SOME = "Their parents", "Some topics"


def show_naming(here: Current) -> None:
    """Show names on offer and names that are outdated, with the ways to make new ones."""
    job = use_cases.live_job(workspace(), here.project.id)
    if job is not None and job.kind == naming.KIND:
        watch(job)
        return
    with told_errors():
        offered = naming.on_offer(workspace(), here)
        lid = st.expander(
            "Names",
            expanded=offered is not None,
            icon=":material/label:",
            key="names",
            on_change="rerun",
        )
        if not lid.open:
            return
        with lid:
            tell_end(use_cases.last_job(workspace(), here.project.id, naming.KIND))
            if offered is not None:
                show_offers(here, offered)
            else:
                _ask(here, naming.outdated_names(workspace(), here))


def _ask(here: Current, outdated: Mapping[str, str]) -> None:
    topics = {topic.id: topic for topic in here.taxonomy.topics if not naming.why_not(topic)}
    above = {topic.parent for topic in here.taxonomy.topics}
    if outdated:
        st.markdown(
            f"**{len(outdated):,} {'name is' if len(outdated) == 1 else 'names are'} outdated**"
        )
        labels = {topic.id: topic.label for topic in here.taxonomy.topics}
        lines(f"{labels[topic]}: {why}" for topic, why in [*outdated.items()][:_SHOWN])
        if len(outdated) > _SHOWN:
            st.caption(f"And {len(outdated) - _SHOWN:,} more.")
    which = st.segmented_control(
        "Which topics",
        [_ALL, *([_OLD] if outdated else []), _PARENTS, _SOME],
        default=_OLD if outdated else _ALL,
        required=True,
        key="names_of",
    )
    chosen: list[str] | None = None
    if which == _OLD:
        chosen = [topic for topic in outdated if topic in topics]
    elif which == _PARENTS:
        chosen = [one for one, t in topics.items() if one in above and t.named_by != "human"]
    elif which == _SOME:
        chosen = st.multiselect(
            "Topics",
            list(topics),
            format_func=lambda topic: topics[topic].label,
            key=f"naming{here.taxonomy.version}",
            help="A topic that a person named keeps its name and gets a description.",
        )
    count = len(naming.nameable(here.taxonomy)) if chosen is None else len(chosen)
    ready = judging.settings_of(workspace(), here.project.id).ready
    with st.container(horizontal=True):
        if ready:
            _button(here, "Name with the LLM", "smart_toy", chosen, "llm", count)
        _button(here, "Name by keywords", "sell", chosen, "keywords", count)
        if not ready and st.button("Set up an LLM", icon=":material/settings:", key="setup_names"):
            go_to("pages/settings.py")
    st.caption(_told(here, ready, count))


def _button(
    here: Current, label: str, icon: str, chosen: list[str] | None, by: NamesBy, count: int
) -> None:
    press(
        label,
        *(_start, here.project.id, chosen, by),
        type="primary" if by == "llm" else "secondary",
        icon=f":material/{icon}:",
        disabled=not count,
    )


def _told(here: Current, ready: bool, count: int) -> str:
    """Say what naming would do, take, and send where."""
    if not ready:
        return (
            "Keywords are words that a topic has and others lack. With an LLM set up in Settings, "
            "names come with a definition and with quotes that are checked to be in the texts. "
            "You see all before anything changes."
        )
    choice = judging.settings_of(workspace(), here.project.id).choice
    expected = naming.expected(workspace(), here.project.id, count).told
    return plain(
        f"{expected} {judging.whereabouts(choice)} Names that a person gave stay. You see all "
        "before anything changes."
    )


def _start(project_id: str, chosen: list[str] | None, by: NamesBy) -> None:
    with told_errors():
        job = naming.start(workspace(), project_id, chosen, by, typed_key())
        st.query_params["job"] = job.id
