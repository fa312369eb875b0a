"""Settling judgments: what each answer becomes, weights, ranks and ties."""

from __future__ import annotations

from math import log

import pytest

from core.domain.judgments import (
    Constraints,
    Link,
    WeightedPlacement,
    WeightedTriplet,
)
from core.domain.questions import Contradiction, Pair, Placement, Triplet
from core.steps.constraints import settle
from tests.answering import say

PAIR = Pair("a", "b")
TRIPLET = Triplet("a", "b", "c")
PLACEMENT = Placement("t", ("u", "v"), (("a", "b"), ("c",)))
THREE = Contradiction("a", "b", "c")


def evidence(share: float, among: int = 2) -> float:
    """An answer of a machine that is right with probability `share`, in a person's."""
    return log(share * (among - 1) / (1 - share)) / log(0.98 * (among - 1) / 0.02)


# --- what each answer becomes


@pytest.mark.parametrize(
    ("question", "verdict", "settled"),
    [
        (PAIR, "same", Constraints(must_links=(Link("a", "b", 1.0),))),
        (PAIR, "different", Constraints(cannot_links=(Link("a", "b", 1.0),))),
        (PAIR, "unsure", Constraints()),
        (TRIPLET, "left", Constraints(triplets=(WeightedTriplet("a", "b", "c", 1.0),))),
        (TRIPLET, "right", Constraints(triplets=(WeightedTriplet("a", "c", "b", 1.0),))),
        (TRIPLET, "unsure", Constraints()),
        (
            Triplet("b", "c", "a"),
            "both",
            Constraints(must_links=(Link("a", "b", 1.0), Link("b", "c", 1.0))),
        ),
        (
            TRIPLET,
            "neither",
            Constraints(cannot_links=(Link("a", "b", 1.0), Link("a", "c", 1.0))),
        ),
        (PLACEMENT, "unsure", Constraints()),
        (THREE, "unsure", Constraints()),
        (
            THREE,
            "all",
            Constraints(must_links=(Link("a", "b", 1.0), Link("a", "c", 1.0), Link("b", "c", 1.0))),
        ),
        (
            THREE,
            "first and second",
            Constraints(
                must_links=(Link("a", "b", 1.0),),
                cannot_links=(Link("a", "c", 1.0), Link("b", "c", 1.0)),
            ),
        ),
        (
            THREE,
            "first and third",
            Constraints(
                must_links=(Link("a", "c", 1.0),),
                cannot_links=(Link("a", "b", 1.0), Link("b", "c", 1.0)),
            ),
        ),
        (
            THREE,
            "second and third",
            Constraints(
                must_links=(Link("b", "c", 1.0),),
                cannot_links=(Link("a", "b", 1.0), Link("a", "c", 1.0)),
            ),
        ),
        (
            THREE,
            "none",
            Constraints(
                cannot_links=(Link("a", "b", 1.0), Link("a", "c", 1.0), Link("b", "c", 1.0))
            ),
        ),
    ],
)
def test_each_verdict_becomes_its_constraints(question, verdict, settled):
    assert settle([say(question, verdict)]) == settled


def test_a_chosen_group_shares_the_weight_and_the_others_are_not_set_apart():
    settled = settle([say(PLACEMENT, "group 1")])

    assert settled.must_links == (
        Link("a", "t", 0.5),
        Link("b", "t", 0.5),
        Link("t", "u", 0.25),
        Link("t", "v", 0.25),
    )
    assert settled.cannot_links == ()
    assert settled.placements == (WeightedPlacement("t", ("u", "v"), ("a", "b"), (("c",),), 1.0),)
    assert len(settled) == 4


def test_a_new_group_is_apart_from_all_that_were_shown():
    settled = settle([say(PLACEMENT, "new", confidence=0.8)])

    assert settled.cannot_links == (
        Link("a", "t", 0.4),
        Link("b", "t", 0.4),
        Link("c", "t", 0.8),
    )
    assert settled.must_links == (Link("t", "u", 0.2), Link("t", "v", 0.2))
    assert settled.placements == (
        WeightedPlacement("t", ("u", "v"), (), (("a", "b"), ("c",)), 0.8),
    )


@pytest.mark.parametrize("source", ["human", "llm"])
def test_a_bunch_follows_its_text_until_someone_speaks_about_the_two(source):
    placed = say(PLACEMENT, "group 2", source)
    apart = say(Pair("t", "u"), "different", source, confidence=0.1)

    settled = settle([placed, apart])

    assert [(link.left, link.right) for link in settled.cannot_links] == [("t", "u")]
    assert settled.cannot_links == settle([apart]).cannot_links
    assert [(link.left, link.right) for link in settled.must_links] == [("c", "t"), ("t", "v")]


@pytest.mark.parametrize("source", ["human", "bulk"])
def test_a_persons_source_scales_the_confidence(source):
    (link,) = settle([say(PAIR, "same", source, confidence=0.8)]).must_links
    assert link.weight == pytest.approx({"human": 0.8, "bulk": 0.64}[source])


