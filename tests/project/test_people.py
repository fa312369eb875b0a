"""Names, agreement of two people, and disputes that one more answer settles."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import InputError
from core.domain.judgments import Judgment, Verdict
from core.domain.questions import Pair, Question, Triplet
from core.domain.reviewing import Sight
from core.project import people
from core.project.workspace import Workspace
from core.steps.constraints import settle
from tests.opinions import AT, put

SAME, DIFFERENT = Verdict.SAME, Verdict.DIFFERENT
PAIRS = tuple(Pair(f"{i:02}", f"{i:02}+") for i in range(8))


def say(
    workspace: Workspace,
    project_id: str,
    who: str,
    question: Question,
    verdict: Verdict,
    sight: Sight | None = None,
) -> None:
    at = AT + timedelta(seconds=len(workspace.store.reviews.judgments(project_id)))
    judgment = Judgment(question, verdict, "human", who, 1.0, at)
    workspace.store.reviews.record(project_id, judgment, sight)


@pytest.mark.parametrize(
    ("typed", "name"), [("  Ada  King ", "Ada King"), ("Zoë", "Zoë"), ("王小明", "王小明")]
)
def test_a_name_is_kept_in_one_line(typed: str, name: str) -> None:
    assert people.clean_name(typed) == name


@pytest.mark.parametrize("typed", ["", "   ", "x" * 61, "a\x00b", "openai/gpt"])
def test_what_is_no_name_is_refused_with_the_next_move(typed: str) -> None:
    with pytest.raises(InputError) as refused:
        people.clean_name(typed)
    assert refused.value.next_move.startswith("Type")


@given(st.text(max_size=80))
def test_a_name_that_is_taken_stays_as_it_is(typed: str) -> None:
    try:
        name = people.clean_name(typed)
    except InputError:
        return
    assert people.clean_name(name) == name


def test_agreement_counts_what_two_said_before_either_knew(mapped: tuple[Workspace, str]) -> None:
    workspace, project_id = mapped
    put(workspace, project_id, *PAIRS)
    assert people.agreements(workspace, project_id) == ()
    ours = (SAME, SAME, DIFFERENT, DIFFERENT, SAME, Verdict.UNSURE)
    theirs = (SAME, SAME, DIFFERENT, SAME, DIFFERENT, SAME)
    for question, one, other in zip(PAIRS, ours, theirs, strict=False):
        say(workspace, project_id, "ada", question, one)
        say(workspace, project_id, "bo", question, other)

    (found,) = people.agreements(workspace, project_id)

    assert (found.one, found.other) == ("ada", "bo")
    assert (found.found.agreed, found.found.compared) == (3, 5)
    assert "ada and bo gave the same answer 3 of 5 times" in found.told
    # By chance they would agree on (3·3 + 2·2)/25 = 0.52; kappa is (0.6 − 0.52)/0.48.
    assert found.found.kappa == pytest.approx(1 / 6)
    say(workspace, project_id, "bo", PAIRS[3], DIFFERENT, "others")
    assert people.agreements(workspace, project_id) == (found,)


def test_a_dispute_is_settled_by_a_third_person(mapped: tuple[Workspace, str]) -> None:
    workspace, project_id = mapped
    put(workspace, project_id, *PAIRS[:2])
    for who, verdict in (("ada", SAME), ("bo", DIFFERENT)):
        say(workspace, project_id, who, PAIRS[0], verdict)
        say(workspace, project_id, who, PAIRS[1], SAME)

    (dispute,) = people.in_dispute(workspace, project_id)
    assert dispute.question == PAIRS[0]
    assert settle(workspace.store.reviews.judgments(project_id)).contested == 1

    say(workspace, project_id, "cy", PAIRS[0], DIFFERENT, "others")

    assert people.in_dispute(workspace, project_id) == ()
    settled = settle(workspace.store.reviews.judgments(project_id))
    assert settled.contested == 0
    assert [(link.left, link.right) for link in settled.cannot_links] == [("00", "00+")]
    (found,) = people.agreements(workspace, project_id)
    assert (found.found.agreed, found.found.compared) == (1, 2)


def test_a_dispute_is_settled_by_one_of_the_two_and_an_abstention_starts_none(
    mapped: tuple[Workspace, str],
) -> None:
    workspace, project_id = mapped
    triplet = Triplet("a", "b", "c")
    put(workspace, project_id, triplet, PAIRS[0])
    say(workspace, project_id, "ada", triplet, Verdict.LEFT)
    say(workspace, project_id, "bo", triplet, Verdict.NEITHER)
    say(workspace, project_id, "ada", PAIRS[0], SAME)
    say(workspace, project_id, "bo", PAIRS[0], Verdict.UNSURE)
    (dispute,) = people.in_dispute(workspace, project_id)
    assert dispute.question == triplet

    say(workspace, project_id, "cy", triplet, Verdict.BOTH, "others")
    assert len(people.in_dispute(workspace, project_id)) == 1
    say(workspace, project_id, "ada", triplet, Verdict.NEITHER, "others")

    assert people.in_dispute(workspace, project_id) == ()


def test_a_machine_disputes_nothing(mapped: tuple[Workspace, str]) -> None:
    workspace, project_id = mapped
    put(workspace, project_id, PAIRS[0])
    say(workspace, project_id, "ada", PAIRS[0], SAME)
    machine = Judgment(PAIRS[0], DIFFERENT, "llm", "m/1", 0.9, AT)
    workspace.store.reviews.record(project_id, machine)
    workspace.store.reviews.record(project_id, replace(machine, annotator="m/2"))

    assert people.in_dispute(workspace, project_id) == ()
    assert people.agreements(workspace, project_id) == ()
