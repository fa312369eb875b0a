"""Prompts: a question in words that no text can bend, and a reply that answers it or does not."""

from core.steps.prompts.asking import content_free, prompt_of, retry_of
from core.steps.prompts.demonstrations import Ranked, pick_demonstrations, rank_demonstrations
from core.steps.prompts.generating import (
    read_score,
    read_sentence,
    scoring_prompt,
    writing_prompt,
)
from core.steps.prompts.naming import (
    definition_prompt,
    hierarchy_prompt,
    naming_prompt,
    read_definition,
    read_hierarchy,
    read_naming,
)
from core.steps.prompts.options import labels_by_place
from core.steps.prompts.presets import PRESETS, preset
from core.steps.prompts.reading import read_chances, read_reply, write_reply
from core.steps.prompts.templates import FIELDS, RULES, template_of

__all__ = [
    "FIELDS",
    "PRESETS",
    "RULES",
    "Ranked",
    "content_free",
    "definition_prompt",
    "hierarchy_prompt",
    "labels_by_place",
    "naming_prompt",
    "pick_demonstrations",
    "preset",
    "prompt_of",
    "rank_demonstrations",
    "read_chances",
    "read_definition",
    "read_hierarchy",
    "read_naming",
    "read_reply",
    "read_score",
    "read_sentence",
    "retry_of",
    "scoring_prompt",
    "template_of",
    "write_reply",
    "writing_prompt",
]
