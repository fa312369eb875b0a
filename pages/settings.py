"""Who judges, at what price, and what may leave this computer."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.domain.judging import LONGEST_AIM, MOST_AT_ONCE, NANO, JudgeSettings
from core.domain.llm import Price
from core.domain.projects import Project
from core.project import judging
from core.project.judging import wordings
from pages import _ui

PROVIDERS = {
    "": "None: people answer, and nothing leaves this computer",
    "bundled": "Bundled tiny model: on this computer, to try the flow (it is often wrong)",
    "openai": "OpenAI, or anything that speaks its language (Ollama, vLLM, LM Studio, llama.cpp)",
    "anthropic": "Anthropic",
    "huggingface": "Hugging Face endpoint",
    "transformers": "A Hugging Face model in a folder of this computer",
}
PRESETS = {"clade": "Clade's own", "clusterllm": "ClusterLLM's, where it has one"}
NAMED = ("openai", "anthropic", "huggingface", "transformers")
REMOTE = ("openai", "anthropic", "huggingface")


def model_fields(provider: str, now: JudgeSettings) -> dict[str, object]:
    found: dict[str, object] = {"provider": provider}
    if provider in NAMED:
        local = provider == "transformers"
        found["model"] = st.text_input("Folder" if local else "Model", now.model).strip()
    if provider in REMOTE:
        found["base_url"] = st.text_input(
            "Address",
            now.base_url,
            placeholder="http://localhost:11434/v1",
            help="Leave it empty for the provider's own.",
        ).strip()
        found["price"] = Price(
            *(
                column.number_input(f"US$ a million tokens {what}", 0.0, 1e4, was, format="%.3f")
                for column, what, was in zip(
                    st.columns(2),
                    ("read", "written"),
                    (now.price.prompt, now.price.completion),
                    strict=True,
                )
            )
        )
    return found


def pace_fields(now: JudgeSettings) -> dict[str, object]:
    with st.expander("Pace and sampling"):
        left, right = st.columns(2)
        return {
            "concurrency": left.number_input("Calls at once", 1, MOST_AT_ONCE, now.concurrency),
            "per_minute": right.number_input(
                "Requests a minute", 0, 100_000, now.per_minute, help="0: no limit."
            ),
            "timeout": left.number_input("Seconds that a call may take", 1.0, 600.0, now.timeout),
            "draws": right.number_input(
                "Replies to each question", 1, 9, now.draws, help="The commonest counts."
            ),
            "temperature": left.number_input(
                "Temperature", 0.0, 2.0, now.temperature, help="Of replies after the first."
            ),
        }


def aim_fields(now: JudgeSettings) -> dict[str, object]:
    aim = st.text_input(
        "What the groups are for",
        now.aim,
        max_chars=LONGEST_AIM,
        placeholder="Group by what the customer wants, not by tone",
    )
    aspect = st.text_input("What counts as alike", now.aspect, max_chars=LONGEST_AIM)
    names = list(wordings.NAMES)
    preset = st.selectbox(
        "Wording of the prompts", names, names.index(now.preset), format_func=PRESETS.get
    )
    percent = st.slider(
        "Blind checks (% of the LLM's answers)",
        0,
        100,
        round(100 * now.blind_share),
        help="There the LLM's answer stays hidden until you have given yours.",
    )
    return {"aim": aim, "aspect": aspect, "preset": preset, "blind_share": percent / 100}


def fields(project: Project) -> None:
    now = judging.settings_of(_ui.workspace(), project.id)
    budget = judging.budget_of(_ui.workspace(), project.id)
    forced = _ui.workspace().settings.nothing_leaves
    offered = list(PROVIDERS)
    provider = st.selectbox(
        "Who answers", offered, offered.index(now.provider), format_func=PROVIDERS.__getitem__
    )
    with st.form("settings"):
        found = model_fields(provider, now)
        cap = st.number_input("Spend cap of this project (US$)", 0.0, 1e6, budget.cap / NANO)
        found |= pace_fields(now) | aim_fields(now)
        stays = st.toggle(
            "Nothing leaves this computer",
            budget.nothing_leaves,
            disabled=forced,
            help="Refuses every call to a model that runs elsewhere, from the next one on.",
        )
        if st.form_submit_button("Save", type="primary"):
            with _ui.told_errors():
                changed = replace(now, **found)  # type: ignore[arg-type]
                judging.save(_ui.workspace(), project.id, changed, cap=cap, nothing_leaves=stays)
                st.rerun()


_ui.title("Settings")
project = _ui.demand_project()
st.markdown("#### Language model")
fields(project)
_ui.try_model(project)
if judging.settings_of(_ui.workspace(), project.id).ready:
    st.markdown("#### Let it answer")
    _ui.show_batch(project)
_ui.show_usage(project)
_ui.show_trust(project)
st.markdown("#### Embedding models")
_ui.code_switch(project)
st.markdown("#### People")
shared = _ui.workspace().settings.shared_share
st.caption(f"You answer as the name below; {shared:.0%} of the questions are asked of two people.")
_ui.show_name()
with st.expander("Prompts", icon=":material/edit_note:"):
    _ui.show_prompts(project)
