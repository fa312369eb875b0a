"""A map knows the table that it is of: rows may be added to a project."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    with op.batch_alter_table("map") as table:
        table.add_column(sa.Column("table_key", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("map") as table:
        table.drop_column("table_key")