@pytest.mark.parametrize("source", ["llm", "rule"])
@pytest.mark.parametrize(
    ("question", "verdict", "among"), [(PAIR, "same", 2), (TRIPLET, "left", 4)]
)
def test_a_machine_that_nobody_knows_weighs_the_evidence_of_being_right_85_times_in_100(
    question, verdict, among, source
):
    settled = settle([say(question, verdict, source, confidence=0.8)])
    (kept,) = settled.must_links + settled.triplets
    assert kept.weight == pytest.approx(0.8 * evidence(0.85, among))


def test_no_judgments_and_no_confidence_settle_to_nothing():
    assert settle([]) == Constraints()
    assert settle([say(PAIR, "same", confidence=0.0)]) == Constraints()


# --- agreement, disagreement, rank


def test_agreement_combines():
    both = [say(PAIR, "same", confidence=0.6), say(PAIR, "same", annotator="bo", confidence=0.5)]
    (link,) = settle(both).must_links
    assert link.weight == pytest.approx(1 - 0.4 * 0.5)


def test_machines_in_agreement_never_weigh_more_than_one_looking_at_many():
    crowd = [say(PAIR, "same", "llm", f"m{n}", 0.9) for n in range(9)]
    (link,) = settle(crowd).must_links
    assert link.weight == 0.8


def test_a_majority_of_machines_wins_by_its_lead():
    settled = settle(
        [say(PAIR, "same", "llm", name, 0.5) for name in ("x", "y")]
        + [say(PAIR, "different", "llm", "z", 0.5)]
    )
    (link,) = settled.must_links
    # Agreeing makes x and y a little more reliable than they were, and z less.
    assert 0.5 * evidence(0.85) < link.weight < 0.6 * evidence(0.85)


@pytest.mark.parametrize(
    ("question", "yes", "no"),
    [
        (PAIR, "same", "different"),
        (TRIPLET, "left", "right"),
        (Placement("a", (), (("b",), ("c",))), "group 1", "group 2"),
    ],
)
def test_a_majority_of_people_wins_with_less_weight(question, yes, no):
    settled = settle(
        [say(question, yes), say(question, yes, annotator="bo"), say(question, no, annotator="cy")]
    )
    (kept,) = settled.must_links + settled.triplets
    assert kept.weight == pytest.approx(1 / 3)
    assert (settled.cannot_links, settled.contested) == ((), 0)


@pytest.mark.parametrize(
    ("question", "yes", "no"),
    [
        (PAIR, "same", "different"),
        (TRIPLET, "both", "right"),
        (PLACEMENT, "new", "group 1"),
        (THREE, "all", "none"),
    ],
)
def test_a_tie_of_people_is_left_out_and_counted(question, yes, no):
    tie = [say(question, yes), say(question, no, annotator="bo")]
    assert settle(tie) == Constraints(contested=1)
    machines = [say(question, yes, "llm", f"m{n}") for n in range(5)]
    assert settle(tie + machines) == Constraints(contested=1)


def test_someone_unsure_does_not_vote():
    assert settle([say(PAIR, "same"), say(PAIR, "unsure", annotator="bo")]) == settle(
        [say(PAIR, "same")]
    )


def test_pairs_and_triplets_speak_together_about_the_same_two_texts():
    both = say(TRIPLET, "both")
    no = say(PAIR, "different", annotator="bo")
    settled = settle([both, no])
    assert settled == Constraints(must_links=(Link("a", "c", 1.0),), contested=1)
    settled = settle([both, no, say(PAIR, "same", annotator="cy")])
    assert settled.must_links == (Link("a", "b", pytest.approx(1 / 3)), Link("a", "c", 1.0))


def test_a_person_outranks_a_machine_that_speaks_through_another_question():
    settled = settle([say(PAIR, "different", confidence=0.1), say(TRIPLET, "both", "llm", "m")])
    assert settled.cannot_links == (Link("a", "b", pytest.approx(0.1)),)
    assert [(link.left, link.right) for link in settled.must_links] == [("a", "c")]


@pytest.mark.parametrize("source", ["human", "bulk"])
@pytest.mark.parametrize(("question", "verdict"), [(PAIR, "same"), (PLACEMENT, "new")])
def test_an_unsure_person_silences_the_machine(source, question, verdict):
    judgments = [say(question, verdict, "llm", "m"), say(question, "unsure", source)]
    assert settle(judgments) == Constraints()


def test_the_latest_answer_of_an_annotator_counts():
    first, second = say(PAIR, "same"), say(PAIR, "different", minute=1)
    assert settle([second, first]) == settle([first, second]) == settle([second])
    bulk = say(PAIR, "different", "bulk", minute=2)
    assert settle([first, bulk]) == settle([bulk])


def test_a_machine_of_the_same_name_does_not_replace_a_person():
    person, machine = say(PAIR, "same"), say(PAIR, "different", "llm", minute=9)
    assert settle([person, machine]) == settle([person])
