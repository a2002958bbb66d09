from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from fakes import EXPLODES, KEY, WORDS, make_plan
from hypothesis import given, settings
from hypothesis import strategies as st

from recognizers.finding import Finding
from scanner import persons, statistics
from scanner.judgement import JudgedFinding, Judgement
from scanner.keys import pseudonym
from scanner.persons import Persons
from scanner.records import Record
from scanner.scan import scan
from scanner.scoring import LEVELS, Risk
from scanner.statistics import Statistics

texts = st.lists(st.sampled_from([*WORDS, "rien", "à dire", EXPLODES]), max_size=5).map(" ".join)
rows = st.lists(
    st.fixed_dictionaries(
        {
            "ID": st.sampled_from(["a", "b", "c"]),
            "SITE": st.sampled_from(["", "Nord", "Sud"]),
            "DATE": st.sampled_from(["", "2024-01-02", "2024-03-04"]),
            "LOCATAIRE": st.sampled_from(["", "7", "8", "9"]),
            "COMMENTAIRE": texts,
            "NOTE": texts,
        }
    ),
    min_size=1,
    max_size=8,
)


def table(counter):
    return [[*key, count] for key, count in sorted(counter.items())]


@settings(max_examples=40, deadline=None)
@given(rows)
def test_the_summary_counts_what_the_findings_file_holds(rows):
    with TemporaryDirectory() as folder:
        path, out = Path(folder, "export.jsonl"), Path(folder, "out")
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        columns = {"text_columns": ("COMMENTAIRE", "NOTE"), "tenant_column": "LOCATAIRE", "purposes": {"NOTE": "social"}}
        summary = scan(make_plan([path], out, **columns, chunk_size=3))
        lines = [json.loads(line) for line in (out / "findings.jsonl").read_text(encoding="utf-8").splitlines()]
    found = {line["row"]: rows[line["row"] - 1] for line in lines}
    levels = Counter({line["row"]: line["level"] for line in lines}.values())
    broken = {number for number, row in enumerate(rows, 1) if EXPLODES in row["COMMENTAIRE"] + row["NOTE"]}
    strength = ("keep", "warn", "redact", "quarantine")
    actions = {row: max((line["action"] for line in lines if line["row"] == row), key=strength.index) for row in found}
    expected = {
        "rows_read": len(rows),
        "rows_not_scanned": len(broken),
        "rows_scanned": len(rows) - len(broken),
        "rows_unsettled": len(broken - found.keys()),
        "findings": len(lines),
        "records_with_findings": len(found),
        "alerts": sum(action != "keep" for action in actions.values()),
        "levels": {level: levels[level] if level != "none" else len(rows) - len(found.keys() | broken) for level in LEVELS},
        "actions": dict(sorted(Counter(actions.values()).items())),
        "entity_findings": table(Counter((line["entity"],) for line in lines)),
        "entity_records": table(Counter((entity,) for _, entity in {(line["row"], line["entity"]) for line in lines})),
        "entity_assertion": table(Counter((line["entity"], line["assertion"]) for line in lines)),
        "entity_subject": table(Counter((line["entity"], line["subject"]) for line in lines)),
        "entity_field": table(Counter((line["entity"], line["field"]) for line in lines)),
        "entity_severity": table(Counter((line["entity"], str(line["severity"])) for line in lines)),
        "entity_month": table(Counter((line["entity"], found[line["row"]]["DATE"][:7]) for line in lines if found[line["row"]]["DATE"])),
        "entity_purpose": table(Counter((line["entity"], "social" if line["field"] == "NOTE" else "general") for line in lines)),
        "entity_persons": table(
            Counter((entity,) for entity, tenant in {(line["entity"], line.get("tenant")) for line in lines} if tenant)
        ),
        "persons": {
            "read": len({row["LOCATAIRE"] for row in rows} - {""}) or None,
            "with_findings": len({row["LOCATAIRE"] for row in found.values()} - {""}) if any(row["LOCATAIRE"] for row in rows) else None,
            "at_least": len({row["LOCATAIRE"] != "" for row in rows}) == 2,
            "records_without": sum(not row["LOCATAIRE"] for row in rows),
        },
        "entity_site": table(Counter((line["entity"], found[line["row"]]["SITE"]) for line in lines)),
        "entity_term": table(Counter((line["entity"], line["term"]) for line in lines)),
        "field_records": table(Counter((field,) for _, field in {(line["row"], line["field"]) for line in lines})),
        "site_records": table(Counter((row["SITE"],) for row in rows)),
        "site_findings": table(Counter((row["SITE"],) for row in found.values())),
        "level_month": table(
            Counter(
                (level, month)
                for _, level, month in {(line["row"], line["level"], found[line["row"]]["DATE"][:7]) for line in lines}
                if month
            )
        ),
        "month_read": table(Counter((row["DATE"][:7],) for row in rows if row["DATE"])),
        "month_records": table(Counter((row["DATE"][:7],) for row in found.values() if row["DATE"])),
        "reason_records": [["analysis-error: ValueError", len(broken)]] if broken else [],
    }
    assert {key: summary[key] for key in expected} == expected
    assert {line["row"]: line.get("tenant") for line in lines} == {
        number: pseudonym(row["LOCATAIRE"], KEY) if row["LOCATAIRE"] else None for number, row in found.items()
    }
    assert {first["row"]: first["record"] for first in summary["first_records"]} == {
        number: pseudonym(row["ID"] or f"#{number}", KEY) for number, row in found.items()
    }


