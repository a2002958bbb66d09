from __future__ import annotations

import errno
import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fakes import EXPLODES, KEY, FakeDetector, make_plan
from openpyxl import Workbook

from scanner.errors import BusyError, InputError, OutputError
from scanner.keys import pseudonym
from scanner.quarantine import open_entry, read_quarantine
from scanner.scan import scan

CSV = (
    "ID;SITE;AUTEUR;DATE;COMMENTAIRE\r\n"
    "L-1;Tilleuls;Gardien;03/02/2024;Dépistage d'un cancer, à éviter\r\n"
    "L-2;Tilleuls;Gardien;04/02/2024;Fuite réparée\r\n"
    'L-3;Érables;Accueil;05/03/2024;"alcoolique ; cancer ; prison"\r\n'
    "L-4;;Accueil;;dette de 300 €\r\n"
).encode("cp1252")
CLEANED = (
    "ID;SITE;AUTEUR;DATE;COMMENTAIRE\r\n"
    "L-1;Tilleuls;Gardien;03/02/2024;Dépistage d'un [SANTÉ], à éviter\r\n"
    "L-2;Tilleuls;Gardien;04/02/2024;Fuite réparée\r\n"
    "L-4;;Accueil;;dette de 300 €\r\n"
).encode("cp1252")


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "export.csv"
    path.write_bytes(CSV)
    return path


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def findings_of(out, name="findings.jsonl"):
    return [json.loads(line) for line in (out / name).read_text(encoding="utf-8").splitlines()]


def summary_of(out):
    return json.loads((out / "summary.json").read_text(encoding="utf-8"))


def files_of(out):
    return sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())


def line(record_id, row, entity, start, end, severity, action, level):
    words = {"HEALTH": "cancer", "ADDICTION": "alcoolique", "OFFENCE": "prison", "FINANCIAL": "dette"}
    rules = {"HEALTH": "cancer", "ADDICTION": "alcoholic", "OFFENCE": "prison", "FINANCIAL": "debt"}
    return {
        "record_id": record_id, "source": "export.csv", "row": row, "field": "COMMENTAIRE", "entity": entity, "start": start, "end": end,
        "score": 0.9, "assertion": "affirmed", "subject": "unknown", "rule": f"{entity}.{rules[entity]}", "term": words[entity],
        "severity": severity, "action": action, "level": level,
    }  # fmt: skip


def test_findings_redacted_copy_and_quarantine(export, out):
    scan(make_plan([export], out))
    severities = {f["entity"]: f["severity"] for f in findings_of(out)}
    assert findings_of(out) == [
        line("L-1", 1, "HEALTH", 15, 21, severities["HEALTH"], "redact", "high"),
        line("L-3", 3, "ADDICTION", 0, 10, severities["ADDICTION"], "quarantine", "critical"),
        line("L-3", 3, "HEALTH", 13, 19, severities["HEALTH"], "quarantine", "critical"),
        line("L-3", 3, "OFFENCE", 22, 28, severities["OFFENCE"], "quarantine", "critical"),
        line("L-4", 4, "FINANCIAL", 0, 5, severities["FINANCIAL"], "warn", "medium"),
    ]
    assert (out / "redacted" / "export.csv").read_bytes() == CLEANED
    assert export.read_bytes() == CSV
    (entry,) = read_quarantine(out / "quarantine.jsonl").entries
    assert (entry.record, entry.entities, entry.level) == (pseudonym("L-3", KEY), ("ADDICTION", "HEALTH", "OFFENCE"), "critical")
    assert open_entry(entry, KEY) == {
        "ID": "L-3", "SITE": "Érables", "AUTEUR": "Accueil", "DATE": "05/03/2024", "COMMENTAIRE": "alcoolique ; cancer ; prison",
    }  # fmt: skip
    assert files_of(out) == ["findings.jsonl", "quarantine.jsonl", "redacted/export.csv", "report.html", "summary.json"]
    assert (out / "findings.jsonl").stat().st_mode & 0o777 == 0o600


