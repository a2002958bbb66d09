"""How long each field may be kept: ``retention.toml``, which the organisation writes."""

from __future__ import annotations

import calendar
import datetime
from dataclasses import dataclass
from pathlib import Path

from scanner.columns import fold_header
from scanner.config_file import Table, read_toml
from scanner.policy import PURPOSES

_LONGEST_MONTHS, _LONGEST_DAYS = 1_200, 36_500


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """Keep for ``months``, else ``days``, after the date in the column ``after``, ``""``: after the comment's date.

    Empty ``fields`` and ``purposes`` mean every field.
    """

    fields: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    months: int | None = None
    days: int = 0
    after: str = ""
    why: str = ""
    source: str = ""

    def fits(self, field: str, purpose: str) -> bool:
        """Tell whether the rule is about ``field``, which serves ``purpose``."""
        named = not self.fields or fold_header(field) in map(fold_header, self.fields)
        return named and (not self.purposes or purpose in self.purposes)

    def last_day(self, start: datetime.date) -> datetime.date:
        """Return the last day on which what began to count on ``start`` may be kept; a month without that day ends it with its last."""
        if self.months is None:
            return start + datetime.timedelta(days=self.days)
        return months_after(start, self.months)

    def in_words(self) -> str:
        """Return the period in French."""
        length = f"{self.days} jour{'s' * (self.days > 1)}" if self.months is None else f"{self.months} mois"
        return f"{length} après la date de la colonne {self.after}" if self.after else f"{length} après la date du commentaire"


@dataclass(frozen=True, slots=True)
class Exceptions:
    """Records that are kept all the same: those whose ``column`` holds one of ``values``, none given: anything at all."""

    column: str = ""
    values: tuple[str, ...] = ()
    why: str = ""

    def holds(self, cell: str) -> bool:
        """Tell whether a record with ``cell`` in the column is kept."""
        cell = cell.strip().casefold()
        return bool(cell) and (not self.values or cell in (value.casefold() for value in self.values))


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """All that the file says; the first rule that fits a field decides."""

    rules: tuple[RetentionRule, ...]
    exceptions: Exceptions

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the rules need besides the comments and their dates."""
        wanted = (*(rule.after for rule in self.rules), self.exceptions.column)
        return tuple(dict.fromkeys(filter(None, wanted)))


def months_after(start: datetime.date, months: int) -> datetime.date:
    """Return the same day ``months`` later, or the last day of that month where it has no such day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return datetime.date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def load_rules(path: Path) -> RetentionRules:
    """Return the rules of the file at ``path``. Raises :class:`ConfigError` naming file, line and reason."""
    root = read_toml(path)
    root.refuse_unknown(("rules", "exceptions"))
    rules = tuple(map(_rule, root.tables("rules")))
    if not rules:
        raise root.error("holds no rule: write at least one under [[rules]]; `vigie init FILE --for retention` writes some to adapt")
    exceptions = root.table("exceptions")
    exceptions.refuse_unknown(("column", "values", "why"))
    if exceptions.values and not exceptions.text("column"):
        raise exceptions.error("'column' is missing or empty: name the column that says what is kept")
    return RetentionRules(rules, Exceptions(exceptions.text("column"), exceptions.texts("values"), exceptions.text("why")))


def _rule(table: Table) -> RetentionRule:
    table.refuse_unknown(("fields", "purposes", "keep_months", "keep_days", "after", "why", "source"))
    months, days = table.whole("keep_months"), table.whole("keep_days")
    if (months is None) == (days is None):
        raise table.error("say how long: either keep_months or keep_days")
    for key, most in (("keep_months", _LONGEST_MONTHS), ("keep_days", _LONGEST_DAYS)):
        if (table.whole(key) or 0) > most:
            raise table.error(f"{key!r} cannot be more than {most}", key)
    return RetentionRule(
        fields=table.texts("fields"),
        purposes=tuple(sorted(table.choices("purposes", tuple(PURPOSES)))),
        months=months,
        days=days or 0,
        after=table.text("after"),
        why=table.text("why"),
        source=table.text("source"),
    )
