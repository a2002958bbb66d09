"""Options that several commands share, and days as options give them."""

from __future__ import annotations

import datetime
from inspect import signature
from typing import TYPE_CHECKING

import pytest

from scanner.cli.gathered import gathered
from scanner.cli.options import day_of
from scanner.errors import InputError

if TYPE_CHECKING:
    from collections import Counter


def _size(width: int, height: int = 2) -> Counter[str]:
    """Return an area; the annotation of what it returns is known to type checkers only."""
    return width * height  # type: ignore[return-value]


def _command(name: str, loud: bool = False, *, size: Counter[str]) -> str:
    return f"{name} {size} {loud}"


def test_a_command_takes_the_options_of_what_it_is_given() -> None:
    command = gathered("size", _size)(_command)
    assert command(name="a", width=3, height=4, loud=True) == "a 12 True"  # type: ignore[call-arg]
    assert [(option.name, option.annotation) for option in signature(command).parameters.values()] == [
        ("name", str),
        ("width", int),
        ("loud", bool),
        ("height", int),
    ]


def test_what_is_gathered_may_be_gathered_in_turn() -> None:
    def framed(size: Counter[str], edge: int = 1) -> int:
        return size + edge  # type: ignore[operator]

    def command(frame: int) -> int:
        return frame

    made = gathered("frame", gathered("size", _size)(framed))(command)
    assert list(signature(made).parameters) == ["width", "height", "edge"]
    assert made(width=3, height=4, edge=5) == 17  # type: ignore[call-arg]


def test_a_day_is_written_as_in_iso_or_as_in_french() -> None:
    expected = datetime.date(2026, 11, 2)
    assert [day_of(text, "--on") for text in ("2026-11-02", "02/11/2026", "")] == [expected, expected, None]
    for text in ("11/22/2026", "2026-02-30", "hier", "2026-11-02T10:00"):
        with pytest.raises(InputError, match=rf"--on '{text}' is no day: write it as 2026-11-22 or 22/11/2026"):
            day_of(text, "--on")