def test_the_summary_counts_everything(export, out):
    summary = scan(make_plan([export], out))
    assert summary_of(out) == summary
    (source,) = summary["sources"]
    assert {key: value for key, value in source.items() if key != "seconds"} == {
        "source": "export.csv", "format": "csv", "encoding": "cp1252", "delimiter": ";", "text_columns": ["COMMENTAIRE"], "id_column": "ID",
        "purposes": {"COMMENTAIRE": "general"}, "redacted": "redacted/export.csv", "rows": 4, "complete": True,
        "sha256": hashlib.sha256(CSV).hexdigest(), "bytes": len(CSV),
    }  # fmt: skip
    expected = {
        "format": "vigie-summary", "version": 1, "status": "complete", "key_id": KEY.id, "redaction": "label", "alert_level": "low",
        "rows_read": 4, "rows_scanned": 4, "rows_not_scanned": 0, "rows_unsettled": 0, "texts": 4, "findings": 5, "findings_allowed": 0,
        "records_with_findings": 3, "alerts": 3, "levels": {"none": 1, "low": 0, "medium": 1, "high": 1, "critical": 1},
        "actions": {"quarantine": 1, "redact": 1, "warn": 1},
        "entity_findings": [["ADDICTION", 1], ["FINANCIAL", 1], ["HEALTH", 2], ["OFFENCE", 1]],
        "entity_records": [["ADDICTION", 1], ["FINANCIAL", 1], ["HEALTH", 2], ["OFFENCE", 1]],
        "site_records": [["", 1], ["Tilleuls", 2], ["Érables", 1]], "site_findings": [["", 1], ["Tilleuls", 1], ["Érables", 1]],
        "month_read": [["2024-02", 2], ["2024-03", 1]], "month_records": [["2024-02", 1], ["2024-03", 1]],
        "reason_records": [], "not_scanned": [],
    }  # fmt: skip
    assert {key: summary[key] for key in expected} == expected
    assert [(first["record"], first["row"]) for first in summary["first_records"]] == [
        (pseudonym("L-3", KEY), 3), (pseudonym("L-1", KEY), 1), (pseudonym("L-4", KEY), 4),
    ]  # fmt: skip


def test_files_of_the_same_name_keep_apart(tmp_path, out):
    paths = []
    for folder, text in (("a", "cancer"), ("b", "prison"), ("c", "rien à dire")):
        paths.append(tmp_path / folder / "export.csv")
        paths[-1].parent.mkdir()
        paths[-1].write_text(f"ID;COMMENTAIRE\n7;{text}\n", encoding="utf-8")
    summary = scan(make_plan(paths, out))
    assert [(f["source"], f["record_id"], f["entity"]) for f in findings_of(out)] == [
        (str(paths[0]), "7", "HEALTH"),
        (str(paths[1]), "7", "OFFENCE"),
    ]
    assert [(s["source"], s["redacted"], s["rows"]) for s in summary["sources"]] == [
        (str(paths[0]), "redacted/export.csv", 1),
        (str(paths[1]), "redacted/export-2.csv", 1),
        (str(paths[2]), "redacted/export-3.csv", 1),
    ]
    assert [(out / s["redacted"]).read_text(encoding="utf-8").split(";")[-1] for s in summary["sources"]] == [
        "[SANTÉ]\n",
        "[INFRACTION]\n",
        "rien à dire\n",
    ]


def test_each_sheet_has_its_own_count(tmp_path, out):
    book = Workbook()
    for title, texts in (("Nord", ["cancer", "RAS"]), ("Sud", ["prison"])):
        sheet = book.create_sheet(title)
        for row in [("ID", "COMMENTAIRE"), *enumerate(texts)]:
            sheet.append(row)
    del book["Sheet"]
    path = tmp_path / "book.xlsx"
    book.save(path)
    summary = scan(make_plan([path], out))
    assert [(s["source"], s["rows"]) for s in summary["sources"]] == [("book.xlsx#Nord", 2), ("book.xlsx#Sud", 1)]
    assert [(f["source"], f["row"], f["entity"]) for f in findings_of(out)] == [
        ("book.xlsx#Nord", 1, "HEALTH"),
        ("book.xlsx#Sud", 1, "OFFENCE"),
    ]


def test_labelled_comments_are_scanned_as_they_are(tmp_path, out):
    gold = '{"id": "g-1", "text": "Un cancer", "spans": [{"start": 3, "end": 9, "entity": "HEALTH"}]}\n{"id": "g-2", "text": "RAS"}\n'
    path = tmp_path / "gold.jsonl"
    path.write_text(gold, encoding="utf-8")
    scan(make_plan([path], out))
    assert [(f["record_id"], f["field"], f["start"], f["end"]) for f in findings_of(out)] == [("g-1", "text", 3, 9)]
    assert (out / "redacted" / "gold.jsonl").read_text(encoding="utf-8") == gold.replace("cancer", "[SANT\\u00c9]")


