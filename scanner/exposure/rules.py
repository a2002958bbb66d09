"""The rules file of an audit: what each role needs to read, and how columns are called. TOML, every mistake told with its line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scanner.config_file import Table, read_toml
from scanner.exposure.categories import RECORD, Categories
from scanner.exposure.columns import KINDS, Kind
from scanner.exposure.records import fold_value
from scanner.exposure.settings import settings

EVERYTHING, NOTHING = "everything", "nothing"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a role needs: in records of its own ``reads`` (a dimension, ``everything`` or ``nothing``), the categories in ``bits``."""

    role: str
    reads: str
    bits: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class RulesFile:
    """What a rules file says: the rules by folded role, in file order, and the columns of each table by role."""

    rules: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    columns: Mapping[Kind, Mapping[str, str]] = field(default_factory=dict)


def load_rules(path: Path | None, categories: Categories) -> RulesFile:
    """Return what the file at ``path`` says, nothing when there is none. Raises :class:`ConfigError` naming file, line and reason."""
    if path is None:
        return RulesFile()
    root = read_toml(path)
    root.refuse_unknown(("roles", "columns"))
    rules: dict[str, tuple[Rule, ...]] = {}
    for table in root.tables("roles"):
        rule = _rule(table, categories)
        folded = fold_value("account", rule.role)
        rules[folded] = (*rules.get(folded, ()), rule)
    columns = root.table("columns")
    columns.refuse_unknown(KINDS)
    return RulesFile(rules, {kind: _columns(columns.table(kind), kind) for kind in KINDS})


def _rule(table: Table, categories: Categories) -> Rule:
    table.refuse_unknown(("role", "reads", "categories", "why"))
    table.required("reads")
    reads = table.one_of("reads", table.text("reads"), (*settings().dimensions, EVERYTHING, NOTHING))
    bits = categories.everything
    if "categories" in table.values:
        bits = RECORD | categories.bits(_entity(table, name, categories) for name in table.texts("categories"))
    return Rule(table.required("role"), reads, bits, table.text("why"))


def _entity(table: Table, name: str, categories: Categories) -> str:
    return table.one_of("categories", categories.named(name) or name, categories.names)


def _columns(table: Table, kind: Kind) -> dict[str, str]:
    table.refuse_unknown(settings().tables[kind])
    return {role: table.required(role) for role in table.values}
