"""Counting: how far people are, and how far they agree with models and each other."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from core.adapters.store.database import Database
from core.adapters.store.questions import (
    PEOPLE,
    about_it,
    judgment_of,
    question_of,
    told_by_llm,
)
from core.adapters.store.schema import judgment, question
from core.domain.judgments import Judgment, Verdict
from core.domain.reviewing import Both, NewestTold, Tally

_TIMES = 40  # of the newest answers: how fast a person is now, not how fast they were


class Checks:
    """Reads what the answers come to. Writes nothing."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def tally(self, project_id: str, annotator: str) -> Tally:
        """Return how far a person is, and what the blind checks of all people came to."""
        guessed = question.c.guess["verdict"].as_string()
        own = (
            judgment.c.project_id == project_id,
            judgment.c.annotator == annotator,
            judgment.c.source.in_(PEOPLE),
        )
        counted = (
            sa.select(
                sa.func.count(),
                sa.func.count(guessed),
                sa.func.sum(sa.case((guessed == judgment.c.verdict, 1), else_=0)),
            )
            .select_from(judgment)
            .join(question, about_it(judgment))
            .where(*own)
        )
        times = (
            sa.select(judgment.c.at)
            .where(*own, judgment.c.source == "human")
            .order_by(judgment.c.at.desc())
            .limit(_TIMES)
        )
        machine = sa.select(
            sa.exists().where(judgment.c.project_id == project_id, judgment.c.source == "llm")
        )
        with self._db.read() as connection:
            answered, comparable, agreed = connection.execute(counted).one()
            blind, blind_agreed = connection.execute(_blind(project_id)).one()
            return Tally(
                answered=answered,
                agreed=agreed or 0,
                comparable=comparable,
                blind_agreed=blind_agreed or 0,
                blind=blind,
                machine=bool(connection.scalar(machine)),
                times=tuple(reversed(connection.scalars(times).all())),
            )

    def both(self, project_id: str) -> tuple[Both, ...]:
        """Return what was said of each question that two people or more answered."""
        several = (
            sa.select(judgment.c.question_id)
            .where(judgment.c.project_id == project_id, judgment.c.source.in_(PEOPLE))
            .group_by(judgment.c.question_id)
            .having(sa.func.count() > 1)
        )
        statement = (
            sa.select(question, judgment)
            .join(judgment, about_it(judgment))
            .where(
                question.c.project_id == project_id,
                question.c.id.in_(several),
                judgment.c.source.in_(PEOPLE),
            )
            .order_by(question.c.position, judgment.c.at, judgment.c.annotator)
        )
        with self._db.read() as connection:
            rows = connection.execute(statement).all()
        found = []
        for _, group in groupby(rows, key=lambda row: row.id):
            given = list(group)
            about = question_of(given[0])
            answers = tuple(judgment_of(row, about) for row in given)
            first = tuple(
                replace(answer, verdict=Verdict(row.at_first or row.verdict))
                for row, answer in zip(given, answers, strict=True)
                if row.at_first or row.sight != "others"
            )
            found.append(Both(about, answers, first))
        return tuple(found)

    def independent(self, project_id: str) -> tuple[Judgment, ...]:
        """Return the answers of models, and of people who saw no suggestion, oldest first."""
        statement = (
            sa.select(question, judgment)
            .join(judgment, about_it(judgment))
            .where(
                question.c.project_id == project_id,
                sa.or_(judgment.c.source == "llm", judgment.c.sight == "nothing"),
            )
            .order_by(judgment.c.at, judgment.c.question_id)
        )
        with self._db.read() as connection:
            rows = connection.execute(statement).all()
        return tuple(judgment_of(row, question_of(row)) for row in rows)

    def newest_told(self, project_id: str, count: int) -> NewestTold:
        """Return what the newest `count` answers of models come to."""
        unsure = judgment.c.verdict == Verdict.UNSURE.value
        newest = (
            sa.select(
                unsure.label("unsure"),
                question.c.guess["verdict"].as_string().label("guess"),
                judgment.c.verdict,
            )
            .join(question, about_it(judgment))
            .where(judgment.c.project_id == project_id, judgment.c.source == "llm")
            .order_by(judgment.c.at.desc(), judgment.c.question_id)
            .limit(count)
            .subquery()
        )
        guessed = newest.c.guess.is_not(None) & ~newest.c.unsure
        counted = sa.select(
            *(
                sa.func.coalesce(sa.func.sum(sa.case((that, 1), else_=0)), 0)
                for that in (
                    ~newest.c.unsure,
                    newest.c.unsure,
                    guessed,
                    guessed & (newest.c.guess != newest.c.verdict),
                )
            )
        )
        with self._db.read() as connection:
            return NewestTold(*connection.execute(counted).one())

    def unreviewed(self, project_id: str) -> tuple[float, ...]:
        """Return the confidences of the models' answers to what no person has answered."""
        told = told_by_llm(project_id)
        person = sa.exists().where(
            judgment.c.project_id == project_id,
            judgment.c.question_id == told.c.question_id,
            judgment.c.source.in_(PEOPLE),
        )
        statement = (
            sa.select(told.c.confidence)
            .where(told.c.verdict != Verdict.UNSURE.value, sa.not_(person))
            .order_by(told.c.question_id)
        )
        with self._db.read() as connection:
            return tuple(connection.scalars(statement))


def _blind(project_id: str) -> sa.Select[int, Any]:
    """Select how many blind checks are comparable, and on how many both said the same."""
    machine = judgment.alias()
    said = (
        sa.select(machine.c.verdict)
        .where(
            machine.c.project_id == judgment.c.project_id,
            machine.c.question_id == judgment.c.question_id,
            machine.c.source == "llm",
        )
        .order_by(machine.c.at.desc(), machine.c.annotator)
        .limit(1)
        .correlate(judgment)
        .scalar_subquery()
    )
    checks = (
        sa.select(judgment.c.verdict, said.label("said"))
        .where(
            judgment.c.project_id == project_id,
            judgment.c.source == "human",
            judgment.c.sight == "nothing",
            judgment.c.verdict != Verdict.UNSURE.value,
        )
        .subquery()
    )
    return sa.select(
        sa.func.count(), sa.func.sum(sa.case((checks.c.verdict == checks.c.said, 1), else_=0))
    ).where(checks.c.said.is_not(None), checks.c.said != Verdict.UNSURE.value)
