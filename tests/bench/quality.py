"""``make bench-quality``: what Vigie, stock Presidio and EDS-NLP find in the same labelled comments, measured alike.

Writes ``QUALITY.md`` beside this file. EDS-NLP takes part where it is installed: it is no dependency of the project.
"""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Callable, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from bench.rivals import deny_lists, eds_nlp, presidio_analyzer
from recognizers.detector import default_detector
from recognizers.finding import Finding
from scanner.evaluate import Counts, Evaluation, GoldRecord, read_gold

RESULTS = Path(__file__).with_name("QUALITY.md")
HEADER = (
    "| scanner | F1, four main entities | F1, all fourteen | F1, HEALTH | F1, ADDICTION | false alarms | left readable |",
    "|---|---|---|---|---|---|---|",
)
Scanner = Callable[[Sequence[str]], list[list[Finding]]]


def scanners() -> dict[str, Scanner]:
    """Return what finds remarks in texts, by name with its version."""
    terms = deny_lists()
    found: dict[str, Scanner] = {
        "Vigie": default_detector().find_many,
        f"Presidio {version('presidio-analyzer')}, {sum(map(len, terms.values())):,} terms": presidio_analyzer(terms),
    }
    if find_spec("edsnlp"):
        found[f"EDS-NLP {version('edsnlp')} (HEALTH and ADDICTION only)"] = eds_nlp()
    return found


def row(records: Sequence[GoldRecord], name: str, scanner: Scanner) -> str:
    """Return the line of the table for the labelled comments ``records``."""
    evaluation = Evaluation()
    for record, findings in zip(records, scanner([record.text for record in records]), strict=True):
        evaluation.add(record, findings)
    figures, by_entity = evaluation.figures(), evaluation.record_counts
    cells = [
        name,
        *(f"{figures[group]['f1']:.3f}" for group in ("core_record", "sensitive_record")),
        *(_f1(by_entity[entity]) for entity in ("HEALTH", "ADDICTION")),
        *(f"{figures[rate]:.1%}" for rate in ("false_alarm_rate", "leak_rate")),
    ]
    return f"| {' | '.join(cells)} |"


def _f1(counts: Counts) -> str:
    return f"{counts.figures()['f1']:.3f}"


def main() -> None:
    """Measure and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path, nargs="+", help="labelled comments, JSON Lines")
    files = parser.parse_args().gold
    records = [record for file in files for record in read_gold(file)]
    names = ", ".join(file.stem for file in files)
    head = f"Measured on {datetime.date.today()} by `make bench-quality`, by record, on {len(records):,} comments ({names})."
    table = [head, "", *HEADER, *(row(records, name, scanner) for name, scanner in scanners().items())]
    RESULTS.write_text("# Detection compared\n\n" + "\n".join(table) + "\n", encoding="utf-8")
    print("\n".join(table))


if __name__ == "__main__":
    main()
