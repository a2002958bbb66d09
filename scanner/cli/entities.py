"""``vigie entities``: what can be found."""

from __future__ import annotations

import json

import typer

from scanner.cli.console import say
from scanner.cli.options import JsonOption


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("entities")(entities_cli)


def entities_cli(as_json: JsonOption = False) -> None:
    """List the entities that are looked for. Of each its French label, severity (1 to 4), number of terms and legal grounds."""
    from recognizers.rulepack import load_lexicons
    from scanner.catalogue import default_catalogue

    catalogue = default_catalogue()
    terms = {lexicon.entity: sum(len(rule.patterns) for rule in lexicon.rules) for lexicon in load_lexicons()}
    rows = [
        {
            "entity": name,
            "label": info.label,
            "severity": catalogue.severities[name],
            "patterns": terms.get(name, 0),
            "legal": list(info.legal),
        }
        for name, info in catalogue.entities.items()
    ]
    if as_json:
        say(json.dumps(rows, ensure_ascii=False))
        return
    for name, info in catalogue.entities.items():
        severity, patterns = catalogue.severities[name], terms.get(name, 0)
        say(f"{name:18} {info.label:38} severity {severity}  {patterns:4} patterns  {', '.join(info.legal)}")
