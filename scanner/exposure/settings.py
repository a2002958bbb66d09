"""What ``data/exposure.toml`` says: how columns are recognised, and the French words of the documents."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

Patterns = tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The French words of the documents, by key."""

    texts: Mapping[str, str]
    paragraphs: Mapping[str, tuple[str, ...]]
    headings: Mapping[str, str]
    labels: Mapping[str, str]
    sources: Mapping[str, str]
    columns: Mapping[str, str]
    reads: Mapping[str, str]
    sheets: Mapping[str, str]
    role_grounds: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Settings:
    """``dimensions`` are what can bound a perimeter (account, lot, building …) with their French labels, in order of precedence.

    ``columns`` maps each role of a column, dimensions included, to the patterns of its header, the best first; ``tables`` lists the roles
    that a kind of table may have, ``data`` the patterns of columns by the entity that a filled cell reveals.
    """

    dimensions: Mapping[str, str]
    columns: Mapping[str, Patterns]
    tables: Mapping[str, tuple[str, ...]]
    data: Mapping[str, Patterns]
    everything: frozenset[str]
    amount: re.Pattern[str]
    totals: frozenset[str]
    civilities: frozenset[str]
    unjudged: Mapping[str, str]
    kinds: Mapping[str, str]
    words: Mapping[str, str]
    report: Report


@cache
def settings() -> Settings:
    """Return the settings that ship with the package."""
    data = tomllib.loads(resources.files("scanner").joinpath("data/exposure.toml").read_text(encoding="utf-8"))
    cells, report = data["cells"], data["report"]
    columns = {**{name: values["patterns"] for name, values in data["dimensions"].items()}, **data["columns"]}
    return Settings(
        dimensions={name: values["label"] for name, values in data["dimensions"].items()},
        columns={role: _compiled(patterns) for role, patterns in columns.items()},
        tables={table: tuple(roles) for table, roles in data["tables"].items()},
        data={entity: _compiled(patterns) for entity, patterns in data["data"].items()},
        everything=frozenset(cells["everything"]),
        amount=re.compile(cells["amount"], re.IGNORECASE),
        totals=frozenset(cells["totals"]),
        civilities=frozenset(cells["civilities"]),
        unjudged=data["unjudged"],
        kinds=data["kinds"],
        words=data["words"],
        report=Report(
            texts={key: text for key, text in report.items() if isinstance(text, str)},
            paragraphs={key: tuple(texts) for key, texts in report.items() if isinstance(texts, list)},
            **{key: report[key] for key in ("headings", "labels", "sources", "columns", "reads", "sheets", "role_grounds")},
        ),
    )


def _compiled(patterns: Sequence[str]) -> Patterns:
    return tuple(map(re.compile, patterns))
