"""Buttons that act on what the page's widgets hold at the moment of the press."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

_PRESSED = "pressed"


def press(label: str, do: Callable[..., object], *args: object, **looks: Any) -> None:
    """Draw a button that calls `do(*args)`, before the page is drawn again.

    `args` are those of the press. A callback's (`on_click`) are those of the last drawing: of
    a name that is typed and a button that is pressed at once, it would take the name before.
    """
    if st.button(label, **looks):
        st.session_state[_PRESSED] = (do, args)
        st.rerun()


def do_pressed() -> None:
    """Do what a button was pressed for; `frame` calls it before anything is drawn."""
    do, args = st.session_state.pop(_PRESSED, (None, ()))
    if do is not None:
        do(*args)
