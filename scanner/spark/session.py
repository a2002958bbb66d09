"""Sessions of Spark that keep what they read to themselves, and what Spark raises as errors of ours."""

from __future__ import annotations

import logging
import os
import re
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from scanner.errors import InputError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SETTINGS: Mapping[str, str] = {
    "spark.app.name": "vigie",
    "spark.ui.enabled": "false",
    "spark.log.level": "OFF",  # what Spark logs of a failure may quote the data
    "spark.io.encryption.enabled": "true",  # texts that are moved between tasks pass over local disks
    "spark.sql.caseSensitive": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "4000",
}
"""Settings of the sessions made here; those that the user gives win."""

_ONE_MACHINE: Mapping[str, str] = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
_OWN_ERROR = re.compile(r"scanner\.errors\.\w+: (.*)")

_ADVICE: Mapping[str, str] = {
    "08": "it cannot be reached; check host and port",
    "25": "it was asked to write, and the session is read-only; read a table or a view without side effects",
    "28": "user or password refused; check --user and VIGIE_DB_PASSWORD or --password-file",
    "3D": "no such database; check the URL",
    "42": "no such table or column, or no right to read it",
}
"""What to do about an error, by class of SQLSTATE (ISO/IEC 9075)."""


@contextmanager
def spark_session(settings: Mapping[str, str]) -> Iterator[SparkSession]:
    """Give a session with ``settings``, on this machine where no ``spark.master`` is among them nor given by ``spark-submit``.

    The session is stopped in the end, unless it was there before. Raises :class:`InputError` when Spark or Java is missing or does not
    start, and for everything that Spark cannot do while the session is used.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise InputError("PySpark is missing; install it with: pip install 'vigie[spark]'") from None
    submitted = "PYSPARK_GATEWAY_PORT" in os.environ
    chosen = dict(settings) if submitted else {"spark.master": "local[*]", **settings}
    loopback = _ONE_MACHINE if chosen.get("spark.master", "").startswith("local") else {}
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas", category=FutureWarning)
    logging.getLogger("py4j").setLevel(logging.CRITICAL)
    logging.getLogger().addFilter(_is_no_interruption)
    existing = SparkSession.getActiveSession()
    with spark_errors():
        spark = SparkSession.builder.config(map={**SETTINGS, **loopback, **chosen}).getOrCreate()
        try:
            yield spark
        finally:
            if existing is None:
                spark.stop()


def _is_no_interruption(entry: logging.LogRecord) -> bool:
    """Tell whether a log entry is anything but the traceback that py4j writes on Ctrl-C."""
    return entry.module != "java_gateway"


@contextmanager
def spark_errors() -> Iterator[None]:
    """Turn what Spark raises into :class:`InputError`, without its message, which may quote the data."""
    from py4j.protocol import Py4JError  # type: ignore[import-untyped]
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as error:
        own = _OWN_ERROR.search(str(error))
        raise InputError(own.group(1) if own else _reason(error)) from None


def _reason(error: Any) -> str:
    causes = list(_java_causes(error))
    names = [
        getattr(error, "getCondition", lambda: None)() or type(error).__name__,
        *(_answer(cause, "getCondition") or cause.getClass().getSimpleName() for cause in causes),
    ]
    if "JAVA_GATEWAY_EXITED" in names:
        return "Spark does not start: it needs Java 17 or newer (on Debian: apt-get install openjdk-17-jre-headless)"
    if "PATH_NOT_FOUND" in names:
        return "an input does not exist where Spark looks for it; check the path and the file system"
    if "PATH_ALREADY_EXISTS" in names:
        return "the place for the findings holds something already; name another"
    if any(name.startswith("FAILED_READ_FILE") for name in names):
        return "an input cannot be read to its end: the file is damaged, or the file system failed; copy or export it again"
    if "ClassNotFoundException" in names:
        return "a Java library is missing, as the JDBC driver of the database; name its file with --conf spark.jars=FILE.jar"
    state = next(filter(None, (_answer(cause, "getSQLState") for cause in causes)), "")
    if state:
        advice = _ADVICE.get(state[:2], "see what the documentation of the database says of this state")
        return f"the database answers with an error (SQLSTATE {state}): {advice}"
    known = ", ".join(dict.fromkeys(names))
    return f"Spark gave up ({known}); --conf spark.log.level=ERROR shows its log, which may quote comments"


def _java_causes(error: Any) -> Iterator[Any]:
    """Yield the Java exceptions behind ``error``, from the outermost to the cause."""
    cause = getattr(error, "_origin", None) or getattr(error, "java_exception", None)
    while cause is not None:
        yield cause
        cause = cause.getCause()


def _answer(cause: Any, method: str) -> str:
    """Return what ``method`` of a Java exception gives, ``""`` when it has no such method."""
    from py4j.protocol import Py4JError

    try:
        return getattr(cause, method)() or ""
    except Py4JError:
        return ""
