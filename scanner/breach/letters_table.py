"""The letters of a breach as a table: to whom, about what, and whether they are due."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.breach.facts import ask, count_text
from scanner.breach.gravity import HIGH_RISK, Gravity
from scanner.breach.kit import Kit
from scanner.breach.knowledge import Topic
from scanner.breach.wordings import words
from scanner.documents.blocks import Column, Table, Text
from scanner.french import uncapitalised


def letters_table(kit: Kit, most: int | None = None) -> Table:
    """Return the letters, those to most persons first; ``most`` of them, the others are counted."""
    said, name = words("letters"), words("files")["letter"]
    columns = [
        Column(said["column_letter"], width=2.6),
        Column(said["column_group"], width=4),
        Column(said["column_persons"], "right", 1.5),
        Column(said["column_risk"], width=2),
    ]
    rows = [
        (name.format(group=group.slug), _topics(group.topics, group.maybe), count_text(group.persons), _risk(kit, gravity))
        for group, gravity in kit.letters
    ]
    left = 0 if most is None else len(rows) - most
    return Table(columns, rows[:most], more=said["more"].format(count=left) if left > 0 else "")


def _topics(topics: Sequence[Topic], maybe: Sequence[Topic]) -> Text:
    sure = ", ".join([topic.label for topic in topics[:1]] + [uncapitalised(topic.label) for topic in topics[1:]])
    perhaps = ", ".join(uncapitalised(topic.label) for topic in maybe)
    if not perhaps:
        return sure or ask(words("letter")["data_unknown"])
    return words("letters")["perhaps" if sure else "only_perhaps"].format(sure=sure, perhaps=perhaps)


def _risk(kit: Kit, gravity: Gravity) -> str:
    level = kit.incident.gravity or gravity.level
    if level is None:
        state = "risk_unknown"
    elif level < HIGH_RISK:
        state = "risk_lower"
    else:
        state = "risk_high" if kit.exemption is None else "risk_exempt"
    return words("letters")[state]
