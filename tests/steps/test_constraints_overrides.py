"""What an answer takes back: contradictions resolved, placements spoken against, texts deleted."""

from __future__ import annotations

import pytest

from core.domain.judgments import Constraints, Link, WeightedPlacement, WeightedTriplet
from core.domain.questions import Contradiction, Pair, Placement, Triplet
from core.steps.constraints import settle
from tests.answering import say

THREE = Contradiction("a", "b", "c")
CLASH = (
    (Pair("a", "b"), "same"),
    (Pair("b", "c"), "same"),
    (Pair("a", "c"), "different"),
)


def ends(links: tuple[Link, ...]) -> list[str]:
    return [link.left + link.right for link in links]


@pytest.mark.parametrize("before", ["human", "llm"])
@pytest.mark.parametrize("resolved_by", ["human", "bulk"])
def test_a_person_who_resolves_a_contradiction_overrides_what_was_said_before(before, resolved_by):
    judgments = [say(*answer, before, "x", minute=n) for n, answer in enumerate(CLASH)]
    resolved = say(THREE, "second and third", resolved_by, "y", minute=9)

    assert settle([*judgments, resolved]) == settle([resolved])


def test_a_machine_that_resolves_a_contradiction_overrides_machines_alone():
    people = [say(*answer, minute=n) for n, answer in enumerate(CLASH)]
    machines = [say(*answer, "llm", "x", minute=n) for n, answer in enumerate(CLASH)]
    resolved = say(THREE, "none", "llm", "y", minute=9)

    assert settle([*people, resolved]) == settle(people)
    found = settle([*machines, resolved])
    assert ends(found.cannot_links) == ["ab", "ac", "bc"]
    assert {link.weight for link in found.cannot_links} == {
        link.weight for link in settle([resolved]).cannot_links
    }


def test_what_is_said_after_a_contradiction_was_resolved_counts_again():
    resolved = say(THREE, "none", minute=5)
    later = say(Pair("a", "b"), "same", annotator="bo", minute=6)

    found = settle([resolved, later])

    assert found.contested == 1
    assert ends(found.cannot_links) == ["ac", "bc"]


def test_the_later_of_two_resolutions_holds_where_they_meet():
    first = say(THREE, "all", minute=1)
    second = say(Contradiction("a", "b", "d"), "none", annotator="bo", minute=2)

    found = settle([first, second])

    assert ends(found.must_links) == ["ac", "bc"]
    assert ends(found.cannot_links) == ["ab", "ad", "bd"]
    assert {link.weight for link in found.must_links + found.cannot_links} == {1.0}


@pytest.mark.parametrize("undecided", ["unsure", "all"])
def test_an_undecided_contradiction_takes_nothing_back(undecided):
    judgments = [say(*answer, minute=n) for n, answer in enumerate(CLASH)]
    # "all" against an equally heavy "none" is a tie.
    answers = [say(THREE, undecided, minute=8)]
    if undecided == "all":
        answers.append(say(THREE, "none", annotator="bo", minute=9))

    found = settle([*judgments, *answers])

    assert ends(found.must_links) == ["ab", "bc"]
    assert ends(found.cannot_links) == ["ac"]


def test_a_resolved_contradiction_leaves_who_is_nearer_as_it_was():
    nearer = say(Triplet("a", "b", "c"), "left")
    found = settle([nearer, say(THREE, "none", minute=9)])
    assert found.triplets == (WeightedTriplet("a", "b", "c", 1.0),)


# --- placements that other answers speak against

PLACEMENT = Placement("t", (), (("a", "b"), ("c",)))


def test_a_placement_loses_the_texts_that_it_was_set_apart_from():
    placed = say(PLACEMENT, "group 1")
    found = settle([placed, say(Pair("t", "a"), "different")])
    assert found.placements == (WeightedPlacement("t", (), ("b",), (("c",),), 1.0),)
    apart = [say(Pair("t", text), "different") for text in "ab"]
    assert settle([placed, *apart]).placements == ()


def test_a_new_group_that_is_one_of_those_shown_is_none():
    placed = say(PLACEMENT, "new")
    found = settle([placed, say(Pair("t", "b"), "same")])
    assert found.placements == ()
    assert ends(found.must_links) == ["bt"]
    assert ends(found.cannot_links) == ["at", "ct"]


# --- answers about texts that are not there any more


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        (Pair("a", "gone"), "same"),
        (Triplet("a", "b", "gone"), "left"),
        (Triplet("gone", "a", "b"), "both"),
        (Contradiction("a", "b", "gone"), "all"),
        (Placement("gone", ("a",), (("b",),)), "group 1"),
        (Placement("a", (), (("gone",),)), "new"),
        # The chosen group sorts last: b before gone.
        (Placement("a", (), (("b",), ("gone",))), "group 2"),
    ],
)
def test_an_answer_that_says_nothing_about_the_texts_left_is_counted(question, verdict):
    both = [say(question, verdict), say(question, verdict, "llm", "m")]
    assert settle(both, known={"a", "b"}) == Constraints(ignored=2)
    assert settle(both, known={"a", "b", "gone"}) == settle(both)
    assert settle(both).ignored == 0


def test_a_placement_keeps_the_groups_that_still_have_texts():
    # Without "a" the first group sorts behind the second.
    question = Placement("t", ("u", "v"), (("a", "y"), ("c",), ("d",)))
    assert question.candidates[0] == ("a", "y")

    found = settle([say(question, "group 1")], known={"t", "u", "y", "c"})

    assert found.placements == (WeightedPlacement("t", ("u",), ("y",), (("c",),), 1.0),)
    assert found.must_links == (Link("t", "u", 0.5), Link("t", "y", 1.0))
    assert found.ignored == 0
    new = settle([say(question, "new")], known={"t", "u", "y", "c"})
    assert new.cannot_links == (Link("c", "t", 1.0), Link("t", "y", 1.0))


def test_a_minority_does_not_win_because_the_majoritys_group_was_deleted():
    question = Placement("t", (), (("a",), ("gone",)))
    judgments = [
        say(question, "group 2"),
        say(question, "group 2", annotator="bo"),
        say(question, "group 1", annotator="cy"),
    ]
    assert settle(judgments, known={"t", "a"}) == Constraints(ignored=3)
