"""The dossier of the folder that a scan wrote into."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from scanner.clock import utc_now
from scanner.export_reading import file_facts
from scanner.organisation import Organisation
from scanner.outputs import FINDINGS, QUARANTINE, SUMMARY
from scanner.report.comparing import compare, compare_findings, run_line
from scanner.report.dossier import Dossier, Proof
from scanner.summary import read_summary


def dossier_of_folder(out: Path, organisation: Organisation, older: Sequence[Path] = ()) -> Dossier:
    """Return the dossier of the scan that wrote into ``out``, held against the scans that wrote into the folders ``older``.

    Raises :class:`InputError` when a folder holds no summary that this version reads, or a file in it cannot be read.
    """
    summary = read_summary(out)
    comparisons = []
    for folder in older:
        before = read_summary(folder)
        line = run_line(summary)
        changes = compare_findings(folder, out, by_source=len(line.perimeter) > 1)
        comparisons.append(compare(run_line(before), line, changes))
    return Dossier(summary=summary, organisation=organisation, made=utc_now(), comparisons=comparisons, proofs=list(_proofs(out, summary)))


def _proofs(out: Path, summary: Mapping[str, Any]) -> Iterable[Proof]:
    names = [SUMMARY, FINDINGS, QUARANTINE, *(source["redacted"] for source in summary["sources"] if source.get("redacted"))]
    for name in names:
        path = out / name
        if path.is_file():
            yield Proof(f"{name} (SHA-256)", str(file_facts(path)["sha256"]))
