"""The folder of a plan: exact through a spreadsheet's format, whole or not there, edits checked line by line."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.corrections.ledger import Change
from scanner.corrections.plan_files import CUT_AT, check_row, new_plan_folder, read_plan, read_plan_id
from scanner.errors import InputError, OutputError

PLAN = "00112233aabbccdd"
DATABASE = "postgresql://replica/ikos"
HEADER = "change;table;key;column;action;entities;old_digest;new_text"


def change(number: int = 1, **others: Any) -> Change:
    fields = {
        "id": f"c{number}",
        "plan_id": PLAN,
        "vault_id": "3f2a",
        "source": "public.notes",
        "key_values": '{"id": 7, "site": "Les Tilleuls ; \\"B\\""}',
        "field": "NOTE",
        "line": "",
        "action": "redact",
        "old_digest": bytes(16),
        "new_digest": bytes(16),
    }
    return Change(**{**fields, **others})


def write(out: Path, *texts: str) -> Path:
    with new_plan_folder(out, PLAN, DATABASE) as folder:
        for number, text in enumerate(texts, start=1):
            folder.add(change(number), ("HEALTH", "OFFENCE"), f"ancien {number}", text)
        folder.finish({"id": PLAN})
    return out


def test_what_is_written(tmp_path: Path) -> None:
    out = write(tmp_path / "plan", "=1+1", "à ; voir")
    key = '"{""id"": 7, ""site"": ""Les Tilleuls ; \\""B\\""""}"'
    fixed = f'"public.notes";{key};"NOTE";"redact";"HEALTH, OFFENCE";"hmac:{"0" * 32}"'
    assert (out / "changes.csv").read_bytes().decode("utf-8").split("\r\n") == [
        "\ufeff" + ";".join(f'"{name}"' for name in HEADER.split(";")),
        f'"c1";{fixed};"\'=1+1"',
        f'"c2";{fixed};"\'à ; voir"',
        "",
    ]
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in [out, *out.iterdir()]} == {
        "plan": 0o700,
        "changes.csv": 0o600,
        "changes.sql": 0o600,
        "plan.json": 0o600,
    }
    assert read_plan_id(out) == PLAN


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=5))
def test_texts_come_back_exactly(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    out = write(tmp_path_factory.mktemp("plans") / "plan", *texts)
    reviewed = read_plan(out)
    assert [row.new_text for row in reviewed.changes] == texts
    assert [row.id for row in reviewed.changes] == [f"c{number}" for number in range(1, len(texts) + 1)]
    assert not reviewed.edited
    for row, number in zip(reviewed.changes, range(1, len(texts) + 1), strict=True):
        check_row(out, row, change(number))


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_no_cell_begins_as_a_formula_or_a_number(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    with new_plan_folder(tmp_path_factory.mktemp("plans") / "plan", PLAN, DATABASE) as folder:
        folder.add(change(source=text, field=text), (), "ancien", text)
        folder.finish({"id": PLAN})
    content = (folder_of(folder) / "changes.csv").read_bytes().decode("utf-8-sig")
    [_, cells] = csv.reader(io.StringIO(content, newline=""), delimiter=";")
    assert [cell for cell in cells if cell and not (cell[0].isalpha() or cell[0] in "'{")] == []


def folder_of(folder: Any) -> Path:
    path: Path = folder._path
    return next(path.parent.glob("plan"))


def test_a_folder_that_exists_is_left_alone(tmp_path: Path) -> None:
    out = write(tmp_path / "plan", "texte")
    before = (out / "changes.csv").read_bytes()
    with pytest.raises(OutputError, match=f"^{out} exists: name a new folder for the plan$"), new_plan_folder(out, PLAN, DATABASE):
        pass
    assert (out / "changes.csv").read_bytes() == before


def test_nothing_is_left_of_a_plan_that_failed(tmp_path: Path) -> None:
    def fail() -> None:
        with new_plan_folder(tmp_path / "plan", PLAN, DATABASE) as folder:
            folder.add(change(), (), "ancien", "nouveau")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"), new_plan_folder(tmp_path / "none" / "plan", PLAN, DATABASE):
        pass


def edited(out: Path, edit: Callable[[str], str], encoding: str = "utf-8-sig") -> None:
    path = out / "changes.csv"
    path.write_bytes(edit(path.read_bytes().decode("utf-8-sig")).encode(encoding))


@pytest.mark.parametrize(
    ("edit", "texts"),
    [
        (lambda text: text.replace("'un", "deux"), ["deux", "trois\r\nlignes\r\nlà", "quatre"]),
        (lambda text: text.replace("'un", "''un"), ["'un", "trois\r\nlignes\r\nlà", "quatre"]),
        (
            lambda text: text.replace('"', "") if "lignes" not in text else text.replace('"c1"', "c1"),
            ["un", "trois\r\nlignes\r\nlà", "quatre"],
        ),
        (lambda text: "".join(line for line in text.splitlines(keepends=True) if "c1" not in line), ["trois\r\nlignes\r\nlà", "quatre"]),
        (lambda text: text + ";;;;;;;\r\n\r\n", ["un", "trois\r\nlignes\r\nlà", "quatre"]),
    ],
)
def test_rows_may_be_edited_and_deleted(tmp_path: Path, edit: Callable[[str], str], texts: list[str]) -> None:
    out = write(tmp_path / "plan", "un", "trois\r\nlignes\r\nlà", "quatre")
    edited(out, edit)
    reviewed = read_plan(out)
    assert [row.new_text for row in reviewed.changes] == texts
    assert reviewed.edited


@pytest.mark.parametrize(
    ("edit", "line", "reason"),
    [
        (lambda text: text.replace(";", ","), 1, f"the columns must be {HEADER}"),
        (lambda text: text.split("\n", 1)[1], 1, f"the columns must be {HEADER}"),
        (lambda text: text.replace('"c3"', '"c1"'), 6, "change c1 stands in line 2 already"),
        (lambda text: text.replace('"c3";', ""), 6, "7 cells instead of 8"),
        (lambda text: text.replace('"\'quatre"', "\"'quatre"), 6, "a cell is not closed by a quote, or something follows the quote"),
        (lambda text: text.replace('"c2"', '"c2"x'), 3, "a cell is not closed by a quote, or something follows the quote"),
    ],
)
def test_a_malformed_file_is_named_by_line(tmp_path: Path, edit: Callable[[str], str], line: int, reason: str) -> None:
    out = write(tmp_path / "plan", "un", "trois\r\nlignes\r\nlà", "quatre")
    edited(out, edit)
    with pytest.raises(InputError) as error:
        read_plan(out)
    assert str(error.value) == f"{out / 'changes.csv'}, line {line}: {reason}"


def test_a_file_saved_in_another_encoding(tmp_path: Path) -> None:
    out = write(tmp_path / "plan", "un", "là")
    edited(out, str, "cp1252")
    with pytest.raises(InputError) as error:
        read_plan(out)
    assert str(error.value) == f"{out / 'changes.csv'}, line 3: not UTF-8; save the file as CSV UTF-8"


@pytest.mark.parametrize(
    ("before", "after", "column"),
    [
        ("public.notes", "public.autre", "table"),
        ('""id"": 7', '""id"": 8', "key"),
        ("NOTE", "AUTRE", "column"),
        ("redact", "erase", "action"),
        ("hmac:0", "hmac:1", "old_digest"),
    ],
)
def test_only_the_new_text_may_be_edited(tmp_path: Path, before: str, after: str, column: str) -> None:
    out = write(tmp_path / "plan", "un\nautre", "deux")
    edited(out, lambda text: text[:-200] + text[-200:].replace(before, after))
    first, second = read_plan(out).changes
    check_row(out, first, change())
    with pytest.raises(InputError) as error:
        check_row(out, second, change(2))
    assert str(error.value) == (f"{out / 'changes.csv'}, line 4: {column} is not as planned: only new_text may be edited, and rows deleted")


@pytest.mark.parametrize("length", [CUT_AT, CUT_AT - 1])
def test_a_text_that_a_spreadsheet_cut(tmp_path: Path, length: int) -> None:
    out = write(tmp_path / "plan", "x" * length)
    [row] = read_plan(out).changes
    with pytest.raises(InputError, match="a spreadsheet cut it"):
        check_row(out, row, change())


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"format": "vigie-plan", "version": 2, "id": "a", "files": {"changes.csv": ""}}'])
def test_a_folder_that_is_no_plan(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=f"^{path} is no plan of version 1, or is damaged$"):
        read_plan(tmp_path)


def test_missing_files(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"plan\.json cannot be read .*: name the folder that `vigie plan` wrote$"):
        read_plan_id(tmp_path)
    out = write(tmp_path / "plan", "un")
    (out / "changes.csv").unlink()
    with pytest.raises(InputError, match=r"changes\.csv cannot be read"):
        read_plan(out)


def test_the_digests_of_the_files(tmp_path: Path) -> None:
    out = write(tmp_path / "plan", "un")
    files = json.loads((out / "plan.json").read_text())["files"]
    assert files == {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in ("changes.csv", "changes.sql")}
