"""A production table in each kind of database, scanned, and the steps that correct it."""

from __future__ import annotations

import csv
import datetime
import io
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from database_job import run_job
from fakes import KEY
from sqlalchemy import Engine, create_engine, select, text

from scanner.catalogue import default_catalogue
from scanner.corrections import (
    Outcome,
    Planned,
    PlanSettings,
    WritableDatabase,
    WriteSettings,
    apply_plan,
    make_plan,
    read_plan,
    undo_plan,
)
from scanner.databases import TableRequest
from scanner.databases.url import parse_url
from scanner.keys import SecretKey
from scanner.redaction import Redactor
from scanner.store.engine import Store, open_store
from scanner.store.schema import audit, changes, vault
from scanner.vault import Vault

NOTES = TableRequest("notes", text_columns=("NOTE",))
TABLE = "CREATE TABLE notes (id INTEGER PRIMARY KEY, NOTE LONGTEXT)"
ROWS = [
    {"id": 1, "NOTE": "Mme a un cancer depuis 2019"},
    {"id": 2, "NOTE": "fuite sous l'évier"},
    {"id": 3, "NOTE": "alcoolique, cancer, prison : dossier à suivre"},
    {"id": 4, "NOTE": None},
    {"id": 5, "NOTE": "Mme a un cancer depuis 2019"},
    {"id": 6, "NOTE": "une dette de 300 €"},
]
BEFORE = [(row["id"], row["NOTE"]) for row in ROWS]
LABELLED = "Mme a un [SANTÉ] depuis 2019"


class Base:
    """A database of some kind with the tables of a test, the state store of its scans, and a folder for what they write."""

    def __init__(self, kind: str, url: str, folder: Path) -> None:
        self.kind = kind
        self.url = url
        self.folder = folder
        self.out = folder / "plan"
        self.engine: Engine = create_engine(parse_url(url)[0])
        self.store: Store = open_store(folder / "state.sqlite")
        self._scans = 0

    def run(self, sql: str, *rows: dict[str, Any]) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(self._quoted(sql)), list(rows) or None)

    def rows(self, table: str = "notes") -> list[tuple[Any, ...]]:
        """Return the whole table, sorted."""
        with self.engine.connect() as connection:
            return sorted(map(tuple, connection.execute(text(f"SELECT * FROM {table}"))), key=repr)

    def make_notes(self, rows: Sequence[dict[str, Any]] = ROWS, table: str = TABLE) -> None:
        self.run(table)
        self.run("INSERT INTO notes VALUES (:id, :NOTE)", *rows)

    def scan(self, *tables: TableRequest, url: str = "") -> dict[str, Any]:
        self._scans += 1
        return run_job(url or self.url, self.store, self.folder / f"scan-{self._scans}", tables=tables or (NOTES,))

    def plan(self, **options: Any) -> Planned:
        return make_plan(self.store, KEY, PlanSettings(options.pop("out", self.out), redactor(**options), "dpo"))

    def apply(self, *, execute: bool = True, batch: int = 500, key: SecretKey = KEY, url: str = "") -> Outcome:
        with WritableDatabase(url or self.url) as database:
            return apply_plan(database, self.store, key, read_plan(self.out), WriteSettings("dpo", execute, batch))[1]

    def undo(self, only: Sequence[str] = (), *, execute: bool = True, plan_key: SecretKey | None = None, key: SecretKey = KEY) -> Outcome:
        with WritableDatabase(self.url) as database:
            plan_id = read_plan(self.out).id
            return undo_plan(database, self.store, key, plan_id, WriteSettings("dpo", execute), only, plan_key)[1]

    def edit(self, change: Callable[[list[list[str]]], list[list[str]]]) -> None:
        """Rewrite changes.csv as a reviewer does: ``change`` gets its rows, header first, and returns those to write."""
        file = self.out / "changes.csv"
        rows = list(csv.reader(io.StringIO(file.read_bytes().decode("utf-8-sig"), newline=""), delimiter=";"))
        written = io.StringIO(newline="")
        csv.writer(written, delimiter=";").writerows(change(rows))
        file.write_bytes(written.getvalue().encode("utf-8-sig"))

    def decide(self, record: str, decision: Any) -> None:
        Vault(self.store, KEY).decide([self.entry(record)["id"]], decision, who="dpo", why="examen")

    def hold(self, record: str) -> None:
        Vault(self.store, KEY).hold([self.entry(record)["id"]], who="dpo", why="contentieux")

    def entry(self, record: str) -> Any:
        """Return the one entry of a record in the vault."""
        with self.store.connect() as connection:
            return connection.execute(select(vault).where(vault.c.record == record)).mappings().one()

    def entries(self) -> dict[str, str]:
        """Return the states of the originals by record."""
        with self.store.connect() as connection:
            return {row.record: row.state for row in connection.execute(select(vault.c.record, vault.c.state).order_by(vault.c.record))}

    def states(self) -> dict[str, str]:
        """Return the states of the changes by key and column."""
        with self.store.connect() as connection:
            rows = connection.execute(select(changes.c.key_values, changes.c.field, changes.c.state))
            return {f"{'/'.join(map(str, json.loads(key).values()))} {field}": state for key, field, state in rows}

    def logged(self) -> list[tuple[str, dict[str, Any]]]:
        with self.store.connect() as connection:
            rows = connection.execute(select(audit.c.event, audit.c.details).order_by(audit.c.seq))
            return [(event, json.loads(details)) for event, details in rows]

    def close(self) -> None:
        self.engine.dispose()
        self.store.close()

    def _quoted(self, sql: str) -> str:
        sql = sql if self.kind == "mariadb" else sql.replace("LONGTEXT", "TEXT")
        mark = "`" if self.kind == "mariadb" else '"'
        return sql.replace("NOTE", f"{mark}NOTE{mark}").replace(f":{mark}NOTE{mark}", ":NOTE")


