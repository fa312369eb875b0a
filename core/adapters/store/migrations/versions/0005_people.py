"""Several people and blind checks: lots of questions, leases, what answers were given beside."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.domain.ids import lot

revision = "0005"
down_revision = "0004"

_LOTS = ("blind", "shared")


def upgrade() -> None:
    with op.batch_alter_table("question") as table:
        for purpose in _LOTS:
            table.add_column(sa.Column(f"{purpose}_lot", sa.Float(), nullable=True))
    _draw(op.get_bind())
    with op.batch_alter_table("question") as table:
        for purpose in _LOTS:
            table.alter_column(f"{purpose}_lot", existing_type=sa.Float(), nullable=False)
    with op.batch_alter_table("judgment") as table:
        table.add_column(sa.Column("sight", sa.String(length=16), nullable=True))
        table.add_column(sa.Column("at_first", sa.String(length=16), nullable=True))
    with op.batch_alter_table("remark") as table:
        table.add_column(sa.Column("seen", sa.Boolean(), nullable=True))
    op.create_table(
        "lease",
        sa.Column("project_id", sa.String(length=32), nullable=False),
        sa.Column("question_id", sa.String(length=32), nullable=False),
        sa.Column("annotator", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id", "question_id"],
            ["question.project_id", "question.id"],
            name="fk_lease_project_id_question_id_question",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("project_id", "question_id", "annotator", name="pk_lease"),
    )


def downgrade() -> None:
    op.drop_table("lease")
    with op.batch_alter_table("remark") as table:
        table.drop_column("seen")
    with op.batch_alter_table("judgment") as table:
        table.drop_column("at_first")
        table.drop_column("sight")
    with op.batch_alter_table("question") as table:
        for purpose in reversed(_LOTS):
            table.drop_column(f"{purpose}_lot")


def _draw(connection: sa.Connection) -> None:
    """Draw the lots of the questions that are there, as new ones draw theirs."""
    found = connection.execute(
        sa.text(
            "SELECT question.project_id, question.id, project.seed FROM question "
            "JOIN project ON project.id = question.project_id"
        )
    ).all()
    drawn = [
        {
            "project_id": project_id,
            "id": id_,
            **{purpose: lot(purpose, str(seed), id_) for purpose in _LOTS},
        }
        for project_id, id_, seed in found
    ]
    if drawn:
        connection.execute(
            sa.text(
                "UPDATE question SET blind_lot = :blind, shared_lot = :shared "
                "WHERE project_id = :project_id AND id = :id"
            ),
            drawn,
        )
