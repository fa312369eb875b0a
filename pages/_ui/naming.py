"""Names for topics: have them made, see them beside the old ones, take those that fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from core.domain.ids import content_id
from core.domain.naming import NameOffers, NamesBy
from core.project import judging, naming, use_cases
from core.project.mapping import Current
from pages._ui.cached import workspace
from pages._ui.llm import typed_key
from pages._ui.people import annotator
from pages._ui.position import go_to
from pages._ui.press import press
from pages._ui.show import lines, plain, told_errors
from pages._ui.work import tell_end, watch

_TALLEST, _HEAD, _ROW = 520, 38, 92  # pixels; cells break their lines from a height on
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
                _show_offers(here, offered)
            else:
                _ask(here, naming.outdated_names(workspace(), here))


def _show_offers(here: Current, offered: NameOffers) -> None:
    who = offered.model or "keywords"
    st.markdown(f"**{len(offered.offers):,} new names by {plain(who)}**")
    if offered.model.startswith("bundled/"):
        st.caption(
            "The bundled model cannot write: it chose, among phrases of the texts, the one that "
            "goes best with them. Measured, keywords name better: read each before you take it."
        )
    ticked = _table(offered) if offered.offers else []
    if not offered.offers:
        st.caption("Nothing to change: every name is as it would be made now.")
    count = "1 name" if len(ticked) == 1 else f"{len(ticked):,} names"
    with st.container(horizontal=True):
        if offered.offers:
            press(
                f"Take {count}",
                *(_take, here, offered, ticked),
                type="primary",
                disabled=not ticked,
            )
        st.button("Put these away", on_click=naming.put_away, args=(workspace(), offered))
    if offered.lapsed:
        st.caption(f"{offered.lapsed:,} more no longer fit: their topics changed meanwhile.")
    if offered.left:
        st.caption("These stay as they are:")
        lines(f"{label}: {why}" for label, why in offered.left)


def _table(offered: NameOffers) -> list[str]:
    """Show the offers; return the ids of the topics that are ticked."""
    offers = offered.offers
    frame = pd.DataFrame(
        {
            "Take": [not one.note for one in offers],
            "Now": [one.label for one in offers],
            "New name": [one.name.label for one in offers],
            "What it means": [one.name.description or one.description for one in offers],
            "Evidence": [_evidence(one.name.basis.quotes) for one in offers],
            "Note": [one.note for one in offers],
        }
    )
    if offered.by == "keywords":
        frame = frame[["Take", "Now", "New name"]]
    edited = st.data_editor(
        frame,
        # Ticks belong to these offers as they stand, and to no others.
        key=f"offers{content_id(offered.job, *(one.name.topic for one in offers))}",
        hide_index=True,
        disabled=[name for name in frame.columns if name != "Take"],
        height=min(_TALLEST, _HEAD + (_ROW if offered.by == "llm" else _HEAD) * len(offers)),
        row_height=_ROW if offered.by == "llm" else None,
        column_config={
            "Take": st.column_config.CheckboxColumn(width=70),
            "Now": st.column_config.TextColumn(width=140),
            "New name": st.column_config.TextColumn(width=150),
            "What it means": st.column_config.TextColumn(width=340),
            "Evidence": st.column_config.TextColumn(
                width="medium", help="Passages that stand word for word in the topic's texts."
            ),
            "Note": st.column_config.TextColumn(width=120),
        },
    )
    rows = zip(offers, edited["Take"], strict=True)
    return [one.name.topic for one, taken in rows if taken]


def _evidence(quotes: Sequence[str]) -> str:
    return " ".join(f"“{' '.join(quote.split())}”" for quote in quotes)


def _take(here: Current, offered: NameOffers, chosen: Sequence[str]) -> None:
    with told_errors():
        naming.take(workspace(), here, offered, chosen, annotator())


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
