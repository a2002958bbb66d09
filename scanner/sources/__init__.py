"""Exports in, records out, redacted copies back: CSV and TSV, JSON Lines, Excel and Parquet.

::

    source = open_source(Path("export.csv"), ReadOptions())
    with source.writer(Path("export-redacted.csv")) as writer:
        for chunk in source.chunks():
            writer.write(chunk, texts={3: {"COMMENTAIRE": "[SANTÉ]"}}, drop={7})
"""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scanner.columns import ColumnRoles
from scanner.errors import InputError
from scanner.sources.base import Chunk, Layout, NewTexts, Problem, RedactedWriter, Source
from scanner.sources.encoding import detect_encoding
from scanner.sources.lines import first_characters
from scanner.sources.options import ReadOptions, with_mapping

__all__ = [
    "Chunk",
    "ColumnRoles",
    "Layout",
    "NewTexts",
    "Problem",
    "ReadOptions",
    "RedactedWriter",
    "Source",
    "open_source",
    "open_sources",
    "with_mapping",
]

_XLSX_PART = "xl/workbook.xml"
# The first bytes of formats that cannot be read, with what to do about it.
_REFUSED = {
    b"\xd0\xcf\x11\xe0": "an old Excel file (.xls) or one with a password; save it as .xlsx without password, or as CSV",
    b"%PDF": "a PDF; export the data as CSV or Excel",
    b"\x1f\x8b": "a compressed file; decompress it first",
    b"SQLite format 3": "a database; scan it with its connection URL",
    b"\x89PNG": "an image; export the data as CSV or Excel",
}


def open_sources(paths: Sequence[Path], options: ReadOptions) -> list[Source[Any]]:
    """Return the sources of all ``paths``, each checked as by :func:`open_source` before any of them is read."""
    names = Counter(path.name for path in paths)
    return [_open(path, path.name if names[path.name] == 1 else str(path), options) for path in paths]


def open_source(path: Path, options: ReadOptions) -> Source[Any]:
    """Return the source for the export at ``path``; the format is found from its content, not from its name.

    Raises :class:`InputError` when the file is missing, empty, binary or damaged, when an option names a column or an encoding that does
    not exist, and when no column holds free text.
    """
    return _open(path, path.name, options)


def _open(path: Path, name: str, options: ReadOptions) -> Source[Any]:
    try:
        if not (path.is_file() or path.is_dir()) and path.exists():
            raise InputError(f"{path}: is a pipe or a device, which can be read only once; save it to a file first")
        with path.open("rb") as file:
            beginning = file.read(16)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the path and the rights") from None
    if not beginning:
        raise InputError(f"{path}: is empty (0 bytes); export it again")
    refuse_other_formats(path, beginning)
    if beginning.startswith(b"PAR1"):
        from scanner.sources.parquet_source import ParquetSource

        return ParquetSource(path, name, options)
    if beginning.startswith(b"PK\x03\x04"):
        _require_workbook(path)
        from scanner.sources.xlsx_source import XlsxSource

        return XlsxSource(path, name, options)
    encoding = detect_encoding(path, options.encoding)
    if _is_json_lines(path, encoding):
        from scanner.sources.jsonl_source import JsonLinesSource

        return JsonLinesSource(path, name, options, encoding)
    from scanner.sources.csv_source import CsvSource

    return CsvSource(path, name, options, encoding)


def refuse_other_formats(path: Path, beginning: bytes) -> None:
    """Raise :class:`InputError`, saying what to do, when the first bytes of a file are those of a format that cannot be read."""
    for magic, reason in _REFUSED.items():
        if beginning.startswith(magic):
            raise InputError(f"{path}: is {reason}")


def _require_workbook(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            if _XLSX_PART in archive.namelist():
                return
    except zipfile.BadZipFile:
        raise InputError(f"{path}: is a damaged or truncated .xlsx or ZIP file; export or copy it again") from None
    raise InputError(f"{path}: is a ZIP archive without an Excel workbook; extract the exports first")


def _is_json_lines(path: Path, encoding: str) -> bool:
    """Tell whether the text is JSON Lines, by its name or its first line; refuse a JSON array."""
    text = first_characters(path, encoding).lstrip()
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        return True
    if path.suffix.lower() == ".json" and text.startswith("["):
        raise InputError(f"{path}: holds one JSON array; write one object per line (JSON Lines), for instance with: jq -c '.[]'")
    try:
        return text.startswith("{") and isinstance(json.loads(text.partition("\n")[0]), dict)
    except ValueError:
        return False
