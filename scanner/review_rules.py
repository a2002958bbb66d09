"""What the policy says of the review: ``[review]``, decisions that a second person confirms and protection of small numbers."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.config_file import Table

DECISIONS = ("false_alarm", "redact", "erase", "release")


@dataclass(frozen=True, slots=True)
class ReviewRules:
    """``confirm`` are the decisions that a second person must confirm.

    Who only sees counts never sees one of 1 to ``small_numbers - 1``: a single finding in a building of eight flats points at a person.
    """

    confirm: frozenset[str] = frozenset({"erase"})
    small_numbers: int = 5

    def hidden_below(self, sees_records: bool) -> int:
        """Return below which number counts are hidden from somebody, who may see records or not; 0: nothing is."""
        return 0 if sees_records else self.small_numbers


def parse_review(table: Table) -> ReviewRules:
    """Return the rules in ``table``, ``[review]`` of a policy; raises :class:`scanner.errors.ConfigError` when one is malformed."""
    table.refuse_unknown(("confirm", "small_numbers"))
    default = ReviewRules()
    return ReviewRules(
        confirm=_decisions(table) if "confirm" in table.values else default.confirm,
        small_numbers=_small_numbers(table, default.small_numbers),
    )


def _decisions(table: Table) -> frozenset[str]:
    if table.values["confirm"] == []:
        return frozenset()
    return table.choices("confirm", DECISIONS) or frozenset(DECISIONS)


def _small_numbers(table: Table, default: int) -> int:
    value = table.values.get("small_numbers", default)
    if type(value) is not int or not 0 <= value <= 100:
        raise table.error("'small_numbers' must be a whole number from 0 to 100", "small_numbers")
    return value
