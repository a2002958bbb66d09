"""``vigie explain``: why, and why not."""

from __future__ import annotations

import json

import typer

from scanner.cli.console import say
from scanner.cli.options import JsonOption, TextArgument, read_text

FATES = {
    "found": "finding",
    "unless": "no finding: an `unless` of the rule overlaps it",
    "unless_near": "no finding: an `unless_near` of the rule stands near",
    "unless_anywhere": "no finding: an `unless_anywhere` of the rule stands in the comment",
    "needs": "no finding: nothing that the rule `needs` stands near",
    "needs_anywhere": "no finding: the comment holds nothing of what the rule `needs_anywhere`",
    "too weak": "no finding: certainty below the threshold",
    "covered": "no finding of its own: a stronger one covers it",
    "outweighed": "no finding: all words of the text together speak against it",
}


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("explain")(explain_cli)


def explain_cli(text: TextArgument, as_json: JsonOption = False) -> None:
    """Show every rule that knows words of a text. It tells what became a finding, what did not, and why."""
    from recognizers.detector import default_detector
    from recognizers.lexicon import LEARNED

    comment = read_text(text)
    considered = default_detector().explain(comment)
    if as_json:
        rows = [
            {
                "rule": c.finding.rule,
                "start": c.finding.start,
                "end": c.finding.end,
                "words": list(c.finding.words),
                "fate": c.fate,
                "score": c.finding.score,
                "assertion": c.finding.assertion,
                "subject": c.finding.subject,
                "cues": list(c.finding.cues),
                "term": c.finding.term,
            }
            for c in considered
        ]
        say(json.dumps(rows, ensure_ascii=False))
        return
    for c in considered:
        found = c.finding
        why = "finding: learned from labelled comments" if LEARNED in found.cues else FATES[c.fate]
        say(f"«{comment[slice(*found.words)]}» {found.rule}: {why}")
        say(f"    score {found.score:.2f}, {found.assertion}, subject {found.subject}; cues: {', '.join(found.cues) or 'none'}")
        if found.core:
            say(f"    reaches over «{comment[found.start : found.end]}»")
    if not considered:
        say("no rule knows any word of this text")
