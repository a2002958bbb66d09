"""Exports that hold memos and numbered lines: found whole, reported where they stand, redacted in place."""

from __future__ import annotations

import datetime
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fakes import POLICY, make_plan
from openpyxl import Workbook, load_workbook

from scanner.columns import ColumnRoles, Requested, detect_roles
from scanner.errors import ConfigError, InputError
from scanner.memos.line_columns import LineGroup
from scanner.policy import load_policy
from scanner.scan import scan
from scanner.sources import ReadOptions, with_mapping

HEADER = ("ID", "LIG1", "LIG2", "LIG3", "MEMO")
ROWS = [
    ("L-1", "suivi pour un can", "cer, vu le 3", "", "RAS"),
    ("L-2", "fuite réparée", "au 2e étage", "", r"{\rtf1\ansi alco{\b olique}\par vu}"),
    ("L-3", "rien", "", "", "Mme a un <b>can</b>cer"),
]
REDACTED = [
    ("L-1", "suivi pour un [SANTÉ]", ", vu le 3", "", "RAS"),
    ("L-2", "fuite réparée", "au 2e étage", "", r"{\rtf1\ansi [ADDICTION]{\b }\par vu}"),
    ("L-3", "rien", "", "", "Mme a un <b>[SANTÉ]</b>"),
]
PLACES = [
    {"record_id": "L-1", "field": "LIG", "line": "LIG1", "start": 14, "end": 17, "continued": [{"line": "LIG2", "start": 0, "end": 3}]},
    {"record_id": "L-2", "field": "MEMO", "start": 12, "end": 26},
    {"record_id": "L-3", "field": "MEMO", "start": 12, "end": 22},
]


def csv_of(rows):
    return "".join(";".join(row) + "\r\n" for row in (HEADER, *rows)).encode("cp1252")


def write(path, rows):
    if path.suffix == ".csv":
        path.write_bytes(csv_of(rows))
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(dict(zip(HEADER, row, strict=True))) + "\n" for row in rows), encoding="utf-8")
    elif path.suffix == ".parquet":
        pq.write_table(pa.table(dict(zip(HEADER, map(list, zip(*rows, strict=True)), strict=True))), path)
    else:
        book = Workbook()
        for row in (HEADER, *rows):
            book.active.append(row)
        book.save(path)


def rows_of(path):
    if path.suffix == ".csv":
        header, *rows = (tuple(line.split(";")) for line in path.read_bytes().decode("cp1252").splitlines())
    elif path.suffix == ".jsonl":
        objects = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        header, rows = tuple(objects[0]), [tuple(item.values()) for item in objects]
    elif path.suffix == ".parquet":
        table = pq.read_table(path)
        header, rows = tuple(table.column_names), list(zip(*table.to_pydict().values(), strict=True))
    else:
        header, *rows = ([cell or "" for cell in row] for row in load_workbook(path).active.iter_rows(values_only=True))
    assert tuple(header) == HEADER
    return [tuple(row) for row in rows]


def places(out):
    keys = ("record_id", "field", "line", "start", "end", "continued")
    lines = [json.loads(line) for line in (out / "findings.jsonl").read_text(encoding="utf-8").splitlines()]
    return [{key: line[key] for key in keys if key in line} for line in lines]


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet", ".xlsx"])
def test_every_format(tmp_path, suffix):
    path, out = tmp_path / f"export{suffix}", tmp_path / "out"
    write(path, ROWS)
    summary = scan(make_plan([path], out))
    assert places(out) == PLACES
    assert rows_of(out / "redacted" / path.name) == REDACTED
    assert summary["entity_field"] == [["ADDICTION", "MEMO", 1], ["HEALTH", "LIG", 1], ["HEALTH", "MEMO", 1]]
    assert (summary["rows_scanned"], summary["findings"]) == (3, 3)


