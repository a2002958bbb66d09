"""Structured logs: what they say, and that no text gets into them."""

from __future__ import annotations

import json
import logging
import sqlite3
import warnings

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from running import vigie
from sqlalchemy import create_engine, exc

from scanner.cli import scan_progress
from scanner.errors import BusyError, InputError
from scanner.operations.logs import JsonFormatter, TextFormatter, is_structured, log_context, log_event, start_logging
from scanner.operations.watch import watched

SECRET = "ZWXQUA"
EXPORT = "ID;COMMENTAIRE\n1;Mme sous chimiothérapie\n2;Fuite réparée\n"
ours = logging.getLogger("scanner.test")
theirs = logging.getLogger("sqlalchemy.engine.Engine")


@pytest.fixture(autouse=True)
def _python_logging():
    yield
    start_logging()


def lines(capsys):
    """Return what was logged, without its time."""
    told = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    for line in told:
        line.pop("time")
    return told


def scan_events(told):
    """Return events without what differs from run to run."""
    return [{name: value for name, value in line.items() if name not in ("time", "run", "seconds")} for line in told]


def test_one_json_object_a_line_with_the_time_in_utc():
    record = logging.LogRecord("scanner.keys", logging.WARNING, "keys.py", 1, "key file %s is open", ("a.key",), None)
    record.created = 1_795_309_323.5
    assert json.loads(JsonFormatter().format(record)) == {
        "time": "2026-11-22T01:02:03.500+00:00",
        "level": "warning",
        "logger": "scanner.keys",
        "event": "message",
        "message": "key file a.key is open",
    }
    assert TextFormatter().format(record) == "vigie: key file a.key is open"


def test_events_carry_facts_and_their_context(capsys):
    start_logging("json")
    with log_context(job="night"), log_context(run="0123"):
        log_event(ours, "scan-ended", status="complete", rows_read=3, new=None)
    log_event(ours, "scan-started")
    assert lines(capsys) == [
        {
            "level": "info",
            "logger": "scanner.test",
            "event": "scan-ended",
            "job": "night",
            "run": "0123",
            "status": "complete",
            "rows_read": 3,
        },
        {"level": "info", "logger": "scanner.test", "event": "scan-started"},
    ]


def test_events_in_words_where_a_level_asks_for_them(capsys):
    start_logging("text", "info")
    with log_context(job="night"):
        log_event(ours, "scan-ended", status="complete", rows_read=3)
    ours.debug("too much")
    assert capsys.readouterr().err == "vigie: scan-ended job=night status=complete rows_read=3\n"


@pytest.mark.parametrize("tell", [lambda: log_event(ours, "scan-ended", comment=SECRET), lambda: log_context(text=SECRET).__enter__()])
def test_nothing_but_known_facts(tell):
    with pytest.raises(ValueError, match=r"^not among the facts that may be logged: (comment|text)$"):
        tell()


@pytest.mark.parametrize(
    ("level", "kept"),
    [("debug", ["debug", "info", "warning", "error"]), ("info", ["info", "warning", "error"]), ("error", ["error"])],
)
def test_levels(capsys, level, kept):
    start_logging("json", level)
    for name in ("debug", "info", "warning", "error"):
        getattr(ours, name)("said")
    assert [line["level"] for line in lines(capsys)] == kept


def test_libraries_are_heard_from_warning_on_and_without_their_words(capsys):
    start_logging("json", "debug")
    theirs.setLevel(logging.DEBUG)
    try:
        theirs.info("[generated in 0.1 s] %r", (SECRET,))
        theirs.warning("could not bind %r", SECRET)
    finally:
        theirs.setLevel(logging.NOTSET)
    (line,) = lines(capsys)
    assert line.pop("place").startswith("test_operations_logs.py:")
    assert line == {"level": "warning", "logger": "sqlalchemy.engine.Engine", "event": "library"}


def test_statements_of_a_database_stay_out(capsys):
    start_logging("json", "debug")
    with create_engine("sqlite://", echo=False).connect() as connection:
        logging.getLogger("sqlalchemy.engine").setLevel(logging.DEBUG)
        try:
            connection.exec_driver_sql("SELECT ?", (SECRET,))
        finally:
            logging.getLogger("sqlalchemy.engine").setLevel(logging.NOTSET)
    assert capsys.readouterr().err == ""


def test_warnings_of_python_become_lines_without_their_words(capsys):
    start_logging("json")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning(SECRET, UserWarning, __file__, 1)
    ((line),) = lines(capsys)
    assert (line["level"], line["logger"], line["event"], set(line)) == (
        "warning",
        "py.warnings",
        "library",
        {"level", "logger", "event", "place"},
    )


ERRORS = st.sampled_from([ValueError, KeyError, OSError, RuntimeError, sqlite3.OperationalError, UnicodeError])
TEXTS = st.text(st.characters(categories=("L", "N", "Zs"), include_characters="%{}\n\"'\\é\ud800")).map(
    lambda text: f"{SECRET}{text}{SECRET}"
)


