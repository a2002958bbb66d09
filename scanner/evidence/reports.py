"""Whether a report found in the folder of a scan may be packed with it."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

from scanner.errors import InputError

_OTHERS = stat.S_IRGRP | stat.S_IROTH


def require_report_of(path: Path, run: str) -> None:
    """Raise :class:`InputError` unless the report at ``path`` names ``run``, if that is known, and holds no excerpts.

    Every form of a report names its run in bytes that are not compressed: PDF as a keyword. Those with excerpts are readable by their owner
    only (:mod:`scanner.report.writing`).
    """
    folder = path.parent
    if not path.stat().st_mode & _OTHERS:
        raise InputError(
            f"{path} can be read by its owner only, as reports with excerpts of comments: write it anew, `vigie report {folder}`"
        )
    if run.encode() not in (_cells(path) if path.suffix == ".xlsx" else path.read_bytes()):
        raise InputError(f"{path} is not the report of the run {run} that is in {folder}: write it anew, `vigie report {folder}`")


def _cells(path: Path) -> bytes:
    try:
        with zipfile.ZipFile(path) as book:
            return b"".join(book.read(name) for name in book.namelist() if name.startswith("xl/"))
    except zipfile.BadZipFile:
        return b""
