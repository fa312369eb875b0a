"""An uploader that takes each file once."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st


def upload(key: str, bring: Callable[[str, bytes], object]) -> None:
    """Draw an uploader of tables that hands a file to `bring(name, data)` as it comes."""
    turn = st.session_state.setdefault(_turn(key), 0)
    # No `type`: Streamlit's own refusal of other extensions names no next move.
    st.file_uploader(
        "Upload a file: CSV, TSV, XLSX, JSON, JSONL, Parquet or TXT",
        key=f"{key}{turn}",
        on_change=_uploaded,
        args=(key, bring),
    )


def _uploaded(key: str, bring: Callable[[str, bytes], object]) -> None:
    turn = st.session_state[_turn(key)]
    file = st.session_state.get(f"{key}{turn}")
    if file is not None:
        bring(file.name, file.getvalue())
        # A new key empties the widget: the same file would otherwise be brought again.
        st.session_state[_turn(key)] = turn + 1


def _turn(key: str) -> str:
    return f"turn of {key}"
