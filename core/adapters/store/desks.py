"""Handing questions out to people: never one question to two screens, unless it is shared."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.adapters.store.database import Database, insert_for
from core.adapters.store.opening import hidden_from, open_to, remarked_by
from core.adapters.store.questions import (
    PEOPLE,
    about_it,
    asked_of,
    judgment_of,
    mine,
    question_of,
    told_by_llm,
    told_of,
)
from core.adapters.store.schema import judgment, lease, question, remark
from core.domain.judgments import Judgment, Verdict
from core.domain.reviewing import Handed, Seat, Terms

# An answer that is expected to misplace this many texts goes before unanswered questions.
_WORTH_A_LOOK = 1.0


class Desks:
    """Who has which question on the screen, and which comes next."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def hand_out(self, project_id: str, seat: Seat, terms: Terms, now: datetime) -> Handed | None:
        """Return the question on this seat's screen, or put the next one there.

        A seat keeps its question, through a refresh too, until it is answered or
        skipped or the lease runs out while nobody looks. Next comes what is open
        to this person (see `open_to`), skipped ones last, and of those: blind
        checks, in the order of their lots, on as many turns as their share says;
        contradictions; models' answers by the number of texts that they are
        expected to misplace; what nobody answered, in the order of the queue; and
        models' answers that are hardly in doubt.
        """
        # A lease that a power cut takes back is taken again at the next look.
        with self._db.write(durable=False) as connection:
            row = connection.execute(_on_screen(project_id, seat, now)).first()
            if row is None:
                turn = _blind_turn(connection, project_id, seat, terms.blind)
                row = connection.execute(_next(project_id, seat, terms, now, turn)).first()
                if row is None:
                    return None
                _release(connection, project_id, seat, now)
                _take(connection, project_id, row.id, seat, now, terms)
            elif row.until - now < terms.lease / 2:
                _take(connection, project_id, row.id, seat, now, terms)
            return _handed(connection, project_id, row, terms)

    def skip(self, project_id: str, question_id: str, seat: Seat, at: datetime) -> None:
        """Put a question behind all others of this person, and off the screen."""
        key = {
            "project_id": project_id,
            "question_id": question_id,
            "annotator": seat.annotator,
        }
        with self._db.write() as connection:
            put = insert_for(connection, remark).values(
                **key, flagged=False, note="", skipped_at=at
            )
            connection.execute(
                put.on_conflict_do_update(index_elements=list(key), set_={"skipped_at": at})
            )
            connection.execute(
                lease.delete().where(*mine(lease, project_id, question_id, seat.annotator))
            )

    def take_back(
        self, project_id: str, seat: Seat, terms: Terms, now: datetime
    ) -> tuple[Judgment, ...]:
        """Take back the newest answer of a person, or all of one bulk approval.

        A question taken back is on this seat's screen again; one whose blind check
        was told is none any more. An answer that was changed over another's goes
        back to what it was.
        """
        with self._db.write() as connection:
            rows = connection.execute(_newest(project_id, seat.annotator)).all()
            for row in rows:
                _withdraw(connection, project_id, row)
            if len(rows) == 1 and rows[0].source == "human":
                _release(connection, project_id, seat, now)
                _take(connection, project_id, rows[0].id, seat, now, terms)
        return tuple(judgment_of(row, question_of(row)) for row in rows)


def _on_screen(project_id: str, seat: Seat, now: datetime) -> sa.Select[Any]:
    return (
        sa.select(question, lease.c.until, remark.c.seen)
        .join(lease, about_it(lease))
        .outerjoin(remark, remarked_by(seat.annotator))
        .where(
            question.c.project_id == project_id,
            lease.c.annotator == seat.annotator,
            lease.c.place == seat.place,
            lease.c.until > now,
        )
        .limit(1)
    )


def _blind_turn(connection: sa.Connection, project_id: str, seat: Seat, share: float) -> bool:
    """Return whether the next question should be a blind check: evenly spread turns, not
    chance, so that checks are neither bunched nor crowded out by doubtful answers."""
    count = connection.scalar(
        sa.select(sa.func.count()).where(
            judgment.c.project_id == project_id,
            judgment.c.annotator == seat.annotator,
            judgment.c.source == "human",
        )
    )
    return int(((count or 0) + 1) * share) > int((count or 0) * share)


