"""The files of a retention check: the list of what is overdue, written while it is found, the document and the figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from scanner.append_log import whole_file
from scanner.documents.files import write_document
from scanner.json_files import write_json
from scanner.keys import SecretKey
from scanner.organisation import Organisation
from scanner.spreadsheets import csv_chunks
from scanner.subject.retention_check import RetentionCheck, check_stream
from scanner.subject.retention_document import retention_document
from scanner.subject.retention_judge import RetentionJudge, Verdict
from scanner.subject.retention_rules import RetentionRules
from scanner.subject.stream import SourceFacts, Stream

NAME = "conservation"
LIST = f"{NAME}.csv"
FILES = (LIST, f"{NAME}.pdf", f"{NAME}.json")
_HEADER = ("source", "fiche", "champ", "départ du délai", "à effacer après le", "jours de retard", "règle")


def check_and_list(stream: Stream, judge: RetentionJudge, out: Path) -> RetentionCheck:
    """Check the records of ``stream`` and list what is overdue in ``conservation.csv``, which holds ids: readable by its owner only."""
    check = RetentionCheck(judge.today)
    rows = ((one.source, one.record, one.field, one.start, one.last, one.days, one.rule + 1) for one in check_stream(stream, judge, check))
    with whole_file(out / LIST) as file:
        file.writelines(csv_chunks(_HEADER, rows))
    return check


def write_figures(
    check: RetentionCheck, rules: RetentionRules, facts: list[SourceFacts], organisation: Organisation, key: SecretKey, out: Path
) -> None:
    """Write ``conservation.pdf`` and ``conservation.json``: counts and pseudonyms. Raises :class:`OutputError` when that fails."""
    write_document(retention_document(check, rules, facts, organisation, key, LIST), out, NAME, "pdf")
    write_json(out / f"{NAME}.json", figures(check, rules, facts))


def figures(check: RetentionCheck, rules: RetentionRules, facts: list[SourceFacts]) -> dict[str, Any]:
    """Return the counts, JSON-ready: ``places`` by source, field and rule (from 1; 0 for none), ``years`` of what is overdue."""
    verdicts: tuple[Verdict, ...] = ("overdue", "excepted", "undated", "unruled", "kept")
    return {
        "format": "vigie-retention",
        "version": 1,
        "today": check.today.isoformat(),
        "records": check.records,
        "records_overdue": check.records_overdue,
        **{verdict: check.total(verdict) for verdict in verdicts},
        "places": [
            {
                "source": place.source,
                "field": place.field,
                "rule": place.rule + 1,
                **{verdict: check.verdicts[place, verdict] for verdict in verdicts},
                "years": {str(year): count for (other, year), count in sorted(check.years.items()) if other == place},
            }
            for place in check.places()
        ],
        "rules": [{"period": rule.in_words(), "why": rule.why, "source": rule.source} for rule in rules.rules],
        "sources": [{"source": one.source, "rows": one.rows, "rows_not_read": one.not_read, "sha256": one.sha256} for one in facts],
    }
