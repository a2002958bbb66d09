"""Run by Alembic, for each of its commands."""

from __future__ import annotations

from alembic import context

from scanner.store.engine import VERSION_TABLE
from scanner.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, version_table=VERSION_TABLE)
context.run_migrations()
