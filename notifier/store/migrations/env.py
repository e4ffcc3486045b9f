"""Alembic's entry: runs the migrations on the connection that notifier.store.migrating hands over."""

from __future__ import annotations

from alembic import context

from notifier.store import tables  # noqa: F401 -- all tables must be known
from notifier.store.metadata import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    # One transaction for all, on SQLite too: a migration cut short leaves nothing behind.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
