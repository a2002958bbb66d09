"""Metrics of a run, read back as Prometheus and OpenMetrics read them."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing

import pytest
from database_job import run_job
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_families
from prometheus_client.parser import text_string_to_metric_families as families
from running import vigie
from sqlalchemy import insert

from recognizers.rulepack import rules_digest
from scanner.errors import BusyError, InputError, OutputError
from scanner.operations.metrics import Ending, run_metrics
from scanner.operations.metrics_file import MetricsFile
from scanner.operations.vault_states import entries_by_state
from scanner.operations.watch import watched
from scanner.statistics import Statistics
from scanner.store.engine import open_store
from scanner.store.schema import jobs, records, source_tables, vault

NOW = 1_795_309_323.0
SUMMARY = {
    **Statistics().as_dict(),
    "status": "complete",
    "run": "0123456789abcdef",
    "sources": [{"source": "public.suivi", "rows": 9, "complete": True}, {"source": 'a"b\\c\nd', "rows": 1, "complete": False}],
    "rows_scanned": 4,
    "rows_skipped": 5,
    "rows_not_scanned": 1,
    "entity_findings": [["ADDICTION", 2], ["HEALTH", 3]],
    "levels": {"none": 6, "low": 0, "medium": 0, "high": 3, "critical": 1},
    "alerts": 4,
    "comparison": {"previous_run": "fedcba9876543210", "new": 2, "gone": 1, "unchanged": 3},
    "quarantine": {"pending": 3, "released": 1, "redacted": 0, "erased": 7},
}
ENDING = {
    ("vigie_run_last_success_timestamp_seconds",): NOW,
    ("vigie_run_duration_seconds",): 12.5,
    ("vigie_run_status", "complete"): 1,
    ("vigie_run_status", "interrupted"): 0,
    ("vigie_run_status", "failed"): 0,
}
COUNTS = {
    ("vigie_rows", "scanned"): 4,
    ("vigie_rows", "skipped"): 5,
    ("vigie_rows", "not_scanned"): 1,
    ("vigie_table_rows", "public.suivi"): 9,
    ("vigie_table_rows", 'a"b\\c\nd'): 1,
    ("vigie_table_complete", "public.suivi"): 1,
    ("vigie_table_complete", 'a"b\\c\nd'): 0,
    ("vigie_findings", "ADDICTION"): 2,
    ("vigie_findings", "HEALTH"): 3,
    ("vigie_records", "none"): 6,
    ("vigie_records", "low"): 0,
    ("vigie_records", "medium"): 0,
    ("vigie_records", "high"): 3,
    ("vigie_records", "critical"): 1,
    ("vigie_alerts",): 4,
    ("vigie_findings_compared", "new"): 2,
    ("vigie_findings_compared", "gone"): 1,
    ("vigie_findings_compared", "unchanged"): 3,
    ("vigie_quarantine_entries", "pending"): 3,
    ("vigie_quarantine_entries", "released"): 1,
    ("vigie_quarantine_entries", "redacted"): 0,
    ("vigie_quarantine_entries", "erased"): 7,
}
LABELS = {
    "vigie_run_status": {"scan_job", "status"},
    "vigie_run_failure_info": {"scan_job", "error"},
    "vigie_build_info": {"scan_job", "version", "rules"},
    "vigie_rows": {"scan_job", "outcome"},
    "vigie_table_rows": {"scan_job", "table"},
    "vigie_table_complete": {"scan_job", "table"},
    "vigie_findings": {"scan_job", "entity"},
    "vigie_records": {"scan_job", "level"},
    "vigie_findings_compared": {"scan_job", "change"},
    "vigie_quarantine_entries": {"scan_job", "state"},
}


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr("scanner.operations.watch.utc_now", lambda: "2026-11-22T01:02:03+00:00")


def parsed(path):
    text = path.read_text(encoding="utf-8")
    return list((families if path.suffix == ".prom" else open_families)(text))


def values(path):
    """Return the samples of a file by name and the label that is not the job, but for what build they come from."""
    samples = [sample for family in parsed(path) for sample in family.samples if sample.name != "vigie_build_info"]
    return {(sample.name, *(value for name, value in sample.labels.items() if name != "scan_job")): sample.value for sample in samples}


@pytest.mark.parametrize("ending", ["prom", "om", "openmetrics"])
def test_every_figure_is_there_and_no_other(tmp_path, ending):
    path = tmp_path / f"night.{ending}"
    MetricsFile(path, "night").write(run_metrics("night", Ending("complete", 12.5, NOW), SUMMARY))
    assert values(path) == ENDING | COUNTS
    samples = [sample for family in parsed(path) for sample in family.samples]
    assert {sample.labels["scan_job"] for sample in samples} == {"night"}
    assert {sample.name: set(sample.labels) for sample in samples} == {
        name: LABELS.get(name, {"scan_job"}) for (name, *_) in values(path)
    } | {"vigie_build_info": LABELS["vigie_build_info"]}
    assert path.read_text(encoding="utf-8").endswith("# EOF\n") == (ending != "prom")


def test_types_and_the_build(tmp_path):
    path = tmp_path / "night.om"
    MetricsFile(path, "night").write(run_metrics("night", Ending("failed", 1, 0, "InputError"), SUMMARY))
    infos = {family.name: family.samples[0].labels for family in parsed(path) if family.type == "info"}
    assert {family.type for family in parsed(path)} == {"gauge", "info"}
    assert infos == {
        "vigie_build": {"scan_job": "night", "version": infos["vigie_build"]["version"], "rules": rules_digest()},
        "vigie_run_failure": {"scan_job": "night", "error": "InputError"},
    }


def test_an_export_has_neither_comparison_nor_quarantine(tmp_path):
    path = tmp_path / "export.prom"
    exported = {name: value for name, value in SUMMARY.items() if name not in ("comparison", "quarantine")}
    MetricsFile(path, "export").write(run_metrics("export", Ending("complete", 12.5, NOW), exported))
    assert values(path) == ENDING | {key: value for key, value in COUNTS.items() if "compared" not in key[0] and "quarantine" not in key[0]}


@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_the_file_is_readable_by_the_collector_and_nothing_else_is_left(tmp_path, umask):
    before = os.umask(umask)
    try:
        for _ in range(2):
            MetricsFile(tmp_path / "night.prom", "night").write(run_metrics("night", Ending("complete", 1, NOW)))
    finally:
        os.umask(before)
    assert [(path.name, path.stat().st_mode & 0o777) for path in tmp_path.iterdir()] == [("night.prom", 0o644)]


def failing(error):
    def run():
        raise error

    return run


FAILED = {
    ("vigie_run_status", "complete"): 0,
    ("vigie_run_status", "interrupted"): 0,
    ("vigie_run_status", "failed"): 1,
}


@pytest.mark.parametrize("ending", ["prom", "om"])
def test_a_failed_run_keeps_the_last_success_and_shows_no_count(tmp_path, ending):
    path = tmp_path / f"night.{ending}"
    assert watched(lambda: SUMMARY, job="night", metrics=path) is SUMMARY
    assert values(path)["vigie_run_last_success_timestamp_seconds",] == NOW
    for _ in range(2):
        with pytest.raises(InputError, match=r"^unreachable$"):
            watched(failing(InputError("unreachable")), job="night", metrics=path)
    left = values(path)
    assert left.pop(("vigie_run_duration_seconds",)) >= 0
    assert left == {
        ("vigie_run_last_success_timestamp_seconds",): NOW,
        ("vigie_run_failure_info", "InputError"): 1,
        **FAILED,
    }


@pytest.mark.parametrize("how", ["returned", "raised"])
def test_an_interrupted_run_is_no_success_and_no_failure(tmp_path, how):
    path = tmp_path / "night.prom"
    if how == "returned":
        watched(lambda: {**SUMMARY, "status": "interrupted"}, job="night", metrics=path)
    else:
        with pytest.raises(KeyboardInterrupt):
            watched(failing(KeyboardInterrupt()), job="night", metrics=path)
    left = values(path)
    assert {key: value for key, value in left.items() if key[0] != "vigie_run_duration_seconds"} == {
        ("vigie_run_last_success_timestamp_seconds",): 0,
        ("vigie_run_status", "complete"): 0,
        ("vigie_run_status", "interrupted"): 1,
        ("vigie_run_status", "failed"): 0,
        **(COUNTS if how == "returned" else {}),
    }


def test_a_run_that_another_keeps_out_leaves_the_metrics_of_the_other(tmp_path):
    path = tmp_path / "night.prom"
    watched(lambda: SUMMARY, job="night", metrics=path)
    before = path.read_bytes()
    with pytest.raises(BusyError):
        watched(failing(BusyError("another run of night is alive")), job="night", metrics=path)
    assert path.read_bytes() == before


def test_the_error_of_a_run_wins_over_a_file_that_cannot_be_written(tmp_path):
    (tmp_path / "metrics").mkdir()

    def run():
        (tmp_path / "metrics").rmdir()
        raise InputError("unreachable")

    with pytest.raises(InputError, match=r"^unreachable$"):
        watched(run, job="night", metrics=tmp_path / "metrics" / "night.prom")


def test_a_complete_run_whose_metrics_cannot_be_written_says_so(tmp_path):
    (tmp_path / "metrics").mkdir()

    def run():
        (tmp_path / "metrics").rmdir()
        return SUMMARY

    with pytest.raises(OutputError, match=r"night\.prom\.new cannot be written \(No such file or directory\)$"):
        watched(run, job="night", metrics=tmp_path / "metrics" / "night.prom")


@pytest.mark.parametrize(
    ("name", "job", "kind", "message"),
    [
        ("night.txt", "night", InputError, "night.txt: the file of metrics must end in .prom, .om, .openmetrics"),
        ("nowhere/night.prom", "night", OutputError, "nowhere: no such folder; create it first"),
        ("night.prom", "noon", InputError, "night.prom: holds the metrics of night, not of noon; name one file for each job"),
        (
            "folder.prom",
            "night",
            OutputError,
            "folder.prom cannot be read (Is a directory); give this user the right, or name another file",
        ),
    ],
)
def test_a_file_that_cannot_serve_is_refused_before_the_run(tmp_path, monkeypatch, name, job, kind, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.prom").mkdir()
    watched(lambda: SUMMARY, job="night", metrics=tmp_path / "night.prom")
    with pytest.raises(kind) as caught:
        watched(failing(AssertionError("it ran")), job=job, metrics=tmp_path.joinpath(name).relative_to(tmp_path))
    assert str(caught.value) == message


@pytest.mark.parametrize("content", [b"vigie_run_last_success_timestamp_seconds{scan_job=", b"\xff\xfe"])
def test_a_damaged_file_does_not_stop_the_scan(tmp_path, caplog, content):
    path = tmp_path / "night.prom"
    path.write_bytes(content)
    watched(lambda: SUMMARY, job="night", metrics=path)
    assert values(path)["vigie_run_last_success_timestamp_seconds",] == NOW
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        f"{path} is damaged: when the job was last complete is not known until it is again"
    ]


def test_the_vault_of_each_job_by_state(tmp_path):
    known = {"digest": bytes(16), "version": "0", "run": 1}
    sealed = {"source": "suivi", "entities": "[]", "level": "high", "action": "redact", "created": "", "changed": "", "key_id": "0"}
    states = {1: ["pending", "pending", "erased"], 2: ["released"], None: ["pending"]}
    with open_store(tmp_path / "state.sqlite") as store, store.begin() as connection:
        for job in (1, 2):
            connection.execute(insert(jobs).values(id=job, name=f"job {job}", created=""))
            connection.execute(insert(source_tables).values(id=job, job_id=job, name="suivi", key_columns="[]", text_columns="[]"))
            connection.execute(insert(records).values(id=job, table_id=job, key="1", record="L-1", **known))
        rows = [{"record_id": record, "record": "L-1", "state": state} for record, found in states.items() for state in found]
        connection.execute(insert(vault), [{"id": f"{number:012x}", **row, **sealed} for number, row in enumerate(rows)])
        none = {"pending": 0, "released": 0, "redacted": 0, "erased": 0}
        assert entries_by_state(connection, 1) == none | {"pending": 2, "erased": 1}
        assert entries_by_state(connection, 2) == none | {"released": 1}
        assert entries_by_state(connection, 3) == none


def test_a_database_leaves_what_was_skipped_and_how_the_runs_compare(tmp_path):
    path = tmp_path / "night.prom"
    with closing(sqlite3.connect(tmp_path / "source.db")) as source, open_store(tmp_path / "state.sqlite") as store:
        source.execute("CREATE TABLE comments (id INTEGER PRIMARY KEY, note TEXT, site TEXT, entered TEXT)")
        source.executemany("INSERT INTO comments VALUES (?, ?, 'A', '2026-01-02')", [(1, "cancer"), (2, "prison"), (3, "RAS")])
        source.commit()
        for _ in range(2):
            watched(lambda: run_job(f"sqlite:///{tmp_path}/source.db", store, tmp_path / "out"), job="night", metrics=path)
            source.execute("UPDATE comments SET note = 'dette' WHERE id = 2")
            source.commit()
    left = values(path)
    kept = ("vigie_rows", "vigie_table_rows", "vigie_table_complete", "vigie_findings", "vigie_findings_compared")
    assert {key: value for key, value in left.items() if key[0] in kept} == {
        ("vigie_rows", "scanned"): 1,
        ("vigie_rows", "skipped"): 2,
        ("vigie_rows", "not_scanned"): 0,
        ("vigie_table_rows", "comments"): 3,
        ("vigie_table_complete", "comments"): 1,
        ("vigie_findings", "FINANCIAL"): 1,
        ("vigie_findings", "HEALTH"): 1,
        ("vigie_findings_compared", "new"): 1,
        ("vigie_findings_compared", "gone"): 1,
        ("vigie_findings_compared", "unchanged"): 1,
    }


def test_the_command_leaves_metrics_named_after_their_file(tmp_path):
    export = tmp_path / "export.csv"
    export.write_text("ID;COMMENTAIRE\n1;Mme sous chimiothérapie\n2;Fuite réparée\n3;a;b\n", encoding="utf-8")
    path = tmp_path / "agency.prom"
    assert vigie("scan", export, "--out", tmp_path / "out", "--metrics", path).code == 3
    left = values(path)
    assert {key: left[key] for key in left if key[0] in ("vigie_rows", "vigie_findings", "vigie_table_rows", "vigie_run_status")} == {
        ("vigie_rows", "scanned"): 2,
        ("vigie_rows", "skipped"): 0,
        ("vigie_rows", "not_scanned"): 1,
        ("vigie_table_rows", "export.csv"): 3,
        ("vigie_findings", "HEALTH"): 1,
        ("vigie_run_status", "complete"): 1,
        ("vigie_run_status", "interrupted"): 0,
        ("vigie_run_status", "failed"): 0,
    }
    assert {sample.labels["scan_job"] for family in parsed(path) for sample in family.samples} == {"agency"}


def test_a_command_that_fails_before_it_reads_says_so_too(tmp_path):
    path = tmp_path / "agency.prom"
    result = vigie("scan", tmp_path / "nowhere.csv", "--out", tmp_path / "out", "--metrics", path)
    assert (result.code, values(path)["vigie_run_failure_info", "InputError"]) == (2, 1)
