"""Production databases, read safely: read-only, in pages by key, at a bounded rate, through lost connections.

::

    with open_database("postgresql://vigie@replica/ikos", ReadSettings()) as database:
        table = database.table(TableRequest("commentaires", text_columns=("TEXTE",)))
        for page in table.pages(after=None):
            page.records, page.keys, page.last
"""

from __future__ import annotations

from scanner.databases.database import Database, open_database
from scanner.databases.key_values import key_from_json, key_to_json, sort_key
from scanner.databases.requests import Join, NumberedLines, ReadSettings, TableRequest
from scanner.databases.table import DatabaseTable, Page

__all__ = [
    "Database",
    "DatabaseTable",
    "Join",
    "NumberedLines",
    "Page",
    "ReadSettings",
    "TableRequest",
    "key_from_json",
    "key_to_json",
    "open_database",
    "sort_key",
]
