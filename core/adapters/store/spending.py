"""The money of a project's LLM: reserved before a call, settled after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Literal

import sqlalchemy as sa

from core.adapters.store.database import Database, insert_for
from core.adapters.store.llm_schema import judge, reply, reservation, usage
from core.domain.judging import Budget, JudgeSettings, ModelUsage
from core.domain.llm import Price, Reply, Usage

Refusal = Literal["cap", "nothing leaves"]

_COUNTS = ("calls", "cached", "failed", "lost", "prompt_tokens", "completion_tokens", "cost")


class Spending:
    """Reads and writes settings, budget, calls under way, replies and their cost.

    Amounts are whole billionths of a US dollar. `begin` comes first: the other
    verbs change a project's row and do not make it.
    """

    def __init__(self, database: Database) -> None:
        self._db = database

    def begin(self, project_id: str, settings: JudgeSettings, cap: int) -> None:
        """Make the project's row where there is none."""
        with self._db.read() as connection:
            if connection.scalar(_row(project_id)) is not None:
                return
        with self._db.write() as connection:
            statement = insert_for(connection, judge).values(
                project_id=project_id,
                settings=asdict(settings),
                **{"cap": cap, "spent": 0, "reserved": 0, "nothing_leaves": False},
            )
            connection.execute(statement.on_conflict_do_nothing())

    def settings(self, project_id: str) -> JudgeSettings:
        with self._db.read() as connection:
            kept = connection.scalar(_row(project_id)) or {}
        # A setting that an older Clade did not know, or a newer one dropped, is left out.
        known = {k: v for k, v in kept.items() if k in JudgeSettings.__dataclass_fields__}
        if "price" in known:
            known["price"] = Price(**known["price"])
        return JudgeSettings(**known)

    def save_settings(self, project_id: str, settings: JudgeSettings) -> None:
        self._change(project_id, settings=asdict(settings))

    def limit(self, project_id: str, *, cap: int, nothing_leaves: bool) -> None:
        """Set cap and switch; they hold from the next call on, also of a batch under way."""
        self._change(project_id, cap=cap, nothing_leaves=nothing_leaves)

    def budget(self, project_id: str) -> Budget | None:
        """Return the budget, None where the project never had to do with an LLM."""
        wanted = sa.select(judge.c.cap, judge.c.spent, judge.c.reserved, judge.c.nothing_leaves)
        with self._db.read() as connection:
            row = connection.execute(wanted.where(judge.c.project_id == project_id)).first()
        return Budget(*row) if row else None

    def reserve(
        self, project_id: str, run: str, call: str, *, model: str, amount: int, leaves: bool
    ) -> Refusal | None:
        """Hold `amount` for a call, or return why it must not be made.

        One statement tests and takes, so two processes cannot both take what is
        left. A call that costs nothing needs no room under the cap.
        """
        room = (
            sa.true() if amount == 0 else judge.c.spent + judge.c.reserved + amount <= judge.c.cap
        )
        stays = sa.not_(judge.c.nothing_leaves) if leaves else sa.true()

        def take(connection: sa.Connection) -> Refusal | None:
            taken = connection.execute(
                judge.update()
                .where(judge.c.project_id == project_id, room, stays)
                .values(reserved=judge.c.reserved + amount)
            )
            if taken.rowcount:
                connection.execute(
                    reservation.insert().values(
                        **{"id": call, "project_id": project_id, "run": run},
                        **{"model": model, "amount": amount},
                    )
                )
                return None
            switched = connection.scalar(
                sa.select(judge.c.nothing_leaves).where(judge.c.project_id == project_id)
            )
            return "nothing leaves" if switched and leaves else "cap"

        return self._db.together(take)

    def settle(self, project_id: str, call: str, cost: int, key: str, replied: Reply) -> None:
        """Keep a reply under its key and pay for it, in one transaction."""

        def keep(connection: sa.Connection) -> None:
            model = _free(connection, project_id, call)
            _pay(connection, project_id, model, cost, replied.usage, calls=1)
            statement = insert_for(connection, reply).values(
                project_id=project_id,
                key=key,
                model=model,
                body=replied.body,
                chances=dict(replied.chances) if replied.chances is not None else sa.null(),
                seconds=replied.seconds,
                at=datetime.now(UTC),
                **asdict(replied.usage),
            )
            connection.execute(statement.on_conflict_do_nothing())

        self._db.together(keep)

    def fail(self, project_id: str, call: str, cost: int, used: Usage | None) -> None:
        """Free what was held for a call that brought nothing, and pay what it is billed for."""

        def free(connection: sa.Connection) -> None:
            model = _free(connection, project_id, call)
            _pay(connection, project_id, model, cost, used or Usage(0, 0), failed=1)

        self._db.together(free)

    def lose(self, project_id: str, run: str) -> int:
        """Settle the calls of a run that is gone; return how many.

        The provider may have answered and billed them. Nobody knows, so they count
        at the most that they can have cost.
        """
        with self._db.write() as connection:
            calls = connection.execute(
                sa.select(reservation).where(
                    reservation.c.project_id == project_id, reservation.c.run == run
                )
            ).all()
            for call in calls:
                _free(connection, project_id, call.id)
                _pay(connection, project_id, call.model, call.amount, Usage(0, 0), lost=1)
        return len(calls)

    def runs(self, project_id: str) -> tuple[str, ...]:
        """Return the runs that have calls under way, or had when they died."""
        wanted = sa.select(reservation.c.run).where(reservation.c.project_id == project_id)
        with self._db.read() as connection:
            return tuple(connection.scalars(wanted.distinct().order_by(reservation.c.run)))

    def kept(self, project_id: str, key: str) -> Reply | None:
        """Return the reply that was paid for under this key, None where there is none."""
        with self._db.read() as connection:
            row = connection.execute(
                sa.select(reply).where(reply.c.project_id == project_id, reply.c.key == key)
            ).first()
        if row is None:
            return None
        used = Usage(row.prompt_tokens, row.completion_tokens)
        return Reply(row.body, used, row.seconds, row.chances)

    def mean_seconds(self, project_id: str, model: str | None = None) -> float | None:
        """Return how long a call took on average, of a model or of all; None before the first."""
        wanted = sa.select(sa.func.avg(reply.c.seconds)).where(reply.c.project_id == project_id)
        if model is not None:
            wanted = wanted.where(reply.c.model == model)
        with self._db.read() as connection:
            return connection.scalar(wanted)

    def count_cached(self, project_id: str, model: str) -> None:
        self._db.together(lambda connection: _count(connection, project_id, model, {"cached": 1}))

    def usage(self, project_id: str) -> tuple[ModelUsage, ...]:
        """Return what each model was used for, by name."""
        wanted = sa.select(usage).where(usage.c.project_id == project_id).order_by(usage.c.model)
        with self._db.read() as connection:
            rows = connection.execute(wanted).all()
        return tuple(ModelUsage(row.model, *(row._mapping[c] for c in _COUNTS)) for row in rows)

    def _change(self, project_id: str, **values: Any) -> None:
        with self._db.write() as connection:
            connection.execute(
                judge.update().where(judge.c.project_id == project_id).values(**values)
            )


