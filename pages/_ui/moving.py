"""Moving chosen texts by hand: to a topic, out of all topics, or into a new one."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.domain.taxonomy import NewTopic, Reassign
from core.project.mapping import Current
from pages._ui.press import press
from pages._ui.shaping import apply


def offer_move(here: Current, names: Mapping[str, str], chosen: tuple[str, ...]) -> None:
    """Offer to move the chosen texts to one of the topics `names`, by id."""
    target = st.selectbox(
        "Move to",
        list(names),
        format_func=names.get,
        index=None,
        placeholder="a topic",
        width=260,
    )
    move = Reassign(here.taxonomy.version, chosen, target or "")
    off = not chosen or target is None
    press("Move", apply, here, move, disabled=off)


def offer_unassign(here: Current, chosen: tuple[str, ...]) -> None:
    """Offer to take the chosen texts out of all topics."""
    none = Reassign(here.taxonomy.version, chosen, "")
    press("Unassign", apply, here, none, disabled=not chosen)


def offer_topic(here: Current, chosen: tuple[str, ...], width: int) -> None:
    """Offer to make a new topic of the chosen texts; `width` of its name in pixels."""
    label = st.text_input("New topic", placeholder="its name", width=width)
    make = NewTopic(here.taxonomy.version, chosen, label)
    # Without a name too: a press on a button that wakes only now, as the box is left, is lost.
    press("Create", apply, here, make, disabled=not chosen)
