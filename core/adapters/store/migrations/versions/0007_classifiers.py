"""Classifiers that a project trained."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "classifier",
        sa.Column("id", sa.String(length=32), primary_key=True),
        sa.Column(
            "project_id",
            sa.String(length=32),
            sa.ForeignKey("project.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("lesson", sa.String(length=16), nullable=False),
        sa.Column("space_id", sa.String(length=32), sa.ForeignKey("space.id"), nullable=False),
        sa.Column("folder_key", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_classifier_project_id", "classifier", ["project_id"])


def downgrade() -> None:
    op.drop_table("classifier")