PURPOSE = {"NOTE": "general"}.__getitem__


def record(number, **more):
    return Record(id=str(number), row=number, source="a.csv", texts={"NOTE": "…"}, **more)


def judgement(risk, entity="HEALTH"):
    finding = Finding(entity, 0, 1, 0.9, f"{entity}.x", term="x")
    return Judgement({"NOTE": [JudgedFinding(finding, 4, "warn")]}, Risk(risk, "high"), "warn", 0)


def test_the_riskiest_records_are_named_in_a_fixed_order():
    counts = Statistics()
    for number in range(200):
        counts.add(record(number), judgement(number % 60), str(number), PURPOSE)
    expected = sorted(range(200), key=lambda number: (-(number % 60), number))[: statistics.FIRST_RECORDS]
    assert [entry["record"] for entry in counts.as_dict()["first_records"]] == [str(number) for number in expected]


def test_rows_that_were_not_scanned_are_all_counted_and_the_first_named(monkeypatch):
    monkeypatch.setattr(statistics, "NAMED_ROWS", 2)
    counts = Statistics()
    for number in range(5):
        counts.add(record(number, problem="field-count" if number % 2 == 0 else ""), None, "", PURPOSE)
    summary = counts.as_dict()
    assert (summary["rows_not_scanned"], summary["rows_unsettled"], summary["levels"]["none"]) == (3, 3, 2)
    assert summary["not_scanned"] == [{"source": "a.csv", "row": row, "record_id": str(row - 1), "reason": "field-count"} for row in (1, 3)]
    assert summary["reason_records"] == [["field-count", 3]]


def test_names_beyond_the_limit_are_counted_together(monkeypatch):
    monkeypatch.setattr(statistics, "MAX_KEYS", 2)
    counts = Statistics()
    for number in range(5):
        counts.add(record(number, site=f"site {number}"), None, "", PURPOSE)
    assert counts.as_dict()["site_records"] == [["site 0", 1], ["site 1", 1], ["…", 3]]


@pytest.mark.parametrize("fields", [{}, {"NOTE": []}])
def test_a_record_whose_findings_are_all_allowed_is_one_without_findings(fields):
    counts = Statistics()
    counts.add(record(1), Judgement(fields, Risk(0, "none"), "keep", 3), "p", PURPOSE)
    summary = counts.as_dict()
    assert (summary["findings_allowed"], summary["records_with_findings"], summary["levels"]["none"], summary["actions"]) == (3, 0, 1, {})


def test_tenants_beyond_the_ceiling_are_at_least_as_many(monkeypatch):
    monkeypatch.setattr(persons, "MOST_KEPT", 5)
    counts = Persons()
    for first in range(0, 12, 3):
        counts.add_read([str(first), str(first + 1), str(first + 2), str(first)])
        counts.add_found(str(first), ["HEALTH"])
    assert (counts.as_dict(), counts.by_entity()) == (
        {"read": 6, "with_findings": 1, "at_least": True, "records_without": 0},
        [["HEALTH", 1]],
    )


def test_without_a_column_of_tenants_nobody_is_counted():
    counts = Persons()
    counts.add_read(["", "", ""])
    counts.add_found("", ["HEALTH"])
    assert (counts.as_dict(), counts.by_entity()) == ({"read": None, "with_findings": None, "at_least": False, "records_without": 3}, [])
