"""The one connection to a database: read-only, proven so each time it is opened, and opened again when it is lost."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, NoSuchModuleError

from scanner.databases.dialects import Dialect, Failure
from scanner.databases.errors import NotReadOnlyError, ReadingStoppedError
from scanner.databases.pace import Timer, delays
from scanner.databases.requests import ReadSettings
from scanner.databases.url import shown
from scanner.errors import InputError

_SLOW_ATTEMPTS = 3
T = TypeVar("T")
_log = logging.getLogger(__name__)


class Connector:
    """Runs work in short read-only transactions. ``name`` says which database, for people: dialect, host and database."""

    def __init__(self, url: URL, dialect: Dialect, settings: ReadSettings, timer: Timer) -> None:
        """Prepare to connect; raise :class:`InputError` when the driver is missing or the URL cannot work."""
        self.name = shown(url)
        self.dialect = dialect
        self.settings = settings
        self.timer = timer
        self._has_worked = False
        target, arguments = dialect.target(url, settings)
        try:
            self.engine = create_engine(target, hide_parameters=True, pool_size=1, max_overflow=0, connect_args=arguments)
        except ModuleNotFoundError:
            raise InputError(f"{self.name}: its driver is not installed: pip install 'vigie[{dialect.extra}]'") from None
        except NoSuchModuleError:
            raise InputError(f"{self.name}: unknown driver in the URL: leave it out, as in {dialect.name}://") from None
        event.listen(self.engine, "connect", self._prepare)
        event.listen(self.engine, "begin", lambda connection: dialect.begin(connection, settings))

    def run(self, work: Callable[[Connection], T], subject: str = "") -> T:
        """Return what ``work`` returns, in a transaction that is rolled back at its end; ``subject`` names what errors are about.

        When the connection is lost ``work`` is done again from its beginning. Raises :class:`InputError` for what trying again cannot
        mend, :class:`ReadingStoppedError` when ``retry_patience`` is over.
        """
        about = f"{self.name}, {subject}" if subject else self.name
        waits: Iterator[float] | None = None
        slow = 0
        while True:
            try:
                with self.engine.connect() as connection:
                    result = work(connection)
                self._has_worked = True
                return result
            except NotReadOnlyError as error:
                raise NotReadOnlyError(f"{self.name}: {error}; nothing was read") from None
            except InputError as error:
                raise type(error)(f"{about}: {error}") from None
            except DBAPIError as error:
                failure = self._failure(error)
            slow += failure.is_slow
            if not failure.passes or not self._has_worked or slow == _SLOW_ATTEMPTS:
                raise InputError(f"{about}: {failure.reason}")
            waits = waits or delays(self.settings.retry_patience, self.timer)
            wait = next(waits, None)
            if wait is None:
                raise ReadingStoppedError(f"{about}: {failure.reason}; what was read is safe: run again to go on from there")
            _log.warning("%s: %s; trying again in %.1f s", about, failure.reason, wait)
            self.engine.dispose()
            self.timer.sleep(wait)

    def close(self) -> None:
        """Close the connection."""
        self.engine.dispose()

    def _prepare(self, driver_connection: Any, _: object) -> None:
        self.dialect.prepare(driver_connection, self.settings)

    def _failure(self, error: DBAPIError) -> Failure:
        cause = error.orig or error
        if failure := self.dialect.failure(cause):
            return failure
        if error.connection_invalidated:
            return Failure("the connection was lost", passes=True)
        code = self.dialect.code(cause)
        return Failure(f"the database refused a statement ({type(cause).__name__}{'' if code is None else f', {code}'})")
