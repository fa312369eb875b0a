"""A map names the partition that knew no answer, and the ground of its questions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("map") as table:
        table.add_column(sa.Column("prior_key", sa.Text(), nullable=True))
        table.add_column(sa.Column("ground_key", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("map") as table:
        table.drop_column("ground_key")
        table.drop_column("prior_key")
