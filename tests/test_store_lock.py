import subprocess
import sys
import time

import pytest
from running import ENVIRONMENT
from sqlalchemy import text
from stores import KINDS, new_place, new_schema

from scanner.errors import BusyError, StoreError
from scanner.store.engine import open_store
from scanner.store.lock import job_lock

HOLD = """
import os, sys, time
from scanner.store.engine import open_store
from scanner.store.lock import job_lock
where, job, fork = sys.argv[1:]
with open_store(where) as store, job_lock(store, job):
    child = os.fork() if fork == "fork" else None
    if child != 0:
        print(child, flush=True)
    time.sleep(600)
"""
PATIENCE = 60.0


@pytest.fixture(params=KINDS)
def where(request, tmp_path):
    return new_place(request.param, request, tmp_path)


@pytest.fixture
def hold(where):
    """Return a function that starts a process which holds the lock of a job, and waits until it does."""
    started = []

    def start(job, fork=""):
        process = subprocess.Popen([sys.executable, "-c", HOLD, where, job, fork], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
        started.append(process)
        process.said = process.stdout.readline().strip()
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def attempt(store, job):
    try:
        with job_lock(store, job) as lock:
            lock.confirm()
            return "held"
    except BusyError as error:
        return str(error)


def held_in_the_end(store, job):
    """Try until the lock is free: a server notices the end of a session only after it."""
    deadline = time.monotonic() + PATIENCE
    while (outcome := attempt(store, job)) != "held" and time.monotonic() < deadline:
        time.sleep(0.05)
    return outcome == "held"


def busy(job):
    return f"another run of the job {job} is alive: wait until it has ended, or stop it, then run again"


def test_one_run_of_a_job_at_a_time(where, hold):
    hold("nightly")
    with open_store(where) as store:
        assert [attempt(store, job) for job in ("nightly", "weekly", "nightly")] == [busy("nightly"), "held", busy("nightly")]


def test_in_one_process_as_well(where):
    with open_store(where) as store, open_store(where) as other:
        with job_lock(store, "nightly"):
            assert [attempt(store, "nightly"), attempt(other, "nightly")] == [busy("nightly")] * 2
        assert [attempt(store, "nightly"), attempt(other, "nightly")] == ["held"] * 2


def test_a_killed_run_leaves_no_lock(where, hold):
    with open_store(where) as store:
        for _ in range(3):
            process = hold("nightly")
            assert attempt(store, "nightly") == busy("nightly")
            process.kill()
            process.wait()
            assert held_in_the_end(store, "nightly")


def test_an_error_frees_the_lock(where):
    with open_store(where) as store:
        with pytest.raises(ZeroDivisionError), job_lock(store, "nightly"):
            1 / 0  # noqa: B018
        assert attempt(store, "nightly") == "held"


def test_a_child_that_outlives_the_run_does_not_hold_a_file_lock(tmp_path):
    where = str(tmp_path / "state.sqlite")
    process = subprocess.Popen([sys.executable, "-c", HOLD, where, "nightly", "fork"], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
    child = int(process.stdout.readline())
    process.kill()
    process.wait()
    try:
        with open_store(where) as store:
            assert attempt(store, "nightly") == "held"
    finally:
        subprocess.run(["kill", "-9", str(child)], check=True)
        process.stdout.close()


def test_a_lock_file_that_cannot_be_used(tmp_path):
    with open_store(tmp_path / "state.sqlite") as store:
        before = set(tmp_path.iterdir())
        assert attempt(store, "nightly") == "held"
        (file,) = set(tmp_path.iterdir()) - before
        file.unlink()
        file.mkdir()
        with pytest.raises(StoreError) as caught, job_lock(store, "nightly"):
            pass
    assert str(caught.value) == f"lock file {file} cannot be used (Is a directory): this user must be able to write its folder"


def test_a_lock_whose_session_was_cut_is_not_confirmed(postgres):
    where = new_schema(postgres)
    with open_store(where) as store, open_store(where) as other, job_lock(store, "nightly") as lock:
        lock.confirm()
        with other.begin() as connection:
            others = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
            for pid in connection.execute(text(others)).scalars().all():
                connection.execute(text(f"SELECT pg_terminate_backend({pid})"))
        for _ in range(2):
            with pytest.raises(StoreError):
                lock.confirm()
        assert held_in_the_end(other, "nightly")


def test_stores_in_two_schemas_have_locks_of_their_own(postgres):
    with open_store(new_schema(postgres)) as first, open_store(new_schema(postgres)) as second, job_lock(first, "nightly"):
        assert attempt(second, "nightly") == "held"
