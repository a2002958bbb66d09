"""Migrations of the state store, by Alembic.

To change the tables: change ``schema.py``, add ``versions/NNNN_what.py`` (numbers sort, names tell) and set ``HEAD`` in ``engine.py``. In
SQLite all but adding a column needs ``op.batch_alter_table``.
"""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

SCRIPTS = "scanner.store:migrations"


def configuration(connection: Connection) -> Config:
    """Return Alembic's configuration, without an ``alembic.ini``; its commands run in the transaction of ``connection``."""
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    config.attributes["connection"] = connection
    return config


def migrate(connection: Connection, revision: str) -> None:
    """Bring the store behind ``connection`` up to ``revision``, in the transaction that is open."""
    command.upgrade(configuration(connection), revision)
