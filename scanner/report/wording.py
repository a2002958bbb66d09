"""What the report says, in French: ``data/report.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from scanner.french import number


@dataclass(frozen=True, slots=True)
class MeasureText:
    """A measure that the report may propose. ``urgency`` is 1 (at once) to 3.

    ``when`` are the conditions of :mod:`scanner.report.measures`, ``legal`` keys of ``legal.toml``.
    """

    key: str
    action: str
    why: str
    urgency: int
    when: Mapping[str, Any]
    legal: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UpdateText:
    """What to write into the record of processing (``registre``) or the impact assessment (``aipd``); conditions as for measures."""

    where: str
    what: str
    when: Mapping[str, Any]
    legal: tuple[str, ...]


@cache
def _data() -> Mapping[str, Any]:
    data: Mapping[str, Any] = tomllib.loads(resources.files("scanner").joinpath("data/report.toml").read_text(encoding="utf-8"))
    return data


def say(key: str, **values: object) -> str:
    """Return the text ``key`` with ``values`` in its places."""
    text: str = _data()["texts"][key]
    return text.format(**values)


def lines(key: str) -> tuple[str, ...]:
    """Return the list of texts ``key``."""
    return tuple(_data()["lists"][key])


def measure_texts() -> tuple[MeasureText, ...]:
    """Return the measures that the report may propose, in the order of the file."""
    return tuple(
        MeasureText(item["key"], item["action"], item["why"], item["urgency"], item["when"], tuple(item["legal"]))
        for item in _data()["measures"]
    )


def update_texts() -> tuple[UpdateText, ...]:
    """Return what the report may propose to write into the registre and the AIPD, in the order of the file."""
    return tuple(UpdateText(item["where"], item["what"], item["when"], tuple(item["legal"])) for item in _data()["updates"])


def counted(count: int, one: str, many: str) -> str:
    """Return ``count`` with the noun in the number that it asks for: 0 and 1 take the singular in French."""
    return f"{number(count)}\u00a0{many if count > 1 else one}"
