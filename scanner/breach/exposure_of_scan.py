"""What a scan tells of exposed data: from its out folder, or from a state store. Findings are streamed; memory holds one entry a person."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from scanner.errors import InputError
from scanner.exposed import Categories, Exposed
from scanner.finding_lines import read_findings
from scanner.outputs import FINDINGS

if TYPE_CHECKING:
    from scanner.store.engine import Store


@dataclass(frozen=True, slots=True)
class Reading:
    """What one source tells. ``tenants`` maps the pseudonym of each person with findings to her categories; empty where there are none.

    ``key_id`` names the key of the pseudonyms, ``""`` where there are none. ``more_persons``: further ones may be among those of whom
    nothing was found; ``nameless``: the categories of records that name nobody. ``complete`` is false where part could not be scanned.
    """

    exposed: Exposed
    tenants: Mapping[str, Categories] = field(default_factory=dict)
    key_id: str = ""
    more_persons: bool = False
    nameless: frozenset[str] = frozenset()
    complete: bool = True


class _Concerned(NamedTuple):
    """A record with findings: the pseudonym of its tenant, ``""`` when it names none, and its categories."""

    tenant: str
    entities: frozenset[str]


def read_folder(out: Path, summary: Mapping[str, Any]) -> Reading:
    """Return what the scan tells that wrote ``summary`` and its findings into ``out``. Raises :class:`InputError` when they are damaged."""
    return _reading(str(out), summary, _records_of_lines(read_findings(out / FINDINGS)))


def read_store(store: Store, job: str) -> Reading:
    """Return what the newest complete run of ``job`` (``""``: the only job) left in ``store``: the findings that stand.

    Raises :class:`InputError` when there is no such job, or when it has no complete run.
    """
    from sqlalchemy import select

    from scanner.store.results import judged_records
    from scanner.store.runs import COMPLETE, job_of
    from scanner.store.schema import coverage, runs

    with store.connect() as connection:
        job_id, name = job_of(connection, job)
        complete = select(runs.c.id, runs.c.summary).where(runs.c.job_id == job_id, runs.c.status == COMPLETE)
        run = connection.execute(complete.order_by(runs.c.number.desc()).limit(1)).one_or_none()
        if run is None:
            raise InputError(f"the job {name} has no complete run: finish its scan first")
        tables = connection.execute(select(coverage.c.table_id).where(coverage.c.run_id == run.id)).scalars().all()
        concerned = (
            _Concerned(record.tenant, frozenset(item.finding.entity for items in judgement.fields.values() for item in items))
            for record, judgement in judged_records(connection, tables)
        )
        return _reading(f"{store.name}, {name}", json.loads(run.summary), concerned)


def _reading(name: str, summary: Mapping[str, Any], concerned: Iterable[_Concerned]) -> Reading:
    if "sample" in summary:
        raise InputError(f"{name}: the scan read a sample; who was exposed takes a scan of everything, without --sample")
    tenants: dict[str, Categories] = {}
    records: Counter[str] = Counter()
    nameless: set[str] = set()
    for record in concerned:
        records.update(record.entities)
        if record.tenant:
            tenants[record.tenant] = _union(tenants.get(record.tenant, ()), record.entities)
        else:
            nameless |= record.entities
    persons = summary.get("persons", {})
    read = persons.get("read")
    complete = summary["status"] == "complete" and not summary["rows_not_scanned"]
    exposed = Exposed(
        origin="scan",
        source=", ".join(source["source"] for source in summary["sources"]),
        made=summary["started"],
        persons=None if read is None else max(read, len(tenants)),
        by_categories=dict(sorted(Counter(tenants.values()).items())),
        records=summary["rows_read"],
        records_by_category=dict(sorted(records.items())),
        sha256={source["source"]: source["sha256"] for source in summary["sources"] if "sha256" in source},
    )
    more_persons = read is None or persons["at_least"] or not complete
    return Reading(exposed, tenants, summary["key_id"], more_persons, frozenset(nameless), complete)


@lru_cache(maxsize=10_000)
def _union(categories: Categories, entities: frozenset[str]) -> Categories:
    return tuple(sorted({*categories, *entities}))


def _records_of_lines(lines: Iterator[Mapping[str, Any]]) -> Iterator[_Concerned]:
    """Yield the records of ``findings.jsonl``, in which the findings of a record stand together."""
    for _, group in groupby(lines, key=lambda line: (line["source"], line.get("row"), line["record_id"])):
        of_record = list(group)
        yield _Concerned(of_record[0].get("tenant", ""), frozenset(line["entity"] for line in of_record))
