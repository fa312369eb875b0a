"""The store: migrations, answers that are never lost, versions that can be walked."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.adapters.store import Store
from core.adapters.store.schema import metadata
from core.domain.clusterings import ClusterSpec
from core.domain.errors import NotFoundError, StaleEditError, StorageError
from core.domain.judgments import Judgment, Verdict
from core.domain.projects import Map, Project, Remark
from core.domain.questions import Asked, Guess, Pair, Question, Triplet
from core.domain.spaces import Space
from core.domain.taxonomy import Taxonomy, Topic
from core.domain.texts import Columns

ROOT = Path(__file__).resolve().parents[2]
AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
PROJECT = Project(
    id="p",
    name="Texts",
    source="texts.csv",
    source_hash="0" * 64,
    source_key="a",
    headers=("text", "text"),
    encoding="utf-8",
    notices=("One notice.",),
    columns=Columns("text", None, ("text (2)",)),
    table_key="b",
    seed=3,
    head=None,
    created_at=AT,
)
MAP = Map("m", "p", "s", ClusterSpec(k=4), "e", "l", "c", 0, 5, None, AT)
TREE = Taxonomy(0, "m", (Topic("c0", "cards", None, (0, 1), ("card", "bank")),), {"x": "c0"})


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'clade.db'}"


@pytest.fixture
def store(url: str) -> Store:
    store = Store(url)
    store.projects.add(PROJECT)
    store.maps.add_space(Space("s", "tiny", None, "r"), None)
    store.maps.add(MAP)
    return store


def ask(store: Store, *questions: Question) -> int:
    return store.reviews.enqueue("p", [Asked(q, "why", 2, "s") for q in questions])


def say(
    store: Store, question: Question, verdict: Verdict, who: str = "me", after: int = 0
) -> None:
    at = AT + timedelta(seconds=after)
    store.reviews.record("p", Judgment(question, verdict, "human", who, 1.0, at))


def grow(store: Store, parent: int | None, label: str) -> Taxonomy:
    topic = replace(TREE.topics[0], label=label)
    return store.projects.append(
        "p", replace(TREE, topics=(topic,)), parent=parent, sentence=label, author="me", at=AT
    )


def head(store: Store) -> Taxonomy:
    number = store.projects.get("p").head
    assert number is not None
    return store.projects.taxonomy("p", number)


def test_the_migrations_build_the_schema(url: str) -> None:
    Store(url)

    with sa.create_engine(url).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_opening_twice_keeps_what_is_there(store: Store, url: str) -> None:
    again = Store(url)

    assert again.projects.get("p") == PROJECT
    assert again.maps.get("m") == MAP


def test_four_processes_open_an_empty_home_at_once(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    code = (
        "import sys, time, pathlib\n"
        "from core.adapters.store import Store\n"
        f"gate = pathlib.Path({str(gate)!r})\n"
        "print('ready', flush=True)\n"
        "while not gate.exists(): time.sleep(0.001)\n"
        f"Store('sqlite:///{tmp_path / 'clade.db'}').projects.all()\n"
    )
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in starts:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    gate.touch()

    ended = [process.communicate(timeout=60) for process in starts]

    assert [process.returncode for process in starts] == [0] * 4, ended


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "clade.db").write_bytes(b"not a database, " * 100)

    with pytest.raises(StorageError) as caught:
        Store(f"sqlite:///{tmp_path / 'clade.db'}")

    assert "CLADE_HOME" in caught.value.next_move


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        Store(f"sqlite:///{tmp_path / 'nowhere' / 'clade.db'}")


def test_a_database_held_by_another_program_is_told(store: Store, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "clade.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(StorageError, match="locked"):
            store.projects.rename("p", "Other")
    finally:
        other.close()

    assert store.projects.get("p").name == "Texts"


def test_a_database_damaged_while_open_is_told(store: Store, tmp_path: Path) -> None:
    with (tmp_path / "clade.db").open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 20_000)

    with pytest.raises(StorageError):
        store.projects.all()


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
    shown = store.reviews.next_open("p", "me")
    assert shown is not None and shown.question == second

    assert store.reviews.withdraw("p", first.id, "me")
    assert not store.reviews.withdraw("p", first.id, "me")

    shown = store.reviews.next_open("p", "me")
    assert shown is not None and shown.question == first
    assert store.reviews.judgments("p") == ()


def test_a_skipped_question_comes_last_for_who_skipped_it(store: Store) -> None:
    pairs = [Pair("a", "b"), Pair("a", "c"), Pair("a", "d")]
    ask(store, *pairs)
    store.reviews.skip("p", pairs[0].id, "me", AT)
    store.reviews.skip("p", pairs[1].id, "me", AT + timedelta(seconds=1))

    order = []
    while shown := store.reviews.next_open("p", "me"):
        order.append(shown.question)
        say(store, shown.question, Verdict.SAME)
    other = store.reviews.next_open("p", "other")

    assert order == [pairs[2], pairs[0], pairs[1]]
    assert other is not None and other.question == pairs[0]


def test_a_question_comes_back_from_the_queue_as_it_was_put(store: Store) -> None:
    put = Asked(Triplet("b", "c", "a"), "why — ‘so’", 7, "s", Guess("left", 0.25, "It is near."))
    store.reviews.enqueue("p", [put])

    assert store.reviews.asked("p", put.question.id) == put
    assert store.reviews.guesses("p") == {put.question.id: "left"}
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
    store.reviews.skip("p", pair.id, "me", AT)

    assert store.reviews.remarks("p") == (Remark(pair.id, "me", True, "odd"),)


def test_a_stale_append_is_refused_and_changes_nothing(store: Store) -> None:
    grow(store, None, "one")
    grow(store, 1, "two")

    with pytest.raises(StaleEditError):
        grow(store, 1, "three")

    assert head(store).topics[0].label == "two"
    assert store.projects.redo_note("p", 2) is None
    with pytest.raises(NotFoundError):
        store.projects.taxonomy("p", 3)


def test_of_eight_edits_at_once_one_is_made(store: Store) -> None:
    grow(store, None, "first")

    def work(lane: int) -> bool:
        try:
            grow(store, 1, f"edit {lane}")
        except StaleEditError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(work, range(8)))

    assert sum(made) == 1
    assert head(store).topics[0].label == f"edit {made.index(True)}"


def test_a_version_comes_back_as_it_was_saved(store: Store) -> None:
    saved = grow(store, None, "cards")

    assert head(store) == saved == replace(TREE, version=1)


@given(steps=st.lists(st.sampled_from(["edit", "undo", "redo", "reopen"]), max_size=12))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_undo_and_redo_walk_the_versions_across_reopening(
    store: Store, url: str, steps: list[str]
) -> None:
    if store.projects.get("p").head is None:
        grow(store, None, "start")
    here = head(store)
    past, future = [here], []
    for number, step in enumerate(steps):
        note = store.projects.note("p", here.version)
        ahead = store.projects.redo_note("p", here.version)
        if step == "edit":
            here, future = grow(store, here.version, f"edit {number}"), []
            past.append(here)
        elif step == "undo" and len(past) > 1 and note.parent is not None:
            store.projects.move_head("p", expected=here.version, number=note.parent)
            future.append(past.pop())
            here = past[-1]
        elif step == "redo" and future and ahead is not None:
            store.projects.move_head("p", expected=here.version, number=ahead.number)
            past.append(future.pop())
            here = past[-1]
        elif step == "reopen":
            store = Store(url)
        assert head(store) == here


def test_undo_on_a_head_that_moved_is_refused(store: Store) -> None:
    grow(store, None, "one")
    grow(store, 1, "two")

    with pytest.raises(StaleEditError):
        store.projects.move_head("p", expected=1, number=2)

    assert head(store).topics[0].label == "two"


def test_columns_are_fixed_once_there_is_a_map(store: Store) -> None:
    store.projects.reread(replace(PROJECT, columns=Columns("text (2)")))
    assert store.projects.get("p").columns == Columns("text (2)")
    grow(store, None, "one")

    with pytest.raises(StaleEditError):
        store.projects.reread(PROJECT)

    assert store.projects.get("p").columns == Columns("text (2)")
