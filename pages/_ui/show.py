"""Safe ways to show other people's text, and errors with their next move."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from core.domain.errors import CladeError

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&])")


def plain(text: str) -> str:
    """Escape text for places that Streamlit renders as Markdown (labels, captions):
    unescaped, an uploaded text could fetch an image from elsewhere."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def lines(bodies: Iterable[str]) -> None:
    """Show texts one under the other, as text and nothing else."""
    st.html("".join(f'<div class="clade-line">{html.escape(body)}</div>' for body in bodies))


def is_dark() -> bool:
    """Return whether the browser shows the dark theme."""
    return st.context.theme.type == "dark"


def when(at: datetime) -> str:
    """Return a moment in the browser's own time zone."""
    try:
        local = at.astimezone(ZoneInfo(st.context.timezone or "UTC"))
    except ZoneInfoNotFoundError:
        return f"{at:%d %b, %H:%M} UTC"
    return f"{local:%d %b, %H:%M}"


@contextmanager
def told_errors() -> Iterator[None]:
    """Show an error as its sentence and its next move."""
    try:
        yield
    except CladeError as error:
        st.error(f"{plain(error.problem)}  \n**{plain(error.next_move)}**", icon=":material/info:")
