"""Alembic's entry: runs the migrations on the connection that ``server.db.migrate`` hands over.

Rules: there is no offline mode and no second place that knows a database's address.

Usage: ``server.db.migrate.upgrade(database)``; a new file: copy the head of the newest one in ``versions``.
"""

from __future__ import annotations

from alembic import context

from server.db.metadata import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite cannot alter a constraint in place; Alembic then copies the table.
    render_as_batch=True,
)
context.run_migrations()
