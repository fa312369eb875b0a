"""Who sits here: a name without ceremony, or the one a person signed in with."""

from __future__ import annotations

import secrets
from urllib.parse import quote, unquote

import streamlit as st

from core.domain.errors import InputError
from core.domain.ids import content_id
from core.domain.reviewing import Seat
from core.project import people
from pages._ui.cached import workspace
from pages._ui.show import plain, told_errors

_NAME, _BROWSER = "clade_name", "clade_browser"  # cookies
_A_YEAR = 365 * 24 * 3600


def annotator() -> str:
    """Return the name under which this session answers and edits: the signed-in
    person's, the one chosen here, the one this browser kept, or the installation's."""
    if signed_in():
        return str(st.user.get("email") or st.user.get("name") or st.user.get("sub"))
    if "annotator" not in st.session_state:
        st.session_state["annotator"] = _kept_name() or workspace().settings.annotator
    return st.session_state["annotator"]


def seat() -> Seat:
    """Return who sits here and where: in which browser, and in which of its tabs.

    Both outlive a refresh, so that a card is kept for this tab: the tab's half of
    the place is in the URL, the browser's in a cookie. A link that is copied to
    somebody else is another place.
    """
    tab = _token("tab", st.query_params.get("seat"))
    st.query_params["seat"] = tab
    return Seat(annotator(), content_id("place", tab, _token("browser", _cookie(_BROWSER))))


def _token(name: str, kept: str | None) -> str:
    """Return a random word that this session and what it `kept` agree on."""
    if name not in st.session_state:
        usable = kept and kept.isascii() and kept.isalnum() and len(kept) <= 16
        st.session_state[name] = kept if usable else secrets.token_hex(4)
    return st.session_state[name]


def signed_in() -> bool:
    """Return whether a person signed in with OpenID Connect."""
    return bool(st.user.get("is_logged_in"))


def show_name() -> None:
    """Show who answers, with the way to say that it is somebody else."""
    _keep(_BROWSER, _token("browser", _cookie(_BROWSER)))
    if st.session_state.get("renamed"):
        _keep(_NAME, annotator())
    if signed_in():
        with st.popover(plain(annotator()), icon=":material/person:", key="name"):
            st.button("Sign out", on_click=st.logout)
    elif "is_logged_in" in st.user:
        # Where people sign in, nobody answers under a name that anybody could type.
        st.button("Sign in", icon=":material/login:", type="primary", on_click=st.login)
        st.info("Sign in to answer: each answer is kept under the name of who gave it.")
        st.stop()
    else:
        with st.popover(plain(annotator()), icon=":material/person:", key="name"):
            st.text_input("Your name", annotator(), key="named", on_change=_rename)
            st.caption("Answers are kept under this name. Each person takes one of their own.")


def _rename() -> None:
    with told_errors():
        st.session_state["annotator"] = people.clean_name(st.session_state["named"])
        st.session_state["renamed"] = True


def _kept_name() -> str:
    """Return the name that this browser kept, "" where there is none that can be one."""
    try:
        return people.clean_name(unquote(_cookie(_NAME) or ""))
    except InputError:
        return ""


def _cookie(name: str) -> str | None:
    kept = st.context.cookies.get(name)
    return kept if isinstance(kept, str) else None  # without a browser there are none


def _keep(name: str, value: str) -> None:
    """Keep a value in this browser: Streamlit reads cookies and sets none."""
    if _cookie(name) == value:
        return
    # Percent-encoded letters alone: nothing typed can end the string or the script.
    cookie = f"{name}={quote(value, safe='')}; path=/; max-age={_A_YEAR}; SameSite=Strict"
    st.html(
        f"<script>document.cookie = '{cookie}';</script>", width=1, unsafe_allow_javascript=True
    )
