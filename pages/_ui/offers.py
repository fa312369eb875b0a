"""New names beside the old ones, and taking those that fit."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.domain.ids import content_id
from core.domain.naming import NameOffers
from core.project import naming
from core.project.mapping import Current
from pages._ui.cached import workspace
from pages._ui.people import annotator
from pages._ui.press import press
from pages._ui.show import lines, plain, told_errors

_TALLEST, _HEAD, _ROW = 520, 38, 92  # pixels; cells break their lines from a height on


def show_offers(here: Current, offered: NameOffers) -> None:
    """Show the names on offer, to take those that are ticked or to put all away."""
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
