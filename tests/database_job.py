"""A job over a database with the fake detector, in this process or in one of its own that can be killed at any statement.

Run as a program: ``python database_job.py URL STATE OUT KILL_AT``; it kills itself just before statement KILL_AT on its state store.
"""

from __future__ import annotations

import datetime
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fakes import KEY, POLICY, FakeDetector
from sqlalchemy import event

from scanner.catalogue import default_catalogue
from scanner.database_scan import DatabasePlan, scan_database
from scanner.databases import ReadSettings, TableRequest, open_database
from scanner.policy import load_policy
from scanner.store.engine import Store, open_store
from scanner.workers import Workers

TABLE = TableRequest("comments", id_column="id", text_columns=("note",), site_column="site", date_column="entered")


def run_job(
    url: str,
    store: Store,
    out: Path,
    *,
    tables: Sequence[TableRequest] = (TABLE,),
    policy: str = POLICY,
    detector: Any = None,
    settings: ReadSettings | None = None,
    job: str = "night",
    workers: int = 1,
) -> dict[str, Any]:
    """Scan the database at ``url`` into ``out`` and return the summary."""
    catalogue = default_catalogue()
    file = out.parent / f"{out.name}-policy.toml"
    file.write_text(policy, encoding="utf-8")
    plan = DatabasePlan(
        job=job,
        connect=lambda: open_database(url, settings or ReadSettings(page_rows=7, retry_patience=10)),
        tables=tables,
        store=store,
        out=out,
        detector=detector or FakeDetector(),
        catalogue=catalogue,
        policy=load_policy(file, catalogue.entities, datetime.date(2026, 11, 21)),
        key=KEY,
        actor="tester",
        workers=Workers(workers, FakeDetector, start_after=0),
    )
    return scan_database(plan)


def main() -> None:
    """Run the job of the command line and die as it says."""
    url, state, out, kill_at = sys.argv[1:]
    store = open_store(state)
    statements = 0

    def count(*_: Any) -> None:
        nonlocal statements
        statements += 1
        if statements == int(kill_at):
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(store.engine, "before_cursor_execute", count)
    event.listen(store.engine, "commit", count)
    run_job(url, store, Path(out))
    print(statements)


if __name__ == "__main__":
    main()
