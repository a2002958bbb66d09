"""``vigie redact``: a text without its sensitive remarks, or a redacted text brought back."""

from __future__ import annotations

import datetime
from typing import Annotated

import typer

from scanner.cli.console import say
from scanner.cli.options import FieldOption, KeyFileOption, PolicyOption, TextArgument, read_text
from scanner.cli.scan_options import Mode

ModeOption = Annotated[Mode, typer.Option("--mode", help="What stands in place of a redacted remark.")]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("redact")(redact_cli)


def redact_cli(
    text: TextArgument,
    field: FieldOption = "",
    policy: PolicyOption = None,
    mode: ModeOption = "label",
    key_file: KeyFileOption = None,
    restore: Annotated[bool, typer.Option("--restore", help="Bring back what --mode encrypt replaced, with the same key.")] = False,
) -> None:
    """Print one text with what the policy redacts replaced. So is what it quarantines. Whole exports: `vigie scan`."""
    from recognizers.detector import default_detector
    from scanner.catalogue import default_catalogue
    from scanner.judgement import judge_text
    from scanner.keys import load_own_key
    from scanner.policy import load_policy
    from scanner.redaction import KEYED_MODES, Redactor
    from scanner.redaction import restore as restore_text

    comment = read_text(text)
    if restore:
        say(restore_text(comment, load_own_key(key_file)))
        return
    catalogue = default_catalogue()
    rules = load_policy(policy, catalogue.entities, datetime.date.today())
    judgement = judge_text(comment, field, default_detector(), rules, catalogue)
    chosen = [item.finding for item in judgement.fields[field] if item.action in ("redact", "quarantine")]
    key = load_own_key(key_file) if mode in KEYED_MODES else None
    redactor = Redactor(mode, catalogue.tags, catalogue.severities, catalogue.wordings, key)
    say(redactor.redact(comment, chosen).text)
