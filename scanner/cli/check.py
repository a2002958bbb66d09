"""``vigie check``: one text, before it is saved."""

from __future__ import annotations

import datetime
import json

import typer

from recognizers.collector import collector_paused
from scanner.cli.console import say
from scanner.cli.exits import ExitCode
from scanner.cli.options import FieldOption, JsonOption, PolicyOption, TextArgument, read_text


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("check")(check_cli)


@collector_paused()
def check_cli(text: TextArgument, field: FieldOption = "", policy: PolicyOption = None, as_json: JsonOption = False) -> None:
    """Say what a text reveals and what to write instead, in French."""
    from recognizers.detector import default_detector
    from scanner.catalogue import default_catalogue
    from scanner.judgement import judge_text
    from scanner.policy import load_policy

    catalogue = default_catalogue()
    rules = load_policy(policy, catalogue.entities, datetime.date.today())
    comment = read_text(text)
    judgement = judge_text(comment, field, default_detector(), rules, catalogue)
    judged = judgement.fields[field]
    alert = rules.alerts(judgement.risk.level, judgement.action)
    if as_json:
        findings = [
            {
                "entity": j.finding.entity,
                "label": catalogue.entities[j.finding.entity].label,
                "start": j.finding.start,
                "end": j.finding.end,
                "score": j.finding.score,
                "assertion": j.finding.assertion,
                "subject": j.finding.subject,
                "rule": j.finding.rule,
                "severity": j.severity,
                "action": j.action,
                "instead": catalogue.instead(j.finding),
            }
            for j in judged
        ]
        risk = {"risk": judgement.risk.value, "level": judgement.risk.level, "action": judgement.action}
        say(json.dumps({**risk, "findings": findings}, ensure_ascii=False))
    else:
        for j in judged:
            info = catalogue.entities[j.finding.entity]
            say(f"« {comment[j.finding.start : j.finding.end]} » : {info.label} (certitude {j.finding.score:.2f}, gravité {j.severity}/4)")
            say(f"    {info.why}")
            if wording := catalogue.instead(j.finding):
                say(f"    Écrire plutôt : {wording}")
        say(f"Risque {judgement.risk.value}/100 ({judgement.risk.level}), action : {judgement.action}" if judged else "Rien à signaler.")
    raise typer.Exit(ExitCode.FINDINGS if alert else ExitCode.CLEAN)