def _next(
    project_id: str, seat: Seat, terms: Terms, now: datetime, blind_turn: bool
) -> sa.Select[Any]:
    told = (
        sa.select(
            judgment.c.question_id,
            sa.func.min(judgment.c.verdict).label("low"),
            sa.func.max(judgment.c.verdict).label("high"),
            sa.func.avg(judgment.c.confidence).label("confidence"),
        )
        .where(judgment.c.project_id == project_id, judgment.c.source == "llm")
        .group_by(judgment.c.question_id)
        .subquery()
    )
    worth = _doubt(told) * question.c.touches
    answered = told.c.question_id.is_not(None)
    hidden = sa.and_(answered, told.c.low != Verdict.UNSURE.value, hidden_from(terms.blind))
    # The queue has them in front already; they overtake only what models have answered.
    any_told = sa.exists().where(judgment.c.project_id == project_id, judgment.c.source == "llm")
    clash = sa.and_(question.c.kind == "contradiction", any_told)
    turn = sa.case(
        (hidden, 0 if blind_turn else 5),
        (clash, 1),
        (sa.and_(answered, worth >= _WORTH_A_LOOK), 2),
        (sa.not_(answered), 3),
        else_=4,
    )
    return (
        sa.select(question, remark.c.seen)
        .outerjoin(told, told.c.question_id == question.c.id)
        .outerjoin(remark, remarked_by(seat.annotator))
        .where(*open_to(project_id, seat, terms.shared, now))
        .order_by(
            sa.case((remark.c.skipped_at.is_(None), 0), else_=1),
            remark.c.skipped_at,
            turn,
            sa.case((hidden, question.c.blind_lot), else_=0.0),
            sa.case((sa.and_(answered, sa.not_(clash)), worth), else_=0.0).desc(),
            question.c.position,
        )
        .limit(1)
    )


def _doubt(told: sa.Subquery) -> sa.ColumnElement[float]:
    """Return about how likely a model's answer is wrong, in [0, 1]; twice as likely where
    the embedder guesses otherwise, and surely in doubt where models differ or abstain."""
    wrong = 1.0 - told.c.confidence
    guessed = question.c.guess["verdict"].as_string()
    return sa.case(
        (told.c.low != told.c.high, 1.0),
        (told.c.low == Verdict.UNSURE.value, 1.0),
        (sa.and_(guessed != told.c.low, wrong > 0.5), 1.0),
        (guessed != told.c.low, 2.0 * wrong),
        else_=wrong,
    )


def _handed(connection: sa.Connection, project_id: str, row: Any, terms: Terms) -> Handed:
    asked = asked_of(row)
    told = told_by_llm(project_id, row.id)
    found = connection.execute(sa.select(told)).first()
    if found is None:
        return Handed(asked)
    said = told_of(found, asked.question)
    speaks = said.judgment.verdict is not Verdict.UNSURE
    return Handed(asked, said, blind=speaks and row.blind_lot < terms.blind and not row.seen)


def _take(
    connection: sa.Connection,
    project_id: str,
    question_id: str,
    seat: Seat,
    now: datetime,
    terms: Terms,
) -> None:
    values = {"place": seat.place, "until": now + terms.lease}
    put = insert_for(connection, lease).values(
        project_id=project_id, question_id=question_id, annotator=seat.annotator, **values
    )
    connection.execute(
        put.on_conflict_do_update(
            index_elements=["project_id", "question_id", "annotator"], set_=values
        )
    )


def _release(connection: sa.Connection, project_id: str, seat: Seat, now: datetime) -> None:
    """Let go of what this seat held, and of what ran out."""
    own = sa.and_(lease.c.annotator == seat.annotator, lease.c.place == seat.place)
    connection.execute(
        lease.delete().where(lease.c.project_id == project_id, sa.or_(own, lease.c.until <= now))
    )


def _newest(project_id: str, annotator: str) -> sa.Select[Any]:
    """Select a person's newest answer, with all of its bulk approval."""
    own = (
        judgment.c.project_id == project_id,
        judgment.c.annotator == annotator,
        judgment.c.source.in_(PEOPLE),
    )
    last = (
        sa.select(judgment.c.at, judgment.c.source, judgment.c.question_id)
        .where(*own)
        .order_by(judgment.c.at.desc(), judgment.c.question_id.desc())
        .limit(1)
        .subquery()
    )
    return (
        sa.select(question, judgment)
        .join(judgment, about_it(judgment))
        .join(
            last,
            sa.or_(
                judgment.c.question_id == last.c.question_id,
                sa.and_(
                    last.c.source == "bulk",
                    judgment.c.source == "bulk",
                    judgment.c.at == last.c.at,
                ),
            ),
        )
        .where(*own)
    )


def _withdraw(connection: sa.Connection, project_id: str, row: Any) -> None:
    own = (project_id, row.question_id, row.annotator)
    if row.at_first:
        connection.execute(
            judgment.update()
            .where(*mine(judgment, *own))
            .values(verdict=row.at_first, at_first=None, sight=None)
        )
        return
    connection.execute(judgment.delete().where(*mine(judgment, *own)))
    connection.execute(remark.update().where(*mine(remark, *own)).values(skipped_at=None))
    if row.sight == "nothing":
        key = dict(zip(("project_id", "question_id", "annotator"), own, strict=True))
        put = insert_for(connection, remark).values(**key, flagged=False, note="", seen=True)
        connection.execute(put.on_conflict_do_update(index_elements=list(key), set_={"seen": True}))
