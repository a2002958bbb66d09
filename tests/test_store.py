import contextlib
import multiprocessing
import os
import sqlite3
import stat
import subprocess
import sys

import pytest
from running import ENVIRONMENT
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError
from stores import KINDS, new_place, new_schema

from scanner.errors import InputError, StoreError
from scanner.store.engine import HEAD, PASSWORD_VARIABLE, is_store, open_store
from scanner.store.schema import jobs, records, source_tables
from scanner.store.tables import metadata

JOB = {"name": "nightly", "created": "2026-11-22T01:02:03+00:00"}
UNWRITABLE = "cannot be written: this user must be able to write the file and its folder"


class Stopped(Exception):
    pass


@pytest.fixture(params=KINDS)
def where(request, tmp_path):
    return new_place(request.param, request, tmp_path)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state.sqlite"


def add_job(store, **values):
    with store.begin() as connection:
        connection.execute(insert(jobs).values({**JOB, **values}))


def names(store):
    with store.connect() as connection:
        return connection.execute(select(jobs.c.name).order_by(jobs.c.id)).scalars().all()


def message(call, *arguments, error=StoreError, **options):
    with pytest.raises(error) as caught:
        call(*arguments, **options)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return str(caught.value)


def as_nobody(call, *arguments):
    """Return the error that ``call`` ends with for a user who is not root."""
    reader, writer = multiprocessing.Pipe(duplex=False)

    def run():
        if os.geteuid() == 0:
            os.setuid(65534)
        try:
            call(*arguments)
        except Exception as error:
            writer.send(f"{type(error).__name__}: {error}")
        else:
            writer.send("no error")

    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    process.join()
    return reader.recv()


def test_a_transaction_is_kept_whole_or_not_at_all(where):
    with open_store(where) as store:
        add_job(store)
        with contextlib.suppress(Stopped), store.begin() as connection:
            connection.execute(insert(jobs).values({**JOB, "name": "second"}))
            raise Stopped
        with store.begin() as connection:
            connection.execute(insert(jobs).values({**JOB, "name": "third"}))
            with pytest.raises(IntegrityError), connection.begin_nested():
                connection.execute(insert(jobs).values(JOB))
        assert names(store) == ["nightly", "third"]
    with open_store(where) as again:
        assert names(again) == ["nightly", "third"]


def test_a_store_that_is_up_to_date_opens_without_alembic(where):
    open_store(where).close()
    code = (
        "import sys; from scanner.store.engine import open_store\n"
        f"open_store({where!r}).close(); print([name for name in ('alembic', 'mako', 'filelock') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], env=ENVIRONMENT, capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_refused_statements_say_nothing_of_their_values(where):
    with open_store(where) as store:
        add_job(store, name="a very private name")
        said = message(add_job, store, name="a very private name")
    reason = "SQLITE_CONSTRAINT_UNIQUE" if "sqlite" in where else "UniqueViolation, SQLSTATE 23505"
    assert said == f"state store {store.name} refused the operation ({reason})"


def test_records_sort_by_the_bytes_of_their_key(where):
    keys = ["a", "B", "é", "Z", "_", "a b", "a\x1fb", "0", "ab"]
    with open_store(where) as store:
        with store.begin() as connection:
            add = connection.execute
            job_id = add(insert(jobs).values(JOB).returning(jobs.c.id)).scalar_one()
            table = {"job_id": job_id, "name": "t", "key_columns": "[]", "text_columns": "[]"}
            table_id = add(insert(source_tables).values(table).returning(source_tables.c.id)).scalar_one()
            row = {"table_id": table_id, "record": "r", "digest": b"", "version": "v", "run": 1}
            add(insert(records), [{**row, "key": key} for key in keys])
        with store.connect() as connection:
            assert connection.execute(select(records.c.key).order_by(records.c.key)).scalars().all() == sorted(keys, key=str.encode)


def test_nothing_is_made_where_a_store_must_exist(where):
    store = "there is no state store at {}: give the one that `vigie scan --state` wrote"
    assert message(open_store, where, make=False, error=InputError).startswith(store.partition("{}")[0])
    open_store(where).close()
    with open_store(where, make=False) as opened:
        assert names(opened) == []


def test_a_file_is_for_its_owner_only_and_leaves_nothing_behind(path):
    with open_store(path) as store:
        add_job(store)
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir() if file.name.startswith(path.name)}
        with store.connect() as connection:
            settings = [connection.scalar(text(f"PRAGMA {name}")) for name in SETTINGS]
    assert {name: mode for name, mode in modes.items() if not name.endswith(".lock")} == {
        "state.sqlite": 0o600,
        "state.sqlite-shm": 0o600,
        "state.sqlite-wal": 0o600,
    }
    assert set(modes.values()) == {0o600}
    assert settings == [SETTINGS[name] for name in SETTINGS]
    assert not [file for file in path.parent.iterdir() if file.name.endswith(("-wal", "-shm"))]


SETTINGS = {"journal_mode": "wal", "foreign_keys": 1, "secure_delete": 1, "synchronous": 2, "busy_timeout": 60_000}  # 2: FULL


