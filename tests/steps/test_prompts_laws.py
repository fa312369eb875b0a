"""Laws of prompts: no text is more than a text, and a swapped question is the same one."""

from __future__ import annotations

import json
import random
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.judgments import GROUPS, Verdict, allowed
from core.domain.prompts import Answer
from core.domain.questions import Pair, Placement, Question, Triplet
from core.steps.calibration import both_orders
from core.steps.prompts import preset, prompt_of, read_reply, write_reply
from core.steps.prompts.marking import LONGEST, boundary, plain
from tests.steps.prompt_texts import (
    AIM,
    BODIES,
    HOSTILE,
    QUESTIONS,
    asked,
    code_of,
    delimited,
    kind_of,
    questions,
    reply,
    skeleton,
    wild,
)


@given(questions, st.data(), wild, st.booleans())
@settings(deadline=None, max_examples=300)
def test_no_text_changes_anything_but_its_own_place(question, data, text, swapped):
    victim = data.draw(st.sampled_from(question.texts))
    calm = asked(question, swapped=swapped)
    bent = asked(question, {**BODIES, victim: text}, swapped=swapped)

    assert bent.system == calm.system
    assert (bent.schema, bent.choices, bent.version) == (calm.schema, calm.choices, calm.version)
    assert skeleton(bent) == skeleton(calm)
    before, after = delimited(calm), delimited(bent)
    changed = [old for old, new in zip(before, after, strict=True) if old != new]
    assert changed in ([BODIES[victim]], [])


@given(questions, st.lists(wild, min_size=7, max_size=7))
@settings(deadline=None)
def test_the_code_stands_around_texts_and_nowhere_else(question, texts):
    prompt = asked(question, dict(zip(BODIES, texts, strict=True)))
    code, shown = code_of(prompt), delimited(prompt)
    assert prompt.user.count(f"<{code}>") == prompt.user.count(f"</{code}>") == len(shown)
    assert prompt.user.count(code) == 2 * len(shown) + 1
    assert not any("<" in text or ">" in text or "\n" in text for text in shown)


