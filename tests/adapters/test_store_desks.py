"""Handing out: no question to two screens unless shared, and the worthiest first."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.adapters.store import Store
from core.domain.ids import lot
from core.domain.judgments import Judgment, Verdict
from core.domain.questions import Asked, Contradiction, Guess, Pair, Question
from core.domain.reviewing import Handed, Seat, Terms
from tests.adapters.conftest import AT, PROJECT

PAIRS = tuple(Pair(f"{i:02}", f"{i:02}+") for i in range(40))
ADA, BO = Seat("ada", "1"), Seat("bo", "2")
ALONE = Terms(blind=0.0, shared=0.0)


def ask(store: Store, questions: Iterable[Question], touches: int = 1) -> None:
    guess = Guess("same", 0.5, "near")
    store.reviews.enqueue("p", [Asked(q, "why", touches, "s", guess) for q in questions])


def tell(
    store: Store, question: Question, verdict: str, confidence: float, model: str = "m/1"
) -> None:
    given = Judgment(question, Verdict(verdict), "llm", model, confidence, AT)
    store.reviews.record("p", given)


def hand(store: Store, seat: Seat, terms: Terms = ALONE, at: datetime = AT) -> Question | None:
    handed = store.desks.hand_out("p", seat, terms, at)
    return handed.asked.question if handed else None


def answer(store: Store, question: Question, who: str, after: float = 0.0) -> None:
    at = AT + timedelta(seconds=after)
    store.reviews.record("p", Judgment(question, Verdict.UNSURE, "human", who, 1.0, at))


def drawn(purpose: str, share: float) -> list[Pair]:
    return [pair for pair in PAIRS if lot(purpose, str(PROJECT.seed), pair.id) < share]


def order_for(store: Store, seat: Seat, terms: Terms = ALONE) -> list[Question]:
    found = []
    while question := hand(store, seat, terms):
        found.append(question)
        answer(store, question, seat.annotator, after=len(found))
    return found


def test_two_screens_show_different_questions_and_a_refresh_the_same(store: Store) -> None:
    ask(store, PAIRS[:3])
    other_tab = Seat("ada", "9")

    assert [hand(store, seat) for seat in (ADA, BO, other_tab)] == list(PAIRS[:3])
    assert [hand(store, seat) for seat in (other_tab, ADA, BO)] == [PAIRS[2], *PAIRS[:2]]
    assert hand(store, Seat("cy", "3")) is None


def test_a_lease_runs_out_and_is_renewed_by_looking(store: Store) -> None:
    ask(store, PAIRS[:1])
    late = AT + ALONE.lease - timedelta(seconds=1)
    assert hand(store, ADA) == PAIRS[0]
    assert hand(store, BO, at=late) is None

    assert hand(store, ADA, at=late) == PAIRS[0]
    assert hand(store, BO, at=AT + ALONE.lease) is None
    assert hand(store, BO, at=late + ALONE.lease) == PAIRS[0]


def test_answered_or_skipped_a_question_leaves_the_screen(store: Store) -> None:
    ask(store, PAIRS[:3])
    assert hand(store, ADA) == PAIRS[0]
    answer(store, PAIRS[0], "ada")
    assert hand(store, BO) == PAIRS[1]
    store.desks.skip("p", PAIRS[1].id, BO, AT)

    assert hand(store, ADA) == PAIRS[1]
    assert hand(store, BO) == PAIRS[2]


def test_the_shared_share_is_asked_of_two_people_and_of_no_third(store: Store) -> None:
    ask(store, PAIRS)
    terms = Terms(blind=0.0, shared=0.3)
    shared = set(drawn("shared", 0.3))
    assert 0 < len(shared) < len(PAIRS)

    first = order_for(store, ADA, terms)
    second = order_for(store, BO, terms)

    assert first == list(PAIRS)
    assert set(second) == shared
    assert hand(store, Seat("cy"), terms) is None


def test_eight_people_at_once_never_meet_on_a_question(store: Store, url: str) -> None:
    ask(store, PAIRS)

    def work(lane: int) -> list[str]:
        own, seat = Store(url), Seat(f"person {lane}", str(lane))
        return [question.id for question in order_for(own, seat)]

    with ThreadPoolExecutor(8) as pool:
        found = [asked for lane in pool.map(work, range(8)) for asked in lane]

    assert sorted(found) == sorted(pair.id for pair in PAIRS)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["look", "answer", "skip", "undo", "wait"]),
        st.integers(0, 3),
    ),
    max_size=25,
)


@given(steps=STEPS)
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_people_do_no_two_live_screens_show_one_question(
    store: Store, steps: list[tuple[str, int]]
) -> None:
    ask(store, PAIRS[:6])
    seats = [Seat("ada", "1"), Seat("ada", "2"), Seat("bo", "3"), Seat("cy", "4")]
    shown: dict[int, Question | None] = {}
    # Each example starts after the leases of the one before have run out.
    now = AT + timedelta(days=len(store.reviews.judgments("p")) + 1)
    for what, who in steps:
        now += timedelta(seconds=1)
        seat = seats[who]
        if what == "wait":
            now += ALONE.lease
            shown.clear()
            continue
        if what == "undo":
            store.desks.take_back("p", seat, ALONE, now)
        elif (question := shown.get(who)) is not None:
            if what == "answer":
                judgment = Judgment(question, Verdict.SAME, "human", seat.annotator, 1.0, now)
                store.reviews.record("p", judgment)
            elif what == "skip":
                store.desks.skip("p", question.id, seat, now)
        shown[who] = hand(store, seat, at=now)
        live = [question for question in shown.values() if question is not None]
        assert len(live) == len(set(live))


def test_without_a_models_answer_the_queue_keeps_its_order(store: Store) -> None:
    clash = Contradiction("a", "b", "c")
    ask(store, [*PAIRS[:3], clash])

    assert order_for(store, ADA) == [*PAIRS[:3], clash]


def test_doubtful_and_heavy_answers_come_before_unanswered_and_sure_ones_last(
    store: Store,
) -> None:
    sure, doubtful, heavy, differing, unsure, unanswered, models_differ = PAIRS[:7]
    clash = Contradiction("a", "b", "c")
    ask(store, [sure], touches=2)
    ask(store, [doubtful, differing, unsure, unanswered, models_differ], touches=10)
    ask(store, [heavy], touches=100)
    ask(store, [clash])
    tell(store, sure, "same", 0.95)  # 0.1 texts misplaced, as is to be expected
    tell(store, doubtful, "same", 0.6)  # 4
    tell(store, heavy, "same", 0.8)  # 20
    tell(store, differing, "different", 0.7)  # 6: the embedder guesses otherwise
    tell(store, unsure, "unsure", 0.9)  # 10
    tell(store, models_differ, "same", 0.9, "m/1")  # 10, and after `unsure` in the queue
    tell(store, models_differ, "different", 0.9, "m/2")

    assert order_for(store, ADA) == [
        *(clash, heavy, unsure, models_differ, differing, doubtful, unanswered, sure)
    ]


def test_blind_checks_come_on_their_turns_and_are_drawn_without_regard_to_doubt(
    store: Store,
) -> None:
    ask(store, PAIRS, touches=10)
    for place, pair in enumerate(PAIRS):
        tell(store, pair, "same", 0.5 + place / 100)
    terms = Terms(blind=0.25, shared=0.0)
    by_lot = sorted(drawn("blind", 0.25), key=lambda p: lot("blind", str(PROJECT.seed), p.id))

    hidden, turns = [], []
    for turn in range(1, 21):
        handed = store.desks.hand_out("p", ADA, terms, AT)
        assert handed is not None
        if handed.blind:
            hidden.append(handed.asked.question)
            turns.append(turn)
        answer(store, handed.asked.question, "ada", after=turn)

    assert turns == [4, 8, 12, 16, 20][: len(by_lot)]
    assert hidden == by_lot[: len(hidden)]


def test_a_check_whose_answer_was_told_is_none_any_more(store: Store) -> None:
    ask(store, PAIRS[:1])
    tell(store, PAIRS[0], "same", 0.5)
    everything = Terms(blind=1.0, shared=0.0)
    handed = store.desks.hand_out("p", ADA, everything, AT)
    assert handed is not None and handed.blind and handed.told is not None
    given_answer = Judgment(PAIRS[0], Verdict.DIFFERENT, "human", "ada", 1.0, AT)
    store.reviews.record("p", given_answer, "nothing")
    tally = store.checks.tally("p", "ada")
    assert (tally.blind, tally.blind_agreed) == (1, 0)

    assert store.desks.take_back("p", ADA, everything, AT) == (given_answer,)

    again = store.desks.hand_out("p", ADA, everything, AT)
    assert again == Handed(handed.asked, handed.told, blind=False)
    assert store.checks.tally("p", "ada").blind == 0


def test_only_answers_given_without_the_suggestion_count_as_agreement(store: Store) -> None:
    ask(store, PAIRS[:6])
    sights = ("nothing", "nothing", "llm", "guess", None, "nothing")
    for pair, sight in zip(PAIRS[:6], sights, strict=True):
        tell(store, pair, "same", 0.9)
        store.reviews.record("p", Judgment(pair, Verdict.SAME, "human", "ada", 1.0, AT), sight)
    abstained = Judgment(PAIRS[5], Verdict.UNSURE, "human", "ada", 1.0, AT)
    store.reviews.record("p", abstained, "nothing")
    tell(store, PAIRS[1], "different", 0.9)

    tally = store.checks.tally("p", "bo")

    assert (tally.blind, tally.blind_agreed, tally.machine) == (2, 1, True)
    blind = {j.question for j in store.checks.independent("p") if j.source == "human"}
    assert blind == {PAIRS[0], PAIRS[1], PAIRS[5]}
