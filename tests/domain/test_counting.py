"""Which answers count: the latest of each annotator, people's before machines'."""

from __future__ import annotations

import pytest

from core.domain.judgments import counting
from core.domain.questions import Pair
from tests.answering import MACHINES, PEOPLE, say

PAIR = Pair("a", "b")


def test_the_latest_answer_of_an_annotator_counts() -> None:
    first, second = say(PAIR, "same"), say(PAIR, "different", minute=1)
    assert counting([first, second]) == counting([second, first]) == [second]


def test_answers_of_one_moment_are_settled_the_same_way_in_any_order() -> None:
    sure, unsure = say(PAIR, "same"), say(PAIR, "different", confidence=0.5)
    assert counting([sure, unsure]) == counting([unsure, sure]) == [sure]


@pytest.mark.parametrize("source", PEOPLE)
@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("verdict", ["same", "unsure"])
def test_where_a_person_answered_no_machine_counts(source, machine, verdict) -> None:
    person = say(PAIR, verdict, source)
    elsewhere = say(Pair("a", "c"), "same", machine)
    later = say(PAIR, "different", machine, minute=5)
    assert person in counting([person, later, elsewhere])
    assert later not in counting([person, later, elsewhere])
    assert elsewhere in counting([person, later, elsewhere])


def test_people_and_machines_of_one_name_are_two() -> None:
    machine, person = say(PAIR, "same", "llm", "ann"), say(Pair("a", "c"), "same", "human", "ann")
    assert counting([machine, person]) == sorted(
        [machine, person], key=lambda judgment: judgment.question.id
    )
