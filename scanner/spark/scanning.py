"""The scan of records on an executor: records in, findings, rows not scanned and counts out, never a text."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from recognizers.detector import Detector
from recognizers.rulepack import rules_digest
from scanner.catalogue import Catalogue
from scanner.errors import InputError
from scanner.finding_lines import finding_line
from scanner.judgement import judge
from scanner.memos.line_columns import LineGroup
from scanner.memos.reading import read_record
from scanner.policy import Policy
from scanner.recognition import find_in_readings
from scanner.records import Record
from scanner.statistics import Statistics

FINDING, NOT_SCANNED, TENANT, COUNTS = "finding", "not_scanned", "tenant", "counts"
"""Kinds of rows of an outcome. Each partition has one row of counts, and for each tenant that it met one with the entity ``""`` and one
for each entity found in that tenant's records.
"""

_PLACE = pa.struct([pa.field("line", pa.string()), pa.field("start", pa.int32()), pa.field("end", pa.int32())])
_FINDING = pa.schema(
    [
        pa.field("record_id", pa.string()),
        pa.field("source", pa.string()),
        pa.field("row", pa.int64()),
        pa.field("tenant", pa.string()),
        pa.field("field", pa.string()),
        pa.field("line", pa.string()),
        pa.field("entity", pa.string()),
        pa.field("start", pa.int32()),
        pa.field("end", pa.int32()),
        pa.field("score", pa.float64()),
        pa.field("assertion", pa.string()),
        pa.field("subject", pa.string()),
        pa.field("rule", pa.string()),
        pa.field("term", pa.string()),
        pa.field("severity", pa.int32()),
        pa.field("action", pa.string()),
        pa.field("level", pa.string()),
        pa.field("continued", pa.list_(_PLACE)),
    ]
)
OUTCOME = pa.schema([pa.field("kind", pa.string()), *_FINDING, pa.field("reason", pa.string()), pa.field("counts", pa.string())])
"""Everything that a scan leaves, in one table: the columns that a kind does not use are null."""

FINDING_COLUMNS = tuple(_FINDING.names)
NOT_SCANNED_COLUMNS = ("record_id", "source", "row", "reason")


@dataclass(frozen=True, slots=True)
class TableRules:
    """What holds for the rows of one table: the policy with the purposes of its fields, and its columns of numbered lines."""

    policy: Policy
    lines: tuple[LineGroup, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """What the driver sends to the executors.

    ``digest`` is that of the driver's rules, ``tables`` is by name of the source, and ``detector`` gives the one of a Python worker.
    """

    digest: str
    tables: Mapping[str, TableRules]
    catalogue: Catalogue
    detector: Callable[[], Detector]

    def of(self, source: str) -> TableRules:
        """Return what holds for the rows of ``source``; where there is one table, they may come from files of any name."""
        return self.tables[source] if len(self.tables) > 1 else next(iter(self.tables.values()))


def scan_records(chunks: Iterable[Sequence[Record]], rules: Rules) -> Iterator[pa.RecordBatch]:
    """Yield what the records of one partition lead to, in batches of the schema :data:`OUTCOME`; the counts come last.

    The counts are those of :meth:`Statistics.as_dict`, whose records are named by their id here, and ``source_rows``, the rows of each
    source. Raises :class:`InputError` when the rules installed here are not those of the driver.
    """
    if rules_digest() != rules.digest:
        raise InputError(
            f"the rules of the driver ({rules.digest}) and of an executor ({rules_digest()}) differ: install the same Vigie on all"
        )
    detector = rules.detector()
    statistics = Statistics()
    tenants: dict[str, set[str]] = {}
    source_rows: Counter[str] = Counter()
    for records in chunks:
        lines: list[dict[str, Any]] = []
        source_rows.update(record.source for record in records)
        readings = [read_record(record, rules.of(record.source).lines) for record in records]
        for reading, found in find_in_readings(readings, detector):
            record = reading.record
            if record.problem:
                lines.append(_not_scanned(record))
            policy = rules.of(record.source).policy
            judgement = judge(record, found, policy, rules.catalogue) if found else None
            statistics.add(record, judgement, record.id, policy.purpose_of)
            entities = tenants.setdefault(record.tenant, set())
            if judgement is None:
                continue
            statistics.alerts += policy.alerts(judgement.risk.level, judgement.action)
            for name, items in reading.stored(judgement).fields.items():
                entities.update(item.finding.entity for item in items)
                lines += [{"kind": FINDING, **finding_line(record, name, item, judgement.risk.level, record.tenant)} for item in items]
        yield pa.RecordBatch.from_pylist(lines, OUTCOME)
    met = [
        {"kind": TENANT, "tenant": tenant, "entity": entity} for tenant, found_of in tenants.items() if tenant for entity in ("", *found_of)
    ]
    yield pa.RecordBatch.from_pylist(met, OUTCOME)
    counts = {**statistics.as_dict(), "source_rows": list(source_rows.items())}
    yield pa.RecordBatch.from_pylist([{"kind": COUNTS, "counts": json.dumps(counts)}], OUTCOME)


def _not_scanned(record: Record) -> dict[str, Any]:
    return {"kind": NOT_SCANNED, "record_id": record.id, "source": record.source, "row": record.number, "reason": record.problem}
