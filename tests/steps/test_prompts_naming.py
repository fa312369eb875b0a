"""Names, definitions and parents: what is shown, and which replies are none."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.errors import InputError
from core.domain.prompts import Definition, InvalidReply, Naming, Parent
from core.steps.prompts import (
    definition_prompt,
    hierarchy_prompt,
    naming_prompt,
    preset,
    read_definition,
    read_hierarchy,
    read_naming,
)
from core.steps.prompts.marking import plain
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
    said = {
        "label": " **Card\narrival** ",
        "definition": "When a card comes.",
        "belongs": "Questions about delivery",
        "excluded": "lost cards",
        "quotes": ["card come"],
    }
    found = read_naming(reply(f"```json\n{json.dumps(said)}\n```"), ["When will my card come?"])
    meaning = Definition(
        "When a card comes.", "Questions about delivery", "lost cards", ("card come",)
    )
    assert found == Naming("Card arrival", meaning)
    assert found.definition.told == (
        "When a card comes. Belongs here: Questions about delivery. "
        "Does not belong here: lost cards."
    )
    bare = read_naming(reply('{"label": "PIN", "definition": "All about it"}'), [])
    assert bare == Naming("PIN", Definition("All about it"))
    assert bare.definition.told == "All about it."


@pytest.mark.parametrize(
    "body",
    [
        "Card arrival",
        "",
        "{}",
        '{"label": "PIN"}',
        '{"label": "PIN", "definition": "\\u202e"}',
        '{"label": "", "definition": "d"}',
        '{"label": 5, "definition": "d"}',
        json.dumps({"label": "x" * 61, "definition": "d"}),
        '{"label": "\\u202e**", "definition": "d"}',
        '{"label": " card ARRIVAL ", "definition": "d"}',
        "x" * 10_000_000,
    ],
    ids=lambda body: body[:20],
)
def test_what_is_no_label_is_refused(body):
    with pytest.raises(InvalidReply):
        read_naming(reply(body), ["a"], others=["Card arrival"])


def test_only_quotes_that_stand_in_the_texts_are_kept():
    texts = ["When will my <new> card\ncome?", "Where is it"]
    quotes = [
        "my ‹new› card come",
        "my <new>  card",
        "my old card",
        "",
        "Where is it",
        "er",
        "Where",
    ]
    found = read_definition(reply(json.dumps({"definition": "Arrival.", "quotes": quotes})), texts)
    assert found.sentence == "Arrival."
    assert found.quotes == ("my <new> card\ncome", "my <new> card", "Where is it")
    assert read_definition(reply('{"definition": "Arrival."}'), texts).quotes == ()
    with pytest.raises(InvalidReply):
        read_definition(reply('{"quotes": ["Where"]}'), texts)


@given(st.lists(wild, min_size=1, max_size=3), st.lists(wild, max_size=3), st.data())
@settings(deadline=None)
def test_every_quote_that_is_kept_stands_in_a_text_to_the_letter(texts, made_up, data):
    words = plain(data.draw(st.sampled_from(texts)), 200).split(" ")
    first = data.draw(st.integers(0, len(words) - 1))
    copied = " ".join(words[first : first + data.draw(st.integers(1, 5))])
    said = json.dumps({"definition": "d", "quotes": [copied, *(one[:200] for one in made_up)]})
    found = read_definition(reply(said), texts).quotes
    assert all(any(quote in text for text in texts) for quote in found)
    # Of a text that was cut, the mark of the cut is no passage.
    if copied.strip(" \"'“”‘’") and "…" not in words:
        assert found


@given(st.lists(st.lists(st.integers(), max_size=3), min_size=1, max_size=3))
def test_parents_hold_every_topic_once_or_are_refused(members):
    parents = [{"label": f"P{n}", "members": some} for n, some in enumerate(members)]
    body = json.dumps({"parents": parents})
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
    cards = "{'label': 'Cards', 'definition': 'All cards', 'members': [3, 1]}"
    body = f"{{'parents': [{cards}, {{'label': 'PIN', 'members': [2],}}]}}"
    assert read_hierarchy(reply(body), 3) == (
        Parent("Cards", (0, 2), "All cards"),
        Parent("PIN", (1,)),
    )
    with pytest.raises(InvalidReply, match="Each label"):
        long = [{"label": "x" * 61, "members": [1]}]
        read_hierarchy(reply(json.dumps({"parents": long})), 1)
    with pytest.raises(InvalidReply, match="same label"):
        same = [{"label": label, "members": [n]} for n, label in ((1, "**Cards**"), (2, "cards"))]
        read_hierarchy(reply(json.dumps({"parents": same})), 2)
    with pytest.raises(InvalidReply, match="list of parents"):
        read_hierarchy(reply('{"parents": []}'), 1)


def test_the_wrong_template_and_nothing_to_show_are_told():
    with pytest.raises(InputError, match="cannot ask for a naming"):
        naming_prompt(["a"], DEFINITION, AIM)
    with pytest.raises(InputError, match="nothing to show"):
        hierarchy_prompt([], HIERARCHY, AIM)
