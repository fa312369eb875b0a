"""Names, definitions and parents: what is shown, and which replies are none."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.errors import InputError
from core.domain.prompts import InvalidReply, Naming, Parent
from core.steps.prompts import (
    definition_prompt,
    hierarchy_prompt,
    naming_prompt,
    preset,
    read_definition,
    read_hierarchy,
    read_naming,
)
from tests.steps.prompt_texts import AIM, delimited, reply, skeleton, wild

NAMING, DEFINITION = preset("clade", "naming"), preset("clade", "definition")
HIERARCHY = preset("clade", "hierarchy")


def prompts(one, two):
    return (
        naming_prompt([one, "b"], NAMING, AIM, keywords=[two], others=["Cards", two]),
        definition_prompt(two, [one, "b"], DEFINITION, AIM, others=["Cards", one]),
        hierarchy_prompt([one, two, "Cards"], HIERARCHY, AIM),
    )


@given(wild, wild)
@settings(deadline=None)
def test_no_text_and_no_name_changes_anything_but_its_own_place(one, two):
    for calm, bent in zip(prompts("x", "y"), prompts(f"x{one}", f"y{two}"), strict=True):
        assert bent.system == calm.system
        assert bent.schema == calm.schema
        assert skeleton(bent) == skeleton(calm)


def test_texts_keywords_and_taken_names_are_shown():
    prompt = naming_prompt(["one", "two"], NAMING, AIM, keywords=["card", "pin"], others=["PIN"])
    assert delimited(prompt) == ["one", "two", "card, pin", "PIN"]
    assert prompt.choices == ()
    assert AIM.goal in prompt.system
    bare = naming_prompt(["one"], NAMING, AIM)
    assert bare.user.count("none") == 2


def test_a_label_is_read_and_cleaned():
    body = '```json\n{"label": " **Card\\narrival** ", "description": "When a card comes."}\n```'
    assert read_naming(reply(body)) == Naming("Card arrival", "When a card comes.")
    assert read_naming(reply('{"label": "PIN"}')) == Naming("PIN", "")


@pytest.mark.parametrize(
    "body",
    [
        "Card arrival",
        "",
        "{}",
        '{"label": ""}',
        '{"label": 5}',
        json.dumps({"label": "x" * 61}),
        '{"label": "\\u202e**"}',
        '{"label": " card ARRIVAL "}',
        "x" * 10_000_000,
    ],
    ids=lambda body: body[:20],
)
def test_what_is_no_label_is_refused(body):
    with pytest.raises(InvalidReply):
        read_naming(reply(body), others=["Card arrival"])


def test_only_quotes_that_stand_in_the_texts_are_kept():
    texts = ["When will my <new> card\ncome?", "Where is it"]
    quotes = ["my ‹new› card come", "my <new>  card", "my old card", "", "Where is it", "Where"]
    found = read_definition(reply(json.dumps({"definition": "Arrival.", "quotes": quotes})), texts)
    assert found.sentence == "Arrival."
    assert found.quotes == ("my ‹new› card come", "my ‹new› card", "Where is it")
    assert read_definition(reply('{"definition": "Arrival."}'), texts).quotes == ()
    with pytest.raises(InvalidReply):
        read_definition(reply('{"quotes": ["Where"]}'), texts)


@given(st.lists(st.lists(st.integers(), max_size=3), min_size=1, max_size=3))
def test_parents_hold_every_topic_once_or_are_refused(members):
    body = json.dumps({"parents": [{"label": "P", "members": some} for some in members]})
    held = sorted(member for some in members for member in some)
    if held == [1, 2, 3] and all(members):
        found = read_hierarchy(reply(body), 3)
        assert [parent.members for parent in found] == [
            tuple(sorted(member - 1 for member in some)) for some in members
        ]
    else:
        with pytest.raises(InvalidReply):
            read_hierarchy(reply(body), 3)


def test_parents_by_hand():
    body = "{'parents': [{'label': 'Cards', 'members': [3, 1]}, {'label': 'PIN', 'members': [2],}]}"
    assert read_hierarchy(reply(body), 3) == (Parent("Cards", (0, 2)), Parent("PIN", (1,)))
    with pytest.raises(InvalidReply, match="Each label"):
        long = [{"label": "x" * 61, "members": [1]}]
        read_hierarchy(reply(json.dumps({"parents": long})), 1)
    with pytest.raises(InvalidReply, match="list of parents"):
        read_hierarchy(reply('{"parents": []}'), 1)


def test_the_wrong_template_and_nothing_to_show_are_told():
    with pytest.raises(InputError, match="cannot ask for a naming"):
        naming_prompt(["a"], DEFINITION, AIM)
    with pytest.raises(InputError, match="nothing to show"):
        hierarchy_prompt([], HIERARCHY, AIM)
