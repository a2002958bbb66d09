"""Places for state stores: files, and schemas of a PostgreSQL server of the tests."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

KINDS = ("sqlite", "postgresql")


def new_place(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return where a new store of ``kind`` can be made: a path, or the URL of an empty schema."""
    return str(tmp_path / "state.sqlite") if kind == "sqlite" else new_schema(request.getfixturevalue("postgres"))


def new_schema(server: Any) -> str:
    """Return a URL whose search path is a new schema."""
    url = make_url(server.url("postgres")).set(drivername="postgresql+psycopg")
    schema = f"store_{secrets.token_hex(6)}"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    engine.dispose()
    return url.update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(hide_password=False)
