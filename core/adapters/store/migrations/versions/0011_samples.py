"""A project knows the rows that a sample left out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    with op.batch_alter_table("project") as table:
        table.add_column(sa.Column("whole_key", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("project") as table:
        table.drop_column("whole_key")
