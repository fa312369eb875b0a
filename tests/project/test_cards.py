"""Cards: each kind of question with its texts, its choices and their keys."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from streamlit.elements.lib.shortcut_utils import normalize_shortcut

from core.domain.judgments import GROUPS, Verdict, allowed
from core.domain.questions import (
    Asked,
    Contradiction,
    Guess,
    Pair,
    Placement,
    Question,
    Triplet,
)
from core.domain.reviewing import Handed, Seat
from core.domain.taxonomy import Reassign, Rename
from core.project import cards, review, shaping
from core.project.cards import Card, card_of
from core.project.intake import find_project, load_corpus
from core.project.mapping import current
from core.project.workspace import Workspace
from core.steps.taxonomy import leaves

TRIPLETS = tuple(Triplet("anchor", f"{i}", f"{i}+") for i in range(20))
PLACEMENTS = tuple(Placement(f"t{i}", (), (("a", "b"), ("c",), ("d",))) for i in range(20))
EACH = (
    TRIPLETS[0],
    Pair("a", "b"),
    Placement("t", ("u", "v", "w"), (("a", "b"), ("c",))),
    Placement("t", (), (("a",), ("b",), ("c",), ("d",), ("e",))),
    Contradiction("a", "b", "c"),
)
BEYOND = ("Space", "S", "Backspace", "F", "T", "H")  # the page's own keys


def asked(question: Question, guess: Verdict | None = None) -> Asked:
    return Asked(question, "why", 3, "s", Guess(guess, 0.5, "near") if guess else None)


def handed(question: Question, guess: Verdict | None = None) -> Handed:
    return Handed(asked(question, guess))


def offered(question: Question) -> frozenset[Verdict]:
    """What a person may answer: a triplet's abstention is for machines."""
    return allowed(question) - ({Verdict.UNSURE} if isinstance(question, Triplet) else set())


def keyed(card: Card) -> dict[str, Verdict]:
    return {choice.key: choice.verdict for choice in card.choices}


@pytest.mark.parametrize("question", EACH)
def test_a_card_offers_every_verdict_of_its_question_once(question: Question) -> None:
    card = card_of(handed(question))

    assert sorted(choice.verdict for choice in card.choices) == sorted(offered(question))
    assert len({choice.label for choice in card.choices}) == len(card.choices)
    assert card.suggestion is None
    told = {text for side in card.sides for text in side.texts} | {card.anchor, *card.alike}
    assert told - {None} == set(question.texts) - {"w"}  # two of a bunch are enough to see


@pytest.mark.parametrize("question", EACH)
def test_each_choice_has_a_key_of_its_own_that_the_page_can_bind(question: Question) -> None:
    keys = [choice.key for choice in card_of(handed(question)).choices]

    bound = [normalize_shortcut(key) for key in (*keys, *BEYOND)]
    assert len(set(bound)) == len(bound)


@pytest.mark.parametrize("question", EACH)
def test_the_suggestion_is_the_choice_that_the_embedder_guesses(question: Question) -> None:
    for verdict in offered(question):
        suggestion = card_of(handed(question, verdict)).suggestion
        assert suggestion is not None
        assert suggestion.verdict == verdict


def test_the_first_key_answers_for_the_text_shown_first() -> None:
    turned = set()
    for triplet in TRIPLETS:
        card = card_of(handed(triplet))
        side = {Verdict.LEFT: triplet.left, Verdict.RIGHT: triplet.right}
        first, second = keyed(card)["Left"], keyed(card)["Right"]
        assert [(side[first],), (side[second],)] == [s.texts for s in card.sides]
        turned.add(first)
    assert turned == {Verdict.LEFT, Verdict.RIGHT}


def test_a_number_answers_for_the_group_in_that_place() -> None:
    first = set()
    for placement in PLACEMENTS:
        card = card_of(handed(placement))
        for side in card.sides:
            group = GROUPS.index(keyed(card)[side.key])
            assert placement.candidates[group] == side.texts
        assert [side.key for side in card.sides] == ["1", "2", "3"]
        assert (keyed(card)["0"], keyed(card)["Down"]) == (Verdict.NEW, Verdict.UNSURE)
        first.add(keyed(card)["1"])
    assert first == set(GROUPS[:3])


@pytest.mark.parametrize(
    ("verdict", "marked"),
    [
        (Verdict.ALL, ("A", "B", "C")),
        (Verdict.FIRST_SECOND, ("A", "B")),
        (Verdict.FIRST_THIRD, ("A", "C")),
        (Verdict.SECOND_THIRD, ("B", "C")),
        (Verdict.NONE, ()),
    ],
)
def test_the_letters_of_a_contradiction_are_its_texts_in_order(
    verdict: Verdict, marked: tuple[str, ...]
) -> None:
    card = card_of(handed(Contradiction("c", "a", "b"), verdict))

    assert {side.caption: side.texts for side in card.sides} == {
        "A": ("a",),
        "B": ("b",),
        "C": ("c",),
    }
    assert tuple(side.caption for side in card.sides if side.suggested) == marked
    assert "contradict" in card.note
    named = {choice.verdict: choice.label for choice in card.choices}
    if len(marked) == 2:
        assert named[verdict] == f"Only {marked[0]} and {marked[1]}"
    assert {key: str(said) for key, said in keyed(card).items()} == {
        "A": "all",
        "1": "first and second",
        "2": "first and third",
        "3": "second and third",
        "N": "none",
        "Down": "unsure",
    }