def test_settings_hold_after_an_autocommit(path):
    with open_store(path) as store:
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        with contextlib.suppress(Stopped), store.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE extra (id INTEGER)")
            raise Stopped
        with store.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM sqlite_master WHERE name = 'extra'")) == 0


def test_a_write_transaction_keeps_other_writers_out_and_readers_in(path):
    with open_store(path) as store, open_store(path) as other:
        with store.begin() as connection:
            with other.engine.connect() as impatient:
                impatient.connection.driver_connection.execute("PRAGMA busy_timeout = 1")
            assert message(add_job, other) == (
                f"state store {path} is locked by another program: wait until that has ended, then run again"
            )
            connection.execute(insert(jobs).values(JOB))
            assert names(other) == []
        assert names(other) == ["nightly"]


def test_what_was_committed_outlives_a_killed_process(path):
    open_store(path).close()
    code = f"""
import os, signal
from sqlalchemy import text
from scanner.store.engine import open_store
store = open_store({str(path)!r})
for name in range(3):
    with store.begin() as connection:
        connection.execute(text(f"INSERT INTO jobs (name, created) VALUES ('{{name}}', '')"))
with store.begin() as connection:
    connection.execute(text("INSERT INTO jobs (name, created) VALUES ('lost', '')"))
    os.kill(os.getpid(), signal.SIGKILL)
"""
    run = subprocess.run([sys.executable, "-c", code], env=ENVIRONMENT, check=False)
    assert run.returncode == -9
    assert (path.parent / "state.sqlite-wal").stat().st_size > 0
    with open_store(path) as store:
        store.check()
        assert names(store) == ["0", "1", "2"]


def test_a_full_disk_loses_nothing_that_was_committed(path):
    with open_store(path) as store:
        add_job(store)
        with store.engine.connect() as connection:
            sqlite = connection.connection.driver_connection
            pages = sqlite.execute("PRAGMA page_count").fetchone()[0]
            sqlite.execute(f"PRAGMA max_page_count = {pages}")  # SQLite answers as it does when the disk is full
        full = f"state store {path} cannot grow, the disk is full: free some space, then run again; what was committed is safe"
        assert message(add_job, store, name="x" * 100_000) == full
        assert names(store) == ["nightly"]
        with store.engine.connect() as connection:
            connection.connection.driver_connection.execute("PRAGMA max_page_count = 1000000")
        add_job(store, name="x" * 100_000)
        store.check()
        assert names(store) == ["nightly", "x" * 100_000]


def test_files_that_are_no_store(path, tmp_path):
    path.write_text("identifiant;commentaire\n1;rien à signaler\n" * 100, encoding="utf-8")
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE things (id INTEGER)")
    before = path.read_bytes(), other.read_bytes()
    assert [message(open_store, where) for where in (path, other, tmp_path, tmp_path / "absent" / "state.sqlite")] == [
        f"state store {path} is no state store: name another file",
        f"{other} is a database of another program: name another file",
        f"state store {tmp_path} is a folder: name a file in it",
        f"state store {tmp_path}/absent/state.sqlite: the folder {tmp_path}/absent does not exist; make it first",
    ]
    assert (path.read_bytes(), other.read_bytes()) == before
    assert not (tmp_path / "absent").exists()


@pytest.mark.parametrize("revision", [f"{int(HEAD) + 1:04}", "9999"])
def test_the_store_of_a_newer_vigie_is_left_alone(where, revision):
    with open_store(where) as store, store.begin() as connection:
        connection.execute(text(f"UPDATE vigie_version SET version_num = '{revision}'"))
    assert message(open_store, where) == (
        f"state store {store.name} was written by a newer Vigie (revision {revision}, this one knows {HEAD}): upgrade Vigie"
    )


def test_read_only_files_and_folders(path, tmp_path):
    for folder in (tmp_path, *(parent for parent in tmp_path.parents if "pytest-of-" in str(parent))):
        os.chmod(folder, 0o755)
    assert as_nobody(open_store, path) == (
        f"StoreError: state store {path} cannot be made (Permission denied): this user must be able to write its folder"
    )
    with open_store(path) as store:
        add_job(store)
    assert as_nobody(open_store, path) == f"StoreError: state store {path} {UNWRITABLE}"
    os.chmod(path, 0o644)
    assert as_nobody(open_store, path) == f"StoreError: state store {path} {UNWRITABLE}"
    with open_store(path) as store:
        assert names(store) == ["nightly"]


def test_a_damaged_file_is_found_when_it_is_checked(path):
    with open_store(path) as store, store.begin() as connection:
        connection.execute(insert(jobs), [{**JOB, "name": f"{number:04}" * 20} for number in range(2_000)])
    content = bytearray(path.read_bytes())
    with sqlite3.connect(path) as connection:
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'jobs'").fetchone()[0]
    content[(page - 1) * 4096 : page * 4096] = bytes(range(256)) * 16
    path.write_bytes(content)
    with open_store(path) as store:
        assert message(store.check).startswith(f"state store {path} is damaged: restore it from a backup")
        assert message(names, store) == (
            f"state store {path} is damaged: restore it from a backup, or name a new file and scan everything again"
        )


