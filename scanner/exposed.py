"""Whose data was exposed, and of which categories: what a scan or an exposure audit tells the breach kit. No names, no ids, no text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from scanner.errors import InputError
from scanner.json_files import write_json

EXPOSED = "exposed.json"
"""Name of the file that `vigie exposure` writes."""
EXPOSED_FORMAT = "vigie-exposed"
EXPOSED_VERSION = 1

Origin = Literal["scan", "exposure"]
Categories = tuple[str, ...]
"""Entities, sorted, without repetition: those that concern one person."""


@dataclass(frozen=True, slots=True)
class Exposed:
    """Counts of persons and records.

    ``persons`` are all those whose data was exposed, ``None`` where the source does not tell them apart; ``by_categories`` splits them by
    the categories that concern each, ``()`` for those of whom nothing sensitive was exposed. ``records`` are all records exposed,
    ``records_by_category`` those of each category; a record counts once in each of its categories. ``source`` names what was
    read, ``sha256`` its files by name.
    """

    origin: Origin
    source: str
    made: str
    persons: int | None
    by_categories: Mapping[Categories, int]
    records: int
    records_by_category: Mapping[str, int]
    sha256: Mapping[str, str] = field(default_factory=dict)


def write_exposed(exposed: Exposed, path: Path) -> None:
    """Write ``exposed`` as JSON to ``path``; raises :class:`OutputError` when it cannot be written."""
    content = {
        "format": EXPOSED_FORMAT,
        "version": EXPOSED_VERSION,
        "origin": exposed.origin,
        "source": exposed.source,
        "made": exposed.made,
        "persons": exposed.persons,
        "by_categories": [{"categories": list(key), "persons": count} for key, count in sorted(exposed.by_categories.items())],
        "records": exposed.records,
        "records_by_category": dict(sorted(exposed.records_by_category.items())),
        "sha256": dict(sorted(exposed.sha256.items())),
    }
    write_json(path, content)


def read_exposed(path: Path) -> Exposed:
    """Return what :func:`write_exposed` wrote to ``path``; raises :class:`InputError` when it is no such file."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror})") from None
    except ValueError:
        content = None
    if not isinstance(content, dict) or (content.get("format"), content.get("version")) != (EXPOSED_FORMAT, EXPOSED_VERSION):
        raise InputError(f"{path} was not written by `vigie exposure`, or by another version of it; run that again")
    return _exposed(content)


def _exposed(content: Mapping[str, Any]) -> Exposed:
    return Exposed(
        origin=content["origin"],
        source=content["source"],
        made=content["made"],
        persons=content["persons"],
        by_categories={tuple(part["categories"]): part["persons"] for part in content["by_categories"]},
        records=content["records"],
        records_by_category=content["records_by_category"],
        sha256=content["sha256"],
    )
