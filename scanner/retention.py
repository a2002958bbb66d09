"""How long the state store keeps what it must not keep for ever: the policy's ``[retention]``."""

from __future__ import annotations

import calendar
import datetime
from dataclasses import dataclass

from scanner.config_file import Table

VAULT_DAYS = (1, 3650)
AUDIT_MONTHS = (6, 12)
"""What the CNIL recommends for logs (deliberation 2021-122 of 14 October 2021): six months to one year."""


@dataclass(frozen=True, slots=True)
class Retention:
    """Retention periods: ``vault_days``, in 1–3650, from the last change of a sealed original's state; ``audit_months``, in 6–12."""

    vault_days: int = 90
    audit_months: int = 12

    def vault_limit(self, now: str) -> str:
        """Return the time, in the form of ``now`` (UTC, ISO), before which a settled original is past its retention."""
        return (datetime.datetime.fromisoformat(now) - datetime.timedelta(days=self.vault_days)).isoformat(timespec="seconds")

    def audit_limit(self, now: str) -> str:
        """Return the time, in the form of ``now`` (UTC, ISO), before which an entry of the audit log is past its retention."""
        moment = datetime.datetime.fromisoformat(now)
        year, month = divmod(moment.year * 12 + moment.month - 1 - self.audit_months, 12)
        day = min(moment.day, calendar.monthrange(year, month + 1)[1])
        return moment.replace(year=year, month=month + 1, day=day).isoformat(timespec="seconds")


def parse_retention(table: Table) -> Retention:
    """Return the periods in ``table``, ``[retention]`` of a policy; raises :class:`scanner.errors.ConfigError` when one is out of range."""
    table.refuse_unknown(("vault_days", "audit_months"))
    return Retention(
        vault_days=_whole(table, "vault_days", Retention().vault_days, *VAULT_DAYS),
        audit_months=_whole(table, "audit_months", Retention().audit_months, *AUDIT_MONTHS),
    )


def _whole(table: Table, key: str, default: int, least: int, most: int) -> int:
    value = table.values.get(key, default)
    if type(value) is not int or not least <= value <= most:
        raise table.error(f"{key!r} must be a whole number from {least} to {most}", key)
    return value
