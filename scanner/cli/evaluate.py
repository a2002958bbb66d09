"""``vigie evaluate``: the measures of the annotation guide on labelled comments."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from scanner.cli.options import JsonOption


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("evaluate")(evaluate_cli)


def evaluate_cli(
    gold: Annotated[list[Path], typer.Argument(help="Labelled comments, JSON Lines.")],
    errors: Annotated[
        int, typer.Option("--errors", help="Print so many disagreements, with the comment (the labelled data is invented).")
    ] = 0,
    entity: Annotated[str, typer.Option("--entity", help="Print the disagreements on this entity only.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Compare what is found with the labels: precision, recall and F1 by record and by span, leak, false alarms."""
    from recognizers.detector import default_detector
    from scanner.evaluate import Evaluation, read_gold

    detector = default_detector()
    evaluation = Evaluation()
    texts: dict[str, str] = {}
    for path in gold:
        records = list(read_gold(path))
        for record, findings in zip(records, detector.find_many([r.text for r in records]), strict=True):
            evaluation.add(record, findings)
            if errors:
                texts[record.id] = record.text
    figures = evaluation.figures()
    if as_json:
        typer.echo(json.dumps(figures))
        return
    shown = [e for e in evaluation.errors if entity in ("", e.entity)][:errors]
    for e in shown:
        typer.echo(f"{e.kind:5} {e.record_id} {e.entity} «{texts[e.record_id][e.start : e.end]}» | {texts[e.record_id][:160]!r}")
    _print(figures)


def _print(figures: dict[str, Any]) -> None:
    typer.echo(
        f"{figures['records']} records, {figures['clean']} clean; "
        f"false alarms on clean {figures['false_alarm_rate']:.1%}; leak {figures['leak_rate']:.1%}"
    )
    for name in ("core_record", "core_span", "sensitive_record", "sensitive_span", "identifiers_record", "identifiers_span"):
        value = figures[name]
        typer.echo(f"{name:20} P {value['precision']:.3f}  R {value['recall']:.3f}  F1 {value['f1']:.3f}")
    for entity, value in figures["by_entity"].items():
        record, span = value["record"], value["span"]
        typer.echo(
            f"  {entity:18} n={value['n']:4} record P {record['precision']:.2f} R {record['recall']:.2f} F1 {record['f1']:.2f}"
            f" | span P {span['precision']:.2f} R {span['recall']:.2f} F1 {span['f1']:.2f}"
        )
