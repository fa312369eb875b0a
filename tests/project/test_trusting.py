"""What is left wrong, when to stop, what a batch came to, what a table shows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.domain.judgments import Judgment, Verdict
from core.domain.questions import Asked, Contradiction, Guess, Pair, Placement, Triplet
from core.domain.reviewing import Row, Seat, Terms, Told
from core.project import bulk, summing_up, trust
from core.project.workspace import Workspace
from tests.opinions import AT, MODEL, put, say

PAIRS = tuple(Pair(f"{i:03}", f"{i:03}+") for i in range(120))
ADA = Seat("ada", "1")


def answer(workspace: Workspace, project_id: str, pair: Pair, verdict: Verdict, sight: str) -> None:
    at = AT + timedelta(seconds=int(pair.left))
    judgment = Judgment(pair, verdict, "human", "ada", 1.0, at)
    workspace.store.reviews.record(project_id, judgment, sight)  # type: ignore[arg-type]


def judged(workspace: Workspace, project_id: str, count: int, confidence: float = 0.9) -> None:
    put(workspace, project_id, *PAIRS[:count])
    for pair in PAIRS[:count]:
        say(workspace, project_id, pair, Verdict.SAME, confidence)


def test_where_no_model_answered_there_is_no_advice(mapped: tuple[Workspace, str]) -> None:
    assert trust.left_wrong(*mapped) is None


def test_without_checks_the_advice_says_that_it_rests_on_little(
    mapped: tuple[Workspace, str],
) -> None:
    workspace, project_id = mapped
    judged(workspace, project_id, 50)

    found = trust.left_wrong(workspace, project_id)

    assert found is not None and not found.stop
    assert found.told.startswith("Of the 50 answers of the LLM that nobody has looked at")
    assert "Only 0 blind checks stand behind this" in found.told


@pytest.mark.parametrize(("right", "expected"), [(30, 0), (15, 45)])
def test_blind_checks_say_how_many_are_wrong_and_approvals_do_not(
    mapped: tuple[Workspace, str], right: int, expected: int
) -> None:
    workspace, project_id = mapped
    judged(workspace, project_id, 120)
    for place, pair in enumerate(PAIRS[:30]):
        verdict = Verdict.SAME if place < right else Verdict.DIFFERENT
        answer(workspace, project_id, pair, verdict, "nothing")
    before = trust.calibration(workspace, project_id)
    for pair in PAIRS[30:40]:
        answer(workspace, project_id, pair, Verdict.SAME, "llm")

    found = trust.left_wrong(workspace, project_id)

    assert trust.calibration(workspace, project_id) == before
    assert found is not None and found.advice.left.answers == 80
    assert found.advice.left.expected == pytest.approx(expected * 80 / 90, abs=8)
    assert found.stop is (right == 30 and found.advice.left.high <= 4.0)
    assert ("would find about" in found.told) is not found.stop


def test_it_is_time_to_stop_once_checks_show_that_few_are_wrong(
    mapped: tuple[Workspace, str],
) -> None:
    workspace, project_id = mapped
    judged(workspace, project_id, 120, confidence=0.99)
    for pair in PAIRS[:100]:
        answer(workspace, project_id, pair, Verdict.SAME, "nothing")

    found = trust.left_wrong(workspace, project_id)

    assert found is not None and found.stop
    assert "you may stop here" in found.told


def test_a_batch_is_summed_up_by_what_was_suggested(mapped: tuple[Workspace, str]) -> None:
    workspace, project_id = mapped
    guess = Guess("different", 0.5, "far")
    asked = [Asked(pair, "why", 3, "s", guess) for pair in PAIRS[:5]]
    workspace.store.reviews.enqueue(project_id, asked)
    say(workspace, project_id, PAIRS[0], Verdict.SAME)
    say(workspace, project_id, PAIRS[1], Verdict.UNSURE)
    verdicts = (Verdict.SAME, Verdict.DIFFERENT, Verdict.UNSURE, Verdict.SAME)
    for pair, verdict in zip(PAIRS, verdicts, strict=False):
        answer(workspace, project_id, pair, verdict, "llm")

    found = summing_up.sum_up(workspace, project_id, "ada")

    # As the model says, as the embedder guesses where the model abstains, none, otherwise.
    assert (found.kept, found.changed, found.unsure, found.touches) == (2, 1, 1, 12)
    assert found.told == (
        "The last batch: 2 as suggested, 1 otherwise, 1 without a decision. "
        "It touches 12 texts; spreading the answers shows what moves. "
        "No answers contradict each other."
    )


def test_a_batch_tells_of_contradictions(mapped: tuple[Workspace, str]) -> None:
    workspace, project_id = mapped
    pairs = {Pair("a", "b"): Verdict.SAME, Pair("b", "c"): Verdict.SAME}
    pairs[Pair("a", "c")] = Verdict.DIFFERENT
    put(workspace, project_id, *pairs)
    for pair, verdict in pairs.items():
        judgment = Judgment(pair, verdict, "human", "ada", 1.0, AT)
        workspace.store.reviews.record(project_id, judgment)

    assert summing_up.sum_up(workspace, project_id, "ada").clashes == 1


def row(question: object, verdict: Verdict, sure: float, guess: str | None, flag: bool) -> Row:
    guessed = Guess(guess, 0.5, "near") if guess else None
    asked = Asked(question, "why", 3, "s", guessed)  # type: ignore[arg-type]
    given = Judgment(question, verdict, "llm", MODEL, sure, AT)  # type: ignore[arg-type]
    return Row(asked, Told(given), flag)


ROWS = (
    row(Pair("a", "b"), Verdict.SAME, 0.9, "different", False),
    row(Triplet("a", "b", "c"), Verdict.LEFT, 0.7, "left", True),
    row(Placement("a", (), (("b",), ("c",))), Verdict.GROUP_2, 0.5, None, False),
    row(Contradiction("a", "b", "c"), Verdict.ALL, 0.3, "none", True),
)


@pytest.mark.parametrize(
    ("by", "places"),
    [
        (bulk.Filter(), (0, 1, 2, 3)),
        (bulk.Filter(kinds=("pair", "placement")), (0, 2)),
        (bulk.Filter(answers=("one of the groups", "left")), (1, 2)),
        (bulk.Filter(at_least=0.7), (0, 1)),
        (bulk.Filter(differing=True), (0, 3)),
        (bulk.Filter(flagged=True), (1, 3)),
        (bulk.Filter(differing=True, flagged=True, at_least=0.5), ()),
    ],
)
def test_a_filter_leaves_what_passes_all_of_it(by: bulk.Filter, places: tuple[int, ...]) -> None:
    assert bulk.filtered(ROWS, by) == tuple(ROWS[place] for place in places)


def test_listing_changes_nothing_and_approving_records_the_models_own_answers(
    mapped: tuple[Workspace, str],
) -> None:
    workspace, project_id = mapped
    judged(workspace, project_id, 10)
    terms = Terms(blind=0.0, shared=0.0)
    before = workspace.store.reviews.judgments(project_id)
    found = bulk.listed(workspace, project_id, ADA, terms)
    assert workspace.store.reviews.judgments(project_id) == before
    assert all(r.told.reason for r in found.rows)

    assert bulk.approve(workspace, project_id, found.rows[:7], ADA, terms) == 7
    assert bulk.approve(workspace, project_id, found.rows[:7], Seat("bo"), terms) == 0

    given = [j for j in workspace.store.reviews.judgments(project_id) if j.source == "bulk"]
    assert {j.question for j in given} == {r.asked.question for r in found.rows[:7]}
    assert {(j.annotator, j.verdict) for j in given} == {("ada", Verdict.SAME)}
    assert len(bulk.listed(workspace, project_id, ADA, terms).rows) == 3
