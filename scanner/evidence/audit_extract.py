"""An extract of the audit log: entries one after the other, each holding the keyed digest of the one before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from scanner.audit import Entry
from scanner.audit.chain import read_entries
from scanner.audit.verify import fault_of
from scanner.keys import SecretKey
from scanner.store.schema import audit

AUDIT_FILE = "journal-audit.jsonl"


@dataclass(frozen=True, slots=True)
class ExtractFound:
    """What checking an extract showed: numbers of its first and last entry, 0 when there is none, the keyed digest of the last.

    ``fault`` is what is wrong, ``""`` when nothing is. ``keys`` are the ids of the keys that entries were written with and that were not
    given: of those entries only the order is checked.
    """

    first: int
    last: int
    mac: str
    fault: str
    keys: frozenset[str]


def extract_lines(connection: Connection, run_id: str) -> Iterator[bytes]:
    """Yield, as JSON Lines, the entries from the first that tells of the run on, all of them when none does (any more)."""
    began = select(audit.c.seq).where(audit.c.event == "scan-started", audit.c.details.contains(f'"run":"{run_id}"')).order_by(audit.c.seq)
    first = connection.execute(began.limit(1)).scalar() or 0
    for entry in read_entries(connection):
        if entry.seq >= first:
            yield (json.dumps(entry.as_dict()) + "\n").encode("ascii")


def check_extract(lines: Iterable[bytes], keys: Sequence[SecretKey]) -> ExtractFound:
    """Return whether the entries follow each other, and whether those written with one of ``keys`` are as they were written."""
    by_id = {key.id: key for key in keys}
    first, missing = 0, set[str]()
    last: Entry | None = None
    for line in lines:
        try:
            entry = _entry(line)
        except (ValueError, TypeError, KeyError):
            return ExtractFound(first, last.seq if last else 0, "", "holds a line that is no entry", frozenset(missing))
        previous = last.mac if last else entry.previous
        if last is not None and entry.seq != last.seq + 1:
            fault = f"entry {last.seq + 1} is missing"
        elif entry.key_id in by_id:
            fault = fault_of(entry, previous, by_id)
        else:
            missing.add(entry.key_id)
            fault = "" if entry.previous == previous else "does not follow the entry before it"
        if fault:
            return ExtractFound(first, last.seq if last else 0, "", f"entry {entry.seq}: {fault}", frozenset(missing))
        first, last = first or entry.seq, entry
    return ExtractFound(first, last.seq if last else 0, last.mac if last else "", "", frozenset(missing))


def _entry(line: bytes) -> Entry:
    values = json.loads(line)
    details = json.dumps(values["details"], ensure_ascii=True, sort_keys=True, separators=(",", ":"))  # as the log holds them
    entry = Entry(**{**values, "details": details})
    if type(entry.seq) is not int or not all(isinstance(value, str) for value in (entry.key_id, entry.previous, entry.mac)):
        raise ValueError("an entry has a number and digests")
    return entry