def test_the_purpose_of_a_field_decides(export, out):
    summary = scan(make_plan([export], out, purposes={"commentaire": "accounting"}))
    assert {f["action"] for f in findings_of(out)} == {"keep"}
    assert (summary["actions"], summary["alerts"]) == ({"keep": 3}, 0)
    assert (out / "redacted" / "export.csv").read_bytes() == CSV


def test_what_the_allow_list_sets_aside_is_counted_and_changes_nothing(export, out):
    allow = '[[allow]]\nterm = "cancer"\nreason = "essai"\nauthor = "DPO"\nexpires = 2027-01-01\n'
    summary = scan(make_plan([export], out, policy=allow + "[[rules]]\nentity = 'HEALTH'\naction = 'redact'\n"))
    assert [f["entity"] for f in findings_of(out)] == ["ADDICTION", "OFFENCE", "FINANCIAL"]
    assert (summary["findings_allowed"], summary["levels"]["none"], summary["actions"]) == (2, 2, {"keep": 2})


def test_a_text_that_breaks_a_recognizer_is_named_and_the_others_are_scanned(tmp_path, out):
    path = tmp_path / "export.csv"
    path.write_text(f"ID;COMMENTAIRE;NOTE\n1;un cancer;RAS\n2;{EXPLODES} secret;prison\n3;RAS;{EXPLODES}\n", encoding="utf-8")
    summary = scan(make_plan([path], out, text_columns=("COMMENTAIRE", "NOTE")))
    assert [(f["record_id"], f["field"], f["entity"]) for f in findings_of(out)] == [
        ("1", "COMMENTAIRE", "HEALTH"),
        ("2", "NOTE", "OFFENCE"),
    ]
    named = [{"source": "export.csv", "row": row, "record_id": str(row), "reason": "analysis-error: ValueError"} for row in (2, 3)]
    assert (summary["rows_read"], summary["rows_scanned"], summary["rows_not_scanned"], summary["rows_unsettled"]) == (3, 1, 2, 1)
    assert (summary["not_scanned"], summary["reason_records"]) == (named, [["analysis-error: ValueError", 2]])
    assert (summary["levels"]["none"], sum(summary["levels"].values())) == (0, 2)
    assert "secret" not in json.dumps(summary)


def test_a_second_scan_keeps_older_quarantines(export, out):
    for _ in range(3):
        scan(make_plan([export], out))
        os.utime(out / "quarantine.jsonl", (1_700_000_000, 1_700_000_000))
    aside = ["quarantine-20231114T221320-2.jsonl", "quarantine-20231114T221320.jsonl"]
    assert files_of(out) == ["findings.jsonl", *aside, "quarantine.jsonl", "redacted/export.csv", "report.html", "summary.json"]
    for name in (*aside, "quarantine.jsonl"):
        (entry,) = read_quarantine(out / name).entries
        assert open_entry(entry, KEY)["ID"] == "L-3"


def test_a_quarantine_without_records_is_not_kept(export, out):
    keep = "[defaults]\naction = 'keep'\n"
    for _ in range(2):
        scan(make_plan([export], out, policy=keep))
    assert files_of(out) == ["findings.jsonl", "quarantine.jsonl", "redacted/export.csv", "report.html", "summary.json"]
    assert read_quarantine(out / "quarantine.jsonl").entries == ()


def interrupt(source, records):
    raise KeyboardInterrupt


def test_an_interrupted_scan_leaves_its_findings_and_publishes_nothing(export, out):
    scan(make_plan([export], out))
    for form in ("html", "pdf", "xlsx", "json"):
        (out / f"report.{form}").write_text("old")
    summary = scan(make_plan([export], out, chunk_size=2), interrupt)
    assert (summary["status"], summary["rows_read"], summary_of(out)) == ("interrupted", 2, summary)
    assert [(s["rows"], s["complete"], "sha256" in s) for s in summary["sources"]] == [(2, False, False)]
    assert [f["record_id"] for f in findings_of(out, "findings.jsonl.part")] == ["L-1"]
    names = [name for name in files_of(out) if not name.startswith("quarantine")]
    assert names == ["findings.jsonl.part", "report.html", "summary.json"]
    assert (out / "report.html").read_text(encoding="utf-8") != "old"


