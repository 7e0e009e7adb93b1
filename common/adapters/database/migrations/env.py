"""Alembic's entry: `schema.upgrade` brings the connection."""

from __future__ import annotations

from alembic import context

from common.adapters.database.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot alter a column: its table is copied
)
context.run_migrations()
