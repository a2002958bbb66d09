import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.command import downgrade, upgrade
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from running import ENVIRONMENT
from sqlalchemy import insert, inspect, select, text
from stores import KINDS, new_place

from scanner.errors import StoreError
from scanner.store import engine, migrations
from scanner.store.engine import HEAD, VERSION_TABLE, migrating, open_store
from scanner.store.lock import migration_lock
from scanner.store.migrations import configuration
from scanner.store.schema import findings, jobs, records, source_tables
from scanner.store.tables import metadata

NEXT = f"{int(HEAD) + 1:04}"
SCRIPT = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "NEXT", "HEAD"


def upgrade():
    op.add_column("jobs", sa.Column("note", sa.Text(), nullable=False, server_default="none"))
    with op.batch_alter_table("records") as batch:
        batch.alter_column("version", type_=sa.Text(), existing_type=sa.String(32), existing_nullable=False)
    STOP


def downgrade():
    with op.batch_alter_table("records") as batch:
        batch.alter_column("version", type_=sa.String(32), existing_type=sa.Text(), existing_nullable=False)
    with op.batch_alter_table("jobs") as batch:
        batch.drop_column("note")
"""


@pytest.fixture(params=KINDS)
def where(request, tmp_path):
    return new_place(request.param, request, tmp_path)


@pytest.fixture
def next_revision(tmp_path, monkeypatch):
    """Return a function that makes this Vigie a later one, whose newest revision ends with the statement given."""

    def release(last_statement):
        scripts = tmp_path / "migrations"
        shutil.copytree(Path(migrations.__file__).parent, scripts, ignore=shutil.ignore_patterns("__pycache__"))
        script = SCRIPT.replace("STOP", last_statement).replace("NEXT", NEXT).replace("HEAD", HEAD)
        (scripts / "versions" / f"{NEXT}_next.py").write_text(script)
        monkeypatch.setattr(migrations, "SCRIPTS", str(scripts))
        monkeypatch.setattr(engine, "HEAD", NEXT)

    return release


def fill(store):
    """Write a job, a table, a record and a finding."""
    with store.begin() as connection:
        add = connection.execute
        job_id = add(insert(jobs).values(name="nightly", created="2026-11-22T01:02:03+00:00").returning(jobs.c.id)).scalar_one()
        table = {"job_id": job_id, "name": "locataires", "key_columns": "[]", "text_columns": "[]"}
        table_id = add(insert(source_tables).values(table).returning(source_tables.c.id)).scalar_one()
        record = {"table_id": table_id, "key": "1", "record": "1", "digest": b"\x00\xff", "version": "v", "run": 1}
        record_id = add(insert(records).values(record).returning(records.c.id)).scalar_one()
        finding = {"field": "NOTE", "entity": "HEALTH", "start": 0, "end": 5, "score": 0.5, "assertion": "", "subject": "", "rule": "r"}
        add(insert(findings).values(record_id=record_id, severity=1, action="warn", first_run=1, **finding))


def rows(store):
    with store.connect() as connection:
        return {table.name: connection.execute(select(table)).all() for table in metadata.sorted_tables}


def revision(store):
    with store.connect() as connection:
        return connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))


def test_the_migrations_make_the_tables_of_the_schema(where):
    with open_store(where) as store, store.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert ScriptDirectory.from_config(configuration(connection)).get_heads() == [HEAD]


def test_down_and_up_again(where):
    with open_store(where) as store:
        with migrating(store) as connection:
            downgrade(configuration(connection), "base")
        assert inspect(store.engine).get_table_names() == [VERSION_TABLE]
        with migrating(store) as connection:
            upgrade(configuration(connection), "head")
        assert set(inspect(store.engine).get_table_names()) == {*metadata.tables, VERSION_TABLE}
        fill(store)
        assert {name: len(found) for name, found in rows(store).items() if found} == {
            "jobs": 1,
            "source_tables": 1,
            "records": 1,
            "findings": 1,
        }


def test_an_upgrade_keeps_every_row(where, next_revision):
    with open_store(where) as store:
        fill(store)
        before = rows(store)
    next_revision("pass")
    with open_store(where) as store:
        assert (revision(store), rows(store)) == (NEXT, before)
        with store.connect() as connection:
            assert connection.execute(text("SELECT note FROM jobs")).scalars().all() == ["none"]
        with pytest.raises(StoreError), store.begin() as connection:
            connection.execute(text("INSERT INTO findings SELECT * FROM findings"))
        with migrating(store) as connection:
            downgrade(configuration(connection), HEAD)
        assert (revision(store), rows(store)["jobs"]) == (HEAD, before["jobs"])


def test_an_upgrade_that_fails_changes_nothing(where, next_revision, monkeypatch):
    with open_store(where) as store:
        fill(store)
        before = rows(store)
    next_revision("raise ZeroDivisionError")
    with pytest.raises(ZeroDivisionError):
        open_store(where)
    monkeypatch.undo()
    with open_store(where) as store:
        assert (revision(store), rows(store)) == (HEAD, before)


def test_many_processes_may_open_a_new_store_at_once(where):
    code = (
        "import sys; from sqlalchemy import text; from scanner.store.engine import open_store\n"
        f"sys.stdin.readline()\nwith open_store({where!r}) as store, store.begin() as connection:\n"
        "    connection.execute(text(\"INSERT INTO jobs (name, created) VALUES ('\" + sys.argv[1] + \"', '')\"))"
    )
    pipes = {"stdin": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "env": ENVIRONMENT}
    started = [subprocess.Popen([sys.executable, "-c", code, str(number)], **pipes) for number in range(4)]
    for process in started:
        process.stdin.write("\n")
        process.stdin.flush()
    assert [(process.communicate()[1], process.returncode) for process in started] == [("", 0)] * 4
    with open_store(where) as store:
        assert sorted(row.name for row in rows(store)["jobs"]) == ["0", "1", "2", "3"]


def test_whoever_waits_too_long_for_a_migration_is_told(where, monkeypatch):
    monkeypatch.setattr("scanner.store.lock._MIGRATION_SECONDS", 0.0)
    with open_store(where) as store:
        with migrating(store) as connection:
            downgrade(configuration(connection), "base")
        with migration_lock(store), pytest.raises(StoreError) as caught:
            open_store(where)
        assert str(caught.value) == (
            f"state store {store.name} is being brought up to date by another process: wait until that has ended, then run again"
        )
