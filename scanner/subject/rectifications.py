"""What a rectification says: for fields of records, the text that they shall hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scanner.config_file import read_toml
from scanner.errors import InputError
from scanner.subject.csv_files import read_filled_in

COLUMNS = ("record", "field", "text")


@dataclass(frozen=True, slots=True)
class Rectification:
    """The ``text`` that ``field`` of the record of that id shall hold; ``where`` names its place in the file."""

    record: str
    field: str
    text: str
    where: str


def read_rectifications(path: Path) -> list[Rectification]:
    """Return what the file at ``path`` asks for: TOML with tables ``[[rectify]]``, else CSV with semicolons, both of :data:`COLUMNS`.

    Raises :class:`ConfigError` or :class:`InputError` naming file, line and reason.
    """
    found = list(_from_toml(path) if path.suffix == ".toml" else _from_csv(path))
    if not found:
        raise InputError(f"{path}: holds no rectification")
    places: dict[tuple[str, str], str] = {}
    for one in found:
        if (earlier := places.setdefault((one.record, one.field), one.where)) != one.where:
            raise InputError(f"{one.where}: the same field of the same record stands in {earlier} already")
    return found


def _from_toml(path: Path) -> Iterator[Rectification]:
    root = read_toml(path)
    root.refuse_unknown(("rectify",))
    for number, table in enumerate(root.tables("rectify"), start=1):
        table.refuse_unknown(COLUMNS)
        yield Rectification(table.required("record"), table.required("field"), table.required("text"), f"{path}, rectification {number}")


def _from_csv(path: Path) -> Iterator[Rectification]:
    for where, cells in read_filled_in(path, COLUMNS):
        if len(cells) != len(COLUMNS) or not all(cells):
            raise InputError(f"{where}: {';'.join(COLUMNS)} must all be filled in; to remove a text, erase the record")
        record, field, text = cells
        yield Rectification(record, field, text, where)