@pytest.mark.parametrize(
    ("mapping", "found"),
    [
        ('[lines]\nSUIVI = ["LIG2", "LIG1"]\n', []),
        ('[lines]\nSUIVI = ["LIG1", "LIG2"]\n', [{**PLACES[0], "field": "SUIVI"}]),
        ('[lines]\nSUIVI = ["lig1", "lig2"]\n[columns]\ntexts = ["MEMO"]\n', [{**PLACES[0], "field": "SUIVI"}]),
        ("[lines]\n", []),
        ('[columns]\ntexts = ["LIG1", "LIG2", "LIG3"]\n', PLACES[:1]),
        ('[columns]\ntexts = ["LIG1", "LIG2"]\n', []),
    ],
)
def test_the_mapping_file_names_the_lines(tmp_path, mapping, found):
    path, out, file = tmp_path / "export.csv", tmp_path / "out", tmp_path / "mapping.toml"
    write(path, ROWS[:1])
    file.write_text(mapping, encoding="utf-8")
    options = with_mapping(ReadOptions(), file)
    scan(make_plan([path], out, text_columns=options.text_columns, lines=options.lines))
    assert places(out) == found


@pytest.mark.parametrize("field", ["LIG", "LIG2"])
def test_the_purpose_of_a_joined_text(tmp_path, field):
    path, out, file = tmp_path / "export.csv", tmp_path / "out", tmp_path / "mapping.toml"
    write(path, ROWS)
    file.write_text(f'[purposes]\n{field} = "accounting"\n', encoding="utf-8")
    scan(make_plan([path], out, purposes=with_mapping(ReadOptions(), file).purposes))
    assert rows_of(out / "redacted" / "export.csv") == [ROWS[0], *REDACTED[1:]]


def test_the_purpose_in_the_policy(tmp_path):
    group = LineGroup("LIG", ("LIG1", "LIG2"))
    policies = []
    for fields in ('LIG = "technical"\nLIG1 = "accounting"', 'lig2 = "accounting"', ""):
        file = tmp_path / "policy.toml"
        file.write_text(f"[fields]\n{fields}\n{POLICY}", encoding="utf-8")
        policies.append(load_policy(file, ("HEALTH", "FINANCIAL"), datetime.date(2026, 11, 21)))
    assert [policy.with_purposes({}, [group]).purpose_of("LIG") for policy in policies] == ["technical", "accounting", "general"]
    assert policies[1].with_purposes({"LIG1": "litigation"}, [group]).purpose_of("LIG") == "litigation"
    assert policies[2].with_purposes({}, []) is policies[2]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ({"MEMO": ("LIG1", "LIG2")}, "[lines] 'MEMO' is the name of another column; choose another name for the joined text"),
        ({"A": ("LIG1", "LIG2"), "B": ("LIG2", "LIG3")}, "[lines] names LIG2 more than once"),
        ({"A": ("LIG1", "LIG9")}, "no column 'LIG9'; the columns are: ID, LIG1, LIG2, LIG3, MEMO"),
    ],
)
def test_lines_that_cannot_be_joined(tmp_path, lines, message):
    path = tmp_path / "export.csv"
    write(path, ROWS)
    with pytest.raises(InputError) as error:
        scan(make_plan([path], tmp_path / "out", lines=lines))
    assert str(error.value) == f"{path}: {message}"


def test_a_malformed_mapping_names_its_line(tmp_path):
    file = tmp_path / "mapping.toml"
    file.write_text('[lines]\nLIG = "LIG1"\n', encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        with_mapping(ReadOptions(), file)
    assert str(error.value) == f"{file}, line 2: 'LIG' must be a list of column names in quotes"


@pytest.mark.parametrize(
    ("columns", "rows", "texts", "lines"),
    [
        # the words of one line alone would not tell that it is free text
        (("ID", "INFO1", "INFO2"), [("1", "le bruit de la nuit est revenu", "hier soir")], ("INFO1", "INFO2"), ["INFO"]),
        (("LIG1", "LIG2"), [], ("LIG1", "LIG2"), ["LIG"]),
        (("T1", "T2", "T3"), [("il est venu et parti", "ok", "12")], ("T1", "T2", "T3"), ["T"]),
        (("TEL1", "TEL2", "NOTE"), [("06", "07", "il est venu et parti")], ("NOTE",), []),
        (("ADR_1", "ADR_2"), [("12 rue de la paix et du canal", "au fond de la cour à droite")], (), []),
        (("col1", "col2"), [("il est venu et parti", "il est venu et parti")], ("col1", "col2"), []),
    ],
)
def test_which_columns_are_lines(columns, rows, texts, lines):
    roles = detect_roles(columns, rows, Requested())
    assert (roles.texts, [group.name for group in roles.lines]) == (texts, lines)


def test_no_lines_by_default():
    assert ColumnRoles().lines == ()
