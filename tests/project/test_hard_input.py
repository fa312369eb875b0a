"""Answers and texts that make no easy sense: what the person is told, and that nothing is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from threading import Barrier

import numpy as np
import pandas as pd
import pytest

from core.domain.errors import TooFewError
from core.domain.judgments import Judgment, Verdict, allowed
from core.domain.questions import Asked, Contradiction, Pair, Question, Triplet
from core.domain.reviewing import Seat
from core.domain.spaces import Embedding, Origin, Space
from core.project import cards, people, retraining, review, summing_up, telling
from core.project.arrays import keep_embedding, load_clustering, load_embedding
from core.project.granularity import levels
from core.project.grouping import grouping_of, grouping_of_all, reasons, regroup
from core.project.mapping import current, make_map
from core.project.spread import Waiting, waiting
from core.project.workspace import Workspace
from tests.answering import say
from tests.conftest import Bring, Listener
from tests.project.conftest import AnswerGold

Mapped = tuple[Workspace, str]


def ids_of(workspace: Workspace, project: str) -> tuple[str, ...]:
    return load_clustering(workspace, current(workspace, project).map).text_ids


def ask(workspace: Workspace, project: str, *questions: Question) -> None:
    space = current(workspace, project).map.space
    queue = [Asked(question, "They are close.", 2, space) for question in questions]
    workspace.store.reviews.enqueue(project, queue)


def record(workspace: Workspace, project: str, *judgments: Judgment) -> None:
    """Put questions into the queue, with their answers."""
    ask(workspace, project, *(judgment.question for judgment in judgments))
    for judgment in judgments:
        workspace.store.reviews.record(project, judgment)


def said(workspace: Workspace, project: str) -> tuple[Judgment, ...]:
    return workspace.store.reviews.judgments(project)


def test_contradictory_answers_are_asked_about_and_then_settled(mapped: Mapped) -> None:
    workspace, project = mapped
    a, b, c = ids_of(workspace, project)[:3]
    clashing = (say(Pair(a, b), "same"), say(Pair(b, c), "same"), say(Pair(a, c), "different"))
    record(workspace, project, *clashing)
    told = summing_up.sum_up(workspace, project, "ann").told
    assert "One contradiction is left among all answers, and will be asked about." in told
    review.propose_batch(workspace, project)
    handed = review.next_question(workspace, project, Seat("ann"))
    assert handed is not None and handed.asked.question == Contradiction(a, b, c)
    assert "cannot all be right" in handed.asked.why
    assert "contradict each other" in cards.show(workspace, project, handed).note
    review.answer(workspace, project, handed.asked.question.id, Verdict.ALL, "ann")
    told = summing_up.sum_up(workspace, project, "ann").told
    assert "No answers contradict each other." in told
    assert set(clashing) < set(said(workspace, project)), "nothing is lost"


def test_two_people_who_differ_are_told_so_and_neither_counts(mapped: Mapped) -> None:
    workspace, project = mapped
    pair = Pair(*ids_of(workspace, project)[:2])
    record(workspace, project, say(pair, "same"), say(pair, "different", annotator="bo"))
    (both,) = people.in_dispute(workspace, project)
    assert [judgment.annotator for judgment in both.answers] == ["ann", "bo"]
    ids, verdicts = ids_of(workspace, project), ("both", "neither")
    others = [say(Triplet(*ids[n : n + 3]), verdicts[n % 2]) for n in range(3, 36, 3)]
    record(workspace, project, *others)
    assert retraining.material(workspace, project).contested == 1


def test_answers_about_texts_that_are_gone_are_told_of_and_kept(
    mapped: Mapped, answer_gold: AnswerGold, listener: Listener
) -> None:
    workspace, project = mapped
    answer_gold(workspace, project, 20)
    gone = [
        say(Pair("0" * 16, "f" * 16), "same"),
        say(Triplet("0" * 16, "1" * 16, "2" * 16), "left"),
    ]
    record(workspace, project, *gone)
    regroup(workspace, project, {}, listener)
    here = current(workspace, project).map
    assert grouping_of(workspace, here).ignored == 2
    assert retraining.material(workspace, project).ignored == 2
    assert "2 answers are about texts that are no longer in the project" in telling.ignored(2)
    assert telling.ignored(1).endswith("It is kept, and counts again if the texts come back.")
    assert telling.ignored(0) == ""
    assert waiting(workspace, here) == Waiting(0, 0), "they are known, and wait for nothing"
    assert set(gone) < set(said(workspace, project))


def test_answers_given_on_an_older_space_count_in_the_new_one(
    mapped: Mapped, answer_gold: AnswerGold
) -> None:
    workspace, project = mapped
    given = answer_gold(workspace, project, 25)
    before = current(workspace, project)
    known = grouping_of_all(workspace, before.map)
    _move_to_a_new_space(workspace, project)
    here = current(workspace, project)
    assert here.map.space != before.map.space
    assert set(said(workspace, project)) == set(given)
    assert waiting(workspace, here.map).told == "25 answers are not on this map yet."
    grouping = grouping_of_all(workspace, here.map)
    assert grouping.ignored == 0
    assert {e.question for e in grouping.evidence} == {e.question for e in known.evidence}
    open_before = workspace.store.reviews.asked_ids(project)
    for _ in range(25):
        handed = review.next_question(workspace, project, Seat("me"))
        assert handed is not None
        assert handed.asked.question.id not in {judgment.question.id for judgment in given}
        cards.show(workspace, project, handed)
        asked = handed.asked
        review.answer(workspace, project, asked.question.id, Verdict(_first(asked)), "me")
    assert len(said(workspace, project)) == 50
    assert open_before < workspace.store.reviews.asked_ids(project), "no open question is dropped"


def _first(asked: Asked) -> str:
    return min(allowed(asked.question))


def _move_to_a_new_space(workspace: Workspace, project: str) -> None:
    """Make a map of other vectors the current one, as keeping a retrained embedder does."""
    here = current(workspace, project)
    old = load_embedding(workspace, here.map)
    turned = old.vectors[:, ::-1] + 0.02
    turned = (turned / np.linalg.norm(turned, axis=1, keepdims=True)).astype(np.float32)
    workspace.store.maps.add_space(Origin(Space("turned", "test", old.space, "1")))
    key = keep_embedding(workspace, Embedding("turned", old.text_ids, turned))
    new = replace(here.map, id="new", space="turned", embedding_key=key, ground_key=None)
    workspace.store.maps.add(replace(new, parent=here.map.id, round=1))
    workspace.store.projects.append(
        project,
        replace(here.taxonomy, map_id="new", version=here.taxonomy.version + 1),
        parent=here.taxonomy.version,
        sentence="Kept the retrained embedder (round 1)",
        author="me",
        at=datetime.now(UTC),
    )


def test_two_people_who_answer_one_question_at_once_both_count(mapped: Mapped) -> None:
    workspace, project = mapped
    pairs = [Pair(*ids_of(workspace, project)[n : n + 2]) for n in range(0, 20, 2)]
    ask(workspace, project, *pairs)
    together = Barrier(2)

    def answer(who: str, verdict: Verdict) -> None:
        for pair in pairs:
            together.wait(10)
            review.answer(workspace, project, pair.id, verdict, who)

    with ThreadPoolExecutor(2) as pool:
        both = [
            pool.submit(answer, "ann", Verdict.SAME),
            pool.submit(answer, "bo", Verdict.DIFFERENT),
        ]
        for one in both:
            one.result()
    found = said(workspace, project)
    assert len(found) == 20
    assert {(j.question, j.annotator) for j in found} == set(product(pairs, ("ann", "bo")))
    assert len(people.in_dispute(workspace, project)) == 10


TEXTS = ["Where is my card?", "My card was lost.", "How do I top up?", "Top up failed.", "Hello"]


@pytest.mark.parametrize(
    ("texts", "enough"),
    [
        (TEXTS[:1], False),
        (TEXTS[:2], False),
        (TEXTS[:3], True),
        (TEXTS, True),
        ([f"{text} Please help. {n}" for n, text in enumerate(TEXTS + TEXTS[:4])], True),
        (["all the same"] * 30, False),
        # Different texts to people, one and the same to an embedder that knows no capitals.
        (["".join(pick) for pick in product("aA", "bB", "cC", "dD", [" word"])], True),
    ],
)
def test_few_texts_and_texts_all_alike_are_asked_about_or_refused_in_words(
    workspace: Workspace, bring: Bring, listener: Listener, texts: list[str], enough: bool
) -> None:
    project = bring(workspace, pd.DataFrame({"text": texts})).id
    make_map(workspace, project, {}, listener)
    if not enough:
        with pytest.raises(TooFewError, match="Asking takes three texts or more"):
            review.next_question(workspace, project, Seat("me"))
        return
    asked = 0
    while (handed := review.next_question(workspace, project, Seat("me"))) and asked < 30:
        cards.show(workspace, project, handed)
        verdict = Verdict(_first(handed.asked))
        review.answer(workspace, project, handed.asked.question.id, verdict, "me")
        asked += 1
    assert len(said(workspace, project)) == asked > 0
    regroup(workspace, project, {}, listener)
    here = current(workspace, project)
    grouping = grouping_of(workspace, here.map)
    assert np.isfinite(grouping.clustering.strength).all()
    assert reasons(workspace, here.map, grouping, grouping.clustering.text_ids[0]).nearest
    assert levels(workspace, here).told.startswith("Now: ")


@pytest.mark.parametrize(("verdict", "words"), [("same", "“same”"), ("unsure", "it cannot tell")])
def test_a_judge_that_always_says_the_same_is_told_of(
    mapped: Mapped, verdict: str, words: str
) -> None:
    workspace, project = mapped
    pairs = [Pair(*ids_of(workspace, project)[n : n + 2]) for n in range(0, 60, 2)]
    record(workspace, project, *(say(pair, verdict, "llm", "m") for pair in pairs))
    (doubt,) = telling.doubts(workspace, project)
    assert doubt.startswith("m has answered all 30 pairs alike so far: ") and words in doubt
    assert doubt.endswith("a judge that always says the same is of no help.")
    # Once people spoke about the same, what they said decides whether it is believed.
    record(workspace, project, *(say(pair, "different") for pair in pairs))
    after = telling.doubts(workspace, project)
    assert len(after) == 1
    assert ("agree with others in only about" in after[0]) == (verdict == "same")


def test_a_judge_that_always_takes_the_first_is_told_of(mapped: Mapped) -> None:
    workspace, project = mapped
    texts = ids_of(workspace, project)
    asked = [Triplet(*texts[n : n + 3]) for n in range(0, 75, 3)]
    first = ["left" if one.shown[0] == one.left else "right" for one in asked]
    answers = [say(one, v, "llm", "m") for one, v in zip(asked, first, strict=True)]
    record(workspace, project, *answers)
    (doubt,) = telling.doubts(workspace, project)
    assert "all 25 triplets alike so far: whatever is shown in place 1." in doubt
