"""The tables of generated sentences: apart from the texts, so that none is taken for one."""

from __future__ import annotations

import sqlalchemy as sa

from core.adapters.store.schema import ID, UtcDateTime, metadata, project_ref

generation = sa.Table(
    "generation",
    metadata,
    project_ref(primary_key=True),
    # A hash of everything that shapes a sentence and its score.
    sa.Column("key", ID, primary_key=True),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("spec", sa.JSON, nullable=False),
    sa.Column("texts", sa.JSON, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)

generated = sa.Table(
    "generated",
    metadata,
    sa.Column("project_id", ID, primary_key=True),
    sa.Column("key", ID, primary_key=True),
    sa.Column("text_id", ID, primary_key=True),
    sa.Column("kind", sa.String(16), primary_key=True),
    # "" where the model came to no end: it is not asked again.
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("score", sa.Float, nullable=False),
    sa.ForeignKeyConstraint(
        ["project_id", "key"], ["generation.project_id", "generation.key"], ondelete="CASCADE"
    ),
)

# What people decided about sentences, whichever generation wrote them.
ruling = sa.Table(
    "ruling",
    metadata,
    project_ref(primary_key=True),
    sa.Column("sentence", ID, primary_key=True),
    sa.Column("ruling", sa.String(16), nullable=False),
    sa.Column("annotator", sa.String(200), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)