def redactor(mode: Any = "label") -> Redactor:
    catalogue = default_catalogue()
    return Redactor(mode, catalogue.tags, catalogue.severities, catalogue.wordings)


def new_file(folder: Path) -> Path:
    path = folder / "ikos.db"
    path.touch()
    return path


class OnSQLite:
    @pytest.fixture
    def base(self, tmp_path: Path) -> Iterator[Base]:
        yield from using(Base("sqlite", f"sqlite:///{new_file(tmp_path)}", tmp_path))


class OnPostgreSQL:
    @pytest.fixture
    def base(self, postgres: Any, tmp_path: Path) -> Iterator[Base]:
        yield from using(Base("postgresql", postgres.url(postgres.new_database()), tmp_path))


class OnMariaDB:
    @pytest.fixture
    def base(self, mariadb: Any, tmp_path: Path) -> Iterator[Base]:
        yield from using(Base("mariadb", mariadb.url(mariadb.new_database("CHARACTER SET utf8mb4")), tmp_path))


def using(base: Base) -> Iterator[Base]:
    yield base
    base.close()


def conflicts(outcome: Outcome) -> dict[str, str]:
    """Return the reasons by key."""
    return {"/".join(map(str, json.loads(change.key_values).values())): reason for change, reason in outcome.conflicts}


def counts(outcome: Outcome) -> tuple[int, int, int]:
    return outcome.changed, outcome.already, len(outcome.conflicts)


def corrected(base: Base) -> list[tuple[int, Any]]:
    """Return the notes as the plan of the first scan leaves them."""
    today = datetime.date.today()
    mark = f"[Commentaire retiré le {today:%d/%m/%Y}, réf. {base.entry('3')['id']}]"
    texts = dict(BEFORE) | {1: LABELLED, 3: mark, 5: LABELLED}
    return list(texts.items())
