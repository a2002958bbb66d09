"""What the report says, in French: ``data/report.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scanner.data_files import data_toml

_FILE = "report.toml"


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


def say(key: str, **values: object) -> str:
    """Return the text ``key`` with ``values`` in its places."""
    text: str = data_toml(_FILE)["texts"][key]
    return text.format(**values)


def lines(key: str) -> tuple[str, ...]:
    """Return the list of texts ``key``."""
    return tuple(data_toml(_FILE)["lists"][key])


def measure_texts() -> tuple[MeasureText, ...]:
    """Return the measures that the report may propose, in the order of the file."""
    return tuple(
        MeasureText(item["key"], item["action"], item["why"], item["urgency"], item["when"], tuple(item["legal"]))
        for item in data_toml(_FILE)["measures"]
    )


def update_texts() -> tuple[UpdateText, ...]:
    """Return what the report may propose to write into the registre and the AIPD, in the order of the file."""
    return tuple(UpdateText(item["where"], item["what"], item["when"], tuple(item["legal"])) for item in data_toml(_FILE)["updates"])
