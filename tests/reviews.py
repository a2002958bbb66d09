"""A small database that is scanned again and again, and people who decide on what is found."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from database_job import run_job
from fakes import KEY, POLICY, FakeDetector
from sqlalchemy import select

from scanner.accounts import Perimeter, Viewer, roles
from scanner.catalogue import default_catalogue
from scanner.databases import TableRequest
from scanner.policy import Policy, load_policy
from scanner.review.allowing import AllowDesk
from scanner.review.desk import ReviewDesk
from scanner.review.queue import QueueFilter, queue_page
from scanner.review.rows import QueueRow, load_rows
from scanner.store.engine import Store
from scanner.store.review_tables import record_topics
from scanner.store.schema import findings, records, vault

TABLE = TableRequest(
    "comments",
    id_column="ref",
    text_columns=("note", "suivi"),
    tenant_column="tenant",
    site_column="site",
    date_column="entered",
    purposes={"note": "caretaker", "suivi": "social_follow_up"},
)
COMMENTS = {
    # ref: site, tenant, entered, note, suivi
    "L-1": ("Lilas", "T-1", "2026-10-01", "suivi pour un cancer", "rien"),
    "L-2": ("Lilas", "T-2", "2026-10-02", "alcoolique et sorti de prison, cancer", "dette ancienne, cancer"),
    "L-3": ("Lilas", "T-2", "2026-10-03", "dette de loyer", ""),
    "L-4": ("Tour", "T-4", "2026-10-04", "fuite d'eau", ""),
    "L-5": ("Tour", "T-5", "2026-10-05", "frère en prison", "cancer"),
    "L-6": ("", "T-6", "2026-10-06", "cancer du sein", ""),
}
NO_CONFIRMATION = POLICY + "\n[review]\nconfirm = []\n"
ANY = QueueFilter(state="")


class Bench:
    """The database ``COMMENTS`` in ``folder``, scanned into ``store``."""

    def __init__(self, store: Store, folder: Path, policy: str = NO_CONFIRMATION) -> None:
        self.store = store
        self.folder = folder
        self.text = policy
        self.source = folder / "source.sqlite"
        with sqlite3.connect(self.source) as connection:
            connection.execute("CREATE TABLE comments (ref TEXT PRIMARY KEY, site TEXT, tenant TEXT, entered TEXT, note TEXT, suivi TEXT)")
        self.put(COMMENTS)
        self.summary = self.run()

    def put(self, comments: Mapping[str, tuple[str, ...]]) -> None:
        """Write rows of the database, in place of those with the same ids."""
        with sqlite3.connect(self.source) as connection:
            rows = [(ref, *cells) for ref, cells in comments.items()]
            connection.executemany("INSERT OR REPLACE INTO comments VALUES (?, ?, ?, ?, ?, ?)", rows)

    def run(self, policy: str = "", detector: Any = None) -> dict[str, Any]:
        """Scan the database once more."""
        self.text = policy or self.text
        self.summary = run_job(
            f"sqlite:///{self.source}", self.store, self.folder / "out", tables=[TABLE], policy=self.text, detector=detector
        )
        return self.summary

    @property
    def policy(self) -> Policy:
        """The policy of the last run."""
        return load_policy(self.folder / "out-policy.toml", default_catalogue().entities, datetime.date(2026, 11, 21))

    @property
    def desk(self) -> ReviewDesk:
        """The desk where people decide."""
        return ReviewDesk(self.store, KEY, self.policy, default_catalogue(), FakeDetector())

    @property
    def allow(self) -> AllowDesk:
        """The desk of the allow-list."""
        return AllowDesk(self.store, KEY, self.policy, default_catalogue())

    def ids(self, *refs: str) -> list[int]:
        """Return the ids of records in the store."""
        with self.store.connect() as connection:
            found = {row.record: row.id for row in connection.execute(select(records.c.record, records.c.id))}
        return [found[ref] for ref in refs]

    def row(self, ref: str) -> QueueRow:
        """Return what a list shows of a record that has something to review."""
        (record_id,) = self.ids(ref)
        with self.store.connect() as connection:
            return load_rows(connection, Perimeter.everything(), [record_id])[record_id]

    def shown(self, *refs: str) -> dict[int, str]:
        """Return the etags of records as a page shows them now."""
        return {row.id: row.etag for row in map(self.row, refs)}

    def queue(self, wanted: QueueFilter = QueueFilter(), perimeter: Perimeter | None = None) -> list[str]:  # noqa: B008
        """Return the records of a queue, in order."""
        with self.store.connect() as connection:
            page = queue_page(connection, perimeter or Perimeter.everything(), wanted)
        return [row.record for row in page.rows]

    def state(self, ref: str) -> tuple[Any, ...]:
        """Return state, decision, level, risk and action of a record, and the states of its originals, sorted."""
        with self.store.connect() as connection:
            names = ("id", "state", "decision", "level", "risk", "action")
            columns = (records.c[name] for name in names)
            record_id, *facts = connection.execute(select(*columns).where(records.c.record == ref)).one()
            of_record = select(vault.c.state).where(vault.c.record_id == record_id).order_by(vault.c.state)
            return (*facts, list(connection.execute(of_record).scalars()))

    def snapshot(self) -> Any:
        """Return everything that a decision may change and an undo must restore, but for histories."""
        of_records = ("id", "state", "decision", "level", "risk", "action", "newest", "opened", "version")
        of_findings = ("id", "record_id", "action", "dismissed")
        of_vault = ("id", "record_id", "state", "held", "changed", "sealed")
        tables = [(records, of_records), (findings, of_findings), (vault, of_vault), (record_topics, record_topics.c.keys())]
        with self.store.connect() as connection:
            return [
                connection.execute(select(*(table.c[name] for name in names)).order_by(*table.primary_key)).all() for table, names in tables
            ]


def viewer(login: str = "dpo", role: str = "dpo", sites: Iterable[str] | None = None) -> Viewer:
    """Return somebody who is signed in."""
    perimeter = Perimeter.everything() if sites is None else Perimeter.of(sites)
    return Viewer(f"{login:0>16}", login, f"Personne {login}", roles()[role], perimeter)
