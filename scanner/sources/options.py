"""How a file is to be read: what the user said on the command line or in a mapping file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from scanner.columns import Requested
from scanner.config_file import Table, read_toml
from scanner.errors import InputError
from scanner.policy import PURPOSES

_SINGLE_ROLES = ("id", "tenant", "site", "author_group", "date")
_LIST_ROLES = ("texts", "names")
_NAMED_DELIMITERS = {"tab": "\t", "\\t": "\t"}


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Everything left unset is found from the file.

    ``delimiter`` is one character (or "tab"). Column options name columns of the file, exactly or but for case, accents and separators;
    ``purposes`` maps columns to field purposes (keys of :data:`scanner.policy.PURPOSES`). ``lines`` maps the name of a text to the columns
    that hold its numbered lines. ``chunk_size`` is in records.
    """

    encoding: str | None = None
    delimiter: str | None = None
    text_columns: tuple[str, ...] = ()
    name_columns: tuple[str, ...] = ()
    id_column: str | None = None
    tenant_column: str | None = None
    site_column: str | None = None
    author_group_column: str | None = None
    date_column: str | None = None
    purposes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    lines: Mapping[str, tuple[str, ...]] | None = None
    chunk_size: int = 4_000

    def requested(self) -> Requested:
        """Return the columns named, by role."""
        columns = {
            "id": self.id_column,
            "tenant": self.tenant_column,
            "site": self.site_column,
            "author_group": self.author_group_column,
            "date": self.date_column,
        }
        return Requested(self.text_columns, self.name_columns, {role: column for role, column in columns.items() if column}, self.lines)

    def delimiter_character(self) -> str | None:
        """Return ``delimiter`` as the character that it stands for; raise :class:`InputError` when it is none."""
        if self.delimiter is None:
            return None
        character = _NAMED_DELIMITERS.get(self.delimiter, self.delimiter)
        if len(character) != 1 or character in '"\r\n':
            raise InputError(f"the delimiter must be one character such as ; , | or tab, not {self.delimiter!r}")
        return character


def with_mapping(options: ReadOptions, path: Path) -> ReadOptions:
    """Return ``options`` completed by the mapping file at ``path``; what ``options`` already say wins.

    The file has a table ``[columns]`` (``texts`` and ``names``, lists; ``id``, ``tenant``, ``site``, ``author_group``, ``date``, one
    column each), a table ``[purposes]`` (column = purpose) and a table ``[lines]`` (text = list of columns that hold its numbered lines),
    without which these are found; an empty one says that there are none. Raises :class:`ConfigError` naming file, line and reason.
    """
    root = read_toml(path)
    root.refuse_unknown(("columns", "purposes", "lines"))
    columns, purposes, lines = root.table("columns"), root.table("purposes"), root.table("lines")
    columns.refuse_unknown((*_LIST_ROLES, *_SINGLE_ROLES))
    mapped_purposes = {column: purposes.one_of(column, purposes.text(column), tuple(PURPOSES)) for column in purposes.values}
    return replace(
        options,
        text_columns=options.text_columns or _column_list(columns, "texts"),
        name_columns=options.name_columns or _column_list(columns, "names"),
        purposes={**mapped_purposes, **options.purposes},
        lines={text: _column_list(lines, text) for text in lines.values} if "lines" in root.values else options.lines,
        id_column=options.id_column or columns.text("id") or None,
        tenant_column=options.tenant_column or columns.text("tenant") or None,
        site_column=options.site_column or columns.text("site") or None,
        author_group_column=options.author_group_column or columns.text("author_group") or None,
        date_column=options.date_column or columns.text("date") or None,
    )


def _column_list(columns: Table, key: str) -> tuple[str, ...]:
    value = columns.values.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise columns.error(f"{key!r} must be a list of column names in quotes", key)
    return tuple(value)
