"""What a state store gives to a pack: the report of a run, its findings on request, and the audit log since it began."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from scanner.append_log import whole_file
from scanner.catalogue import default_catalogue
from scanner.errors import InputError
from scanner.evidence.audit_extract import AUDIT_FILE, extract_lines
from scanner.evidence.request import PackRequest
from scanner.findings_file import write_findings
from scanner.organisation import load_organisation
from scanner.outputs import ReportForm
from scanner.report.finding_table import table_of_store
from scanner.report.from_store import Wanted, dossier_of_store
from scanner.report.writing import write_forms
from scanner.store.engine import open_store
from scanner.store.runs import job_of
from scanner.store.schema import source_tables
from scanner.summary import write_summary


def write_store_files(where: str, folder: Path, request: PackRequest) -> None:
    """Write into ``folder`` what the pack holds of the store ``where``, as if a scan had written it.

    Raises :class:`InputError` when the store, the job or the run is not there, or findings are asked for of a run that is not the last.
    """
    with open_store(where, make=False) as store:
        dossier = dossier_of_store(store, Wanted(request.job, request.run), load_organisation(request.organisation))
        write_summary(dossier.summary, folder)
        write_forms(dossier, default_catalogue(), table_of_store(store, dossier, request.key), folder, list(ReportForm))
        with store.connect() as connection, whole_file(folder / AUDIT_FILE) as file:
            file.writelines(extract_lines(connection, dossier.summary["run"]))
        if request.with_findings:
            if dossier.store is None or dossier.store.standing is None:
                raise InputError("the findings of that run are no longer kept: a store knows those of the last complete run only")
            with store.connect() as connection:
                job_id, _ = job_of(connection, request.job)
                tables = connection.execute(select(source_tables.c.id).where(source_tables.c.job_id == job_id)).scalars().all()
                write_findings(connection, tables, folder)