@pytest.mark.parametrize(
    ("bunch", "shown", "words"),
    [
        (0, 0, ""),
        (1, 1, "and 1 near-identical text:"),
        (2, 2, "and 2 near-identical texts:"),
        (7, 2, "and 7 near-identical texts, among them:"),
    ],
)
def test_a_bunch_is_counted_and_two_of_it_are_shown(bunch: int, shown: int, words: str) -> None:
    names = tuple(f"u{i}" for i in range(bunch))

    card = card_of(handed(Placement("t", names, (("a",),))))

    assert (card.anchor, card.note, card.alike) == ("t", words, names[:shown])


@pytest.mark.parametrize(
    ("labels", "captions"),
    [
        ({}, {"a": "Group", "d": "Group"}),
        ({"a": "Fees", "b": "Fees", "c": "Cards", "d": "Cards"}, {"a": "Fees", "d": "Cards"}),
        ({"a": "Fees", "b": "", "c": "", "d": "Fees"}, {"a": "Group", "d": "Fees"}),
        ({"a": "Fees", "b": "Cards", "c": "", "d": ""}, {"a": "Cards", "d": "Group"}),
        (dict.fromkeys("abcd", "Fees"), {"a": "Fees (", "d": "Fees ("}),
        ({"a": "x" * 90, "b": "x" * 90}, {"a": "x" * 39 + "…", "d": "Group"}),
    ],
)
def test_a_group_is_named_after_the_topic_of_most_of_its_texts(
    labels: dict[str, str], captions: dict[str, str]
) -> None:
    card = card_of(handed(Placement("t", (), (("a", "b", "c"), ("d",)))), labels)

    for number, side in enumerate(card.sides, start=1):
        caption = captions[side.texts[0]]
        caption = {"Group": f"Group {number}", "Fees (": f"Fees ({number})"}.get(caption, caption)
        assert side.caption == caption
        assert card.choices[number - 1].label == caption


def placement_of(workspace: Workspace, project_id: str) -> Placement:
    corpus = load_corpus(workspace, find_project(workspace, project_id))
    ids = [text.id for text in corpus.texts]
    return Placement(ids[0], (ids[1],), (tuple(ids[2:5]), tuple(ids[5:7])))


def test_groups_carry_the_names_of_the_taxonomy_as_it_is_now(
    mapped: tuple[Workspace, str],
) -> None:
    workspace, project_id = mapped
    question = placement_of(workspace, project_id)
    one, other = leaves(current(workspace, project_id).taxonomy)[:2]
    for texts, topic in zip(question.candidates, (one.id, ""), strict=True):
        version = current(workspace, project_id).taxonomy.version
        shaping.edit(workspace, project_id, Reassign(version, texts, topic), "me")

    def captions() -> dict[tuple[str, ...], str]:
        card = cards.show(workspace, project_id, handed(question))
        return {side.texts: side.caption for side in card.sides}

    loose = question.shown.index(1) + 1
    assert captions() == {
        question.candidates[0]: one.label,
        question.candidates[1]: f"Group {loose}",
    }
    version = current(workspace, project_id).taxonomy.version
    shaping.edit(workspace, project_id, Rename(version, one.id, "Näme"), "me")
    version = current(workspace, project_id).taxonomy.version
    shaping.edit(workspace, project_id, Reassign(version, question.candidates[1], other.id), "me")
    assert captions() == {question.candidates[0]: "Näme", question.candidates[1]: other.label}


def test_a_group_of_texts_that_are_gone_still_has_a_card(mapped: tuple[Workspace, str]) -> None:
    workspace, project_id = mapped
    question = replace(placement_of(workspace, project_id), candidates=(("0" * 16,),))

    (side,) = cards.show(workspace, project_id, handed(question)).sides

    assert (side.texts, side.caption) == (("0" * 16,), "Group 1")


def test_every_kind_is_answered_and_taken_back(mapped: tuple[Workspace, str]) -> None:
    workspace, project_id = mapped
    corpus = load_corpus(workspace, find_project(workspace, project_id))
    a, b, c, d = [text.id for text in corpus.texts[:4]]
    verdicts: dict[Question, Verdict] = {
        Placement(a, (b,), ((c,), (d,))): Verdict.GROUP_2,
        Contradiction(a, b, c): Verdict.NONE,
        Triplet(a, b, c): Verdict.BOTH,
        Pair(a, b): Verdict.UNSURE,
    }
    workspace.store.reviews.enqueue(project_id, [asked(question) for question in verdicts])
    before = datetime.now(UTC)
    given = []
    for question, verdict in verdicts.items():
        open_now = review.next_question(workspace, project_id, Seat("me"))
        assert open_now == Handed(asked(question))
        cards.show(workspace, project_id, open_now)
        given.append(review.answer(workspace, project_id, question.id, verdict, "me"))
    assert list(workspace.store.reviews.judgments(project_id)) == given
    assert all(judgment.at >= before for judgment in given)
    assert review.standing(workspace, project_id, "me").answered == 4

    for judgment in reversed(given):
        assert review.undo_answer(workspace, project_id, Seat("me")) == (judgment,)
        again = review.next_question(workspace, project_id, Seat("me"))
        assert again == Handed(asked(judgment.question))
    assert workspace.store.reviews.judgments(project_id) == ()
