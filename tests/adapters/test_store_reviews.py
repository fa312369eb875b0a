"""Questions and answers: none is lost, none stands twice."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.adapters.store import Store
from core.domain.errors import NotFoundError
from core.domain.judgments import Judgment, Verdict
from core.domain.projects import Remark
from core.domain.questions import Asked, Guess, Pair, Question, Triplet
from core.domain.reviewing import Seat, Tally, Terms
from tests.adapters.conftest import AT

ROOT = Path(__file__).resolve().parents[2]


def ask(store: Store, *questions: Question) -> int:
    return store.reviews.enqueue("p", [Asked(q, "why", 2, "s") for q in questions])


def next_open(store: Store, who: str = "me") -> Question | None:
    handed = store.desks.hand_out("p", Seat(who), Terms(), AT)
    return handed.asked.question if handed else None


def say(
    store: Store, question: Question, verdict: Verdict, who: str = "me", after: int = 0
) -> None:
    at = AT + timedelta(seconds=after)
    store.reviews.record("p", Judgment(question, verdict, "human", who, 1.0, at))


def test_eight_threads_lose_no_answer(store: Store, url: str) -> None:
    pairs = [Pair(f"{i:03}", f"{i:03}+") for i in range(160)]
    ask(store, *pairs)

    def work(lane: int) -> None:
        for pair in pairs[lane::8]:
            say(store, pair, Verdict.SAME)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))

    assert {j.question for j in Store(url).reviews.judgments("p")} == set(pairs)


def test_four_processes_lose_no_answer(store: Store, url: str) -> None:
    pairs = [Pair(f"{i:03}", f"{i:03}+") for i in range(80)]
    ask(store, *pairs)
    code = (
        "import sys\n"
        "from datetime import UTC, datetime\n"
        "from core.adapters.store import Store\n"
        "from core.domain.judgments import Judgment, Verdict\n"
        "from core.domain.questions import Pair\n"
        "reviews = Store(sys.argv[1]).reviews\n"
        "for i in range(int(sys.argv[2]), 80, 4):\n"
        "    pair = Pair(f'{i:03}', f'{i:03}+')\n"
        "    reviews.record('p', Judgment(\n"
        "        pair, Verdict.SAME, 'human', 'me', 1.0, datetime.now(UTC)))\n"
    )
    workers = [
        subprocess.Popen([sys.executable, "-c", code, url, str(lane)], cwd=ROOT)
        for lane in range(4)
    ]

    assert [worker.wait(60) for worker in workers] == [0] * 4
    assert {j.question for j in store.reviews.judgments("p")} == set(pairs)


def test_answering_again_replaces_ones_own_answer_alone(store: Store) -> None:
    pair = Pair("a", "b")
    ask(store, pair)
    say(store, pair, Verdict.SAME, "ada")
    say(store, pair, Verdict.SAME, "bea", after=1)
    say(store, pair, Verdict.DIFFERENT, "ada", after=2)

    told = [(j.annotator, j.verdict, j.at) for j in store.reviews.judgments("p")]

    assert told == [
        ("bea", Verdict.SAME, AT + timedelta(seconds=1)),
        ("ada", Verdict.DIFFERENT, AT + timedelta(seconds=2)),
    ]


def test_taking_an_answer_back_opens_the_question_again(store: Store) -> None:
    first, second = Pair("a", "b"), Triplet("a", "b", "c")
    ask(store, first, second)
    say(store, first, Verdict.SAME)
    assert next_open(store) == second

    (gone,) = store.desks.take_back("p", Seat("me"), Terms(), AT)
    assert gone.question == first
    assert store.desks.take_back("p", Seat("me"), Terms(), AT) == ()

    assert next_open(store) == first
    assert store.reviews.judgments("p") == ()


def test_a_skipped_question_comes_last_for_who_skipped_it(store: Store) -> None:
    pairs = [Pair("a", "b"), Pair("a", "c"), Pair("a", "d")]
    ask(store, *pairs)
    me = Seat("me")
    store.desks.skip("p", pairs[1].id, me, AT)
    store.desks.skip("p", pairs[0].id, me, AT + timedelta(seconds=1))
    assert next_open(store, "other") == pairs[0]

    order = []
    while shown := next_open(store):
        order.append(shown)
        say(store, shown, Verdict.SAME)

    assert order == [pairs[2], pairs[1]]


def test_a_question_comes_back_from_the_queue_as_it_was_put(store: Store) -> None:
    put = Asked(Triplet("b", "c", "a"), "why — ‘so’", 7, "s", Guess("left", 0.25, "It is near."))
    store.reviews.enqueue("p", [put])

    assert store.reviews.asked("p", put.question.id) == put
    say(store, put.question, Verdict.RIGHT)
    tally = store.checks.tally("p", "me")
    assert (tally.answered, tally.comparable, tally.agreed, tally.times) == (1, 1, 0, (AT,))
    assert store.checks.tally("p", "other") == Tally(0, 0, 0, 0, 0, False, ())
    with pytest.raises(NotFoundError):
        store.reviews.asked("p", "missing")


NAMES = st.lists(st.text("abc", min_size=1, max_size=2), min_size=3, max_size=3, unique=True)


@given(batch=st.lists(NAMES, min_size=1, max_size=6))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_question_with_its_sides_swapped_is_queued_once(
    store: Store, batch: list[list[str]]
) -> None:
    before = store.reviews.asked_ids("p")
    there: list[Question] = [q for a, b, c in batch for q in (Triplet(a, b, c), Pair(b, c))]
    back: list[Question] = [q for a, b, c in batch for q in (Triplet(a, c, b), Pair(c, b))]

    added = ask(store, *there)

    assert added == len({q.id for q in there} - before)
    assert ask(store, *back) == 0
    assert store.reviews.asked_ids("p") == before | {q.id for q in there}


def test_a_flag_and_a_note_survive_a_skip(store: Store) -> None:
    pair = Pair("a", "b")
    ask(store, pair)
    store.reviews.remark("p", Remark(pair.id, "me", flagged=True, note="odd"))
    store.desks.skip("p", pair.id, Seat("me"), AT)

    assert store.reviews.remarks("p") == (Remark(pair.id, "me", True, "odd"),)
