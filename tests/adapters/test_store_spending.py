"""Money of a project: held, settled, never above the cap, by however many hands."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.adapters.store import Store
from core.domain.judging import Budget, JudgeSettings, nano
from core.domain.llm import Price, Reply, Usage
from tests.adapters.conftest import PROJECT

ROOT = Path(__file__).resolve().parents[2]
REPLY = Reply('{"choice": "yes"}', Usage(100, 10), 0.4, {"yes": 0.75, "no": 0.25})

# Takes one unit at a time until it is refused, and says how many it got.
TAKE = """
import sys, uuid
from core.adapters.store import Store
spending, taken = Store(sys.argv[1]).spending, 0
print("ready", flush=True)
sys.stdin.readline()
while not spending.reserve("p", "run", uuid.uuid4().hex, model="m", amount=1, leaves=True):
    taken += 1
print(taken)
"""


def begin(store: Store, cap: int) -> None:
    store.spending.begin("p", JudgeSettings(), cap)


def hold(store: Store, amount: int, call: str = "", run: str = "r", leaves: bool = True) -> object:
    return store.spending.reserve(
        *("p", run, call or uuid4().hex), model="m", amount=amount, leaves=leaves
    )


def test_a_reply_is_kept_and_paid_for_at_once(store: Store, url: str) -> None:
    begin(store, 1_000)
    assert hold(store, 400, "c") is None
    assert store.spending.budget("p") == Budget(1_000, 0, 400)

    store.spending.settle("p", "c", 150, "key", REPLY)

    again = Store(url).spending
    assert again.budget("p") == Budget(1_000, 150, 0)
    assert again.kept("p", "key") == REPLY
    assert again.kept("p", "other") is None
    (used,) = again.usage("p")
    assert (used.calls, used.prompt_tokens, used.completion_tokens, used.cost) == (1, 100, 10, 150)


def test_a_failed_call_gives_its_money_back_and_pays_what_it_is_billed_for(store: Store) -> None:
    begin(store, 1_000)
    hold(store, 400, "c")
    hold(store, 400, "d")

    store.spending.fail("p", "c", 0, None)
    store.spending.fail("p", "d", 30, Usage(20, 0))

    assert store.spending.budget("p") == Budget(1_000, 30, 0)
    (used,) = store.spending.usage("p")
    assert (used.calls, used.failed, used.prompt_tokens) == (0, 2, 20)


def test_what_was_cut_off_counts_at_the_most_and_only_once(store: Store) -> None:
    begin(store, 1_000)
    for call in "ab":
        hold(store, 300, call, run="dead")
    hold(store, 100, "c", run="alive")

    assert store.spending.runs("p") == ("alive", "dead")
    assert (store.spending.lose("p", "dead"), store.spending.lose("p", "dead")) == (2, 0)

    assert store.spending.budget("p") == Budget(1_000, 600, 100)
    assert store.spending.usage("p")[0].lost == 2


def test_the_switch_refuses_what_leaves_and_nothing_else(store: Store) -> None:
    begin(store, 1_000)
    store.spending.limit("p", cap=1_000, nothing_leaves=True)

    assert hold(store, 1) == "nothing leaves"
    assert hold(store, 1, leaves=False) is None
    store.spending.limit("p", cap=1_000, nothing_leaves=False)
    assert hold(store, 1) is None


def test_what_costs_nothing_needs_no_room(store: Store) -> None:
    begin(store, 0)

    assert hold(store, 0) is None
    assert hold(store, 1) == "cap"


def test_two_processes_cannot_both_take_the_last_cent(store: Store, url: str) -> None:
    begin(store, 101)
    both = [
        subprocess.Popen(
            [sys.executable, "-c", TAKE, url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"

    # Both go at once, and each ends when it is refused.
    for process in both:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    taken = [int(process.communicate(timeout=60)[0]) for process in both]

    assert sum(taken) == 101
    assert store.spending.budget("p") == Budget(101, 0, 101)


def test_threads_that_write_together_each_get_their_own_answer(store: Store) -> None:
    begin(store, 100)

    with ThreadPoolExecutor(16) as pool:
        refused = list(pool.map(lambda _: hold(store, 1), range(160)))

    assert (refused.count(None), refused.count("cap")) == (100, 60)


def test_a_change_that_fails_takes_no_other_with_it(store: Store) -> None:
    begin(store, 100)

    def work(lane: int) -> object:
        if lane % 2:
            with pytest.raises(Exception, match="No row was found"):
                store.spending.fail("p", "nowhere", 0, None)
            return "failed"
        return hold(store, 1)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(work, range(40)))

    assert found.count(None) == 20
    assert store.spending.budget("p") == Budget(100, 0, 20)


@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["hold", "settle", "fail", "lose"]), st.integers(0, 60)),
        max_size=30,
    )
)
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_spent_and_held_never_grow_above_the_cap(
    store: Store, steps: list[tuple[str, int]]
) -> None:
    begin(store, 100)
    before = store.spending.budget("p")
    assert before is not None
    # Each example goes on with what the one before it left, under a cap of its own.
    cap = before.spent + before.reserved + 100
    store.spending.limit("p", cap=cap, nothing_leaves=False)
    run, held, spent = uuid4().hex, {}, before.spent
    for step, amount in steps:
        if step == "hold":
            call = uuid4().hex
            room = spent + before.reserved + sum(held.values()) + amount <= cap
            assert (hold(store, amount, call, run) is None) is (room or amount == 0)
            if room or amount == 0:
                held[call] = amount
        elif step == "lose":
            store.spending.lose("p", run)
            spent += sum(held.values())
            held = {}
        elif held:
            call, most = held.popitem()
            cost = min(amount, most)
            if step == "settle":
                store.spending.settle("p", call, cost, call, REPLY)
            else:
                store.spending.fail("p", call, cost, Usage(1, 0))
            spent += cost
        now = store.spending.budget("p")
        assert now is not None
        assert (now.spent, now.reserved) == (spent, before.reserved + sum(held.values()))
        assert now.spent + now.reserved <= cap


@given(prompt=st.integers(0, 10**7), completion=st.integers(0, 10**6))
def test_a_cost_is_never_understated_and_by_no_cent_overstated(
    prompt: int, completion: int
) -> None:
    dollars = Price(0.15, 0.6).of(Usage(prompt, completion))
    exact = prompt * 150 + completion * 600  # billionths

    assert exact <= nano(dollars) <= exact + 1


def test_settings_come_back_and_forget_what_they_do_not_know(store: Store) -> None:
    begin(store, 1)
    kept = JudgeSettings("openai", "m", price=Price(1.0, 2.0), templates={"pair": "v"})

    store.spending.save_settings("p", kept)

    assert store.spending.settings("p") == kept
    store.spending._change("p", settings={"provider": "openai", "model": "m", "tone": "loud"})
    assert store.spending.settings("p") == JudgeSettings("openai", "m")
    assert store.spending.settings(f"not {PROJECT.id}") == JudgeSettings()
