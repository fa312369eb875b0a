"""Asking and answering: every answer is on disk before the next question is shown."""

from __future__ import annotations

import pandas as pd
import pytest

from core.adapters.store import Store
from core.domain.errors import InputError, NotFoundError, TooFewError
from core.domain.judgments import Verdict, allowed
from core.domain.projects import Remark
from core.domain.questions import Asked, Contradiction, Pair, Placement, Triplet
from core.domain.reviewing import Seat
from core.project import review
from core.project.intake import find_project, load_corpus
from core.project.mapping import make_map
from core.project.workspace import Workspace, open_workspace
from tests.conftest import Bring, Listener
from tests.project.conftest import AnswerGold


def shown(workspace: Workspace, project_id: str, who: str = "me") -> Asked:
    handed = review.next_question(workspace, project_id, Seat(who))
    assert handed is not None
    return handed.asked


def wrong_verdict(asked: Asked) -> Verdict:
    return Verdict.LEFT if Verdict.LEFT not in allowed(asked.question) else Verdict.SAME


def any_verdict(asked: Asked) -> Verdict:
    return Verdict.BOTH if isinstance(asked.question, Triplet) else Verdict.UNSURE


def test_the_first_question_is_proposed_with_a_whole_batch(mapped: tuple[Workspace, str]) -> None:
    workspace, project_id = mapped

    first = shown(workspace, project_id)

    assert shown(workspace, project_id) == first
    assert first.why and first.guess is not None
    asked = workspace.store.reviews.asked_ids(project_id)
    assert len(asked) == review.BATCH
    assert first.question.id in asked


def test_each_answer_is_on_disk_before_the_next_question(mapped: tuple[Workspace, str]) -> None:
    workspace, project_id = mapped
    for count in range(1, 6):
        asked = shown(workspace, project_id)
        given = review.answer(workspace, project_id, asked.question.id, any_verdict(asked), "me")
        onlooker = Store(workspace.settings.url)

        assert onlooker.reviews.judgments(project_id)[-1] == given
        assert len(onlooker.reviews.judgments(project_id)) == count


def test_an_answered_batch_is_followed_by_another_with_new_questions(
    mapped: tuple[Workspace, str], answer_gold: AnswerGold
) -> None:
    workspace, project_id = mapped

    given = answer_gold(workspace, project_id, 2 * review.BATCH + 5)

    assert len({judgment.question for judgment in given}) == len(given)
    assert {type(judgment.question) for judgment in given} == {Placement, Pair, Triplet}


def test_answers_that_cannot_all_be_right_are_asked_about_in_the_next_batch(
    mapped: tuple[Workspace, str],
) -> None:
    workspace, project_id = mapped
    texts = [text.id for text in load_corpus(workspace, find_project(workspace, project_id)).texts]
    clash = Contradiction(*texts[:3])
    first, second, third = clash.texts
    pairs = {
        Pair(first, second): Verdict.SAME,
        Pair(second, third): Verdict.SAME,
        Pair(first, third): Verdict.DIFFERENT,
    }
    reviews = workspace.store.reviews
    reviews.enqueue(project_id, tuple(Asked(pair, "why", 2, "space") for pair in pairs))
    for pair, verdict in pairs.items():
        review.answer(workspace, project_id, pair.id, verdict, "me")

    asked = shown(workspace, project_id)

    assert asked.question == clash
    assert asked.guess is not None and Verdict(asked.guess.verdict) in allowed(clash)
    review.answer(workspace, project_id, clash.id, Verdict.ALL, "me")
    assert shown(workspace, project_id).question != clash


def test_a_verdict_of_the_wrong_kind_is_refused_and_nothing_is_written(
    mapped: tuple[Workspace, str],
) -> None:
    workspace, project_id = mapped
    asked = shown(workspace, project_id)

    with pytest.raises(InputError):
        review.answer(workspace, project_id, asked.question.id, wrong_verdict(asked), "me")
    with pytest.raises(NotFoundError):
        review.answer(workspace, project_id, "no such question", Verdict.SAME, "me")

    assert workspace.store.reviews.judgments(project_id) == ()
    assert shown(workspace, project_id) == asked


