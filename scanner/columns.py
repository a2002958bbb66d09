"""Which column of an export is what: header patterns first, then what a sample of the cells holds.

The patterns and the words are data (``data/columns.toml``). When in doubt a column counts as free text: scanning one column too many
costs time, leaving one out would be a false "clean".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from scanner.data_files import data_toml
from scanner.errors import InputError
from scanner.memos.line_columns import LineGroup, group_columns

_SINGLE = ("id", "tenant", "site", "author_group", "date")
_NAMES = ("name", "first_name")
_UNNAMED = "col"  # with its number, the name of a column that has none
_MAY_BE_LINES = ("", "text", "text_unless_codes")
_WORD = re.compile(r"[^\W\d_]+")
_VALUE = re.compile(r"[\d\s.,:/€%+-]*")
_PROSE_WORDS = 4  # words of a cell that is prose
_PROSE_WORDS_ELSEWHERE = 10  # the same in a column whose header announces something else: names and addresses run to a few words
_REPEATS = 4  # times that each value of a closed list stands in the sample on average, at least
_PROSE_SHARE = 0.05  # of the filled cells, from which the column is free text


@dataclass(frozen=True, slots=True)
class ColumnRoles:
    """The columns that matter, by name; ``None`` where the export has none. ``texts`` are the free-text columns, in file order.

    ``lines`` are those of them that hold the numbered lines of one text.
    """

    texts: tuple[str, ...] = ()
    id: str | None = None
    tenant: str | None = None
    site: str | None = None
    author_group: str | None = None
    date: str | None = None
    names: tuple[str, ...] = ()
    lines: tuple[LineGroup, ...] = ()


@dataclass(frozen=True, slots=True)
class Requested:
    """The columns that the user named, which win over detection. ``single`` maps a role of :class:`ColumnRoles` to its column.

    ``lines`` maps the name of a text to the columns of its numbered lines; ``None``: they are found.
    """

    texts: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    single: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, tuple[str, ...]] | None = None

    def all(self) -> tuple[str, ...]:
        """Return every column named, whatever its role."""
        return (*self.texts, *self.names, *self.single.values())


@dataclass(frozen=True, slots=True)
class _Patterns:
    roles: tuple[tuple[str, tuple[re.Pattern[str], ...]], ...]
    prose_words: frozenset[str]


@cache
def _patterns() -> _Patterns:
    data = data_toml("columns.toml")
    roles = tuple((entry["role"], tuple(re.compile(pattern) for pattern in entry["patterns"])) for entry in data["roles"])
    return _Patterns(roles, frozenset(data["prose"]["words"]))


def fold_header(header: str) -> str:
    """Return ``header`` in lower case, without accents, its words joined by ``_``: ``"N° Locataire"`` gives ``num_locataire``."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", re.sub(r"[nN][°º]", "num ", header))
    bare = "".join(char for char in unicodedata.normalize("NFKD", spaced) if not unicodedata.combining(char))
    return re.sub(r"[^a-z0-9]+", "_", bare.casefold().replace("œ", "oe")).strip("_")


@lru_cache(maxsize=1024)
def _header_role(header: str) -> tuple[str, int]:
    """Return the role that ``header`` announces, ``""`` for none, and its rank: lower is preferred among columns of one role."""
    folded = fold_header(header)
    for role, patterns in _patterns().roles:
        for rank, pattern in enumerate(patterns):
            if pattern.fullmatch(folded):
                return role, rank
    return "", 0


def column_names(header: Sequence[str]) -> tuple[str, ...]:
    """Return a distinct name for each column: empty headers become ``colN``, repeated ones take ``_2``, ``_3`` and so on."""
    names: list[str] = []
    taken: set[str] = set()
    for number, cell in enumerate(header, start=1):
        base = cell.strip() or f"{_UNNAMED}{number}"
        name, copy = base, 1
        while name in taken:
            copy += 1
            name = f"{base}_{copy}"
        taken.add(name)
        names.append(name)
    return tuple(names)


def recognised_headers(cells: Iterable[str]) -> int:
    """Return how many of ``cells`` are words that headers use."""
    return sum(bool(_header_role(cell)[0]) for cell in cells if len(cell) <= 60)


def is_header(first: Sequence[str], body: Sequence[Sequence[str]], requested: Requested) -> bool:
    """Tell whether ``first``, the first row of a file, names the columns of the rows in ``body`` rather than being one of them.

    A row in doubt counts as data: a header scanned by mistake is harmless, a comment taken for a header would escape the scan.
    """
    folded = {fold_header(cell) for cell in first}
    if any(fold_header(name) in folded for name in requested.all()):
        return True
    if any(_is_value(cell) or _is_prose(cell, _PROSE_WORDS) for cell in first if cell.strip()):
        return False
    if recognised_headers(first):
        return True
    return len(first) > 1 and any(
        _is_label(cell) and column and all(_is_value(value) for value in column)
        for cell, column in ((cell, _filled(body, index)) for index, cell in enumerate(first))
    )


