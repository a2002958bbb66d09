"""The folder that a scan writes into: the names in it, and what must be out of the way before the scan begins."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import IO

from scanner.errors import BusyError, OutputError

FINDINGS = "findings.jsonl"
FINDINGS_PART = FINDINGS + ".part"
SUMMARY = "summary.json"
REPORT = "report.html"
QUARANTINE = "quarantine.jsonl"
REDACTED = "redacted"


class ReportForm(StrEnum):
    """The forms of the report."""

    HTML = "html"
    PDF = "pdf"
    XLSX = "xlsx"
    JSON = "json"

    @property
    def file_name(self) -> str:
        """The name of the report in this form."""
        return f"report.{self}"


RESULTS = (FINDINGS, FINDINGS_PART, SUMMARY, *(form.file_name for form in ReportForm))
"""What a scan and the reports on it leave, besides the redacted copies and the quarantine."""


def redacted_names(inputs: Iterable[Path]) -> list[str]:
    """Return a distinct name, in the folder ``redacted``, for the copy of each input, also where case does not tell names apart."""
    taken: set[str] = set()
    names = []
    for path in inputs:
        name, number = path.name, 1
        while name.casefold() in taken:
            number += 1
            name = f"{path.stem}-{number}{path.suffix}"
        taken.add(name.casefold())
        names.append(name)
    return names


def prepare_folder(out: Path, names: Iterable[str] = (), inputs: Iterable[Path] = ()) -> None:
    """Make the folder ``out`` when absent; the outputs of an earlier run stay until new ones replace them.

    Raises :class:`OutputError` when it is a file, when one of ``inputs`` stands where an output would, one of ``names``, or when it cannot
    be made or written.
    """
    spare_inputs((out / name for name in names), inputs)
    _make(out)


@contextmanager
def held(out: Path) -> Iterator[None]:
    """Make the folder ``out`` when absent and hold it: one scan at a time writes there. The end of the process frees it, however it ends.

    Raises :class:`OutputError` when it cannot be made, :class:`BusyError` when another scan holds it. Where a disk knows no locks of
    folders nothing is held.
    """
    from filelock import lock_descriptor

    _make(out)
    lock = None
    try:
        with suppress(OSError):
            lock = os.open(out, os.O_RDONLY)
            if not lock_descriptor(lock, blocking=False):
                raise BusyError(f"{out}: another scan is writing there; wait until it has ended, or choose another --out folder")
        yield
    finally:
        if lock is not None:
            os.close(lock)


def prepare(out: Path, inputs: Sequence[Path], redacted: Iterable[str]) -> None:
    """Make the folder ``out``, which is there, ready: nothing of an earlier scan may pass for a result of this one.

    Its results are removed, but for a quarantine that holds records, which is renamed: it may hold what nothing else does. Raises
    :class:`OutputError` when an input stands where an output would, or when the folder cannot be written.
    """
    results = [*(out / name for name in RESULTS), *(out / REDACTED / name for name in redacted)]
    spare_inputs([*results, out / QUARANTINE], inputs)
    try:
        (out / REDACTED).mkdir(exist_ok=True)
        for path in results:
            path.unlink(missing_ok=True)
        _set_aside(out / QUARANTINE)
    except OSError as error:
        raise OutputError(f"{error.filename or out}: cannot be written ({error.strerror}); choose another --out folder") from None


@contextmanager
def findings_file(out: Path) -> Iterator[IO[str]]:
    """Open a file for the lines of the findings, readable by its owner only, which becomes ``findings.jsonl`` at the end of the block.

    Raises :class:`OutputError`, which says where the findings so far are, for whatever the disk refuses in the block.
    """
    part = out / FINDINGS_PART
    try:
        with open(part, "w", encoding="utf-8", newline="\n", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            yield file
        part.replace(out / FINDINGS)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError(f"{out}: cannot be written ({reason}); the findings so far are in {FINDINGS_PART}") from error


def _make(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise OutputError(f"{out}: is a file, not a folder; choose another --out folder")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{out}: cannot be made ({error.strerror}); choose another --out folder") from None


def spare_inputs(outputs: Iterable[Path], inputs: Iterable[Path]) -> None:
    """Raise :class:`OutputError` when one of ``outputs`` is one of ``inputs``, under whatever name; inputs may be absent."""
    known = {(stat.st_dev, stat.st_ino) for stat in (path.stat() for path in inputs if path.exists())}
    for path in outputs:
        if path.exists() and ((stat := path.stat()).st_dev, stat.st_ino) in known:
            raise OutputError(f"{path}: is one of the inputs and would be overwritten; choose another --out folder")


def _set_aside(quarantine: Path) -> None:
    if not quarantine.exists():
        return
    with quarantine.open("rb") as file:
        file.readline()
        holds_records = bool(file.readline())
    if not holds_records:
        quarantine.unlink()
        return
    written = datetime.datetime.fromtimestamp(quarantine.stat().st_mtime, datetime.UTC)
    number = 1
    aside = stem = quarantine.with_name(f"quarantine-{written:%Y%m%dT%H%M%S}.jsonl")
    while aside.exists():
        number += 1
        aside = stem.with_stem(f"{stem.stem}-{number}")
    quarantine.rename(aside)
