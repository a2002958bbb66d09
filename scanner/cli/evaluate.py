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
    gold: Annotated[list[Path] | None, typer.Argument(help="Labelled comments, JSON Lines.")] = None,
    qualifiers: Annotated[
        Path | None, typer.Option("--qualifiers", help="Remarks marked with assertion and subject, JSON Lines (samples/QUALIFIERS.md).")
    ] = None,
    errors: Annotated[
        int, typer.Option("--errors", help="Print so many disagreements, with the comment (the labelled data is invented).")
    ] = 0,
    entity: Annotated[str, typer.Option("--entity", help="Print the disagreements on this entity only.")] = "",
    quality: Annotated[
        Path | None, typer.Option("--quality", help="Write the figures by record with their intervals of 95 % as JSON, for reports.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Compare what is found with labels. Precision, recall and F1 by record and by span, leak, over-redaction, false alarms.

    With --qualifiers, measure instead how remarks are said to be asserted, and of whom.
    """
    if (qualifiers is None) == (not gold):
        raise typer.BadParameter("give either labelled comments or --qualifiers FILE")
    if qualifiers and quality:
        raise typer.BadParameter("--quality is of labelled comments: leave --qualifiers out")
    figures = _evaluate_qualifiers(qualifiers, errors) if qualifiers else _evaluate_findings(gold or [], errors, entity, quality)
    if as_json:
        typer.echo(json.dumps(figures))
    elif qualifiers:
        _print_qualifiers(figures)
    else:
        _print(figures)


def _evaluate_findings(gold: list[Path], errors: int, entity: str, quality: Path | None) -> dict[str, Any]:
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
    shown = [e for e in evaluation.errors if entity in ("", e.entity)][:errors]
    for e in shown:
        typer.echo(f"{e.kind:5} {e.record_id} {e.entity} «{texts[e.record_id][e.start : e.end]}» | {texts[e.record_id][:160]!r}")
    if quality:
        from recognizers.rulepack import rules_digest
        from scanner.quality import quality_of, write_quality

        write_quality(quality_of(evaluation, ", ".join(path.name for path in gold), rules_digest()), quality)
    return evaluation.figures()


def _evaluate_qualifiers(path: Path, errors: int) -> dict[str, Any]:
    from scanner.evaluate_qualifiers import QualifierEvaluation, read_remarks

    evaluation = QualifierEvaluation()
    evaluation.add(read_remarks(path))
    for d in evaluation.disagreements[:errors]:
        r = d.remark
        typer.echo(f"{d.quality} {r.id} {d.expected}, found {d.found} | {r.text[: r.start]}«{r.text[r.start : r.end]}»{r.text[r.end :]}")
    return evaluation.figures()


def _print(figures: dict[str, Any]) -> None:
    typer.echo(
        f"{figures['records']} records, {figures['clean']} clean; "
        f"false alarms on clean {figures['false_alarm_rate']:.1%}; leak {figures['leak_rate']:.1%}; "
        f"over-redaction {figures['over_redaction_rate']:.1%}"
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


def _print_qualifiers(figures: dict[str, Any]) -> None:
    for part, qualities in figures.items():
        for quality, value in qualities.items():
            typer.echo(f"{part:5} {quality:10} n={value['n']:4} accuracy {value['accuracy']:.3f}")
            for name, score in value["by_class"].items():
                typer.echo(f"  {name:14} n={score['n']:4} P {score['precision']:.2f} R {score['recall']:.2f}")