def test_two_annotators_are_asked_and_counted_apart(
    mapped: tuple[Workspace, str], answer_gold: AnswerGold
) -> None:
    workspace, project_id = mapped
    first = shown(workspace, project_id, "ada")
    answer_gold(workspace, project_id, 3)

    # She keeps what she has on the screen, whatever others answer meanwhile.
    assert shown(workspace, project_id, "ada") == first
    assert review.standing(workspace, project_id, "ada").answered == 0
    assert review.standing(workspace, project_id, "me").answered == 3


def test_undo_takes_back_the_newest_answer_and_asks_it_again(
    mapped: tuple[Workspace, str], answer_gold: AnswerGold
) -> None:
    workspace, project_id = mapped
    given = answer_gold(workspace, project_id, 3)

    for expected in reversed(given):
        assert review.undo_answer(workspace, project_id, Seat("me")) == (expected,)
        assert shown(workspace, project_id).question == expected.question
    assert review.undo_answer(workspace, project_id, Seat("me")) == ()


def test_a_skipped_question_comes_after_all_others(mapped: tuple[Workspace, str]) -> None:
    workspace, project_id = mapped
    first = shown(workspace, project_id)
    review.skip(workspace, project_id, first.question.id, Seat("me"))
    rest = []
    for _ in range(review.BATCH - 1):
        asked = shown(workspace, project_id)
        rest.append(asked.question)
        review.answer(workspace, project_id, asked.question.id, any_verdict(asked), "me")

    assert first.question not in rest
    assert shown(workspace, project_id) == first


def test_flags_and_notes_are_kept_and_a_long_note_is_refused(
    mapped: tuple[Workspace, str],
) -> None:
    workspace, project_id = mapped
    question_id = shown(workspace, project_id).question.id
    assert review.remark_on(workspace, project_id, question_id, "me") == Remark(
        question_id, "me", False, ""
    )

    review.leave_remark(workspace, project_id, Remark(question_id, "me", True, "x" * 2_000))
    with pytest.raises(InputError):
        review.leave_remark(workspace, project_id, Remark(question_id, "me", False, "x" * 2_001))

    again = open_workspace(workspace.settings)
    assert review.remark_on(again, project_id, question_id, "me").flagged
    assert not review.remark_on(again, project_id, question_id, "ada").flagged


def test_the_standing_counts_answers_and_agreement(mapped: tuple[Workspace, str]) -> None:
    workspace, project_id = mapped
    start = review.standing(workspace, project_id, "me")
    assert (start.answered, start.comparable, start.seconds_each) == (0, 0, None)
    agreed = 0
    for number in range(review.BATCH):
        asked = shown(workspace, project_id)
        assert asked.guess is not None
        agree = number % 4 != 0
        others = sorted(allowed(asked.question) - {Verdict(asked.guess.verdict)})
        verdict = Verdict(asked.guess.verdict) if agree else others[0]
        review.answer(workspace, project_id, asked.question.id, verdict, "me")
        agreed += agree

    now = review.standing(workspace, project_id, "me")

    assert now.answered == review.BATCH
    assert (now.agreed, now.comparable) == (agreed, review.BATCH)
    assert now.low < agreed / review.BATCH < now.high
    assert now.batch_done and now.batch_share == 0.0
    assert f"{agreed} of {review.BATCH}" in now.told
    assert now.seconds_each is not None and now.seconds_each >= 0


def test_there_is_an_end_to_what_can_be_asked(
    workspace: Workspace, bring: Bring, bank: pd.DataFrame, listener: Listener
) -> None:
    project = bring(workspace, bank.iloc[::50][["text"]])
    make_map(workspace, project.id, {}, listener)

    count = 0
    while handed := review.next_question(workspace, project.id, Seat("me")):
        asked = handed.asked
        review.answer(workspace, project.id, asked.question.id, any_verdict(asked), "me")
        count += 1
        assert count < 100

    assert count > 0


@pytest.mark.parametrize("texts", [1, 2])
def test_too_few_texts_to_ask_about_are_told(
    workspace: Workspace, bring: Bring, bank: pd.DataFrame, listener: Listener, texts: int
) -> None:
    project = bring(workspace, bank.head(texts)[["text"]])
    with pytest.raises(TooFewError):
        review.next_question(workspace, project.id, Seat("me"))
    make_map(workspace, project.id, {}, listener)

    with pytest.raises(TooFewError, match=str(texts)):
        review.next_question(workspace, project.id, Seat("me"))
