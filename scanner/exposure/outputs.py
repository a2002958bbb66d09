"""What an audit writes: the report, its lists as a workbook, its figures as JSON, and what the breach kit starts from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from scanner.append_log import write_whole
from scanner.documents.files import write_document
from scanner.exposed import EXPOSED, Exposed, write_exposed
from scanner.exposure.audit import Audit
from scanner.exposure.categories import Bits
from scanner.exposure.document import audit_document
from scanner.exposure.settings import settings
from scanner.exposure.unjudged import HEADER
from scanner.exposure.views import View
from scanner.exposure.workbook import sheets
from scanner.json_files import json_bytes
from scanner.keys import SecretKey, pseudonym
from scanner.organisation import Organisation
from scanner.outputs import prepare_folder
from scanner.spreadsheets import Cell, csv_chunks, xlsx_chunks

REPORT = "exposition"
WORKBOOK = "exposition.xlsx"
UNJUDGED = "exposition-non-jugees.csv"
IDS = "exposition-identifiants.csv"
FIGURES = "exposure.json"
EXPOSED_READ = "exposed-read.json"
OUTPUTS = (f"{REPORT}.html", f"{REPORT}.pdf", WORKBOOK, UNJUDGED, IDS, FIGURES, EXPOSED, EXPOSED_READ)
FORMAT, VERSION = "vigie-exposure", 1


def write_outputs(audit: Audit, out: Path, organisation: Organisation, key: SecretKey, made: str, *, with_ids: bool) -> list[Path]:
    """Write everything into the folder ``out``, made when absent, and return the paths; all are readable by their owner only.

    ``with_ids`` adds the list of the real ids of users and persons; that of an earlier audit does not stay beside another one. Raises
    :class:`OutputError` when something cannot be written, or would take the place of a file that was read.
    """
    prepare_folder(out, OUTPUTS, audit.request.files().values())
    for name in (IDS, EXPOSED_READ):
        (out / name).unlink(missing_ok=True)
    document = audit_document(audit, organisation, key, made)
    paths = [write_document(document, out, REPORT, form) for form in ("html", "pdf")]
    files = {
        WORKBOOK: b"".join(xlsx_chunks(sheets(audit, key))),
        UNJUDGED: b"".join(csv_chunks(HEADER, audit.unjudged.rows(key))),
        FIGURES: json_bytes(figures(audit, key, made)),
    }
    if with_ids:
        columns = settings().report.columns
        files[IDS] = b"".join(csv_chunks([columns[name] for name in _ID_COLUMNS], _ids(audit, key)))
    for name, content in files.items():
        write_whole(out / name, content)
    write_exposed(exposed_of(audit, audit.exposed, made), out / EXPOSED)
    paths += [out / name for name in (*files, EXPOSED)]
    if audit.did:
        write_exposed(exposed_of(audit, audit.did.view.exposed, made), out / EXPOSED_READ)
        paths.append(out / EXPOSED_READ)
    return paths


def exposed_of(audit: Audit, exposed: Bits, made: str) -> Exposed:
    """Return what the breach kit must know of ``exposed``, which holds the categories of each record that were."""
    persons = audit.records.person_bits(exposed)
    codes, counts = np.unique(persons[persons != 0], return_counts=True)
    by_categories: Counter[tuple[str, ...]] = Counter()
    for code, count in zip(codes.tolist(), counts.tolist(), strict=True):
        by_categories[audit.categories.of_bits(code)] += count
    return Exposed(
        origin="exposure",
        source=audit.records.source,
        made=made,
        persons=int(np.count_nonzero(persons)),
        by_categories=dict(by_categories),
        records=int(np.count_nonzero(exposed)),
        records_by_category=audit.categories.counts(exposed),
        sha256=_digests(audit.sources),
    )


def _digests(sources: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Return the digests by file name, of files of the same name by what they are as well."""
    names = Counter(name for name, _ in sources.values())
    return {name if names[name] == 1 else f"{kind}/{name}": sha256 for kind, (name, sha256) in sources.items()}


def figures(audit: Audit, key: SecretKey, made: str) -> dict[str, Any]:
    """Return every figure of ``audit``, JSON-ready; user ids are pseudonyms."""
    did = audit.did
    return {
        "format": FORMAT,
        "version": VERSION,
        "made": made,
        "key_id": key.id,
        "day": audit.request.day.isoformat(),
        "timezone": audit.request.zone,
        "sources": {kind: {"name": name, "sha256": sha256} for kind, (name, sha256) in audit.sources.items()},
        "records": len(audit.records),
        "persons": audit.records.person_count,
        "could": _view(audit.could, audit, key) if audit.could else None,
        "did": {"accesses": did.judged, "beyond": did.beyond, "days": dict(did.days), **_view(did.view, audit, key)} if did else None,
        "unjudged": {"total": audit.unjudged.total, "counts": [[*what, count] for what, count in sorted(audit.unjudged.counts.items())]},
    }


def _view(view: View, audit: Audit, key: SecretKey) -> dict[str, Any]:
    users = [
        {**asdict(line), "user": pseudonym(line.user, key), "bits": None, "categories": audit.categories.of_bits(line.bits)}
        for line in view.users
    ]
    for line in users:
        del line["bits"]
    return {
        "judged": view.judged,
        "persons": view.persons,
        "records": view.records,
        "roles": [asdict(line) for line in view.roles],
        "places": [asdict(cell) for cell in view.places],
        "users": users,
    }


_ID_COLUMNS = ("what", "id", "pseudonym", "role", "persons", "records", "categories")


def _ids(audit: Audit, key: SecretKey) -> Iterator[tuple[Cell, ...]]:
    """Yield users, then persons exposed, with their real ids."""
    words, categories, records = settings(), audit.categories, audit.records
    for basis, view in (("could", audit.could), ("did", audit.did.view if audit.did else None)):
        for line in view.users if view else ():
            named = pseudonym(line.user, key)
            yield (
                f"{words.kinds['user']} ({words.report.sheets[basis]})",
                line.user,
                named,
                line.role,
                line.persons,
                line.records,
                categories.in_words(line.bits),
            )
    exposed = audit.exposed
    persons = records.person_bits(exposed)
    counts = np.bincount(records.persons[exposed != 0], minlength=records.person_count)
    for code in np.flatnonzero(persons).tolist():
        label = records.person_labels[code]
        yield words.kinds["person"], label, pseudonym(label, key), "", "", int(counts[code]), categories.in_words(int(persons[code]))
