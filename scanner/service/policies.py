"""The policy in force: read again when its file, the store's allow-list or the day changes, while the service runs."""

from __future__ import annotations

import asyncio
import datetime
import logging
from collections.abc import Collection
from pathlib import Path

from sqlalchemy import func, select
from starlette.concurrency import run_in_threadpool

from scanner.errors import VigieError
from scanner.keys import SecretKey
from scanner.policy import Policy, load_policy
from scanner.review.allow_rows import policy_with_store
from scanner.service.errors import log_failure
from scanner.store.engine import Store
from scanner.store.review_tables import allow_entries

_log = logging.getLogger(__name__)

REFRESH_SECONDS = 1.0


class PolicyKeeper:
    """Keeps the policy of the file at ``path`` (the default policy when ``None``) and the allow-list of ``store`` up to date.

    What has changed is read once two looks find the same: a file that is being written has no end yet, and would be a policy all the same.

    ``current`` is the policy of the file, ``for_texts`` the same with the store's allow-list, for texts of no store. What cannot be
    used any more changes nothing but ``problem``, which is ``""`` when all is well: the policy before it stays in force.
    Raises :class:`scanner.errors.VigieError` when file or store cannot be used at the start.
    """

    def __init__(self, path: Path | None, entities: Collection[str], store: Store | None, key: SecretKey | None) -> None:
        self._path = path
        self._entities = entities
        self._store = store
        self._key = key
        self._seen = self._looked = self._state()
        self.current, self.for_texts = self._load()
        self.problem = ""

    def refresh(self) -> None:
        """Look whether something has changed, and read again what had changed before the last look and has not since."""
        try:
            before, self._looked = self._looked, self._state()
            if self._looked == before and (before != self._seen or self.problem):
                self.current, self.for_texts = self._load()
                self._seen = before
                self.problem = ""
                _log.info("the policy was read again")
        except VigieError as error:
            self._keep(str(error))
        except Exception as error:  # or nobody would look again
            log_failure(error)
            self._keep(f"internal error, {type(error).__name__}")

    async def keep_fresh(self) -> None:
        """Read again what has changed, every second until cancelled; no request waits for it."""
        while True:
            await asyncio.sleep(REFRESH_SECONDS)
            await run_in_threadpool(self.refresh)

    def _keep(self, problem: str) -> None:
        if self.problem != problem:
            self.problem = problem
            _log.warning("the policy before stays in force: %s", problem)

    def _load(self) -> tuple[Policy, Policy]:
        policy = load_policy(self._path, self._entities, _today())
        if self._store is None or self._key is None:
            return policy, policy
        with self._store.connect() as connection:
            return policy, policy_with_store(policy, connection, self._key, _today())

    def _state(self) -> tuple[object, ...]:
        """Return what must change for the policy to change."""
        return _today(), *self._state_of_file(), *self._state_of_store()

    def _state_of_file(self) -> tuple[object, ...]:
        if self._path is None:
            return ()
        try:
            status = self._path.stat()
        except OSError as error:
            return (error.errno,)
        return status.st_mtime_ns, status.st_size, status.st_ino

    def _state_of_store(self) -> tuple[object, ...]:
        if self._store is None:
            return ()
        entries = select(func.count(), func.count(allow_entries.c.ended), func.max(allow_entries.c.created))
        with self._store.connect() as connection:
            return tuple(connection.execute(entries).one())


def _today() -> datetime.date:
    return datetime.date.today()