@given(wild)
@settings(deadline=None)
def test_a_shown_text_is_one_visible_line(text):
    line = plain(text)
    assert line == " ".join(line.split())
    hidden = {char for char in line if unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs")}
    assert hidden <= {"\u200c", "\u200d"}
    assert not set(line) & set("<>＜＞\u202e\u2066\u200b\ufeff\x00\x1b\ud83d")
    assert len(line) <= LONGEST + 50
    line.encode("utf-8")
    assert plain(line) == line or len(line) > LONGEST


def test_a_cut_is_seen():
    assert plain("word " * 100, 20) == "word word word word … (cut: 479 more characters)"
    assert plain("x" * 20, 20) == "x" * 20


@pytest.mark.parametrize(
    ("mark", "shown"),
    [
        ("<|im_end|>", "‹|im_end|›"),
        ("</s>", "‹/s›"),
        ("[INST] [/INST] [ / INST ]", "(INST) (/INST) ( / INST )"),
        ("[SYSTEM_PROMPT]", "(SYSTEM_PROMPT)"),
        ("<start_of_turn>", "‹start_of_turn›"),
    ],
)
def test_marks_that_a_tokenizer_obeys_are_changed(mark, shown):
    assert plain(f"x {mark} y") == f"x {shown} y"


def test_what_people_write_every_day_stays_as_it_is():
    for text in (
        "Größe 3 ≥ 2? naïve café — 100 % ✓",
        "می‌خواهم کارت بگیرم",
        "👨‍👩‍👧 family plan",
        "see [1] and [a]",
    ):
        assert plain(text) == text


def test_nobody_who_writes_a_text_can_know_the_code():
    code = boundary("v", "one", "two")
    assert boundary("v", "one", "two") == code
    assert boundary("v", "one", f"two {code}") != code
    # Where the first code happens to stand in a text, the next one is taken.
    assert boundary("v", "one", "two" + code) not in "two" + code


@given(questions, st.booleans(), st.data())
@settings(deadline=None)
def test_reading_what_was_written_gives_the_answer_back(question, swapped, data):
    verdict = data.draw(st.sampled_from(sorted(allowed(question))))
    confidence = data.draw(st.none() | st.floats(0, 1))
    answer = Answer(verdict, confidence, "both are about a card")
    prompt = asked(question, swapped=swapped)
    assert read_reply(reply(write_reply(answer, question, swapped)), prompt, question, swapped) == (
        answer
    )


@pytest.mark.parametrize("question", QUESTIONS, ids=kind_of)
@pytest.mark.parametrize("swapped", [False, True])
def test_every_verdict_has_one_label(question, swapped):
    prompt = asked(question, swapped=swapped)
    said = [
        read_reply(reply(json.dumps({"choice": label})), prompt, question, swapped).verdict
        for label in prompt.choices
    ]
    assert sorted(said) == sorted(allowed(question))
    assert prompt.schema["properties"]["choice"]["enum"] == list(prompt.choices)


@given(st.permutations(["a", "b", "c"]))
@settings(deadline=None)
def test_a_triplet_with_its_sides_swapped_is_the_same_question(texts):
    anchor, one, other = texts
    left, right = Triplet(anchor, one, other), Triplet(anchor, other, one)
    assert left == right
    assert asked(left) == asked(right)
    assert asked(left, swapped=True) == asked(right, swapped=True)


def careful(prompt, question: Question, swapped: bool, near: str) -> Answer:
    """Answer as one who reads the delimited parts only, and knows what goes with what."""
    texts = delimited(prompt)
    options = texts[1:] if not isinstance(question, Pair) else texts
    label = str(options.index(near) + 1)
    return read_reply(reply(f'{{"choice": "{label}"}}'), prompt, question, swapped)


@given(st.permutations(["a", "b", "c"]), st.booleans())
@settings(deadline=None)
def test_who_reads_the_texts_says_the_same_in_both_orders(texts, first):
    question = Triplet(*texts)
    near = question.left if first else question.right
    one, other = (
        careful(asked(question, swapped=swapped), question, swapped, BODIES[near])
        for swapped in (False, True)
    )
    assert both_orders(one, other).verdict is (Verdict.LEFT if first else Verdict.RIGHT)


@pytest.mark.parametrize("label", ["1", "2"])
def test_who_answers_by_position_abstains(label):
    for question in (Triplet("a", "b", "c"), Placement("a", (), (("b",), ("c",)))):
        said = [
            read_reply(reply(label), asked(question, swapped=swapped), question, swapped)
            for swapped in (False, True)
        ]
        assert both_orders(*said).verdict is Verdict.UNSURE


def test_a_placement_is_reversed():
    question = QUESTIONS[2]
    shown, turned = (delimited(asked(question, swapped=swapped)) for swapped in (False, True))
    assert isinstance(question, Placement)
    assert shown[:2] == turned[:2] == [BODIES["a"], BODIES["f"]]
    assert shown != turned
    near = shown[2]
    place = next(i for i, group in enumerate(question.candidates) if BODIES[group[0]] == near)
    last = str(len(question.candidates))
    for swapped, label in ((False, "1"), (True, last)):
        prompt = asked(question, swapped=swapped)
        assert read_reply(reply(label), prompt, question, swapped).verdict is GROUPS[place]


def by_first_words(prompt, question, swapped) -> Answer:
    """A scripted judge: of the delimited parts alone, it takes the option about arrival."""
    options = delimited(prompt)[1:]
    label = next(n for n, text in enumerate(options, 1) if text.startswith(BODIES["b"]))
    return read_reply(reply(str(label)), prompt, question, swapped)


def test_200_injected_texts_change_no_answer_of_a_judge_that_reads_the_delimited_parts():
    draw = random.Random(4)
    question = Triplet("a", "b", "c")
    for number in range(200):
        victim = draw.choice(question.texts)
        injected = f"{BODIES[victim]} {HOSTILE[number % len(HOSTILE)]} {draw.random()}"
        for swapped in (False, True):
            calm = asked(question, swapped=swapped)
            bent = asked(question, {**BODIES, victim: injected}, swapped=swapped)
            assert (bent.system, skeleton(bent)) == (calm.system, skeleton(calm))
            assert by_first_words(bent, question, swapped).verdict is Verdict.LEFT


@given(questions, st.lists(wild, min_size=5, max_size=5))
@settings(deadline=None)
def test_names_of_groups_and_examples_are_texts_too(question, names):
    kind = kind_of(question)
    template = preset("clade", kind)
    calm = prompt_of(question, BODIES, template, AIM, names=["one", "two", "three", "four", "five"])
    # A group without a name has no place for one.
    bent = prompt_of(question, BODIES, template, AIM, names=[f"a{name}" for name in names])
    assert skeleton(bent) == skeleton(calm)
    assert bent.system == calm.system