@given(ERRORS, TEXTS, st.sampled_from([ours, theirs]), st.sampled_from(["arg", "args", "message", "info", "chain", "mapping"]))
@example(ValueError, SECRET, ours, "chain")
def test_what_an_exception_says_is_never_logged(kind, text, logger, way):
    kept: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = kept.append  # type: ignore[method-assign]
    logger.addHandler(handler)
    try:
        try:
            try:
                raise kind(text)
            except kind as error:
                if way == "chain":
                    raise exc.StatementError(text, text, (text,), error) from error
                raise
        except Exception as error:
            match way:
                case "arg":
                    logger.error("failed: %s", error)
                case "args":
                    logger.error("failed: %s after %d of %r", error, 3, error)
                case "message":
                    logger.error(error)
                case "mapping":
                    logger.error("failed: %(error)s", {"error": error})
                case _:
                    logger.exception("failed")
    finally:
        logger.removeHandler(handler)
    (record,) = kept
    for formatter in (JsonFormatter(), TextFormatter()):
        line = formatter.format(record)
        assert SECRET not in line
        assert line.count("\n") == 0


def test_a_message_whose_arguments_do_not_fit_shows_none_of_them():
    record = logging.LogRecord("scanner.keys", logging.WARNING, "keys.py", 7, "%d rows", (SECRET,), None)
    assert TextFormatter().format(record) == "vigie: malformed log message at keys.py:7"


def test_what_a_scan_logs(tmp_path, monkeypatch):
    monkeypatch.setattr(scan_progress, "PROGRESS_SECONDS", 0)
    export = tmp_path / "export.csv"
    export.write_text(EXPORT, encoding="utf-8")
    result = vigie("scan", export, "--out", tmp_path / "out", "--log-format", "json")
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    told = [json.loads(line) for line in result.err.splitlines()]
    assert (result.code, told[-1]["run"]) == (1, summary["run"])
    assert scan_events(told) == [
        {"level": "info", "logger": "scanner.operations.watch", "event": "scan-started"},
        {"level": "info", "logger": "scanner.cli.scan_progress", "event": "progress", "table": "export.csv", "rows": 2},
        {
            "level": "info",
            "logger": "scanner.operations.watch",
            "event": "scan-ended",
            "status": "complete",
            "rows_read": 2,
            "rows_scanned": 2,
            "rows_skipped": 0,
            "rows_not_scanned": 0,
            "findings": 1,
            "alerts": 1,
        },
    ]
    assert result.out.splitlines()[0] == "records: 2 read, 2 scanned, 0 not scanned in full"


def test_what_a_failed_scan_logs(tmp_path):
    result = vigie("scan", tmp_path / "nowhere.csv", "--out", tmp_path / "out", "--log-format", "json")
    assert (result.code, result.out) == (2, "")
    assert scan_events(map(json.loads, result.err.splitlines())) == [
        {"level": "info", "logger": "scanner.operations.watch", "event": "scan-started"},
        {"level": "error", "logger": "scanner.operations.watch", "event": "scan-ended", "status": "failed", "error": "InputError"},
        {
            "level": "warning",
            "logger": "vigie",
            "event": "message",
            "message": f"{tmp_path}/nowhere.csv: cannot be read (No such file or directory); check the path and the rights",
        },
    ]


@pytest.mark.parametrize(("options", "expected"), [([], ""), (["--log-level", "warning"], "")])
def test_text_for_people_is_as_it_was(tmp_path, options, expected):
    export = tmp_path / "export.csv"
    export.write_text(EXPORT, encoding="utf-8")
    vigie("scan", export, "--out", tmp_path / "out", "--log-format", "json")
    result = vigie("scan", export, "--out", tmp_path / "out", *options)
    assert (result.code, result.err, is_structured()) == (1, expected, False)


def test_a_database_run_tells_its_job_and_how_it_compares(capsys):
    start_logging("json")
    counts = dict.fromkeys(("rows_read", "rows_scanned", "rows_skipped", "rows_not_scanned", "findings", "alerts"), 0)
    compared = {"previous_run": None, "new": 2, "gone": 1, "unchanged": 0}
    watched(lambda: {"run": "0123", "status": "complete", **counts, "comparison": compared}, job="night")
    expected = {"status": "complete", **counts, "new": 2, "gone": 1, "unchanged": 0}
    common = {"level": "info", "logger": "scanner.operations.watch", "job": "night"}
    assert scan_events(lines(capsys)) == [{**common, "event": "scan-started"}, {**common, "event": "scan-ended", **expected}]


@pytest.mark.parametrize(
    ("error", "status"), [(InputError(SECRET), "failed"), (BusyError(SECRET), "failed"), (KeyboardInterrupt(), "interrupted")]
)
def test_a_run_that_raises_logs_how_it_ended(capsys, error, status):
    start_logging("json")

    def run():
        raise error

    with pytest.raises(type(error)):
        watched(run, job="night")
    common = {"logger": "scanner.operations.watch", "job": "night"}
    assert scan_events(lines(capsys)) == [
        {**common, "level": "info", "event": "scan-started"},
        {**common, "level": "error", "event": "scan-ended", "status": status, "error": type(error).__name__},
    ]
