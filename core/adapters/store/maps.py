"""Spaces, maps and the proposals of retraining."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from core.adapters.store.database import Database, insert_for
from core.adapters.store.schema import map_, proposal, space
from core.domain.clusterings import ClusterSpec, Lineage, LineageStep
from core.domain.errors import NotFoundError, StaleEditError
from core.domain.projects import Map
from core.domain.proposals import Comparison, Mover, Proposal, ProposalStatus, Scores
from core.domain.spaces import Lesson, Origin, Space
from core.domain.training import Score


class Maps:
    """Reads and writes spaces, maps and proposals."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add_space(self, new: Origin) -> None:
        """Remember a space; saying it twice is saying it once."""
        lesson = new.lesson and {"answers": dict(new.lesson.answers), "facts": new.lesson.facts}
        with self._db.write() as connection:
            statement = insert_for(connection, space).values(
                **asdict(new.space),
                model_key=new.model_key,
                vectors_key=new.vectors_key,
                lesson=lesson,
            )
            connection.execute(statement.on_conflict_do_nothing())

    def space(self, space_id: str) -> Origin:
        """Return a space with where its vectors come from. Raises NotFoundError."""
        with self._db.read() as connection:
            row = connection.execute(sa.select(space).where(space.c.id == space_id)).first()
        if row is None:
            raise NotFoundError("The space of this map is unknown.", "Make the map again.")
        return Origin(
            Space(row.id, row.encoder, row.parent, row.revision),
            row.model_key,
            row.vectors_key,
            Lesson(**row.lesson) if row.lesson else None,
        )

    def add(self, new: Map) -> None:
        with self._db.write() as connection:
            connection.execute(_insert_map(new))

    def get(self, map_id: str) -> Map:
        with self._db.read() as connection:
            row = connection.execute(sa.select(map_).where(map_.c.id == map_id)).first()
        if row is None:
            raise NotFoundError("This map does not exist (any more).", "Make the map again.")
        values = dict(row._mapping)
        return Map(
            **{
                **{k: v for k, v in values.items() if k not in ("project_id", "space_id", "spec")},
                "project": values["project_id"],
                "space": values["space_id"],
                "spec": ClusterSpec(**values["spec"]),
            }
        )

    def propose(self, new_map: Map, offer: Proposal) -> None:
        """Keep a retrained map and its proposal, both or neither."""
        with self._db.write() as connection:
            connection.execute(_insert_map(new_map))
            connection.execute(
                proposal.insert().values(
                    id=offer.id,
                    project_id=offer.project,
                    old_map=offer.old_map,
                    new_map=offer.new_map,
                    scores={"before": asdict(offer.before), "after": asdict(offer.after)},
                    lineage=[asdict(step) for step in offer.lineage.steps],
                    trained_on=offer.trained_on,
                    moved=offer.moved,
                    seconds=offer.seconds,
                    status=offer.status,
                    at=offer.at,
                    comparison=offer.comparison and asdict(offer.comparison),
                )
            )

    def proposals(self, project_id: str) -> tuple[Proposal, ...]:
        """Return the project's proposals, newest first."""
        with self._db.read() as connection:
            rows = connection.execute(
                sa.select(proposal)
                .where(proposal.c.project_id == project_id)
                .order_by(proposal.c.at.desc())
            )
            return tuple(_proposal(row) for row in rows)

    def decide(self, proposal_id: str, status: ProposalStatus) -> None:
        """Decide an open proposal. Raises StaleEditError where it was decided already."""
        with self._db.write() as connection:
            decided = connection.execute(
                proposal.update()
                .where(proposal.c.id == proposal_id, proposal.c.status == "open")
                .values(status=status)
            )
        if not decided.rowcount:
            raise StaleEditError(
                "This retraining was decided already, here or in another tab.",
                "Reload the page to see how.",
            )


def _insert_map(new: Map) -> sa.Insert:
    values = asdict(new)
    values["project_id"] = values.pop("project")
    values["space_id"] = values.pop("space")
    return map_.insert().values(**values)


def _proposal(row: Any) -> Proposal:
    return Proposal(
        id=row.id,
        project=row.project_id,
        old_map=row.old_map,
        new_map=row.new_map,
        before=Score(**row.scores["before"]),
        after=Score(**row.scores["after"]),
        trained_on=row.trained_on,
        moved=row.moved,
        seconds=row.seconds,
        lineage=Lineage(
            tuple(
                LineageStep(step["kind"], tuple(step["old"]), tuple(step["new"]), step["shared"])
                for step in row.lineage
            )
        ),
        status=row.status,
        at=row.at,
        comparison=_comparison(row.comparison) if row.comparison else None,
    )


def _comparison(values: dict[str, Any]) -> Comparison:
    sides = {
        side: Scores(**{kind: Score(**score) for kind, score in values[side].items()})
        for side in ("before", "after")
    }
    movers = tuple(
        Mover(**{**mover, "questions": tuple(mover["questions"])}) for mover in values["movers"]
    )
    old, new = values["silhouettes"]
    return Comparison(**{**values, **sides, "movers": movers, "silhouettes": (old, new)})
