"""Masked excerpts of the riskiest records whose originals are kept: only when somebody asks, says why, and has the key.

What betrays a remark stays as it is written; the letters and digits of everything else become bullets, and so does whatever a detector
takes for a name, a number or an address. Originals are read again with today's rules: an excerpt holds no word that these do not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from recognizers.finding import Finding
from scanner.clock import utc_now
from scanner.errors import InputError
from scanner.evaluate import SENSITIVE
from scanner.keys import SecretKey, pseudonym
from scanner.memos.reading import read_record
from scanner.outputs import QUARANTINE
from scanner.quarantine import Entry, open_entry, read_quarantine
from scanner.records import NO_ROW, Record
from scanner.report.dossier import Excerpt, Excerpts
from scanner.report.labels import entity_label
from scanner.review.masking import BULLET
from scanner.scoring import LEVELS

if TYPE_CHECKING:
    from scanner.store.engine import Store

MOST = 50
"""Excerpts that a report holds at most."""
AROUND = 30
"""Characters of the masked text that are left on each side of what betrays."""
LONGEST = 240

_LETTER_OR_DIGIT = re.compile(r"[^\W_]")


class Finder(Protocol):
    """What finds remarks in a text."""

    def find(self, text: str, names: Sequence[str] = ...) -> Sequence[Finding]:
        """Return the findings of ``text``; ``names`` are known to be names of persons."""


@dataclass(frozen=True, slots=True)
class Request:
    """How many excerpts are asked for, by whom and why. Raises :class:`InputError` when nobody says why, or too many are asked for."""

    count: int
    by: str
    why: str

    def __post_init__(self) -> None:
        if not self.why.strip():
            raise InputError("excerpts show parts of comments: say why with --why, it is written down")
        if not 1 <= self.count <= MOST:
            raise InputError(f"--excerpts takes a number from 1 to {MOST}")


def excerpts_of_store(store: Store, job: str, request: Request, key: SecretKey, finder: Finder) -> Excerpts:
    """Return excerpts of originals in the vault; each reading is written into its history and into the audit log.

    Raises :class:`SecretKeyError` when another key sealed them.
    """
    from scanner.vault import Vault

    vault = Vault(store, key)
    found: list[Excerpt] = []
    for entry in _riskiest(store, job, request.count):
        texts = vault.open(entry.id, who=request.by, why=request.why)
        found += _excerpt(pseudonym(entry.record, key), entry.level, texts, (), finder)
    return _excerpts(found, request, key)


def excerpts_of_folder(out: Path, summary: Mapping[str, Any], request: Request, key: SecretKey, finder: Finder) -> Excerpts:
    """Return excerpts of the rows in ``quarantine.jsonl``. Raises as :func:`open_entry` does, :class:`InputError` when there is none."""
    order = {entry["record"]: at for at, entry in enumerate(summary["first_records"])}

    def rank(entry: Entry) -> tuple[int, int]:
        return -LEVELS.index(entry.level), order.get(entry.record, len(order))

    columns = {column for source in summary["sources"] for column in source["text_columns"]}
    found: list[Excerpt] = []
    for entry in sorted(read_quarantine(out / QUARANTINE).entries, key=rank)[: request.count]:
        row = {name: str(value) for name, value in open_entry(entry, key).items() if value}
        others = [value for name, value in row.items() if name not in columns and len(value) > 1]
        found += _excerpt(entry.record, entry.level, {name: row[name] for name in row if name in columns}, others, finder)
    return _excerpts(found, request, key)


def masked(text: str, findings: Sequence[Finding]) -> str:
    """Return ``text`` around its sensitive remarks, with nothing to be read but the words that betray them; ``""`` when there are none."""
    keep: set[int] = set()
    for finding in findings:
        if finding.entity in SENSITIVE:
            keep.update(range(*finding.words))
    for finding in findings:
        if finding.entity not in SENSITIVE:
            keep.difference_update(range(finding.start, finding.end))
    shown = "".join(char if at in keep and not char.isdigit() else _LETTER_OR_DIGIT.sub(BULLET, char) for at, char in enumerate(text))
    if not keep:
        return ""
    start = max(0, min(keep) - AROUND)
    end = min(len(text), max(keep) + 1 + AROUND, start + LONGEST)
    return ("…" if start else "") + " ".join(shown[start:end].split()) + ("…" if end < len(text) else "")


def _excerpt(record: str, level: str, texts: Mapping[str, str], names: Sequence[str], finder: Finder) -> Iterator[Excerpt]:
    """Yield the excerpt of the field that says most, nothing when today's rules find nothing any more."""
    readable = read_record(Record(id="", row=NO_ROW, source="", texts=texts), ()).record.texts
    found = {field: [*finder.find(text, names)] for field, text in readable.items()}
    best = max(found, key=lambda field: sum(finding.entity in SENSITIVE for finding in found[field]), default="")
    if best and (text := masked(readable[best], found[best])):
        entities = dict.fromkeys(entity_label(finding.entity) for finding in found[best] if finding.entity in SENSITIVE)
        yield Excerpt(record, level, best, tuple(entities), text)


def _excerpts(found: Sequence[Excerpt], request: Request, key: SecretKey) -> Excerpts:
    return Excerpts(pseudonym(request.by, key), utc_now(), request.why.strip(), tuple(found))


def _riskiest(store: Store, job: str, count: int) -> Sequence[Any]:
    """Return id, record and level of the entries of the vault that can still be read, those of the riskiest records first."""
    from sqlalchemy import select

    from scanner.store.schema import jobs, records, source_tables, vault

    query = select(vault.c.id, vault.c.record, vault.c.level).join_from(vault, records).join(source_tables).join(jobs)
    readable = jobs.c.name == job, vault.c.wrapped_key.is_not(None), vault.c.state != "erased"
    with store.connect() as connection:
        return connection.execute(query.where(*readable).order_by(records.c.risk.desc(), records.c.id, vault.c.id).limit(count)).all()
