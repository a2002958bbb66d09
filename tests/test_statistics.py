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
from scanner import statistics
from scanner.judgement import JudgedFinding, Judgement
from scanner.keys import pseudonym
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
        summary = scan(make_plan([path], out, text_columns=("COMMENTAIRE", "NOTE"), chunk_size=3))
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
        "entity_site": table(Counter((line["entity"], found[line["row"]]["SITE"]) for line in lines)),
        "entity_term": table(Counter((line["entity"], line["term"]) for line in lines)),
        "field_records": table(Counter((field,) for _, field in {(line["row"], line["field"]) for line in lines})),
        "site_records": table(Counter((row["SITE"],) for row in rows)),
        "site_findings": table(Counter((row["SITE"],) for row in found.values())),
        "month_read": table(Counter((row["DATE"][:7],) for row in rows if row["DATE"])),
        "month_records": table(Counter((row["DATE"][:7],) for row in found.values() if row["DATE"])),
        "reason_records": [["analysis-error: ValueError", len(broken)]] if broken else [],
    }
    assert {key: summary[key] for key in expected} == expected
    assert {first["row"]: first["record"] for first in summary["first_records"]} == {
        number: pseudonym(row["ID"] or f"#{number}", KEY) for number, row in found.items()
    }


def record(number, **more):
    return Record(id=str(number), row=number, source="a.csv", texts={"NOTE": "…"}, **more)


def judgement(risk, entity="HEALTH"):
    finding = Finding(entity, 0, 1, 0.9, f"{entity}.x", term="x")
    return Judgement({"NOTE": [JudgedFinding(finding, 4, "warn")]}, Risk(risk, "high"), "warn", 0)


def test_the_riskiest_records_are_named_in_a_fixed_order():
    counts = Statistics()
    for number in range(200):
        counts.add(record(number), judgement(number % 60), str(number))
    expected = sorted(range(200), key=lambda number: (-(number % 60), number))[: statistics.FIRST_RECORDS]
    assert [entry["record"] for entry in counts.as_dict()["first_records"]] == [str(number) for number in expected]


def test_rows_that_were_not_scanned_are_all_counted_and_the_first_named(monkeypatch):
    monkeypatch.setattr(statistics, "NAMED_ROWS", 2)
    counts = Statistics()
    for number in range(5):
        counts.add(record(number, problem="field-count" if number % 2 == 0 else ""))
    summary = counts.as_dict()
    assert (summary["rows_not_scanned"], summary["rows_unsettled"], summary["levels"]["none"]) == (3, 3, 2)
    assert summary["not_scanned"] == [{"source": "a.csv", "row": row, "record_id": str(row - 1), "reason": "field-count"} for row in (1, 3)]
    assert summary["reason_records"] == [["field-count", 3]]


def test_names_beyond_the_limit_are_counted_together(monkeypatch):
    monkeypatch.setattr(statistics, "MAX_KEYS", 2)
    counts = Statistics()
    for number in range(5):
        counts.add(record(number, site=f"site {number}"))
    assert counts.as_dict()["site_records"] == [["site 0", 1], ["site 1", 1], ["…", 3]]


@pytest.mark.parametrize("fields", [{}, {"NOTE": []}])
def test_a_record_whose_findings_are_all_allowed_is_one_without_findings(fields):
    counts = Statistics()
    counts.add(record(1), Judgement(fields, Risk(0, "none"), "keep", 3), "p")
    summary = counts.as_dict()
    assert (summary["findings_allowed"], summary["records_with_findings"], summary["levels"]["none"], summary["actions"]) == (3, 0, 1, {})