def test_a_file_damaged_further_down_stops_the_scan_and_is_named(tmp_path, out):
    path = tmp_path / "export.parquet"
    rows = [f"un cancer numéro {number}" for number in range(1000)]
    pq.write_table(pa.table({"ID": list(map(str, range(1000))), "COMMENTAIRE": rows}), path, row_group_size=500, compression="gzip")
    content = bytearray(path.read_bytes())
    at = pq.ParquetFile(path).metadata.row_group(1).column(1).data_page_offset
    content[at + 20 : at + 400] = bytes(380)
    path.write_bytes(bytes(content))
    with pytest.raises(InputError, match=r"export\.parquet: cannot be read as Parquet .* the file is damaged, export it again"):
        scan(make_plan([path], out))
    summary = summary_of(out)
    assert (summary["status"], summary["rows_read"], summary["sources"][0]["complete"]) == ("failed", 500, False)
    assert len(findings_of(out, "findings.jsonl.part")) == 500
    assert not (out / "redacted" / "export.parquet").exists()


def fill_the_disk_under(path):
    """Make every write to a file that this process holds open fail, as on a full disk."""
    for descriptor in Path("/proc/self/fd").iterdir():
        if os.path.realpath(descriptor) == str(path):
            full = os.open("/dev/full", os.O_WRONLY)
            os.dup2(full, int(descriptor.name))
            os.close(full)


@pytest.mark.parametrize("failing", ["findings.jsonl.part", "redacted/export.csv.part", "quarantine.jsonl"])
def test_a_full_disk_is_told_and_publishes_nothing(export, out, failing):
    class FullDetector(FakeDetector):
        def find_many(self, texts, names=None):
            fill_the_disk_under(out / failing)
            return super().find_many(texts, names)

    with pytest.raises(OutputError, match=os.strerror(errno.ENOSPC)):
        scan(make_plan([export], out, detector=FullDetector()))
    assert summary_of(out)["status"] == "failed"
    assert [name for name in files_of(out) if name in ("findings.jsonl", "redacted/export.csv", "redacted/export.csv.part")] == []
    assert export.read_bytes() == CSV


def test_inputs_are_never_overwritten(export, tmp_path):
    out = tmp_path / "out"
    scan(make_plan([export], out))
    for path in (out / "findings.jsonl", out / "redacted" / "export.csv"):
        before = path.read_bytes()
        linked = tmp_path / f"linked-{path.name}"
        linked.hardlink_to(path)
        for inputs in ([export, path], [export, linked]):
            with pytest.raises(OutputError, match="is one of the inputs and would be overwritten; choose another --out folder"):
                scan(make_plan(inputs, out))
        assert path.read_bytes() == before


def test_one_scan_at_a_time_writes_into_a_folder(export, out):
    refused = []

    def meanwhile(source, records):
        with pytest.raises(BusyError, match="another scan is writing there; wait until it has ended, or choose another --out folder"):
            scan(make_plan([export], out))
        refused.append(records)

    assert scan(make_plan([export], out), meanwhile)["status"] == "complete"
    assert refused == [4]
    alone = files_of(out)
    scan(make_plan([export], out.with_name("other")))
    assert files_of(out.with_name("other")) == alone
    assert scan(make_plan([export], out))["status"] == "complete"


def test_the_report_is_written_while_the_folder_is_held(export, out, monkeypatch):
    written = []

    def report(summary, catalogue, folder):
        with pytest.raises(BusyError, match="another scan is writing there"):
            scan(make_plan([export], folder))
        written.append(summary["status"])

    monkeypatch.setattr("scanner.scan.write_report", report)
    scan(make_plan([export], out))
    assert written == ["complete"]


def test_the_folder_of_the_input_will_do(export):
    scan(make_plan([export], export.parent))
    assert export.read_bytes() == CSV
    assert (export.parent / "redacted" / "export.csv").read_bytes() == CLEANED


@pytest.mark.parametrize("folder", ["export.csv/out", "/proc/vigie"])
def test_a_folder_that_cannot_be_made_is_refused(export, out, folder):
    plan = replace(make_plan([export], out), out=export.parent / folder)
    with pytest.raises(OutputError, match=r"cannot be made .*; choose another --out folder"):
        scan(plan)
    assert export.read_bytes() == CSV
