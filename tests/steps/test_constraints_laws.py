"""Laws of settled judgments that hold for any answers, of all four kinds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.domain.judgments import Constraints, Judgment, Source, Verdict
from core.domain.questions import Contradiction, Pair, Placement, Question, Triplet
from core.domain.sayings import sides_of
from core.steps.constraints import contradictions, reliabilities, settle
from tests.answering import MACHINES, PEOPLE, TEXTS, answers, judgments_of, say


def texts_of(settled: Constraints) -> set[str]:
    found = {
        t for link in settled.must_links + settled.cannot_links for t in (link.left, link.right)
    }
    found |= {text for t in settled.triplets for text in (t.anchor, t.positive, t.negative)}
    for placed in settled.placements:
        found |= {placed.text, *placed.bunch, *placed.chosen}
        found |= {text for group in placed.rejected for text in group}
    return found


@given(answers(), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_the_answers_changes_nothing(judgments, random):
    shuffled = judgments[:]
    random.shuffle(shuffled)
    assert settle(shuffled) == settle(judgments)
    assert reliabilities(shuffled) == reliabilities(judgments)
    assert contradictions(shuffled, ()) == contradictions(judgments, ())
    assert settle(shuffled, trust=reliabilities(judgments)) == settle(judgments)


@given(answers())
@settings(deadline=None)
def test_saying_it_again_changes_nothing(judgments):
    assert settle(judgments + judgments) == settle(judgments)
    assert reliabilities(judgments + judgments) == reliabilities(judgments)


@given(answers())
@settings(deadline=None)
def test_constraints_are_sorted_single_and_weigh_at_most_one(judgments):
    settled = settle(judgments)
    links = settled.must_links + settled.cannot_links
    assert len({(link.left, link.right) for link in links}) == len(links)
    assert all(link.left < link.right for link in links)
    assert all(0 < item.weight <= 1 for item in links + settled.triplets + settled.placements)
    for group in (settled.must_links, settled.cannot_links):
        assert list(group) == sorted(group, key=lambda link: (link.left, link.right))
    keys = [(t.anchor, t.positive, t.negative) for t in settled.triplets]
    assert keys == sorted(set(keys))
    assert not {(a, n, p) for a, p, n in keys} & set(keys)
    placed = [(p.text, p.bunch, p.chosen, p.rejected) for p in settled.placements]
    assert placed == sorted(placed)


@given(answers())
@settings(deadline=None)
def test_a_placement_never_says_what_the_links_deny(judgments):
    settled = settle(judgments)
    apart = {frozenset((link.left, link.right)) for link in settled.cannot_links}
    together = {frozenset((link.left, link.right)) for link in settled.must_links}
    for placed in settled.placements:
        assert not {frozenset((placed.text, text)) for text in placed.chosen} & apart
        if not placed.chosen:
            shown = {frozenset((placed.text, t)) for group in placed.rejected for t in group}
            assert shown and not shown & together


def turned(question: Question) -> Question:
    """Draw the same question with its texts the other way round."""
    if isinstance(question, Pair):
        return Pair(question.right, question.left)
    if isinstance(question, Triplet):
        return Triplet(question.anchor, question.right, question.left)
    if isinstance(question, Contradiction):
        return Contradiction(question.third, question.first, question.second)
    groups = tuple(group[::-1] for group in question.candidates[::-1])
    return Placement(question.text, question.bunch[::-1], groups)


def meant(judgment: Judgment) -> object:
    """What the verdict names, as texts."""
    question, verdict = judgment.question, judgment.verdict
    if isinstance(question, Placement) and verdict is not Verdict.UNSURE:
        return sides_of(question, verdict)
    named = {Verdict.LEFT: 0, Verdict.RIGHT: 1}
    if isinstance(question, Triplet) and verdict in named:
        return (question.left, question.right)[named[verdict]]
    return verdict


@given(answers())
@settings(deadline=None)
def test_swapping_the_sides_of_the_questions_changes_nothing(judgments):
    swapped = [replace(judgment, question=turned(judgment.question)) for judgment in judgments]
    assert [meant(judgment) for judgment in swapped] == [meant(judgment) for judgment in judgments]
    assert settle(swapped) == settle(judgments)


@given(answers(*PEOPLE, most=6), answers(*MACHINES, most=20))
@settings(deadline=None)
def test_no_number_of_machines_moves_what_people_said(people, machines):
    alone, together = settle(people), settle(people + machines)
    for kind in ("must_links", "cannot_links", "triplets", "placements"):
        assert set(getattr(alone, kind)) <= set(getattr(together, kind))
    assert together.contested >= alone.contested


@given(judgments_of(PEOPLE), st.integers(1, 40))
@settings(deadline=None)
def test_a_person_alone_stands_against_any_number_of_machines(person, number):
    others = [
        replace(person, verdict=verdict, source="llm", annotator=f"m{n}", confidence=1.0)
        for n in range(number)
        for verdict in (Verdict.NEW, Verdict.SAME, Verdict.BOTH, Verdict.ALL)
        if (verdict in replaced_verdicts(person))
    ]
    assert others
    assert settle([person, *others]) == settle([person])


def replaced_verdicts(judgment: Judgment) -> set[Verdict]:
    kinds = {Placement: Verdict.NEW, Pair: Verdict.SAME, Triplet: Verdict.BOTH}
    return {kinds.get(type(judgment.question), Verdict.ALL)}


def both(anchor: str, left: str, right: str, source: Source) -> list[Judgment]:
    """Return the same answer of two."""
    question = Triplet(anchor, left, right)
    return [say(question, "both", source, who) for who in ("ann", "bo")]


# Once, machines that took more rounds to settle moved people in the tenth digit.
@given(answers(*PEOPLE), answers(*MACHINES))
@example(both("c", "b", "d", "human"), both("d", "a", "b", "llm"))
@settings(deadline=None)
def test_people_are_measured_by_people_alone(people, machines):
    alone, together = reliabilities(people), reliabilities(people + machines)
    assert {who: held for who, held in together.items() if who[0] == "person"} == alone


@given(answers())
@settings(deadline=None)
def test_a_reliability_lies_inside_its_interval(judgments):
    found = reliabilities(judgments)
    assert set(found) == {
        ("person" if j.source in PEOPLE else "machine", j.annotator) for j in judgments
    }
    for held in found.values():
        assert 0 < held.low < held.share < 1
        assert held.share < held.high <= 1
        assert held.compared >= 0


@given(answers(), judgments_of())
@settings(deadline=None)
def test_removing_an_answer_restores_the_constraints_before_it(judgments, answer):
    before = settle(judgments), reliabilities(judgments), contradictions(judgments, ())
    log = [*judgments, answer]
    settle(log), reliabilities(log), contradictions(log, ())
    log.pop()
    assert (settle(log), reliabilities(log), contradictions(log, ())) == before


@given(answers(), st.sets(st.sampled_from(TEXTS)))
@settings(deadline=None)
def test_texts_that_are_gone_are_not_mentioned(judgments, known):
    settled = settle(judgments, known)
    assert texts_of(settled) <= known
    assert settled.ignored <= len(judgments)
    if all(set(judgment.question.texts) <= known for judgment in judgments):
        assert settled == settle(judgments)


@given(answers())
@settings(deadline=None)
def test_knowing_all_texts_leaves_nothing_out(judgments):
    assert settle(judgments, known=set(TEXTS)) == settle(judgments)


@given(answers(most=8), st.sets(st.sampled_from(TEXTS), min_size=2, max_size=5))
@settings(deadline=None)
def test_what_is_said_about_the_texts_left_stays_as_it_was(judgments, known):
    """Pairs of known texts that only untouched questions speak about settle as before."""
    settled, whole = settle(judgments, known), settle(judgments)
    lost = [j for j in judgments if not set(j.question.texts) <= known]
    touched = {frozenset((a, b)) for j in lost for a in j.question.texts for b in j.question.texts}
    for kind in ("must_links", "cannot_links"):
        for link in getattr(whole, kind):
            ends = frozenset((link.left, link.right))
            if ends <= known and ends not in touched:
                assert link in getattr(settled, kind)


@pytest.mark.parametrize("kind", [Pair, Triplet, Placement, Contradiction])
def test_the_random_answers_are_of_every_kind(kind):
    from hypothesis import find

    assert find(judgments_of(), lambda judgment: isinstance(judgment.question, kind))
