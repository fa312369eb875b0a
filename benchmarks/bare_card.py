"""The control of the key-press measurement: a card of one text and one button,
with nothing kept and nothing around it. Run by `benchmarks.walk` with Streamlit."""

import streamlit as st

count = st.session_state.setdefault("count", 0)


def step() -> None:
    st.session_state["count"] += 1


st.text(f"Card {count}")
st.button("Accept", key=f"accept{count}", shortcut="Space", on_click=step)
