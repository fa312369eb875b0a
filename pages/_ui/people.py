"""Who sits here: a name without ceremony, or the one a person signed in with."""

from __future__ import annotations

import secrets
from urllib.parse import quote, unquote

import streamlit as st

from core.domain.errors import InputError
from core.domain.reviewing import Seat
from core.project import people
from pages._ui.cached import workspace
from pages._ui.show import plain, told_errors

_COOKIE = "clade_name"
_A_YEAR = 365 * 24 * 3600


def annotator() -> str:
    """Return the name under which this session answers and edits: the signed-in
    person's, the one chosen here, the one this browser kept, or the installation's."""
    if signed_in():
        return str(st.user.get("email") or st.user.get("name") or st.user.get("sub"))
    if "annotator" not in st.session_state:
        st.session_state["annotator"] = _kept() or workspace().settings.annotator
    return st.session_state["annotator"]


def seat() -> Seat:
    """Return who sits here and where. The place lives in the URL and outlives a refresh,
    so that a card is kept for this tab and no other."""
    place = st.session_state.get("place") or st.query_params.get("seat", "")
    if not (place.isalnum() and place.isascii() and len(place) <= 16):
        place = secrets.token_hex(4)
    st.session_state["place"] = place
    st.query_params["seat"] = place
    return Seat(annotator(), place)


def signed_in() -> bool:
    """Return whether a person signed in with OpenID Connect."""
    return bool(st.user.get("is_logged_in"))


def show_name() -> None:
    """Show who answers, with the way to say that it is somebody else."""
    _keep_in_browser()
    if signed_in():
        with st.popover(plain(annotator()), icon=":material/person:", key="name"):
            st.button("Sign out", on_click=st.logout)
    elif "is_logged_in" in st.user:
        st.button("Sign in", icon=":material/login:", type="primary", on_click=st.login)
    else:
        with st.popover(plain(annotator()), icon=":material/person:", key="name"):
            st.text_input("Your name", annotator(), key="named", on_change=_rename)
            st.caption("Answers are kept under this name. Each person takes one of their own.")


def _rename() -> None:
    with told_errors():
        st.session_state["annotator"] = people.clean_name(st.session_state["named"])
        st.session_state["keep_name"] = True


def _kept() -> str:
    """Return the name that this browser kept, "" where there is none that can be one."""
    kept = st.context.cookies.get(_COOKIE)
    if not isinstance(kept, str):  # without a browser there is nothing that could keep one
        return ""
    try:
        return people.clean_name(unquote(kept))
    except InputError:
        return ""


def _keep_in_browser() -> None:
    """Keep a newly chosen name in a cookie: Streamlit reads cookies and sets none."""
    if st.session_state.pop("keep_name", False):
        # Percent-encoded letters alone: nothing typed can end the string or the script.
        value = quote(annotator(), safe="")
        cookie = f"{_COOKIE}={value}; path=/; max-age={_A_YEAR}; SameSite=Strict"
        st.html(f"<script>document.cookie = '{cookie}';</script>", unsafe_allow_javascript=True)