def detect_roles(columns: Sequence[str], sample: Sequence[Sequence[str]], requested: Requested) -> ColumnRoles:
    """Return the roles of ``columns``, judged by their names and by ``sample``, the first rows; what the user named wins.

    Raises :class:`InputError`, listing the columns, when a named column does not exist.
    """
    named_texts = tuple(find_column(columns, name) for name in requested.texts)
    named_people = tuple(find_column(columns, name) for name in requested.names)
    single = {role: find_column(columns, name) for role, name in requested.single.items()}
    claimed = {*named_people, *single.values()}
    best: dict[str, tuple[int, str]] = {}
    people: list[str] = []
    texts: list[str] = []
    for index, column in enumerate(columns):
        role, rank = _header_role(column)
        if column not in claimed and _is_free_text(role, _filled(sample, index), bool(sample)):
            texts.append(column)
        elif role in _NAMES:
            people.append(column)
        elif role in _SINGLE and rank < best.get(role, (rank + 1, ""))[0]:
            best[role] = (rank, column)
    chosen = {role: single.get(role) or best.get(role, (0, None))[1] for role in _SINGLE}
    if requested.lines is None:
        lines = _found_lines(columns, named_texts, texts)
    else:
        lines = _named_lines(columns, requested.lines)
    texts_chosen = {*(named_texts or texts), *(column for group in lines for column in group.columns)}
    return ColumnRoles(
        texts=tuple(column for column in columns if column in texts_chosen),
        lines=lines,
        names=named_people or tuple(column for column in people if column not in texts_chosen),
        **chosen,
    )


def _found_lines(columns: Sequence[str], named_texts: Sequence[str], texts: Sequence[str]) -> tuple[LineGroup, ...]:
    """Return the numbered columns that hold the lines of one text: all of them named, or one of them free text and none something else."""

    def holds_lines(group: LineGroup) -> bool:
        if group.name == _UNNAMED:
            return False
        if named_texts:
            return set(group.columns) <= set(named_texts)
        may_be = (column in texts or _header_role(column)[0] in _MAY_BE_LINES for column in group.columns)
        return all(may_be) and any(column in texts for column in group.columns)

    return tuple(filter(holds_lines, group_columns(columns)))


def _named_lines(columns: Sequence[str], named: Mapping[str, tuple[str, ...]]) -> tuple[LineGroup, ...]:
    groups = tuple(LineGroup(name, tuple(find_column(columns, column) for column in lines)) for name, lines in named.items())
    grouped = [column for group in groups for column in group.columns]
    for group in groups:
        if group.name in set(columns) - set(group.columns):
            raise InputError(f"[lines] {group.name!r} is the name of another column; choose another name for the joined text")
    if repeated := sorted({column for column in grouped if grouped.count(column) > 1}):
        raise InputError(f"[lines] names {', '.join(repeated)} more than once")
    return groups


def find_column(columns: Sequence[str], name: str) -> str:
    """Return the column called ``name``, exactly or but for case, accents and separators.

    Raises :class:`InputError`, listing the columns, when there is none.
    """
    if name in columns:
        return name
    for column in columns:
        if fold_header(column) == fold_header(name):
            return column
    raise InputError(f"no column {name!r}; the columns are: {', '.join(columns)}")


def _filled(rows: Iterable[Sequence[str]], index: int) -> list[str]:
    return [row[index] for row in rows if index < len(row) and row[index].strip()]


def _is_free_text(role: str, filled: list[str], has_rows: bool) -> bool:
    if role == "text":
        return True
    if role == "text_unless_codes":
        return not _is_closed_list(filled)
    if role == "address":
        return False
    if role:
        return _prose_share(filled, _PROSE_WORDS_ELSEWHERE) >= _PROSE_SHARE
    # A column that says nothing of itself and is empty so far may hold remarks further down.
    return (has_rows and not filled) or _prose_share(filled, _PROSE_WORDS) >= _PROSE_SHARE


def _is_closed_list(filled: list[str]) -> bool:
    """Tell whether the cells repeat a few codes or single words, as a drop-down list does."""
    words = sum(len(_WORD.findall(cell)) for cell in filled)
    return bool(filled) and len(filled) >= _REPEATS * len(set(filled)) and words < 2 * len(filled)


def _prose_share(filled: list[str], words: int) -> float:
    return sum(_is_prose(cell, words) for cell in filled) / len(filled) if filled else 0.0


def _is_prose(cell: str, least: int) -> bool:
    words = _WORD.findall(cell)
    return (
        len(words) >= least and 2 * sum(map(len, words)) >= len(cell) and any(word.casefold() in _patterns().prose_words for word in words)
    )


def _is_value(cell: str) -> bool:
    return bool(_VALUE.fullmatch(cell)) and bool(cell.strip())


def _is_label(cell: str) -> bool:
    return 0 < len(cell.strip()) <= 40 and not any(char.isdigit() for char in cell)
