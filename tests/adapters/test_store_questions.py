"""Every kind of question in one table, and the way there from the first tables."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

import core.adapters.store
from core.adapters.store import Store
from core.adapters.store.database import Database
from core.domain.errors import StorageError
from core.domain.judgments import Judgment, Verdict
from core.domain.projects import Remark
from core.domain.questions import (
    Asked,
    Contradiction,
    Guess,
    Pair,
    Placement,
    Question,
    Triplet,
)
from core.domain.reviewing import Handed, Seat, Terms
from tests.adapters.conftest import AT, PROJECT

ME = Seat("me")

TRIPLET, PAIR = Triplet("c", "b", "a"), Pair("b", "a")
PLACEMENT = Placement("t", ("v", "u"), (("y", "x"), ("w",)))
CONTRADICTION = Contradiction("c", "b", "a")
QUEUE = tuple(
    Asked(question, f"Why {name}?", 3, "s", guess)
    for name, question, guess in (
        ("1", CONTRADICTION, Guess("none", 0.5, "They are far apart.")),
        ("2", PLACEMENT, Guess("group 2", 0.25, "It is near.")),
        ("3", PAIR, None),
        ("4", TRIPLET, Guess("left", 0.25, "It is near.")),
    )
)


def migrate(database: Database, revision: str) -> None:
    config = Config()
    folder = Path(core.adapters.store.__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder))
    with database.rebuild() as connection:
        config.attributes["connection"] = connection
        move = command.downgrade if revision < "0002" else command.upgrade
        move(config, revision)


def rows(database: Database, table: str) -> list[dict[str, object]]:
    with database.read() as connection:
        found = connection.execute(sa.text(f"SELECT * FROM {table} ORDER BY 1, 2"))
        return [dict(row._mapping) for row in found]


def old_home(url: str) -> Database:
    """Make a database of the first tables: a triplet and a pair, answered and remarked on."""
    Store(url).projects.add(PROJECT)
    database = Database(url)
    migrate(database, "0001")
    with database.write() as connection:
        for position, (question, anchor) in enumerate(((TRIPLET, "c"), (PAIR, None)), start=1):
            key = {"p": "p", "id": question.id}
            connection.execute(
                sa.text(
                    "INSERT INTO question (project_id, id, position, kind, anchor, "
                    '"left", "right", why, touches, space, guess) VALUES '
                    "(:p, :id, :position, :kind, :anchor, 'a', 'b', 'why', 3, 's', :guess)"
                ),
                {
                    **key,
                    "position": position,
                    "kind": type(question).__name__.lower(),
                    "anchor": anchor,
                    "guess": json.dumps({"verdict": "left", "margin": 0.5, "reason": "near"})
                    if anchor
                    else None,
                },
            )
            connection.execute(
                sa.text(
                    "INSERT INTO judgment (project_id, question_id, annotator, verdict, source, "
                    "confidence, at) VALUES (:p, :id, 'me', :verdict, 'human', 1.0, "
                    "'2026-01-02 03:04:05.000000')"
                ),
                {**key, "verdict": "left" if anchor else "same"},
            )
            connection.execute(
                sa.text(
                    "INSERT INTO remark (project_id, question_id, annotator, flagged, note) "
                    "VALUES (:p, :id, 'me', true, 'odd')"
                ),
                key,
            )
    return database


def test_an_old_database_reads_back_equal(url: str) -> None:
    old_home(url)

    reviews = Store(url).reviews

    assert reviews.asked("p", TRIPLET.id) == Asked(
        TRIPLET, "why", 3, "s", Guess("left", 0.5, "near")
    )
    assert reviews.asked("p", PAIR.id) == Asked(PAIR, "why", 3, "s", None)
    given = (
        Judgment(TRIPLET, Verdict.LEFT, "human", "me", 1.0, AT),
        Judgment(PAIR, Verdict.SAME, "human", "me", 1.0, AT),
    )
    assert sorted(reviews.judgments("p"), key=repr) == sorted(given, key=repr)
    assert set(reviews.remarks("p")) == {
        Remark(question.id, "me", True, "odd") for question in (TRIPLET, PAIR)
    }
    # No answer is left without its question.
    with sa.create_engine(url).connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def test_the_old_shape_comes_back_as_it_was(url: str) -> None:
    database = old_home(url)
    tables = ("question", "judgment", "remark")
    before = [rows(database, table) for table in tables]
    assert [len(found) for found in before] == [2, 2, 2]

    migrate(database, "0002")
    assert set(rows(database, "question")[0]) == {
        *("project_id", "id", "position", "kind", "parts", "why", "touches", "space", "guess")
    }
    migrate(database, "0001")

    assert [rows(database, table) for table in tables] == before


@pytest.mark.parametrize("asked", QUEUE[:2])
def test_what_the_old_shape_cannot_hold_is_not_thrown_away(
    store: Store, url: str, asked: Asked
) -> None:
    store.reviews.enqueue("p", [asked])

    with pytest.raises(StorageError, match="cannot keep"):
        migrate(Database(url), "0001")

    assert Store(url).reviews.asked("p", asked.question.id) == asked


def test_every_kind_comes_back_from_the_queue_as_it_was_put_and_in_order(
    store: Store, url: str
) -> None:
    verdicts = {
        CONTRADICTION: Verdict.SECOND_THIRD,
        PLACEMENT: Verdict.GROUP_1,
        PAIR: Verdict.UNSURE,
        TRIPLET: Verdict.BOTH,
    }
    assert store.reviews.enqueue("p", QUEUE[:2]) == 2
    assert store.reviews.enqueue("p", QUEUE) == 2

    again, given = Store(url), []
    reviews = again.reviews
    for asked in QUEUE:
        assert reviews.asked("p", asked.question.id) == asked
        assert again.desks.hand_out("p", ME, Terms(), AT) == Handed(asked)
        verdict = verdicts[asked.question]
        given.append(Judgment(asked.question, verdict, "human", "me", 1.0, AT))
        reviews.record("p", given[-1])

    assert again.desks.hand_out("p", ME, Terms(), AT) is None
    assert sorted(Store(url).reviews.judgments("p"), key=repr) == sorted(given, key=repr)


@pytest.mark.parametrize(
    ("question", "same"),
    [
        (PLACEMENT, Placement("t", ("u", "v"), (("w",), ("x", "y")))),
        (CONTRADICTION, Contradiction("a", "c", "b")),
    ],
)
def test_a_question_drawn_in_another_order_is_queued_once(
    store: Store, question: Question, same: Question
) -> None:
    assert store.reviews.enqueue("p", [Asked(question, "why", 2, "s")]) == 1
    assert store.reviews.enqueue("p", [Asked(same, "why", 2, "s")]) == 0


def test_a_machine_of_the_same_name_neither_closes_a_question_nor_replaces_an_answer(
    store: Store,
) -> None:
    asked = QUEUE[1]
    store.reviews.enqueue("p", [asked])
    machine = Judgment(PLACEMENT, Verdict.NEW, "llm", "me", 0.9, AT)
    person = Judgment(PLACEMENT, Verdict.GROUP_1, "human", "me", 1.0, AT)

    store.reviews.record("p", machine)
    handed = store.desks.hand_out("p", ME, Terms(), AT)
    assert handed is not None and handed.asked == asked
    assert store.checks.tally("p", "me").answered == 0

    store.reviews.record("p", person)
    store.reviews.record("p", machine)
    assert store.desks.hand_out("p", ME, Terms(), AT) is None
    assert store.reviews.judgments("p") == (person,)
