"""LISEZMOI.txt of a pack: what it holds and how to check it, with and without Vigie, in French."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from scanner.evidence.attachments import RULES
from scanner.evidence.audit_extract import AUDIT_FILE
from scanner.evidence.known import wordings
from scanner.evidence.manifest import Manifest
from scanner.evidence.members import Member
from scanner.french import day, number

README = "LISEZMOI.txt"


def readme_bytes(facts: Manifest, members: Sequence[Member]) -> bytes:
    """Return the text for a pack of ``members``; the files of ``facts`` are not looked at."""
    parts = wordings().readme
    paragraphs = []
    if facts.rules:
        paragraphs.append(parts["rules"].format(rules=facts.rules))
    paragraphs += [parts["other_rules"].format(run=run.run, rules=run.rules) for run in facts.runs if run.rules != facts.rules]
    if any(member.name.endswith(AUDIT_FILE) for member in members):
        paragraphs.append(parts["audit"])
    if facts.left_out:
        paragraphs.append("\n".join([parts["left_out"], *(f"  {item.name} : {item.why}" for item in facts.left_out)]))
    text = parts["text"].format(
        day=day(facts.made),
        time=facts.made[11:16],
        version=facts.version,
        key_id=facts.key_id,
        contents="\n".join(_contents(members)),
        absent="\n\n".join(paragraph.strip("\n") for paragraph in paragraphs),
    )
    return (text.strip("\n") + "\n").replace("\n", "\r\n").encode()  # as the editors of every system show it


def _contents(members: Sequence[Member]) -> Iterator[str]:
    for folder, group in groupby(members, key=lambda member: member.name.partition("/")[0]):
        items = list(group)
        if folder == RULES:
            yield f"  {RULES}/ : {wordings().what['rules'].format(count=number(len(items)))}"
        else:
            yield from (f"  {item.name} : {item.what}" for item in items)
