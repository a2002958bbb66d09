"""Columns that hold the numbered lines of one text: ``LIG1``, ``LIG2``, ``LIG3``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_NUMBERED = re.compile(r"(?P<stem>.*?[^\W\d].*?)[ _.-]*(?<!\d)(?P<number>\d{1,3})")


@dataclass(frozen=True, slots=True)
class LineGroup:
    """Columns whose cells are the lines of one text, in their order. ``name`` is the field that findings name.

    ``width`` is that of the columns, in characters or bytes, where it is known.
    """

    name: str
    columns: tuple[str, ...]
    width: int | None = None


def group_columns(columns: Sequence[str]) -> tuple[LineGroup, ...]:
    """Return the families of numbered columns among ``columns``, in file order.

    A family stands side by side, has one stem but for case, is numbered without a gap from 0 or 1, and counts two columns at least. It is
    named after its stem, or after its first and last column where a column has that name.
    """
    groups = []
    family: list[str] = []
    for column in [*columns, ""]:
        if family and _follows(family[-1], column):
            family.append(column)
            continue
        if len(family) > 1:
            groups.append(LineGroup(_name(family, columns), tuple(family)))
        family = [column] if _number(column) in (0, 1) else []
    return tuple(groups)


def _follows(column: str, following: str) -> bool:
    first, second = _NUMBERED.fullmatch(column), _NUMBERED.fullmatch(following)
    return (
        first is not None
        and second is not None
        and second["stem"].casefold() == first["stem"].casefold()
        and int(second["number"]) == int(first["number"]) + 1
    )


def _number(column: str) -> int | None:
    numbered = _NUMBERED.fullmatch(column)
    return int(numbered["number"]) if numbered else None


def _name(family: Sequence[str], columns: Sequence[str]) -> str:
    numbered = _NUMBERED.fullmatch(family[0])
    assert numbered is not None
    taken = {column.casefold() for column in columns}
    return numbered["stem"] if numbered["stem"].casefold() not in taken else f"{family[0]}-{family[-1]}"
