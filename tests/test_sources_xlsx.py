"""Excel workbooks: what is read, and that the redacted copy changes what it must and nothing else."""

from __future__ import annotations

import datetime
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from scanner.errors import InputError
from scanner.sources import ReadOptions, Source, open_source

Rows = list[list[object]]
MAIN: Rows = [
    ["Id", "Date_Saisie", "Nom", "Loyer", "Commentaire"],
    [1, datetime.datetime(2024, 3, 5), "DUPONT", 512.5, "Fuite réparée"],
    [None, None, None, None, None],
    [2, datetime.datetime(2024, 3, 6), "MARTIN", 600, "=A1 n'est pas une formule"],
    [3, "07/03/2024", None, None, "#N/A"],
]


def made(tmp_path: Path, sheets: dict[str, Rows]) -> Path:
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
            for cell in sheet[sheet.max_row] if any(value is not None for value in row) else ():
                if isinstance(cell.value, str) and cell.value.startswith(("=A1 n", "#N")):
                    cell.data_type = "s"
    path = tmp_path / "export.xlsx"
    book.save(path)
    return path


def records(source: Source[Any]) -> list[tuple[str, str, str, dict[str, str]]]:
    return [(record.source, record.id, record.date, dict(record.texts)) for chunk in source.chunks() for record in chunk.records]


def rewritten(source: Source[Any], new: dict[int, dict[str, str]], drop: set[int] | None = None, only: str = "") -> dict[str, Rows]:
    copy = source.path.with_name("copy.xlsx")
    with source.writer(copy) as writer:
        for chunk in source.chunks():
            mine = not only or chunk.layout.source == only
            writer.write(chunk, new if mine else {}, (drop or set()) if mine else set())
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in load_workbook(copy).worksheets}


def test_rows_are_read_and_blank_ones_are_no_records(tmp_path: Path) -> None:
    source = open_source(made(tmp_path, {"Feuille": MAIN}), ReadOptions())
    assert source.layout.format == "xlsx"
    assert records(source) == [
        ("export.xlsx", "1", "2024-03-05", {"Commentaire": "Fuite réparée"}),
        ("export.xlsx", "2", "2024-03-06", {"Commentaire": "=A1 n'est pas une formule"}),
        ("export.xlsx", "3", "2024-03-07", {"Commentaire": "#N/A"}),
    ]


def test_an_unchanged_copy_has_the_same_values_and_formats(tmp_path: Path) -> None:
    path = made(tmp_path, {"Feuille": MAIN})
    assert rewritten(open_source(path, ReadOptions()), {}) == {"Feuille": MAIN}
    sheet = load_workbook(tmp_path / "copy.xlsx")["Feuille"]
    assert [sheet["B2"].number_format, sheet["E4"].data_type, sheet["E5"].data_type] == ["yyyy-mm-dd h:mm:ss", "s", "s"]


def test_changed_cells_and_dropped_rows(tmp_path: Path) -> None:
    source = open_source(made(tmp_path, {"Feuille": MAIN}), ReadOptions())
    assert rewritten(source, {1: {"Commentaire": "=[X]"}}, {0}) == {"Feuille": [MAIN[0], [*MAIN[3][:4], "=[X]"], MAIN[4]]}


def test_every_sheet_is_read_and_every_sheet_is_written(tmp_path: Path) -> None:
    codes: Rows = [["Code", "Nb"], ["A", 1]]
    other: Rows = [["Ref", "Observation"], ["r1", "a"], ["r2", "b"]]
    sheets = {"Codes": codes, "Un": MAIN, "Vide": [], "Deux": other, "Fin": codes}
    source = open_source(made(tmp_path, sheets), ReadOptions(chunk_size=1))
    assert [layout.source for layout in source.layouts] == ["export.xlsx#Un", "export.xlsx#Deux"]
    assert [record[:2] for record in records(source)] == [
        ("export.xlsx#Un", "1"),
        ("export.xlsx#Un", "2"),
        ("export.xlsx#Un", "3"),
        ("export.xlsx#Deux", "r1"),
        ("export.xlsx#Deux", "r2"),
    ]
    assert rewritten(source, {0: {"Observation": "[X]"}}, only="export.xlsx#Deux") == {
        **sheets,
        "Deux": [other[0], ["r1", "[X]"], other[2]],
    }


def test_a_column_named_for_one_sheet_does_not_hide_the_others(tmp_path: Path) -> None:
    sheets: dict[str, Rows] = {"Un": [["zzz", "Commentaire"], ["a", "b"]], "Deux": [["Observation"], ["c"]], "Codes": [["Code"], ["A"]]}
    path = made(tmp_path, sheets)
    assert [layout.roles.texts for layout in open_source(path, ReadOptions(text_columns=("zzz",))).layouts] == [("zzz",), ("Observation",)]
    with pytest.raises(InputError, match="no column 'yyy'; the columns are: zzz, Commentaire"):
        open_source(path, ReadOptions(text_columns=("yyy",)))


def test_leading_blank_rows_and_late_columns(tmp_path: Path) -> None:
    rows: Rows = [[None, None], ["Id", "Commentaire"], *([number, "x"] for number in range(900)), [900, "y", None, "remarque tardive"]]
    source = open_source(made(tmp_path, {"Feuille": rows}), ReadOptions())
    assert records(source)[-1] == ("export.xlsx", "900", "", {"Commentaire": "y", "col4": "remarque tardive"})
    written = rewritten(source, {900: {"col4": "[X]"}})["Feuille"]
    assert ([cell for cell in written[0] if cell], written[1][:2], written[-1]) == ([], ["Id", "Commentaire"], [900, "y", None, "[X]"])


def test_formulas_are_read_and_written_as_their_values(tmp_path: Path) -> None:
    path = made(tmp_path, {"Feuille": [["Id", "Commentaire"], [1, "a"]]})
    computed = tmp_path / "computed.xlsx"
    cell = '<c r="B2" t="str"><f>CONCATENATE("fui","te")</f><v>fuite</v></c><c r="C2" t="str"><f>""</f><v></v></c>'
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(computed, "w") as new:
        for name in old.namelist():
            content = old.read(name).decode()
            if name == "xl/worksheets/sheet1.xml":
                before, _, after = content.partition('<c r="B2"')
                content = before + cell + after.partition("</c>")[2]
            new.writestr(name, content)
    source = open_source(computed, ReadOptions())
    assert records(source) == [("computed.xlsx", "1", "", {"Commentaire": "fuite", "col3": ""})]
    assert rewritten(source, {})["Feuille"][1][:2] == [1, "fuite"]


def test_formulas_that_were_never_computed_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="formulas whose values were never computed; open it in Excel"):
        open_source(made(tmp_path, {"Feuille": [["Id", "Commentaire"], [1, '="fui"&"te"']]}), ReadOptions())


def test_a_workbook_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="every sheet is empty"):
        open_source(made(tmp_path, {"Feuille": []}), ReadOptions())


def test_a_damaged_sheet_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path, {"Feuille": MAIN})
    damaged = tmp_path / "damaged.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(damaged, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content[: len(content) // 2] if name == "xl/worksheets/sheet1.xml" else content)
    with pytest.raises(InputError, match=r"damaged\.xlsx: damaged Excel workbook"):
        list(open_source(damaged, ReadOptions()).chunks())
