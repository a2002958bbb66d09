"""CSV files that people filled in: UTF-8, semicolons, as French spreadsheets write them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from scanner.errors import InputError

csv.field_size_limit(2**31 - 1)  # comments can be long


def read_filled_in(path: Path, header: tuple[str, ...]) -> Iterator[tuple[str, list[str]]]:
    """Yield the place in the file, for errors, and the cells of each row that is not empty, blanks around them left out.

    Raises :class:`InputError`, saying what to do, when the file cannot be read, or its first columns are not ``header``.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: not UTF-8; save the file as CSV UTF-8") from None
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    if tuple(next(rows, []))[: len(header)] != header:
        raise InputError(f"{path}, line 1: the first columns must be {';'.join(header)}")
    for number, cells in enumerate(rows, start=2):
        if any(cells):
            yield f"{path}, row {number}", list(map(str.strip, cells))
