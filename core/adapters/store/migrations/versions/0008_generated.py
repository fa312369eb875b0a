"""Sentences that a model wrote to train by, and what people decided about them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "generation",
        *_project(),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("spec", sa.JSON(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("project_id", "key"),
    )
    op.create_table(
        "generated",
        sa.Column("project_id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("text_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id", "key"],
            ["generation.project_id", "generation.key"],
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("project_id", "key", "text_id", "kind"),
    )
    op.create_table(
        "ruling",
        *_project(),
        sa.Column("sentence", sa.String(length=32), nullable=False),
        sa.Column("ruling", sa.String(length=16), nullable=False),
        sa.Column("annotator", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("project_id", "sentence"),
    )


def downgrade() -> None:
    for name in ("ruling", "generated", "generation"):
        op.drop_table(name)


def _project() -> tuple[sa.Column[str], sa.ForeignKeyConstraint]:
    return (
        sa.Column("project_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], ondelete="CASCADE"),
    )
