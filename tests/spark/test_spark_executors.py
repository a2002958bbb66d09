"""What the executors do, without Spark: records as Arrow batches, their scan, and the counts of all partitions together."""

from __future__ import annotations

import datetime
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from fakes import EXPLODES, KEY, POLICY, FakeDetector
from hypothesis import given
from hypothesis import strategies as st

from recognizers.rulepack import rules_digest
from scanner.catalogue import default_catalogue
from scanner.columns import ColumnRoles
from scanner.errors import InputError
from scanner.judgement import judge
from scanner.keys import pseudonym
from scanner.policy import load_policy
from scanner.recognition import find_in_records
from scanner.records import NO_ROW, Record
from scanner.sources import Layout, ReadOptions, open_source
from scanner.spark.counts import TenantCounts, merged
from scanner.spark.records import RECORDS, batch_of_records, records_of_batches, records_of_cells, records_of_files
from scanner.spark.scanning import OUTCOME, Rules, TableRules, scan_records
from scanner.statistics import FIRST_RECORDS, Statistics

ROLES = ColumnRoles(texts=("NOTE", "SUITE"), id="ID", date="JOUR", names=("NOM",))
LAYOUT = Layout("notes", "parquet", ("ID", "NOTE", "SUITE", "NOM", "JOUR"), ROLES, purposes={})


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    file = tmp_path_factory.mktemp("policy") / "policy.toml"
    file.write_text(POLICY, encoding="utf-8")
    catalogue = default_catalogue()
    policy = load_policy(file, catalogue.entities, datetime.date(2026, 11, 21))
    return Rules(rules_digest(), {"notes": TableRules(policy)}, catalogue, FakeDetector)  # type: ignore[arg-type]


def record(row: int, text: str, **fields: Any) -> Record:
    return Record(f"r{row}", row, "notes", {"NOTE": text}, **fields)


def outcome(records: Sequence[Record], rules: Rules) -> list[dict[str, Any]]:
    """Return the rows of the outcome, without the columns that are null."""
    rows = pa.Table.from_batches(scan_records([records], rules), OUTCOME).to_pylist()
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def counts(records: Sequence[Record], rules: Rules) -> dict[str, Any]:
    *_, last = outcome(records, rules)
    return json.loads(last["counts"])


CELL = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
RECORD = st.builds(
    Record,
    id=CELL,
    row=st.integers(-1, 2**40),
    source=CELL,
    texts=st.dictionaries(CELL, CELL, max_size=3),
    site=CELL,
    author_group=CELL,
    date=CELL,
    tenant=CELL,
    names=st.lists(CELL, max_size=2).map(tuple),
    problem=CELL,
)


@given(st.lists(RECORD, max_size=5))
def test_records_come_out_of_a_batch_as_they_went_in(records):
    batch = batch_of_records(records)
    assert (batch.schema, [*records_of_batches([batch])]) == (RECORDS, [records])


