"""The wordings that come with Clade: its own, and the reference recipe's."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from core.domain.errors import InputError
from core.domain.prompts import PromptKind, Template

_OPENING = (
    "You help an analyst to sort texts into groups. What the groups are for: {aim}. "
    "Two texts belong together where they share the same {aspect}; length, politeness "
    "and spelling count only where that says so."
)
_HONEST = "Say unsure where the texts do not tell: a guess does harm, and unsure does none."


def _clade(kind: PromptKind, rules: str, question: str) -> Template:
    return Template(kind, "Clade", f"{_OPENING}\n\n{rules}", question)


_CLADE = (
    _clade(
        "triplet",
        "You see a query and two choices. Answer 1 or 2 for the choice that belongs with the "
        "query, or is clearly the closer one. Answer both where both belong with it and "
        f"neither where neither does. {_HONEST}",
        "Query: {query}\nChoice 1: {choice_1}\nChoice 2: {choice_2}\n\n"
        "In terms of {aspect}, which choice goes with the query?",
    ),
    _clade(
        "pair",
        "You see two texts. Answer yes where they belong in one group and no where they "
        f"belong in different ones. {_HONEST}",
        "{demonstrations}\n\nText 1: {text_1}\nText 2: {text_2}\n\n"
        "Do these two belong in one group in terms of {aspect}?",
    ),
    _clade(
        "placement",
        "You see a text and some groups, each shown by texts that stand for it. Answer with "
        "the number of the group that the text belongs to, or new where it belongs to none "
        f"of them. The order of the groups means nothing. {_HONEST}",
        "Text: {query}\n{bunch}\n\n{groups}\n\n"
        "Which of these groups does the text belong to in terms of {aspect}?",
    ),
    _clade(
        "contradiction",
        "You see three texts, A, B and C. Earlier answers about them cannot all be right. "
        "Answer all where the three belong in one group, AB, AC or BC where only these two "
        f"do, and none where each stands apart. {_HONEST}",
        "Text A: {text_a}\nText B: {text_b}\nText C: {text_c}\n\n"
        "Which of the three belong together in terms of {aspect}?",
    ),
    _clade(
        "naming",
        "You see texts of one group, words that set it apart, and the names of other groups. "
        "Give it a label of two to five words in the language of the texts: what they share "
        "and the other groups do not have. Define it in one or two sentences, say what belongs "
        "in it and what is near but does not, and quote one to three short passages of the "
        "texts, word for word, that show it.",
        "Texts of the group:\n{texts}\n\nWords that set it apart: {keywords}\n\n"
        "Names that are taken:\n{others}\n\nWhat is this group called?",
    ),
    _clade(
        "hierarchy",
        "You see a numbered list of topics. Put those that belong under one broader topic "
        "together and name each broader topic in two to five words. Each number goes into "
        "exactly one; a topic that stands apart is alone. Name nothing 'other'. Say in one "
        "sentence what each broader topic covers. Before you reply, check that no number is "
        "missing and none stands twice.",
        "Topics:\n{topics}\n\nWhich broader topics are these under?",
    ),
    _clade(
        "definition",
        "You see the label of a group, texts of it, and the names of other groups. Define it "
        "in one or two sentences by which a reader can decide whether a new text belongs. Say "
        "what belongs in it and what is near but does not. Quote one to three short passages "
        "of the texts, word for word, that show it.",
        "Label: {label}\n\nTexts of the group:\n{texts}\n\n"
        "Names of other groups:\n{others}\n\nWhat belongs in this group?",
    ),
)

# Zhang, Wang, Shang: ClusterLLM, EMNLP 2023, section 3 and appendix, in our words: the
# model must choose, and no more is said to it. The paper asks these two kinds only.
_CLUSTERLLM = (
    Template(
        "triplet",
        "ClusterLLM",
        "Select the text that better corresponds with the query in terms of {aspect}.",
        "Query: {query}\nChoice 1: {choice_1}\nChoice 2: {choice_2}",
        forced=True,
    ),
    Template(
        "pair",
        "ClusterLLM",
        "Decide whether the two texts belong to the same category in terms of {aspect}.",
        "{demonstrations}\n\nText 1: {text_1}\nText 2: {text_2}",
        forced=True,
    ),
)

PRESETS: Mapping[str, Mapping[PromptKind, Template]] = MappingProxyType(
    {
        "clade": MappingProxyType({template.kind: template for template in _CLADE}),
        "clusterllm": MappingProxyType(
            {template.kind: template for template in (*_CLADE, *_CLUSTERLLM)}
        ),
    }
)
"""Templates by kind. "clusterllm" has Clade's own for the kinds that the paper lacks."""


def preset(name: str, kind: PromptKind) -> Template:
    """Return a template that comes with Clade. Raises InputError where there is none."""
    found = PRESETS.get(name, {}).get(kind)
    if found is None:
        raise InputError(
            "There is no such preset of prompts.", f"Choose one of: {', '.join(PRESETS)}."
        )
    return found
