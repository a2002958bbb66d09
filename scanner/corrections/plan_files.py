"""The folder of a plan: ``changes.csv``, which people review and edit, ``changes.sql`` and ``plan.json``.

``changes.csv`` opens in a spreadsheet: UTF-8 with BOM, semicolons, every cell in quotes. An apostrophe before each new text, which is not
part of it, keeps a spreadsheet from reading a formula, a number or a date into it. Rows may be deleted and new texts edited, nothing else.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from scanner.corrections.ledger import Change
from scanner.corrections.sql_script import SqlScript
from scanner.errors import InputError, OutputError
from scanner.sources.base import output_errors

CHANGES_CSV = "changes.csv"
CHANGES_SQL = "changes.sql"
PLAN_JSON = "plan.json"
FORMAT = "vigie-plan"
VERSION = 1
COLUMNS = ("change", "table", "key", "column", "action", "entities", "old_digest", "new_text")
CUT_AT = 32_767
"""Characters that a cell of the common spreadsheets can hold; they cut what is longer without a word."""

_NO_HEADER = f"the columns must be {';'.join(COLUMNS)}"
_NOT_TEXT = "'"
_DIGEST = "hmac:"  # without it a spreadsheet would take some digests for numbers

csv.field_size_limit(min(sys.maxsize, 2**31 - 1))


@dataclass(frozen=True, slots=True)
class ReviewedChange:
    """A row of ``changes.csv`` as it stands: the line on which it begins, from 1, the change that it names, and the text to write."""

    line: int
    id: str
    new_text: str
    others: tuple[str, ...]


class PlanFolder:
    """The folder of a plan while it is written. Made by :func:`new_plan_folder`."""

    def __init__(self, path: Path, plan_id: str, database: str) -> None:
        self._path = path
        self._csv_file = _create(path / CHANGES_CSV, "utf-8-sig")
        self._sql_file = _create(path / CHANGES_SQL, "utf-8")
        self._csv = csv.writer(self._csv_file, delimiter=";", quoting=csv.QUOTE_ALL)
        self._script = SqlScript(database)
        self._csv.writerow(COLUMNS)
        self._sql_file.write(self._script.header(plan_id))

    def add(self, change: Change, entities: tuple[str, ...], old_text: str, new_text: str) -> None:
        """Write one change."""
        with output_errors(self._path):
            self._csv.writerow([change.id, *_fixed_cells(change, entities), _NOT_TEXT + new_text])
            self._sql_file.write(self._script.lines(change.source, change.key_values, change.field, change.id, old_text, new_text))

    def finish(self, facts: Mapping[str, Any]) -> None:
        """Close the files and write ``plan.json``: ``facts`` and the digests of the files."""
        with output_errors(self._path):
            for file in (self._csv_file, self._sql_file):
                _close(file)
            files = {name: _sha256((self._path / name).read_bytes()) for name in (CHANGES_CSV, CHANGES_SQL)}
            content = {"format": FORMAT, "version": VERSION, **facts, "files": files}
            with _create(self._path / PLAN_JSON, "utf-8") as file:
                file.write(json.dumps(content, ensure_ascii=False, indent=1) + "\n")
                _close(file)

    def close(self) -> None:
        """Close the files."""
        self._csv_file.close()
        self._sql_file.close()


@contextmanager
def new_plan_folder(out: Path, plan_id: str, database: str) -> Iterator[PlanFolder]:
    """Give a folder to write the plan into; it appears as ``out`` when the block ends well, else nothing is left of it.

    Raises :class:`OutputError` when ``out`` exists or cannot be made.
    """
    if out.exists():
        raise OutputError(f"{out} exists: name a new folder for the plan")
    with output_errors(out):
        part = Path(tempfile.mkdtemp(prefix=f"{out.name}.", suffix=".part", dir=out.parent))
    try:
        with output_errors(out):
            folder = PlanFolder(part, plan_id, database)
        try:
            yield folder
        finally:
            folder.close()
        with output_errors(out):
            part.rename(out)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


@dataclass(frozen=True, slots=True)
class ReviewedPlan:
    """What a reviewer gives back: the plan's id, the rows that are left, the SHA-256 of ``changes.csv`` and whether it was edited."""

    folder: Path
    id: str
    changes: tuple[ReviewedChange, ...]
    sha256: str
    edited: bool


