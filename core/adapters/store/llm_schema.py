"""The tables of the LLM judge: settings and money, calls under way, replies, batches."""

from __future__ import annotations

import sqlalchemy as sa

from core.adapters.store.schema import ID, UtcDateTime, metadata, project_ref, question_ref

# Money in whole billionths of a US dollar. No table has a column for a key.
judge = sa.Table(
    "judge",
    metadata,
    project_ref(primary_key=True),
    sa.Column("settings", sa.JSON, nullable=False),
    sa.Column("cap", sa.BigInteger, nullable=False),
    sa.Column("spent", sa.BigInteger, nullable=False),
    sa.Column("reserved", sa.BigInteger, nullable=False),
    sa.Column("nothing_leaves", sa.Boolean, nullable=False),
)

# A call that may be under way; its run tells whether the process still lives.
reservation = sa.Table(
    "reservation",
    metadata,
    sa.Column("id", ID, primary_key=True),
    project_ref(index=True),
    sa.Column("run", ID, nullable=False),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
)

usage = sa.Table(
    "usage",
    metadata,
    project_ref(primary_key=True),
    sa.Column("model", sa.String(200), primary_key=True),
    sa.Column("calls", sa.Integer, nullable=False),
    sa.Column("cached", sa.Integer, nullable=False),
    sa.Column("failed", sa.Integer, nullable=False),
    sa.Column("lost", sa.Integer, nullable=False),
    sa.Column("prompt_tokens", sa.BigInteger, nullable=False),
    sa.Column("completion_tokens", sa.BigInteger, nullable=False),
    sa.Column("cost", sa.BigInteger, nullable=False),
)

reply = sa.Table(
    "reply",
    metadata,
    project_ref(primary_key=True),
    # SHA-256 of everything that shapes the reply.
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("chances", sa.JSON),
    sa.Column("prompt_tokens", sa.Integer, nullable=False),
    sa.Column("completion_tokens", sa.Integer, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)

opinion = sa.Table(
    "opinion",
    metadata,
    *question_ref(),
    sa.Column("annotator", sa.String(200), primary_key=True),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("why_not", sa.Text, nullable=False),
)

batch = sa.Table(
    "batch",
    metadata,
    sa.Column("id", ID, primary_key=True),
    project_ref(index=True),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("base", sa.Integer, nullable=False),
    sa.Column("wanted", sa.Integer, nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("seconds_left", sa.Float),
    sa.Column("cost_left", sa.BigInteger),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

template = sa.Table(
    "template",
    metadata,
    project_ref(primary_key=True),
    sa.Column("kind", sa.String(32), primary_key=True),
    # An id of the content: the same wording is the same version.
    sa.Column("version", sa.String(32), primary_key=True),
    sa.Column("parts", sa.JSON, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)
