"""The filters of the queue as they stand in its address: names of sites and fields, categories and dates, nothing that names a person."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection, select
from starlette.datastructures import QueryParams

from scanner.accounts.perimeter import Perimeter
from scanner.accounts.sites import known_sites
from scanner.catalogue import Catalogue
from scanner.policy import PURPOSES
from scanner.report.labels import LEVELS, entity_label
from scanner.review.queue import QueueFilter
from scanner.review.words import words
from scanner.store.schema import jobs, source_tables

ALL_STATES = "all"
_PARAMETERS = {"date_from": "from", "date_to": "to"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of a queue asks for: the filter, the cursor of the page, and the names of the filters that were not understood."""

    wanted: QueueFilter
    after: str = ""
    misread: tuple[str, ...] = ()

    def query(self, *, after: str | None = None) -> str:
        """Return the query string of this queue with its ``?``, ``""`` when it asks for nothing; ``after`` names another page."""
        after = self.after if after is None else after
        given = {_parameter(name): value for name, value in _values(self.wanted).items() if value != getattr(QueueFilter(), name)}
        named = {name: _written(name, value) for name, value in given.items()} | ({"after": after} if after else {})
        return f"?{urlencode(named)}" if named else ""

    @property
    def narrowed(self) -> int:
        """How many filters besides the state are set."""
        return sum(bool(value) for name, value in _values(self.wanted).items() if name != "state")


@dataclass(frozen=True, slots=True)
class Choices:
    """What each filter offers: values with their labels. ``sites`` are suggestions, others can be typed."""

    states: Mapping[str, str]
    entities: Mapping[str, str]
    levels: Mapping[str, str]
    purposes: Mapping[str, str]
    sites: tuple[str, ...]
    fields: tuple[str, ...]
    jobs: tuple[str, ...]
    sources: tuple[str, ...]


def read_filters(parameters: QueryParams) -> Asked:
    """Return what the address asks for; what cannot be understood is left out and named."""
    values = {field.name: parameters.get(_parameter(field.name), "").strip() for field in fields(QueueFilter)}
    values["state"] = "" if values["state"] == ALL_STATES else values["state"] or "open"
    known: dict[str, Mapping[str, str]] = {
        "state": {"": "", **words("states")},
        "level": {"": "", **LEVELS},
        "purpose": {"": "", **PURPOSES},
    }
    misread = [name for name, allowed in known.items() if values[name] not in allowed]
    misread += [name for name in ("date_from", "date_to") if values[name] and not _is_date(values[name])]
    understood: dict[str, Any] = {name: value for name, value in values.items() if name not in misread}
    understood["new"] = bool(values["new"])
    return Asked(QueueFilter(**understood), parameters.get("after", ""), tuple(_parameter(name) for name in misread))


def read_choices(connection: Connection, perimeter: Perimeter, catalogue: Catalogue) -> Choices:
    """Return what the filters offer to somebody with ``perimeter``."""
    tables = connection.execute(select(source_tables.c.name, source_tables.c.text_columns, source_tables.c.purposes)).all()
    names = {name for table in tables for name in (*json.loads(table.purposes), *json.loads(table.text_columns))}
    return Choices(
        states={**words("states"), ALL_STATES: "Toutes"},
        entities={name: entity_label(name) for name in sorted(catalogue.entities, key=entity_label)},
        levels={level: label for level, label in LEVELS.items() if level != "none"},
        purposes=PURPOSES,
        sites=tuple(known_sites(connection, perimeter)),
        fields=tuple(sorted(names)),
        jobs=tuple(connection.execute(select(jobs.c.name).order_by(jobs.c.name)).scalars()),
        sources=tuple(sorted({table.name for table in tables})),
    )


def _values(wanted: QueueFilter) -> dict[str, str | bool]:
    return {field.name: getattr(wanted, field.name) for field in fields(wanted)}


def _parameter(name: str) -> str:
    return _PARAMETERS.get(name, name)


def _written(name: str, value: str | bool) -> str:
    return "1" if value is True else str(value) or (ALL_STATES if name == "state" else "")


def _is_date(value: str) -> bool:
    try:
        datetime.date.fromisoformat(value)
    except ValueError:
        return False
    return len(value) == 10
