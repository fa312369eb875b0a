"""Sentences that a model wrote to train by: have them written, see them, veto or restore."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.domain.generated import MOST_TEXTS, CuratedSentence, GenerationSpec
from core.domain.ids import content_id
from core.domain.projects import Project
from core.domain.training import Speed
from core.project import generating, judging, use_cases
from pages._ui.cached import texts, workspace
from pages._ui.llm import typed_key
from pages._ui.people import annotator
from pages._ui.press import press
from pages._ui.show import plain, told_errors
from pages._ui.work import tell_end

_SHOWN = 500
_TALLEST, _HEAD, _ROW = 460, 38, 68  # pixels; cells break their lines from a height on
_ROLES = {"positive": "Says the same", "negative": "Says something else"}
_RULINGS = {"vetoed": "You: vetoed", "restored": "You: restored", None: "Scores"}
_ALL, _KEPT, _DROPPED = "All", "Kept", "Dropped"


def show_generated(project: Project) -> None:
    """Offer to have sentences written, and show those that were with what becomes of them."""
    st.caption(
        "A language model can write, for some of your texts, a sentence that says the same and "
        "one that says something else. The embedder learns to keep the first close and the "
        "second apart. These sentences are marked as generated: none is on the map, none is "
        "exported."
    )
    tell_end(use_cases.last_job(workspace(), project.id, generating.KIND))
    with told_errors():
        _offer(project)
    bodies, found = _shelf(project)
    if found is None:
        return
    st.caption(plain(found.told))
    rows = _filtered(found.sentences)
    if rows:
        _table(project, rows[:_SHOWN], bodies)
    if len(rows) > _SHOWN:
        st.caption(f"The first {_SHOWN} are shown.")


def also_generated(project: Project, speed: Speed) -> bool:
    """Ask whether a fine-tune learns from generated sentences, too, where there are any."""
    if speed in ("adapter", "sharpen"):
        return False
    _, found = _shelf(project)
    if found is None or not found.taught:
        return False
    return st.checkbox(
        f"Also learn from the generated sentences ({found.taught:,} texts)",
        help="They count half of what an answer of yours counts. Sentences of the texts that "
        "judge the result are left out.",
    )


def _shelf(project: Project) -> tuple[dict[str, str], generating.Shelf | None]:
    """Return the bodies of the project's texts, and what was written for them."""
    bodies = {text.id: text.body for text in texts(project).values()}
    return bodies, generating.shelf(workspace(), project.id, bodies)


def _offer(project: Project) -> None:
    choice = generating.model_of(workspace(), project.id)
    local = choice.provider in ("bundled", "transformers")
    usual = GenerationSpec()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        count = st.number_input("Texts to write for", 1, MOST_TEXTS, usual.texts, 50)
        omega = usual.omega
        if local:
            omega = st.slider(
                "Contrast ω",
                *(0.0, 1.5, usual.omega, 0.1),
                width=220,
                help="How far the opposite instruction is held against each word. At 0 the model "
                "writes plainly; the higher, the further apart the two sentences, and the "
                "further they may stray from the text.",
            )
        spec = GenerationSpec(texts=int(count), omega=omega, seed=project.seed)
        press("Write sentences", _start, project.id, spec, icon=":material/edit_note:")
    st.caption(
        plain(
            f"{generating.expected(workspace(), project.id, spec).told} "
            f"{judging.whereabouts(choice)} What is written already is not written again."
        )
    )
    if choice.provider == "bundled":
        st.caption(
            "The bundled model is tiny and often wrong. Read what it writes, and veto what does "
            "not hold, before the embedder learns from it."
        )


def _start(project_id: str, spec: GenerationSpec) -> None:
    with told_errors():
        job = generating.start(workspace(), project_id, spec, typed_key())
        st.query_params["job"] = job.id


def _filtered(sentences: Sequence[CuratedSentence]) -> list[CuratedSentence]:
    wanted = st.segmented_control(
        "Sentences",
        [_ALL, _KEPT, _DROPPED],
        default=_ALL,
        required=True,
        label_visibility="collapsed",
        key="generated_shown",
    )
    return [one for one in sentences if wanted == _ALL or one.kept is (wanted == _KEPT)]


def _table(project: Project, rows: Sequence[CuratedSentence], bodies: dict[str, str]) -> None:
    """Show the rows; a tick that changed is the person's word."""
    frame = pd.DataFrame(
        {
            "Keep": [one.kept for one in rows],
            "Your text": [bodies[one.sentence.text] for one in rows],
            "Generated sentence": [one.sentence.body for one in rows],
            "Serves as": [_ROLES[one.role] for one in rows],
            "Score": [one.sentence.score for one in rows],
            "By the scores": [one.why for one in rows],
            "Decided by": [_RULINGS[one.ruling] for one in rows],
        }
    )
    edited = st.data_editor(
        frame,
        # Ticks belong to these rows as they stand, and to no others.
        key=f"generated{content_id(*(f'{one.sentence.id}{one.kept}' for one in rows))}",
        hide_index=True,
        disabled=[name for name in frame.columns if name != "Keep"],
        height=min(_TALLEST, _HEAD + _ROW * len(rows)),
        row_height=_ROW,
        column_config={
            "Keep": st.column_config.CheckboxColumn(width=60),
            "Your text": st.column_config.TextColumn(width="medium"),
            "Generated sentence": st.column_config.TextColumn(width="medium"),
            "Serves as": st.column_config.TextColumn(width=120),
            "Score": st.column_config.NumberColumn(
                format="%.1f", width=60, help="0: nothing in common; 5: the same meaning."
            ),
            "By the scores": st.column_config.TextColumn(width="medium"),
            "Decided by": st.column_config.TextColumn(width=105),
        },
    )
    changed = [
        (one, bool(keep))
        for one, keep in zip(rows, edited["Keep"], strict=True)
        if bool(keep) is not one.kept
    ]
    for one, keep in changed:
        generating.rule(workspace(), project.id, one, keep=keep, annotator=annotator())
    if changed:
        st.rerun()
