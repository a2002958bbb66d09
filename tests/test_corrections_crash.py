"""A process that dies at any statement of an apply or undo: the next run ends as if it had not, and no original is lost meanwhile."""

from __future__ import annotations

import os
import shutil
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from correcting import BEFORE, Base, new_file
from fakes import KEY
from sqlalchemy import Engine, event, select

from scanner.corrections import WritableDatabase, WriteSettings, apply_plan, read_plan, undo_plan
from scanner.store.engine import open_store
from scanner.store.schema import vault

SETTINGS = WriteSettings("dpo", execute=True, batch=2)

Step = Callable[[WritableDatabase, Any, Path], object]


def apply_step(database: WritableDatabase, store: Any, out: Path) -> object:
    return apply_plan(database, store, KEY, read_plan(out), SETTINGS)


def undo_step(database: WritableDatabase, store: Any, out: Path) -> object:
    return undo_plan(database, store, KEY, read_plan(out).id, SETTINGS)


def killed_at(base: Base, step: Step, number: int) -> bool:
    """Do ``step`` in a process that kills itself just before its write or commit ``number``; tell whether it came so far."""
    base.close()
    child = os.fork()
    if child == 0:
        writes = 0

        def count() -> None:
            nonlocal writes
            writes += 1
            if writes == number:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            store = open_store(base.folder / "state.sqlite")
            database = WritableDatabase(base.url)
            for engine in (store.engine, database.engine):
                listen(engine, count)
            step(database, store, base.out)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    base.store = open_store(base.folder / "state.sqlite")
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def listen(engine: Engine, count: Callable[[], None]) -> None:
    """Have ``count`` called before each commit and each statement that writes; what lies between two of them is one state."""

    def before_statement(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            count()

    event.listen(engine, "before_cursor_execute", before_statement)
    event.listen(engine, "commit", lambda connection: count())


def pending(base: Base) -> dict[str, int]:
    """Count the pending originals by record."""
    with base.store.connect() as connection:
        return dict(Counter(connection.execute(select(vault.c.record).where(vault.c.state == "pending")).scalars()))


def ready(folder: Path) -> Base:
    folder.mkdir()
    base = Base("sqlite", f"sqlite:///{new_file(folder)}", folder)
    base.make_notes()
    base.scan()
    base.plan()
    return base


def copy_of(base: Base, folder: Path) -> Base:
    """Return ``base`` in another folder, with the same state."""
    base.close()
    shutil.copytree(base.folder, folder)
    copy = Base("sqlite", base.url.replace(str(base.folder), str(folder)), folder)
    base.store = open_store(base.folder / "state.sqlite")
    return copy


@pytest.mark.parametrize("scanned_between", [False, True])
def test_apply(tmp_path: Path, scanned_between: bool) -> None:
    origin = ready(tmp_path / "origin")
    whole = copy_of(origin, tmp_path / "whole")
    whole.apply(batch=2)
    applied = whole.rows()
    whole.close()
    number = 0
    while True:
        number += 1
        base = copy_of(origin, tmp_path / f"case-{number}")
        if not killed_at(base, apply_step, number):
            break
        if scanned_between:
            base.scan()
        base.apply(batch=2)
        assert base.rows() == applied, number
        assert base.states() == {"1 NOTE": "applied", "3 NOTE": "applied", "5 NOTE": "applied"}, number
        assert base.entries() == {"1": "redacted", "3": "redacted", "5": "redacted"}, number
        base.undo()
        assert base.rows() == BEFORE, number
        base.close()
        shutil.rmtree(base.folder)
    assert number > 12
    base.close()
    origin.close()


@pytest.mark.parametrize("scanned_between", [False, True])
def test_undo(tmp_path: Path, scanned_between: bool) -> None:
    origin = ready(tmp_path / "origin")
    origin.apply()
    number = 0
    while True:
        number += 1
        base = copy_of(origin, tmp_path / f"case-{number}")
        if not killed_at(base, undo_step, number):
            break
        if scanned_between:
            base.scan()
        base.undo()
        assert base.rows() == BEFORE, number
        assert base.states() == {"1 NOTE": "undone", "3 NOTE": "undone", "5 NOTE": "undone"}, number
        base.scan()
        assert pending(base) == {"1": 1, "3": 1, "5": 1}, number
        base.close()
        shutil.rmtree(base.folder)
    assert number > 12
    base.close()
    origin.close()
