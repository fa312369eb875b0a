"""Any kind of question: its texts by role in one JSON column, not in three of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.domain.errors import StorageError

revision = "0002"
down_revision = "0001"

# The table as it is between the two shapes: with the columns of both.
_question = sa.table(
    "question",
    sa.column("project_id", sa.String),
    sa.column("id", sa.String),
    sa.column("kind", sa.String),
    sa.column("anchor", sa.String),
    sa.column("left", sa.String),
    sa.column("right", sa.String),
    sa.column("parts", sa.JSON),
)
_SIDES = ("anchor", "left", "right")


def upgrade() -> None:
    with op.batch_alter_table("question") as table:
        table.add_column(sa.Column("parts", sa.JSON(), nullable=True))
    for row in op.get_bind().execute(sa.select(_question)).all():
        sides = {side: row._mapping[side] for side in _SIDES}
        _write(row, parts={side: text for side, text in sides.items() if text is not None})
    with op.batch_alter_table("question") as table:
        table.alter_column("parts", existing_type=sa.JSON(), nullable=False)
        for side in _SIDES:
            table.drop_column(side)


def downgrade() -> None:
    """Raises StorageError where there are questions that the old shape cannot hold."""
    lost = op.get_bind().scalar(
        sa.select(sa.func.count())
        .select_from(_question)
        .where(_question.c.kind.not_in(("triplet", "pair")))
    )
    if lost:
        raise StorageError(
            f"The queue holds questions of kinds that an older Clade cannot keep ({lost:,}).",
            "Stay with this version, or open a copy of the home folder from before it.",
        )
    with op.batch_alter_table("question") as table:
        for side in _SIDES:
            table.add_column(sa.Column(side, sa.String(length=32), nullable=True))
    for row in op.get_bind().execute(sa.select(_question)).all():
        _write(row, **row.parts)
    with op.batch_alter_table("question") as table:
        for side in ("left", "right"):
            table.alter_column(side, existing_type=sa.String(length=32), nullable=False)
        table.drop_column("parts")


def _write(row: sa.Row[tuple[str, ...]], **values: object) -> None:
    op.get_bind().execute(
        sa.update(_question)
        .where(_question.c.project_id == row.project_id, _question.c.id == row.id)
        .values(**values)
    )