def read_plan_id(folder: Path) -> str:
    """Return the id of the plan in ``folder``; raise :class:`InputError` when there is none."""
    return str(_read_facts(folder)["id"])


def read_plan(folder: Path) -> ReviewedPlan:
    """Return the plan in ``folder`` as it was reviewed.

    Raises :class:`InputError`, naming file and line, when a file is missing or malformed.
    """
    facts = _read_facts(folder)
    path = folder / CHANGES_CSV
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror})") from None
    sha256 = _sha256(content)
    return ReviewedPlan(folder, str(facts["id"]), tuple(_read_rows(path, content)), sha256, sha256 != facts["files"][CHANGES_CSV])


def check_row(folder: Path, row: ReviewedChange, change: Change) -> None:
    """Raise :class:`InputError`, naming the line, when more than the new text of ``row`` was edited, or a spreadsheet cut it."""
    where = f"{folder / CHANGES_CSV}, line {row.line}"
    for column, cell, planned in zip(COLUMNS[1:-1], row.others, _fixed_cells(change, ()), strict=True):
        if column != "entities" and cell != planned:
            raise InputError(f"{where}: {column} is not as planned: only new_text may be edited, and rows deleted")
    if len(row.new_text) in (CUT_AT, CUT_AT - len(_NOT_TEXT)):
        raise InputError(f"{where}: the new text ends at {CUT_AT} characters: a spreadsheet cut it; edit such files with a text editor")


def _fixed_cells(change: Change, entities: tuple[str, ...]) -> tuple[str, ...]:
    digest = _DIGEST + change.old_digest.hex()
    return _guarded(change.source), change.key_values, _guarded(change.field), change.action, ", ".join(entities), digest


def _guarded(name: str) -> str:
    return name if name[:1].isalpha() else _NOT_TEXT + name


def _read_rows(path: Path, content: bytes) -> Iterator[ReviewedChange]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}, line {line}: not UTF-8; save the file as CSV UTF-8") from None
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    lines: dict[str, int] = {}
    begin = 1
    try:
        for cells in reader:
            where = f"{path}, line {begin}"
            if begin == 1:
                if tuple(cells) != COLUMNS:
                    raise InputError(f"{where}: {_NO_HEADER}")
            elif any(cells):
                if len(cells) != len(COLUMNS):
                    raise InputError(f"{where}: {len(cells)} cells instead of {len(COLUMNS)}")
                change_id, *others, new_text = cells
                if change_id in lines:
                    raise InputError(f"{where}: change {change_id} stands in line {lines[change_id]} already")
                lines[change_id] = begin
                yield ReviewedChange(begin, change_id, new_text.removeprefix(_NOT_TEXT), tuple(others))
            begin = reader.line_num + 1
    except csv.Error:
        reason = _NO_HEADER if begin == 1 else "a cell is not closed by a quote, or something follows the quote"
        raise InputError(f"{path}, line {begin}: {reason}") from None


def _read_facts(folder: Path) -> Mapping[str, Any]:
    path = folder / PLAN_JSON
    try:
        facts: Mapping[str, Any] = json.loads(path.read_bytes())
        known = facts["format"] == FORMAT and facts["version"] == VERSION and facts["id"] and facts["files"][CHANGES_CSV]
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}): name the folder that `vigie plan` wrote") from None
    except (ValueError, KeyError, TypeError):
        known = False
    if not known:
        raise InputError(f"{path} is no plan of version {VERSION}, or is damaged")
    return facts


def _create(path: Path, encoding: str) -> IO[str]:
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding=encoding, newline="")


def _close(file: IO[str]) -> None:
    file.flush()
    os.fsync(file.fileno())
    file.close()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