def test_which_arguments_name_a_store(tmp_path, path):
    (tmp_path / "quarantine.jsonl").write_text('{"format": "vigie-quarantine"}\n')
    open_store(path).close()
    places = ["postgresql://host/base", str(path), f"sqlite:///{path}", str(tmp_path / "quarantine.jsonl"), str(tmp_path), "absent"]
    assert [is_store(place) for place in places] == [True, True, True, False, False, False]


def test_a_sqlite_url_names_the_file_that_its_path_does(path):
    with open_store(f"sqlite:///{path}") as store:
        add_job(store)
    with open_store(path) as again:
        assert (store.name, names(again)) == (str(path), ["nightly"])


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("mysql://ana:s3cret@host/base", "the state store cannot be mysql: give a file, or postgresql://USER@HOST/DATABASE"),
        (
            "postgresql://ana:s3cret@host:port/base",
            "the state store's URL cannot be read; write sqlite:///FILE or postgresql://USER@HOST/DATABASE",
        ),
        (
            "postgresql://ana:a@s3cret/b@host/base",
            "the password in the state store's URL holds an @: write it as %40, or use VIGIE_STATE_PASSWORD",
        ),
        ("://s3cret", "the state store's URL cannot be read; write sqlite:///FILE or postgresql://USER@HOST/DATABASE"),
        ("sqlite://", "the state store must be a file: sqlite:///FILE, without options"),
        ("sqlite:///:memory:", "the state store must be a file: sqlite:///FILE, without options"),
        ("sqlite:///a.db?mode=ro", "the state store must be a file: sqlite:///FILE, without options"),
    ],
)
def test_other_places_are_refused_without_showing_secrets(where, expected):
    assert message(open_store, where, error=InputError) == expected


def test_a_server_that_cannot_be_reached_or_refuses(postgres, tmp_path):
    reason = (
        "cannot be reached, or refuses the connection: check host, port, database and user, "
        "the password (VIGIE_STATE_PASSWORD or .pgpass), and that the server is up"
    )
    assert [message(open_store, f"postgresql://ana:s3cret@/base?host={tmp_path}"), message(open_store, postgres.url(password="wr0ng"))] == [
        f"state store postgresql:///base {reason}",
        f"state store postgresql://127.0.0.1:{postgres.port}/postgres {reason}",
    ]


def test_the_password_of_the_environment_is_used_and_not_shown(tmp_path):
    def password(url, environment):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("scanner.store.engine._bring_up_to_date", lambda store, make: None)
            store = open_store(url, environment)
        assert "s3cret" not in f"{store.name} {store.engine} {store.engine.url}"
        return store.engine.url.password

    environment = {PASSWORD_VARIABLE: "s3cret"}
    assert [
        password("postgresql://ana@host/base", environment),
        password("postgresql://ana:own-s3cret@host/base", environment),
        password("postgresql://ana@host/base", {}),
    ] == ["s3cret", "own-s3cret", None]


def test_a_missing_driver_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert message(open_store, "postgresql://host/base", error=InputError) == (
        "a state store in PostgreSQL needs its driver: pip install 'vigie[postgresql]'"
    )


def test_two_schemas_of_a_database_are_two_stores(postgres):
    with open_store(new_schema(postgres)) as first, open_store(new_schema(postgres)) as second:
        add_job(first)
        assert (names(first), names(second)) == (["nightly"], [])


def test_tables_of_another_program_are_left_alone(postgres):
    where = new_schema(postgres)
    with open_store(where) as store, store.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            table.drop(connection)
        connection.execute(text("DROP TABLE vigie_version"))
        connection.execute(text("CREATE TABLE jobs (id INTEGER)"))
    assert message(open_store, where) == (
        f"state store {store.name} has tables of another program: give Vigie a schema of its own, and name it in the user's search_path"
    )


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("53100", "cannot grow, the server's disk is full: free some space, then run again; what was committed is safe"),
        ("25006", "is read-only: name a primary server and a user that may write"),
        ("57P01", "was stopped by its administrator: run again once it is back"),
        ("58030", "refused the operation (IoError, SQLSTATE 58030)"),
    ],
)
def test_what_the_server_refuses_is_told_without_its_words(postgres, code, expected):
    trigger = f"""CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION USING MESSAGE = 'private: ' || NEW.name, ERRCODE = '{code}'; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON jobs FOR EACH ROW EXECUTE FUNCTION refuse()"""
    with open_store(new_schema(postgres)) as store:
        with store.begin() as connection:
            connection.exec_driver_sql(trigger)
        assert message(add_job, store) == f"state store {store.name} {expected}"
        assert names(store) == []


def test_a_connection_that_was_cut_is_replaced(postgres):
    with open_store(new_schema(postgres)) as store:
        add_job(store)
        with pytest.raises(StoreError), store.connect() as connection:
            connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        add_job(store, name="second")
        assert names(store) == ["nightly", "second"]
