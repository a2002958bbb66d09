"""Parquet: what is read, and that the redacted copy changes what it must and nothing else."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scanner.errors import InputError
from scanner.records import Record
from scanner.sources import Problem, ReadOptions, Source, open_source

SCHEMA = pa.schema(
    [
        pa.field("ID", pa.int64(), nullable=False),
        pa.field("DATE_SAISIE", pa.date32()),
        pa.field("LOYER", pa.decimal128(8, 2)),
        pa.field("COMMENTAIRE", pa.string()),
        pa.field("MOTIF", pa.dictionary(pa.int32(), pa.string())),
        pa.field("NOTE", pa.large_string()),
    ],
    metadata={"origin": "erp"},
)


def table(rows: int) -> pa.Table:
    return pa.table(
        {
            "ID": range(rows),
            "DATE_SAISIE": [datetime.date(2024, 3, 5)] * rows,
            "LOYER": [None] * rows,
            "COMMENTAIRE": [f"fuite réparée {row}" if row % 3 else None for row in range(rows)],
            "MOTIF": [f"motif {row} du départ" for row in range(rows)],
            "NOTE": [""] * rows,
        },
        schema=SCHEMA,
    )


def opened(tmp_path: Path, content: pa.Table, options: ReadOptions | None = None, **settings: Any) -> Source[Any]:
    path = tmp_path / "export.parquet"
    pq.write_table(content, path, **settings)
    return open_source(path, options or ReadOptions())


def rewritten(source: Source[Any], new: dict[int, dict[str, str]], drop: set[int] | None = None) -> pq.ParquetFile:
    copy = source.path.with_name("copy.parquet")
    with source.writer(copy) as writer:
        for chunk in source.chunks():
            writer.write(chunk, new, drop or set())
    return pq.ParquetFile(copy)


def test_rows_are_read(tmp_path: Path) -> None:
    source = opened(tmp_path, table(2))
    assert (source.layout.format, source.layout.columns) == ("parquet", tuple(SCHEMA.names))
    assert [record for chunk in source.chunks() for record in chunk.records] == [
        Record("0", 0, "export.parquet", {"COMMENTAIRE": "", "MOTIF": "motif 0 du départ", "NOTE": ""}, date="2024-03-05"),
        Record("1", 1, "export.parquet", {"COMMENTAIRE": "fuite réparée 1", "MOTIF": "motif 1 du départ", "NOTE": ""}, date="2024-03-05"),
    ]


def test_an_unchanged_copy_has_the_same_table_schema_and_row_groups(tmp_path: Path) -> None:
    content = table(25)
    copy = rewritten(opened(tmp_path, content, ReadOptions(chunk_size=4), row_group_size=10, compression="gzip"), {})
    assert copy.read().equals(content, check_metadata=True)
    assert [copy.metadata.row_group(group).num_rows for group in range(copy.num_row_groups)] == [10, 10, 5]
    assert copy.metadata.row_group(0).column(0).compression == "GZIP"


def test_changed_cells_and_dropped_rows(tmp_path: Path) -> None:
    content = table(10)
    copy = rewritten(
        opened(tmp_path, content, ReadOptions(chunk_size=3)), {1: {"COMMENTAIRE": "[X]", "MOTIF": "é"}, 7: {"NOTE": "n"}}, {0, 9}
    )
    expected = content.to_pylist()
    expected[1] |= {"COMMENTAIRE": "[X]", "MOTIF": "é"}
    expected[7] |= {"NOTE": "n"}
    assert (copy.read().to_pylist(), copy.schema_arrow) == (expected[1:9], SCHEMA)


def test_bad_bytes_are_named_and_given_back(tmp_path: Path) -> None:
    bad = pa.Array.from_buffers(pa.string(), 2, pa.array([b"\xe9t\xe9", b"ok"], pa.binary()).buffers())
    source = opened(tmp_path, pa.table({"Commentaire": bad}))
    assert [(dict(record.texts), record.problem) for chunk in source.chunks() for record in chunk.records] == [
        ({"Commentaire": "\ufffdt\ufffd"}, Problem.UNDECODABLE),
        ({"Commentaire": "ok"}, ""),
    ]
    assert rewritten(source, {1: {"Commentaire": "x"}}).read()["Commentaire"].cast(pa.binary()).to_pylist() == [b"\xe9t\xe9", b"x"]


def test_an_empty_table_gives_no_record(tmp_path: Path) -> None:
    source = opened(tmp_path, table(0))
    assert list(source.chunks()) == []
    assert rewritten(source, {}).read().equals(table(0))


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "export.parquet"
    path.write_bytes(b"PAR1" + b"x" * 50)
    with pytest.raises(InputError, match=r"export\.parquet: cannot be read as Parquet"):
        open_source(path, ReadOptions())
