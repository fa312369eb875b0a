"""What makes a question open to a person, and a model's answer to it hidden."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from core.adapters.store.questions import PEOPLE, about_it
from core.adapters.store.schema import judgment, lease, question, remark
from core.domain.reviewing import Seat


def open_to(
    project_id: str, seat: Seat, shared: float, now: datetime
) -> tuple[sa.ColumnElement[bool], ...]:
    """Return what makes a question open to a person.

    They have not answered it, have it on no other screen, and fewer others than it
    wants (one, or two where its lot is below the share) answered it or look at it.
    Machines' answers, under whatever name, close no question for a person.
    """
    answered = sa.exists().where(
        about_it(judgment),
        judgment.c.annotator == seat.annotator,
        judgment.c.source.in_(PEOPLE),
    )
    elsewhere = sa.exists().where(
        about_it(lease),
        lease.c.annotator == seat.annotator,
        lease.c.place != seat.place,
        lease.c.until > now,
    )
    return (
        question.c.project_id == project_id,
        sa.not_(answered),
        sa.not_(elsewhere),
        _others(seat, now) < sa.case((question.c.shared_lot < shared, 2), else_=1),
    )


def _others(seat: Seat, now: datetime) -> sa.ColumnElement[int]:
    """Return how many other people answered a question or look at it."""
    answers = (
        sa.select(sa.func.count())
        .where(
            about_it(judgment),
            judgment.c.annotator != seat.annotator,
            judgment.c.source.in_(PEOPLE),
        )
        .correlate(question)
        .scalar_subquery()
    )
    looks = (
        sa.select(sa.func.count())
        .where(about_it(lease), lease.c.annotator != seat.annotator, lease.c.until > now)
        .correlate(question)
        .scalar_subquery()
    )
    return answers + looks


def remarked_by(annotator: str) -> sa.ColumnElement[bool]:
    return sa.and_(about_it(remark), remark.c.annotator == annotator)


def hidden_from(blind: float) -> sa.ColumnElement[bool]:
    """Return whether a model's answer is hidden from whoever left the remark beside it."""
    return sa.and_(question.c.blind_lot < blind, sa.func.coalesce(remark.c.seen, False).is_(False))
