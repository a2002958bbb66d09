"""Reports of runs and annexes to download. What covers every site is for who may see every site."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import Any, Literal

from fastapi import APIRouter, HTTPException, Request, Response

from scanner.accounts.perimeter import Perimeter
from scanner.accounts.viewer import Viewer
from scanner.console.access import Signed, needs
from scanner.console.downloads import CSV_TYPE, FORM_TYPES, JSON_TYPE, XLSX_TYPE, download
from scanner.console.rendering import render
from scanner.console.run_rows import findings_by_job, job_names, run_page
from scanner.console.stores import Key, Opened, audit_of
from scanner.console.wordings import wordings
from scanner.keys import SecretKey, pseudonym
from scanner.organisation import Organisation
from scanner.outputs import SUMMARY, ReportForm
from scanner.report.dossier import Dossier
from scanner.report.finding_table import table_of_store
from scanner.report.from_store import dossier_of_store, summary_of_run, wanted_run
from scanner.report.writing import form_chunks, makes_pdf
from scanner.review.finding_rows import HEADER, finding_rows
from scanner.service.state import Shared
from scanner.spreadsheets import XLSX_ROWS, Sheet, csv_chunks, xlsx_chunks
from scanner.store.engine import Store

router = APIRouter(prefix="/reports", dependencies=[needs("reports")])


@router.get("")
def reports_page(request: Request, viewer: Signed, store: Opened, job: str = "", after: str = "") -> Response:
    """Show the runs, newest first, and what can be downloaded."""
    with store.connect() as connection:
        names = job_names(connection, viewer.perimeter)
        rows, following = run_page(connection, viewer.perimeter, job=job, after=after)
        standing = findings_by_job(connection, viewer.perimeter)
    exports = [(name, standing.get(name, 0) <= XLSX_ROWS) for name in names if job in ("", name)]
    return render(
        request,
        "reports",
        viewer,
        job=job,
        jobs=names,
        after=after,
        runs=rows,
        following=following,
        exports=exports,
        xlsx_rows=XLSX_ROWS,
        statuses=wordings()["statuses"],
        pdf=makes_pdf(),
    )


@router.get("/{run_id}/report.{form}")
def report(run_id: str, form: ReportForm, viewer: Signed, store: Opened, key: Key, shared: Shared) -> Response:
    """Download the report of a run in one of its forms."""
    if form is ReportForm.PDF and not makes_pdf():
        raise HTTPException(404)
    dossier = _dossier(store, viewer, run_id)
    audit_of(viewer, store, key).add("report-downloaded", run=run_id)
    chunks = form_chunks(dossier, shared.catalogue, table_of_store(store, dossier, key), form)
    return download(f"vigie-{run_id}-report.{form}", FORM_TYPES[form], chunks)


@router.get("/{run_id}/summary.json")
def summary_json(run_id: str, viewer: Signed, store: Opened, key: Key) -> Response:
    """Download every count of a run."""
    summary = _summary(store, viewer, run_id)
    audit_of(viewer, store, key).add("report-downloaded", run=run_id)
    told = summary if viewer.may("records") else _without_ids(summary, key)
    return download(f"vigie-{run_id}-{SUMMARY}", JSON_TYPE, [json.dumps(told, ensure_ascii=True, indent=1).encode("ascii")])


@router.get("/findings.{form}")
def findings_table(form: Literal["csv", "xlsx"], viewer: Signed, store: Opened, key: Key, job: str) -> Response:
    """Download the findings that stand in ``job`` within the viewer's perimeter."""
    with store.connect() as connection:
        if job not in job_names(connection, viewer.perimeter):
            raise HTTPException(404)
        if form == "xlsx" and findings_by_job(connection, viewer.perimeter).get(job, 0) > XLSX_ROWS:
            raise HTTPException(413)
    audit_of(viewer, store, key).add("report-downloaded", job=job)
    rows = finding_rows(store, viewer.perimeter, job, str if viewer.may("records") else partial(pseudonym, key=key))
    name = f"vigie-constats-{re.sub('[^A-Za-z0-9-]+', '-', job)[:60]}.{form}"
    if form == "csv":
        return download(name, CSV_TYPE, csv_chunks(HEADER, rows))
    return download(name, XLSX_TYPE, xlsx_chunks([Sheet("constats", HEADER, rows)]))


def _dossier(store: Store, viewer: Viewer, run_id: str) -> Dossier:
    """Return the dossier of a run; to who may not see every site there is none."""
    with store.connect() as connection:
        wanted = wanted_run(connection, run_id) if viewer.perimeter == Perimeter.everything() else None
    if wanted is None:
        raise HTTPException(404)
    return dossier_of_store(store, wanted, Organisation())


def _summary(store: Store, viewer: Viewer, run_id: str) -> dict[str, Any]:
    """Return the summary of a run; to who may not see every site there is none."""
    with store.connect() as connection:
        summary = summary_of_run(connection, run_id) if viewer.perimeter == Perimeter.everything() else None
    if summary is None:
        raise HTTPException(404)
    return summary


def _without_ids(summary: dict[str, Any], key: SecretKey) -> dict[str, Any]:
    """Return ``summary`` with pseudonyms in place of the ids of records that could not be scanned in full."""
    named = [{**row, "record_id": pseudonym(row["record_id"], key) if row["record_id"] else ""} for row in summary["not_scanned"]]
    return {**summary, "not_scanned": named}