def _row(project_id: str) -> sa.Select[tuple[Any]]:
    return sa.select(judge.c.settings).where(judge.c.project_id == project_id)


def _free(connection: sa.Connection, project_id: str, call: str) -> str:
    """Give back what a call holds; return its model."""
    row = connection.execute(sa.select(reservation).where(reservation.c.id == call)).one()
    connection.execute(reservation.delete().where(reservation.c.id == call))
    connection.execute(
        judge.update()
        .where(judge.c.project_id == project_id)
        .values(reserved=judge.c.reserved - row.amount)
    )
    return str(row.model)


def _pay(
    connection: sa.Connection, project_id: str, model: str, cost: int, used: Usage, **counted: int
) -> None:
    connection.execute(
        judge.update().where(judge.c.project_id == project_id).values(spent=judge.c.spent + cost)
    )
    _count(connection, project_id, model, {**counted, **asdict(used), "cost": cost})


def _count(
    connection: sa.Connection, project_id: str, model: str, counted: Mapping[str, int]
) -> None:
    first = {**dict.fromkeys(_COUNTS, 0), **counted}
    statement = insert_for(connection, usage).values(project_id=project_id, model=model, **first)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["project_id", "model"],
            set_={name: usage.c[name] + amount for name, amount in counted.items()},
        )
    )
