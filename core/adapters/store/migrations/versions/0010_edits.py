"""A version knows the edit that made it, or the version that it returned to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    with op.batch_alter_table("version") as table:
        table.add_column(sa.Column("edit", sa.JSON(), nullable=True))
        table.add_column(sa.Column("returned_to", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("version") as table:
        table.drop_column("returned_to")
        table.drop_column("edit")
