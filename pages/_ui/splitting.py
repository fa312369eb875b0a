"""Splitting a topic: its parts shown first, then made topics of."""

from __future__ import annotations

import streamlit as st

from core.domain.taxonomy import Topic
from core.project import splitting, telling
from core.project.checking import Overview
from core.project.mapping import Current
from core.project.splitting import FEWEST, MOST, Part
from pages._ui.cached import arrays, texts
from pages._ui.press import press
from pages._ui.shaping import apply
from pages._ui.show import lines, plain, told_errors


@st.cache_resource(max_entries=12, show_spinner="Looking for parts…")
def _parts(
    project_id: str, version: int, topic_id: str, k: int, _here: Current, _overview: Overview
) -> tuple[Part, ...]:
    embedding, known = arrays(_here.map.id)[0], texts(_here.project)
    return splitting.preview(_here.taxonomy, _overview.assignment, embedding, known, topic_id, k)


def show_split(here: Current, overview: Overview, topic: Topic) -> None:
    """Show what a leaf falls into, and make topics of the parts when asked to."""
    if topic.locked:
        st.info("This topic is locked. Unlock it to split it.", icon=":material/lock:")
        return
    counts = tuple(range(FEWEST, MOST + 1))
    k = st.segmented_control("Parts", counts, default=FEWEST, required=True, key="split_parts")
    with told_errors():
        found = _parts(here.project.id, here.taxonomy.version, topic.id, int(k), here, overview)
        _offer(here, topic, found)


def _offer(here: Current, topic: Topic, found: tuple[Part, ...]) -> None:
    known, names = texts(here.project), []
    places = range(len(found))
    stays = st.radio(
        f"Which part stays “{plain(topic.label)}”?",
        places,
        format_func=lambda i: f"Part {i + 1} ({len(found[i].texts):,})",
        horizontal=True,
        key=f"stays{topic.id}{len(found)}",
    )
    for i, part in enumerate(found):
        with st.container(border=True):
            title = f"**Part {i + 1}** · {len(part.texts):,} texts"
            if i == stays:
                st.markdown(f"{title} · stays “{plain(topic.label)}”")
                names.append(topic.label)
            else:
                st.markdown(title)
                key = f"part{topic.id}v{here.taxonomy.version}{len(found)}{i}"
                names.append(st.text_input("Name", part.label, key=key))
            st.caption("Keywords: " + plain(", ".join(part.keywords)))
            lines(telling.shortened(known[text].body, 300) for text in part.central)
    change = splitting.commit(here.taxonomy.version, topic.id, found, tuple(names), stays)
    press(
        f"Split into {len(found)} topics",
        *(apply, here, change),
        type="primary",
        icon=":material/call_split:",
    )
