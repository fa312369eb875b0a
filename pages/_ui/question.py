"""A question's card: its texts, large, as text and nothing else."""

from __future__ import annotations

import html
from collections.abc import Mapping

import streamlit as st

from core.domain.texts import Text
from core.project.cards import Card, Side

_LONGEST = 2_000  # characters of a text: what a person reads before answering
_GONE = "(This text is no longer in the project.)"


def show_question(card: Card, known: Mapping[str, Text]) -> None:
    """Show the texts of a question. `known` holds the project's texts by id."""
    st.markdown(f"#### {card.title}")
    if card.anchor:
        alike = "".join(_line(text, known) for text in card.alike)
        note = f"<small>{html.escape(card.note)}</small>" if card.note else ""
        body = f"{_body(card.anchor, known)}{note}{alike}"
        st.html(f'<div class="clade-card anchor">{body}</div>')
    elif card.note:
        st.caption(card.note)
    sides = "".join(_side(side, known) for side in card.sides)
    many = " many" if len(card.sides) > 3 else ""
    st.html(f'<div class="clade-sides{many}">{sides}</div>')


def _side(side: Side, known: Mapping[str, Text]) -> str:
    key = f"<kbd>{html.escape(side.key)}</kbd> " if side.key else ""
    over = f"<small>{key}{html.escape(side.caption)}</small>" if side.caption else ""
    if len(side.texts) == 1:
        texts = _body(side.texts[0], known)
    else:
        texts = "".join(_line(text, known) for text in side.texts)
    kind = "suggested" if side.suggested else "side"
    return f'<div class="clade-card {kind}">{over}{texts}</div>'


def _line(text: str, known: Mapping[str, Text]) -> str:
    return f'<div class="clade-line">{_body(text, known)}</div>'


def _body(text: str, known: Mapping[str, Text]) -> str:
    body = known[text].body if text in known else _GONE
    if (more := len(body) - _LONGEST) > 0:
        body = f"{body[:_LONGEST].rstrip()}… ({more:,} more characters)"
    return html.escape(body)