MALFORMED = (
    'ID;NOM;COMMENTAIRE\r\n1;Dupré;"ligne 1\r\n\r\nligne ""2"""\r\n;Roux;sans identifiant\r\n3;Noël;coupé\r\nau milieu\r\n'
    '4;un;champ;de;trop\r\n5;X;\x81 illisible\r\n\r\n6;Y;"jamais fermé\r\n7;Z;fin\r\n'
)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8"])
def test_files_are_read_as_by_the_scan_of_one_machine(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(MALFORMED.replace("\x81", "?" if encoding == "cp1252" else "\x81").encode(encoding).replace(b";?", b";\x81"))
    options = ReadOptions(encoding=encoding)
    expected = [record for chunk in open_source(path, options).chunks() for record in chunk.records]
    assert len({record.problem for record in expected}) >= 3
    numbers = pa.RecordBatch.from_pydict({"id": [1]})
    batches = records_of_files([numbers], [Path("never read"), path], options)
    assert [record for records in records_of_batches(batches) for record in records] == expected


def cells(**columns: list[Any]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict(columns)


def test_cells_become_records_whatever_their_type():
    batch = cells(
        ID=[41, 42, None],
        NOTE=[b"\xc3\xa9t\xc3\xa9", b"\xe9t\xe9", None],
        SUITE=[1.0, 2.5, None],
        NOM=[b"DUPRE", None, b" "],
        JOUR=[datetime.date(2024, 3, 5), None, None],
        source=["a.parquet"] * 3,
        row=[0, 7, 8],
    )
    assert [*records_of_cells([batch], LAYOUT)] == [
        [
            Record("41", 0, "a.parquet", {"NOTE": "été", "SUITE": "1"}, date="2024-03-05", names=("DUPRE",)),
            Record("42", 7, "a.parquet", {"NOTE": "\ufffdt\ufffd", "SUITE": "2.5"}, problem="undecodable"),
            Record("#9", 8, "a.parquet", {"NOTE": "", "SUITE": ""}),
        ]
    ]


def test_a_row_with_neither_id_nor_number_is_scanned_and_named_as_one_that_nobody_can_find_again():
    columns = {"ID": [b"A1", b" ", None], "NOTE": [b"x", b"cancer", b"\xff"], "SUITE": [None] * 3, "NOM": [None] * 3, "JOUR": [None] * 3}
    batch = cells(**columns, source=["notes"] * 3, row=pa.nulls(3, pa.int64()))
    assert [*records_of_cells([batch], LAYOUT)] == [
        [
            Record("A1", NO_ROW, "notes", {"NOTE": "x", "SUITE": ""}),
            Record("", NO_ROW, "notes", {"NOTE": "cancer", "SUITE": ""}, problem="no-key"),
            Record("", NO_ROW, "notes", {"NOTE": "\ufffd", "SUITE": ""}, problem="undecodable"),
        ]
    ]


def test_rows_without_id_column_are_called_by_their_number():
    layout = Layout("notes", "parquet", ("NOTE",), ColumnRoles(texts=("NOTE",)), purposes={})
    assert [*records_of_cells([cells(NOTE=[b"x"], source=["a"], row=[4])], layout)] == [[Record("5", 4, "a", {"NOTE": "x"})]]


def test_the_outcome_of_a_partition(rules):
    records = [record(0, "RAS"), record(1, "un cancer"), record(2, f"{EXPLODES} dette"), record(3, "coupé", problem="field-count")]
    *rows, last = outcome(records, rules)
    assert rows == [
        {
            "kind": "finding",
            "record_id": "r1",
            "source": "notes",
            "row": 2,
            "field": "NOTE",
            "entity": "HEALTH",
            "start": 3,
            "end": 9,
            "score": 0.9,
            "assertion": "affirmed",
            "subject": "unknown",
            "rule": "HEALTH.cancer",
            "term": "cancer",
            "severity": 4,
            "action": "redact",
            "level": "high",
        },
        {"kind": "not_scanned", "record_id": "r2", "source": "notes", "row": 3, "reason": "analysis-error: ValueError"},
        {"kind": "not_scanned", "record_id": "r3", "source": "notes", "row": 4, "reason": "field-count"},
    ]
    counted = json.loads(last["counts"])
    named = ("rows_read", "rows_scanned", "rows_not_scanned", "findings", "alerts", "source_rows")
    assert {name: counted[name] for name in named} == {
        "rows_read": 4,
        "rows_scanned": 2,
        "rows_not_scanned": 2,
        "findings": 1,
        "alerts": 1,
        "source_rows": [["notes", 4]],
    }
    assert EXPLODES not in str((rows, last))


def test_a_partition_tells_its_tenants_and_what_was_found_in_their_records(rules):
    records = [
        record(0, "RAS", tenant="7"),
        record(1, "un cancer, une dette", tenant="8"),
        record(2, "prison", tenant="8"),
        record(3, "prison"),
    ]
    rows = outcome(records, rules)
    assert sorted((row["tenant"], row["entity"]) for row in rows if row["kind"] == "tenant") == [
        ("7", ""),
        ("8", ""),
        ("8", "FINANCIAL"),
        ("8", "HEALTH"),
        ("8", "OFFENCE"),
    ]
    assert [(row["row"], row.get("tenant")) for row in rows if row["kind"] == "finding"] == [(2, "8"), (2, "8"), (3, "8"), (4, None)]


def test_an_empty_partition_counts_nothing(rules):
    assert counts([], rules) == {**Statistics().as_dict(), "source_rows": []}


def test_other_rules_on_an_executor_are_refused(rules):
    other = Rules("0123456789abcdef", rules.tables, rules.catalogue, rules.detector)
    with pytest.raises(InputError) as caught:
        next(scan_records([[record(0, "un cancer")]], other))
    assert str(caught.value) == (
        f"the rules of the driver (0123456789abcdef) and of an executor ({rules_digest()}) differ: install the same Vigie on all"
    )


TEXT = st.sampled_from(["RAS", "un cancer", "alcoolique, en prison", "une dette", "dette et cancer", EXPLODES])
ROW = st.tuples(
    TEXT, st.sampled_from(["", "Les Lilas"]), st.sampled_from(["", "2024-03-05"]), st.sampled_from(["", "7", "8"]), st.integers(0, 3)
)
SPLIT = st.lists(ROW, max_size=12)


@given(SPLIT)
def test_the_counts_do_not_depend_on_the_partitions(rules, drawn):
    records = [record(row, text, site=site, date=date, tenant=tenant) for row, (text, site, date, tenant, _) in enumerate(drawn)]
    parts = [[one for one, (*_, part) in zip(records, drawn, strict=True) if part == number] for number in range(4)]
    whole = Statistics()
    policy = rules.of("notes").policy
    for one, found in find_in_records(records, rules.detector()):
        judgement = judge(one, found, policy, rules.catalogue) if found else None
        whole.add(one, judgement, pseudonym(one.id, KEY), policy.purpose_of)
        whole.alerts += judgement is not None and policy.alerts(judgement.risk.level, judgement.action)
    expected = {**whole.as_dict(), "source_rows": [["notes", len(records)]] if records else []}
    met = {(row["tenant"], row["entity"]) for part in parts for row in outcome(part, rules) if row["kind"] == "tenant"}
    by_entity = Counter(entity for _, entity in met)
    tenants = TenantCounts(by_entity.pop("", 0), len({tenant for tenant, entity in met if entity}), by_entity)
    assert merged([counts(part, rules) for part in parts], tenants, KEY) == expected


def test_the_first_records_are_the_riskiest_of_all_partitions(rules):
    mild = [record(row, "une dette") for row in range(FIRST_RECORDS)]
    grave = [record(row, "cancer, alcoolique, prison") for row in range(FIRST_RECORDS, FIRST_RECORDS + 10)]
    first = merged([counts(mild, rules), counts(grave, rules)], TenantCounts(), KEY)["first_records"]
    assert [entry["row"] for entry in first] == [*range(FIRST_RECORDS + 1, FIRST_RECORDS + 11), *range(1, FIRST_RECORDS - 9)]
    assert first[0]["record"] == pseudonym(f"r{FIRST_RECORDS}", KEY)
