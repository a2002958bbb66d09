"""Opening exports: formats, options, mapping files, and everything that must be refused with a message that helps."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from scanner.errors import ConfigError, InputError, OutputError
from scanner.sources import ReadOptions, Source, open_source, open_sources, with_mapping

CSV = b"Id;Commentaire;Avis;Quand;Qui\n1;abc;def;05/03/2024;DUPONT\n"


def saved(tmp_path: Path, content: bytes, name: str = "export.csv") -> Path:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


def zipped(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "export.csv", r"export\.csv: is empty \(0 bytes\)"),
        (b"\r\n\n", "export.csv", r"export\.csv: holds no row, only blank lines"),
        (bytes(range(256)) * 4, "export.csv", "binary data, not a text export"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "export.xls", r"an old Excel file \(\.xls\) or one with a password; save it as \.xlsx"),
        (b"%PDF-1.7", "export.pdf", "a PDF; export the data as CSV or Excel"),
        (gzip.compress(CSV, mtime=0), "export.csv.gz", "a compressed file; decompress it first"),
        (zipped("a.csv"), "export.zip", "a ZIP archive without an Excel workbook; extract the exports first"),
        (zipped("xl/workbook.xml")[:-30], "export.xlsx", r"a damaged or truncated \.xlsx or ZIP file"),
        (zipped("xl/workbook.xml"), "export.xlsx", "damaged Excel workbook"),
        (b'[{"id": 1}]', "export.json", r"one JSON array; write one object per line \(JSON Lines\)"),
        (b"Id;Ville\n1;Lyon\n", "export.csv", "no free-text column found; name it with --text-column, one of: Id, Ville$"),
    ],
)
def test_unusable_files_are_refused(tmp_path: Path, content: bytes, name: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        open_source(saved(tmp_path, content, name), ReadOptions())


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing\.csv: cannot be read \(No such file or directory\); check the path and the rights"):
        open_source(tmp_path / "nothing.csv", ReadOptions())
    with pytest.raises(InputError, match=r"cannot be read \(Is a directory\)"):
        open_source(tmp_path, ReadOptions())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (ReadOptions(text_columns=("Obs",)), r"export\.csv: no column 'Obs'; the columns are: Id, Commentaire, Avis, Quand, Qui$"),
        (ReadOptions(date_column="Date"), "no column 'Date'; the columns are"),
        (ReadOptions(purposes={"Obs": "technical"}), "no column 'Obs'; the columns are"),
        (ReadOptions(encoding="klingon"), "unknown encoding 'klingon'"),
        (ReadOptions(delimiter=";;"), "the delimiter must be one character such as ; , | or tab, not ';;'"),
        (ReadOptions(delimiter='"'), "the delimiter must be one character"),
    ],
)
def test_options_that_do_not_fit_are_refused(tmp_path: Path, options: ReadOptions, message: str) -> None:
    with pytest.raises(InputError, match=message):
        open_source(saved(tmp_path, CSV), options)


def test_options_name_columns(tmp_path: Path) -> None:
    options = ReadOptions(
        text_columns=("avis",),
        name_columns=("qui",),
        id_column="QUI",
        tenant_column="Id",
        site_column="Commentaire",
        author_group_column="Avis",
        date_column="Quand",
        purposes={"Avis": "technical"},
    )
    source = open_source(saved(tmp_path, CSV), options)
    (chunk,) = source.chunks()
    (record,) = chunk.records
    assert source.layout.purposes == {"Avis": "technical"}
    assert (record.id, record.tenant, record.site, record.author_group, record.date, record.names, record.texts) == (
        "DUPONT", "1", "abc", "def", "2024-03-05", ("DUPONT",), {"Avis": "def"},
    )  # fmt: skip


def test_several_files_keep_their_names_apart(tmp_path: Path) -> None:
    paths = [saved(tmp_path, CSV, name) for name in ("a/export.csv", "b/export.csv", "b/other.csv")]
    assert [source.layout.source for source in open_sources(paths, ReadOptions())] == [str(paths[0]), str(paths[1]), "other.csv"]
    with pytest.raises(InputError, match=r"none\.csv: cannot be read"):
        open_sources([*paths, tmp_path / "none.csv"], ReadOptions())


def test_json_lines_are_known_by_content(tmp_path: Path) -> None:
    assert open_source(saved(tmp_path, b'{"text": "a"}\n', "export.txt"), ReadOptions()).layout.format == "jsonl"
    assert open_source(saved(tmp_path, b"{note};Commentaire\n1;a\n", "export.txt"), ReadOptions()).layout.format == "csv"


def test_a_mapping_file_completes_the_options(tmp_path: Path) -> None:
    mapping = saved(
        tmp_path,
        b'[columns]\ntexts = ["Avis"]\nnames = ["Qui"]\nid = "Id"\ntenant = "T"\nsite = "S"\nauthor_group = "G"\ndate = "Quand"\n'
        b'[purposes]\nAvis = "technical"\nCommentaire = "litigation"\n',
        "mapping.toml",
    )
    assert with_mapping(ReadOptions(id_column="Num", purposes={"Avis": "caretaker"}, encoding="cp850"), mapping) == ReadOptions(
        encoding="cp850",
        text_columns=("Avis",),
        name_columns=("Qui",),
        id_column="Num",
        tenant_column="T",
        site_column="S",
        author_group_column="G",
        date_column="Quand",
        purposes={"Avis": "caretaker", "Commentaire": "litigation"},
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'[columns]\ntext = "a"\n', r"mapping\.toml, line 2: unknown key 'text'; did you mean 'texts'\?"),
        (b'[columns]\ntexts = "a"\n', r"mapping\.toml, line 2: 'texts' must be a list of column names in quotes"),
        (b"[columns]\nid = 3\n", r"mapping\.toml, line 2: 'id' must be a text in quotes"),
        (b'[purposes]\na = "b"\n', r"mapping\.toml, line 2: 'a' cannot be 'b'"),
        (b"[colums]\n", r"mapping\.toml, line 1: unknown key 'colums'; did you mean 'columns'\?"),
    ],
)
def test_a_malformed_mapping_file_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        with_mapping(ReadOptions(), saved(tmp_path, content, "mapping.toml"))


def test_the_copy_never_replaces_its_original(tmp_path: Path) -> None:
    path = saved(tmp_path, CSV)
    with pytest.raises(OutputError, match="is the file being read"):
        open_source(path, ReadOptions()).writer(path)
    with pytest.raises(OutputError, match="no such folder; create it first"):
        open_source(path, ReadOptions()).writer(tmp_path / "none" / "copy.csv")
    assert path.read_bytes() == CSV


def workbook() -> bytes:
    book, buffer = Workbook(), io.BytesIO()
    for row in (["Id", "Commentaire"], [1, "abc"]):
        book.active.append(row)
    book.save(buffer)
    return buffer.getvalue()


def parquet() -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table({"Commentaire": ["abc"]}), buffer)
    return buffer.getvalue()


def copy_then_stop(source: Source[Any], copy: Path) -> None:
    with source.writer(copy) as writer:
        for chunk in source.chunks():
            writer.write(chunk, {})
        raise KeyboardInterrupt


@pytest.mark.parametrize("content", [CSV, b'{"text": "a"}', workbook(), parquet()], ids=["csv", "jsonl", "xlsx", "parquet"])
def test_an_interrupted_copy_leaves_nothing(tmp_path: Path, content: bytes) -> None:
    source = open_source(saved(tmp_path, content), ReadOptions())
    with pytest.raises(KeyboardInterrupt):
        copy_then_stop(source, tmp_path / "copy")
    assert os.listdir(tmp_path) == ["export.csv"]


def test_a_folder_in_the_way_of_the_copy_is_an_output_error(tmp_path: Path) -> None:
    source = open_source(saved(tmp_path, CSV), ReadOptions())
    (tmp_path / "copy.part").mkdir()
    with pytest.raises(OutputError, match=r"copy: cannot be written \(Is a directory\)"):
        source.writer(tmp_path / "copy")
