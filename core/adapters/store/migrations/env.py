"""Alembic's entry: runs on the connection that Database hands over."""

from __future__ import annotations

from alembic import context

from core.adapters.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
