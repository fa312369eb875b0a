"""A space tells what it learned from, vectors may come without a model, and a proposal
keeps how the two spaces compare."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    with op.batch_alter_table("space") as table:
        table.add_column(sa.Column("vectors_key", sa.Text(), nullable=True))
        table.add_column(sa.Column("lesson", sa.JSON(), nullable=True))
    with op.batch_alter_table("proposal") as table:
        table.add_column(sa.Column("comparison", sa.JSON(), nullable=True))
    with op.batch_alter_table("project") as table:
        table.add_column(
            sa.Column("runs_code", sa.Boolean(), nullable=False, server_default=sa.false())
        )


def downgrade() -> None:
    with op.batch_alter_table("project") as table:
        table.drop_column("runs_code")
    with op.batch_alter_table("proposal") as table:
        table.drop_column("comparison")
    with op.batch_alter_table("space") as table:
        table.drop_column("lesson")
        table.drop_column("vectors_key")
