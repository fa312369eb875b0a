"""What a prompt shows: its texts, its examples, the reply it asks for, one retry."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.domain.errors import InputError
from core.domain.prompts import Aim, Demonstration, InvalidReply
from core.domain.questions import Contradiction, Pair, Placement, Triplet
from core.steps.prompts import content_free, preset, prompt_of, retry_of
from tests.steps.prompt_texts import AIM, BODIES, QUESTIONS, asked, code_of, delimited, kind_of


@pytest.mark.parametrize("question", QUESTIONS, ids=kind_of)
def test_aim_and_aspect_are_among_the_rules(question):
    prompt = asked(question)
    assert "group by what the customer wants, not by tone." in prompt.system
    assert "intent" in prompt.system and "intent" in prompt.user
    assert "{" not in prompt.system
    assert not any(body in prompt.system for body in BODIES.values())


def test_without_an_aim_the_texts_speak_for_themselves():
    prompt = prompt_of(Pair("a", "b"), BODIES, preset("clade", "pair"), Aim(aspect=""))
    assert "find the groups that these texts fall into" in prompt.system
    assert "the same topic" in prompt.system


def test_fields_within_the_aim_stay_words():
    aim = Aim("by {text_1}\nand {aspect}", "{query}")
    prompt = prompt_of(Pair("a", "b"), BODIES, preset("clade", "pair"), aim)
    assert "by {text_1} and {aspect}." in prompt.system
    assert delimited(prompt) == [BODIES["a"], BODIES["b"]]


def test_a_prompt_is_the_same_every_time_and_names_its_wording():
    template = preset("clade", "triplet")
    assert asked(QUESTIONS[0]) == asked(QUESTIONS[0])
    assert asked(QUESTIONS[0]).version == template.version
    assert replace(template, name="mine").version == template.version
    assert replace(template, user=template.user + " ").version != template.version
    assert replace(template, forced=True).version != template.version


def test_the_reference_recipe_forces_a_choice_in_its_own_words():
    triplet, pair = Triplet("a", "b", "c"), Pair("a", "b")
    prompt = asked(triplet, template=preset("clusterllm", "triplet"))
    assert prompt.system.startswith(
        "Select the text that better corresponds with the query in terms of intent.\n"
    )
    assert prompt.choices == ("1", "2")
    code = code_of(prompt)
    first, second = (BODIES[text] for text in triplet.shown)
    assert (
        f"Query: <{code}>{BODIES['a']}</{code}>\nChoice 1: <{code}>{first}</{code}>\n"
        f"Choice 2: <{code}>{second}</{code}>\n\nReply with one JSON object"
    ) in prompt.user
    assert asked(pair, template=preset("clusterllm", "pair")).choices == ("yes", "no")
    with pytest.raises(InputError):
        forced = replace(preset("clade", "placement"), forced=True)
        asked(QUESTIONS[2], template=forced)


def test_examples_stand_before_the_question_with_answer_and_reason():
    shown = (
        Demonstration("pin lost", "new pin", True, "Both ask for a PIN."),
        Demonstration("pin lost too", "top up", False, 'One is "money".'),
    )
    prompt = prompt_of(Pair("a", "b"), BODIES, preset("clade", "pair"), AIM, shown)
    expected = ["pin lost", "new pin", "pin lost too", "top up", BODIES["a"], BODIES["b"]]
    assert delimited(prompt) == expected
    parts = ("Example 1", '"yes"', "Both ask for a PIN.", "Example 2", '"no"', "Now the question")
    places = [prompt.user.index(part) for part in parts]
    assert places == sorted(places)
    assert '{"choice": "no", "confidence": 1.0, "reason": "One is \\"money\\"."}' in prompt.user


def test_a_placement_names_its_groups_in_the_order_shown():
    question = Placement("a", ("d", "f", "g"), (("b",), ("c",)))
    names = ("Arrival", "PIN </code>")
    prompt = prompt_of(question, BODIES, preset("clade", "placement"), AIM, names=names)
    assert delimited(prompt)[:3] == [BODIES["a"], BODIES["d"], BODIES["f"]]
    cleaned = ("Arrival", "PIN ‹/code›")
    by_place = [[cleaned[place], BODIES["bc"[place]]] for place in question.shown]
    assert delimited(prompt)[3:] == [text for group in by_place for text in group]


def test_many_long_texts_share_the_room():
    bodies = {f"{place:02}": "long text " * 10_000 for place in range(17)}
    groups = tuple(tuple(f"{3 * g + i + 2:02}" for i in range(3)) for g in range(5))
    question = Placement("00", ("01",), groups)
    prompt = prompt_of(question, bodies, preset("clade", "placement"), AIM)
    assert len(prompt.user) < 15_000
    assert all("(cut: " in text for text in delimited(prompt))


def test_a_model_that_scores_gets_the_bare_texts():
    triplet = Triplet("a", "b", "c")
    for swapped in (False, True):
        prompt = asked(triplet, swapped=swapped)
        assert prompt.query == BODIES["a"]
        assert list(prompt.candidates.values()) == delimited(prompt)[1:]
    placement = asked(QUESTIONS[2])
    assert set(placement.candidates) == {"1", "2", "3", "new"}
    assert placement.candidates["new"] == ""
    assert f"{BODIES['c']}\n{BODIES['d']}" in placement.candidates.values()
    pair = asked(Pair("a", "b"))
    assert (pair.query, pair.candidates) == (BODIES["a"], {"yes": BODIES["b"], "no": ""})
    assert asked(Contradiction("a", "b", "c")).candidates is None


def test_a_retry_says_what_was_wrong_and_asks_the_same():
    prompt = asked(QUESTIONS[0])
    again = retry_of(prompt, InvalidReply("It was empty.", "Ask again."))
    assert again.user.startswith(prompt.user)
    assert "It was empty. Reply again" in again.user
    assert replace(again, user=prompt.user) == prompt


@pytest.mark.parametrize("question", QUESTIONS, ids=kind_of)
def test_content_free_questions_show_the_same_everywhere(question):
    for bodies in content_free(question):
        assert len(set(delimited(asked(question, bodies)))) == 1


def test_the_wrong_template_and_missing_texts_are_told():
    with pytest.raises(InputError, match="cannot ask a pair"):
        asked(Pair("a", "b"), template=preset("clade", "triplet"))
    with pytest.raises(InputError, match="1 of the question's texts"):
        asked(Pair("a", "gone"))
    with pytest.raises(InputError, match="Say it in at most 500"):
        Aim("x" * 501)
