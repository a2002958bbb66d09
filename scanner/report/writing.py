"""The forms of the report, as files or as bytes to send."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from scanner.append_log import whole_file
from scanner.catalogue import Catalogue
from scanner.extras import packages_of
from scanner.outputs import ReportForm
from scanner.report.annex import FindingTable, annex
from scanner.report.document import report_document
from scanner.report.dossier import Dossier
from scanner.report.machine import report_json


def write_forms(dossier: Dossier, catalogue: Catalogue, findings: FindingTable, folder: Path, forms: Sequence[ReportForm]) -> list[Path]:
    """Write the report into ``folder`` in each of ``forms`` and return the paths, each file whole or not at all.

    Readable by their owner only where they hold excerpts. Raises :class:`OutputError` when one cannot be written, :class:`InputError` when
    packages for it are missing.
    """
    paths = []
    for form in dict.fromkeys(forms):
        path = folder / form.file_name
        with whole_file(path) as file:
            for chunk in form_chunks(dossier, catalogue, findings, form):
                file.write(chunk)
        if dossier.excerpts is None:
            path.chmod(0o644)
        paths.append(path)
    return paths


def write_report(summary: Mapping[str, Any], catalogue: Catalogue, out: Path) -> Path:
    """Write ``report.html`` of a scan that has just ended into ``out`` and return its path; raises as :func:`write_forms` does."""
    (path,) = write_forms(Dossier(summary), catalogue, FindingTable(), out, [ReportForm.HTML])
    return path


def form_chunks(dossier: Dossier, catalogue: Catalogue, findings: FindingTable, form: ReportForm) -> Iterator[bytes]:
    """Yield the report in ``form``. Raises :class:`InputError`, saying what to install, when packages for it are missing."""
    if form is ReportForm.JSON:
        yield report_json(dossier, catalogue)
    elif form is ReportForm.XLSX:
        yield from annex(dossier, catalogue, findings)
    elif form is ReportForm.HTML:
        from scanner.documents.html import html

        yield html(report_document(dossier, catalogue)).encode("utf-8", "replace")
    else:
        with packages_of("documents", "a PDF needs"):
            from scanner.documents.pdf import pdf

            content = pdf(report_document(dossier, catalogue))
        yield content


def makes_pdf() -> bool:
    """Tell whether the packages for PDF are installed."""
    return find_spec("typst") is not None
