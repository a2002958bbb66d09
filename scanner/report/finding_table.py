"""The findings of a report, one a row: from the folder of a scan, or from a state store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.finding_lines import read_findings
from scanner.keys import SecretKey, pseudonym
from scanner.outputs import FINDINGS
from scanner.report.annex import FindingTable
from scanner.report.dossier import Dossier
from scanner.report.labels import ASSERTIONS, FINDING_COLUMNS, LEVELS, SUBJECTS, TREATMENTS, entity_label
from scanner.report.wording import say

if TYPE_CHECKING:
    from scanner.spreadsheets import Cell
    from scanner.store.engine import Store

_HEADER = ("source", "rang de la fiche", "fiche", *FINDING_COLUMNS)


def table_of_folder(out: Path, dossier: Dossier, key: SecretKey | None) -> FindingTable:
    """Return the findings of the scan that wrote into ``out``; without ``key`` no record has a pseudonym, only its row."""
    path = out / FINDINGS
    if not path.exists():
        return FindingTable(why_none=say("annex-no-file"))
    return FindingTable(_HEADER, _folder_rows(path, _name_of(key)), dossier.summary["findings"])


def table_of_store(store: Store, dossier: Dossier, key: SecretKey | None) -> FindingTable:
    """Return the findings that stand in the job of ``dossier``, none when its run is not the newest."""
    from scanner.accounts.perimeter import Perimeter
    from scanner.review.finding_rows import HEADER, finding_rows

    facts = dossier.store
    if facts is None or facts.standing is None:
        return FindingTable(why_none=say("annex-not-last"))
    return FindingTable(HEADER, finding_rows(store, Perimeter.everything(), facts.job, _name_of(key)), facts.standing.findings)


def _name_of(key: SecretKey | None) -> Callable[[str], str]:
    """Return what names a record: its pseudonym, or where there is no key that there is none."""
    return partial(pseudonym, key=key) if key else lambda record: say("annex-no-key")


def _folder_rows(path: Path, name_of: Callable[[str], str]) -> Iterator[Sequence[Cell]]:
    for line in read_findings(path):
        yield (
            line["source"],
            line.get("row", ""),
            name_of(line["record_id"]),
            line["field"],
            line.get("line", ""),
            entity_label(line["entity"]),
            line["start"],
            line["end"],
            line["score"],
            line["severity"],
            ASSERTIONS[line["assertion"]],
            SUBJECTS[line["subject"]],
            line["rule"],
            line["term"],
            TREATMENTS[line["action"]],
            LEVELS[line["level"]],
        )
