"""Logs that never hold text of a comment: lines for people, or one JSON object a line for a log collector.

Records of our own loggers pass. Those of libraries pass from WARNING on, without their message: it may hold values, statements or hosts.
Of an exception only its class and place are shown.
"""

from __future__ import annotations

import datetime
import json
import logging
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Literal

LogFormat = Literal["text", "json"]
LogLevel = Literal["debug", "info", "warning", "error"]
Fact = str | int | float | bool | None

OURS = ("scanner", "recognizers", "vigie")
"""The loggers, with all below them, whose messages are our own."""
FACTS = frozenset({
    "run", "job", "table", "status", "error", "seconds", "rows", "rows_read", "rows_scanned", "rows_skipped", "rows_not_scanned",
    "findings", "alerts", "new", "gone", "unchanged", "method", "route",
})  # fmt: skip
"""What an event may tell besides its name. Anything else is a mistake, so that no text slips in."""

_FACTS_ATTRIBUTE = "vigie_facts"
_context: ContextVar[dict[str, Fact]] = ContextVar("vigie_log_context")


def log_event(logger: logging.Logger, event: str, level: int = logging.INFO, /, **facts: Fact) -> None:
    """Log ``event`` with ``facts``, names of :data:`FACTS` only; those that are ``None`` are left out. Else raises ``ValueError``."""
    _check(facts)
    logger.log(level, event, extra={_FACTS_ATTRIBUTE: facts}, stacklevel=2)


@contextmanager
def log_context(**facts: Fact) -> Iterator[None]:
    """Add ``facts`` to every record that is logged within."""
    _check(facts)
    token = _context.set({**_context.get({}), **facts})
    try:
        yield
    finally:
        _context.reset(token)


def start_logging(log_format: LogFormat = "text", level: LogLevel | None = None) -> None:
    """Log to standard error from now on, in place of what an earlier call set up.

    Without ``level`` JSON begins at "info"; text is left to Python, which prints warnings as they are.
    """
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, _StandardError)]:
        root.removeHandler(handler)
    least = (level or "info").upper() if log_format == "json" or level else "NOTSET"
    for name in OURS:
        logging.getLogger(name).setLevel(least)
    logging.captureWarnings(log_format == "json")
    if log_format == "json" or level:
        root.addHandler(_StandardError(log_format))


def is_structured() -> bool:
    """Tell whether standard error takes JSON only."""
    return any(isinstance(handler, _StandardError) and handler.log_format == "json" for handler in logging.getLogger().handlers)


class _StandardError(logging.Handler):
    """Writes to what standard error is at that moment; a reader who is gone changes nothing."""

    def __init__(self, log_format: LogFormat) -> None:
        super().__init__()
        self.log_format = log_format
        self.setFormatter(JsonFormatter() if log_format == "json" else TextFormatter())
        self.addFilter(lambda record: _is_ours(record) or record.levelno >= logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(OSError):
            print(self.format(record), file=sys.stderr, flush=True)


class JsonFormatter(logging.Formatter):
    """One JSON object: time (UTC), level, logger, event, what the event tells, and the message where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for ``record``."""
        time = datetime.datetime.fromtimestamp(record.created, datetime.UTC).isoformat(timespec="milliseconds")
        return json.dumps({"time": time, "level": record.levelname.lower(), "logger": record.name, **_told(record)})


class TextFormatter(logging.Formatter):
    """The same in words: the message, or the event and ``name=value`` for what it tells."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for ``record``."""
        told = _told(record)
        words = [str(told.pop("message", told["event"]))]
        return f"vigie: {' '.join(words + [f'{name}={value}' for name, value in told.items() if name != 'event'])}"


def _told(record: logging.LogRecord) -> dict[str, Any]:
    told: dict[str, Any] = {"event": "message", **_context.get({}), **_error(record)}
    facts = getattr(record, _FACTS_ATTRIBUTE, None)
    if not _is_ours(record):
        told |= {"event": "library", "place": f"{record.filename}:{record.lineno}"}
    elif facts is not None:
        told |= {"event": record.msg, **{name: value for name, value in facts.items() if value is not None}}
    else:
        told["message"] = _message(record)
    return told


def _error(record: logging.LogRecord) -> dict[str, str]:
    kind, _, trace = record.exc_info or (None, None, None)
    if kind is None:
        return {}
    frames = traceback.extract_tb(trace)
    place = {"place": f"{Path(frames[-1].filename).name}:{frames[-1].lineno}"} if frames else {}
    return {"error": kind.__name__, **place}


def _message(record: logging.LogRecord) -> str:
    """Return the message of one of our own records, with the class of an exception in place of what it says."""
    args: Any = record.args
    if isinstance(args, Mapping):
        args = {name: _class_of_error(value) for name, value in args.items()}
    elif args:
        args = tuple(map(_class_of_error, args))
    message = str(_class_of_error(record.msg))
    try:
        return message % args if args else message
    except (TypeError, ValueError, KeyError):  # logging would print the arguments in a traceback
        return f"malformed log message at {record.filename}:{record.lineno}"


def _class_of_error(value: object) -> object:
    return type(value).__name__ if isinstance(value, BaseException) else value


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] in OURS


def _check(facts: dict[str, Fact]) -> None:
    if unknown := facts.keys() - FACTS:
        raise ValueError(f"not among the facts that may be logged: {', '.join(sorted(unknown))}")
