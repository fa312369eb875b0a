"""The recipe of a taxonomy: download it, and replay one that comes from elsewhere."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.project import recipes
from core.project.mapping import Current
from core.project.recipes import Replay
from pages._ui.cached import workspace
from pages._ui.people import annotator
from pages._ui.show import plain, told_errors


def show_recipe(here: Current) -> None:
    """Show what the recipe holds, and where another one is replayed."""
    with st.expander("Recipe: make the same changes elsewhere", icon=":material/menu_book:"):
        _download(here)
        _replay(here)


@st.cache_resource(max_entries=2, show_spinner="Reading the history…")
def _recipe(project_id: str, version: int, _here: Current) -> tuple[bytes, int, tuple[str, ...]]:
    found = recipes.extract(workspace(), _here)
    return recipes.written(found), len(found.steps), found.left_out


def _download(here: Current) -> None:
    data, count, left_out = _recipe(here.project.id, here.taxonomy.version, here)
    st.markdown(
        "The changes that people made to the tree, without those that were undone. Replay them "
        "on another project, or on the same texts with another embedder or other clusters: "
        "topics are found again by their texts, or else by their names."
    )
    st.download_button(
        f"Download the recipe ({count:,} {'step' if count == 1 else 'steps'})",
        data,
        "recipe.json",
        "application/json",
        disabled=not count,
        icon=":material/download:",
        on_click="ignore",
    )
    if left_out:
        st.caption(f"Not in it, since they are no changes of the tree: {plain(_few(left_out))}")


def _few(sentences: tuple[str, ...], most: int = 5) -> str:
    more = f"; and {len(sentences) - most:,} more" if len(sentences) > most else ""
    return "; ".join(sentences[:most]) + more


def _replay(here: Current) -> None:
    done = st.session_state.pop("replayed", "")
    if done:
        st.success(done, icon=":material/check:")
    turn = st.session_state.setdefault("recipe_turn", 0)
    file = st.file_uploader("Replay a recipe", type="json", key=f"recipe{turn}")
    if file is None:
        return
    with told_errors():
        recipe = recipes.read(file.name, file.getvalue())
        found = recipes.offer(workspace(), here, recipe)
        st.markdown(f"**{found.told}**")
        st.dataframe(
            pd.DataFrame(
                {
                    "Step": [line.sentence for line in found.lines],
                    "Here": [line.refused or "can be made" for line in found.lines],
                }
            ),
            hide_index=True,
            column_config={"Step": st.column_config.TextColumn(width="large")},
        )
        with st.container(horizontal=True):
            count = len(found.made)
            st.button(
                "Make 1 change" if count == 1 else f"Make {count:,} changes",
                type="primary",
                icon=":material/check:",
                disabled=not count,
                on_click=_take_over,
                args=(here, found),
            )
            st.button("Leave everything as it is", on_click=_put_away)


def _take_over(here: Current, found: Replay) -> None:
    with told_errors():
        recipes.take_over(workspace(), here.project.id, found, annotator())
        count = len(found.made)
        made = "1 change was" if count == 1 else f"{count:,} changes were"
        st.session_state["replayed"] = f"{made} made, each a state of its own. Undo takes it back."
        _put_away()


def _put_away() -> None:
    st.session_state["recipe_turn"] += 1
