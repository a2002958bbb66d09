"""The report of a run or of a period, in French: a :class:`Dossier` of figures, made a document, written in four forms.

::

    dossier = dossier_of_folder(out, load_organisation(path))      # or dossier_of_store(store, Wanted(job="night"), …)
    write_forms(dossier, default_catalogue(), table_of_folder(out, dossier, key), out, list(ReportForm))
"""

from __future__ import annotations

from scanner.report.writing import write_report

__all__ = ["write_report"]
