"""The report for programs: every figure of it, as ``report.json``.

===============  =======================================================================================================
key              what
===============  =======================================================================================================
format, version  ``vigie-report``, 1
made             when the report was made (UTC, ISO)
period           ``first`` and ``last`` day, ``null``: the report is of one run
organisation     what the organisation file says
summary          the ``summary.json`` of the run, without the ids of records that could not be scanned
sample           rates of a sample with their intervals, ``null`` where everything was read
quality          precision and recall as measured on labelled comments, with intervals of 95 %
store            job, what stands now, decisions, corrections, precision seen on the spot, head of the audit log; ``null``
series           complete runs of the job, oldest first
comparisons      earlier runs that this one is held against, and what keeps them from being compared
measures         measures that the figures call for, the most urgent first; ``legal`` are keys of ``legal``
updates          what to update in the registre and the AIPD
legal            the grounds that categories and measures name, with source and date
proofs           digests of what the report rests on
excerpts         masked excerpts, who asked for them (pseudonym), when and why; ``null``: none were asked for
===============  =======================================================================================================

Rates are ``count``, ``total``, ``low``, ``high``. Mappings by several keys are lists of ``[*keys, value]``.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from recognizers.legal import legal_grounds
from scanner.catalogue import Catalogue
from scanner.json_files import json_bytes
from scanner.quality import measured_quality
from scanner.report.dossier import Dossier
from scanner.report.figures import entity_rows
from scanner.report.measures import measures, updates
from scanner.sampling import sample_rates

REPORT_FORMAT = "vigie-report"
REPORT_VERSION = 1


def report_json(dossier: Dossier, catalogue: Catalogue) -> bytes:
    """Return the figures of ``dossier`` as JSON in UTF-8."""
    rows = entity_rows(dossier.summary, catalogue)
    proposed, to_update = measures(dossier, rows), updates(dossier, rows)
    keys = [key for row in rows for key in row.info.legal]
    keys += [key for text in proposed for key in text.legal] + [key for text in to_update for key in text.legal]
    content = {
        "format": REPORT_FORMAT,
        "version": REPORT_VERSION,
        "made": dossier.made,
        "period": dossier.period,
        "organisation": dossier.organisation,
        "summary": without_ids(dossier.summary),
        "sample": sample_rates(dossier.summary),
        "quality": measured_quality(),
        "store": dossier.store,
        "series": dossier.series,
        "comparisons": dossier.comparisons,
        "measures": proposed,
        "updates": to_update,
        "legal": legal_grounds(list(dict.fromkeys(keys))),
        "proofs": dossier.proofs,
        "excerpts": dossier.excerpts,
    }
    return json_bytes(_plain(content))


def without_ids(summary: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``summary`` without the ids of the records that could not be scanned in full."""
    return {**summary, "not_scanned": [{**row, "record_id": ""} for row in summary["not_scanned"]]}


def _plain(value: Any) -> Any:
    """Return ``value`` as JSON knows it."""
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        if any(isinstance(key, tuple) for key in value):
            return [[*key, _plain(item)] for key, item in sorted(value.items())]
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime.date) else value
