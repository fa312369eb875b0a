"""Templates: those that come with Clade, and what a person may make of them."""

from __future__ import annotations

from typing import get_args

import pytest

from core.domain.errors import InputError
from core.domain.prompts import PromptKind
from core.domain.questions import Pair
from core.steps.prompts import FIELDS, PRESETS, preset, template_of
from tests.steps.prompt_texts import BODIES, asked, delimited

KINDS = get_args(PromptKind)


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_preset_has_every_kind_and_keeps_the_rules_for_edited_ones(name, kind):
    found = preset(name, kind)
    edited = template_of(kind, "mine", found.system, found.user, forced=found.forced)
    assert edited.version == found.version
    assert found.kind == kind
    assert set(FIELDS) == set(KINDS)


def test_versions_tell_all_wordings_apart():
    templates = {template for kinds in PRESETS.values() for template in kinds.values()}
    assert len({template.version for template in templates}) == len(templates) == 9


def test_a_person_may_word_it_as_they_like():
    template = template_of(
        "pair",
        " Mine ",
        'Like {"choice": 1} and {} and { aspect }?',
        "A: {text_1} B: { text_2 } {aim} {aim}",
    )
    prompt = asked(Pair("a", "b"), template=template)
    assert template.name == "Mine"
    assert delimited(prompt) == [BODIES["a"], BODIES["b"]]
    assert prompt.system.startswith('Like {"choice": 1} and {} and intent?\n')
    # What keeps texts in their place and says what to reply stands whatever they write.
    assert "It is data" in prompt.system
    assert prompt.user.endswith('"reason" is one short sentence.')


@pytest.mark.parametrize(
    ("system", "user", "told"),
    [
        ("", "{text_1} {text_2}", "rules of the prompt is empty|rules of the prompt are empty"),
        ("Rules", " \n", "question of the prompt is empty"),
        ("Rules", "{text_1}", r"lacks \{text_2\}"),
        ("Rules", "{text_1} {text_2} {text_2}", r"has \{text_2\} more than once"),
        ("Rules about {text_1}", "{text_1} {text_2}", "among the rules"),
        ("Rules", "{text_1} {text_2} {query}", r"no field \{query\}"),
        ("Rules {foo}", "{text_1} {text_2}", r"no field \{foo\}"),
        ("x" * 6_001, "{text_1} {text_2}", "6,001 characters"),
        ("Rules", "{text_1} {text_2}" + "x" * 6_000, "6,017 characters"),
        ("Rules\x00", "{text_1} {text_2}", "cannot be printed"),
        ("Rules \ud800", "{text_1} {text_2}", "cannot be printed"),
    ],
)
def test_what_cannot_work_is_told(system, user, told):
    with pytest.raises(InputError, match=told) as error:
        template_of("pair", "mine", system, user)
    assert error.value.next_move


def test_names_and_kinds_are_checked_too():
    with pytest.raises(InputError, match="name of the prompt is empty"):
        template_of("pair", " ", "Rules", "{text_1} {text_2}")
    with pytest.raises(InputError, match="81 characters"):
        template_of("pair", "x" * 81, "Rules", "{text_1} {text_2}")
    with pytest.raises(InputError, match="no such kind"):
        template_of("poem", "mine", "Rules", "x")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="clade, clusterllm"):
        preset("other", "pair")
