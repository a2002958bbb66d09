"""Every table of the state store: who needs the whole metadata imports it from here."""

from __future__ import annotations

from scanner.store import account_tables, review_tables, schema
from scanner.store.metadata import metadata

__all__ = ["account_tables", "metadata", "review_tables", "schema"]
