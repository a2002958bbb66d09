"""The answer to an access request as a file for programs: ``acces-<pseudonym>.json``, UTF-8.

::

    {"format": "vigie-access", "version": 1, "made": UTC ISO, "reference": pseudonym of the id, "subject": the id as asked for,
     "names": [...], "complete": false where rows could not be read or mentions wait to be verified,
     "comments": [{"source", "record", "field", "date": ISO or "", "author_group", "site", "purpose": key, "purpose_label": French,
                   "text": third parties as "[tiers]", "masked": how often, "codes": [code, ...]}],
     "mentions": [the same, of records of others: only the sentences that mention the person, "record", "site" and "author_group" left out;
                  "named_by": [way, ...]}],
     "codes": [{"code", "meanings": [...], "ambiguous": bool, "of_the_organisation": bool}],
     "sources": [{"source", "format", "fields": [...], "rows", "rows_not_read", "read": UTC ISO}],
     "not_verified": mentions that wait to be verified}
"""

from __future__ import annotations

from typing import Any

from scanner.policy import PURPOSES
from scanner.subject.access_file import AccessFile, Comment

FORMAT = "vigie-access"
VERSION = 1
_OF_OTHERS = ("record", "site", "author_group")
"""What of a record of somebody else is theirs."""


def portable(file: AccessFile) -> dict[str, Any]:
    """Return ``file`` as JSON."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "made": file.made,
        "reference": file.pseudonym,
        "subject": file.subject,
        "names": list(file.person.shown),
        "complete": not (file.not_read or file.to_verify),
        "comments": [_comment(comment) for comment in in_order(file.comments)],
        "mentions": [
            {name: value for name, value in _comment(mention.comment).items() if name not in _OF_OTHERS} | {"named_by": list(mention.ways)}
            for mention in file.mentions
        ],
        "codes": [
            {"code": code.code, "meanings": list(code.meanings), "ambiguous": code.ambiguous, "of_the_organisation": code.house}
            for code, _ in file.codes
        ],
        "sources": [
            {
                "source": facts.source,
                "format": facts.format,
                "fields": list(facts.fields),
                "rows": facts.rows,
                "rows_not_read": facts.not_read,
                "read": facts.read,
            }
            for facts in file.facts
        ],
        "not_verified": len(file.to_verify),
    }


def in_order(comments: list[Comment]) -> list[Comment]:
    """Return ``comments`` by source, field, date and record."""
    return sorted(comments, key=lambda comment: (comment.source, comment.field, comment.date, comment.record))


def _comment(comment: Comment) -> dict[str, Any]:
    return {
        "source": comment.source,
        "record": comment.record,
        "field": comment.field,
        "date": comment.date,
        "author_group": comment.author_group,
        "site": comment.site,
        "purpose": comment.purpose,
        "purpose_label": PURPOSES[comment.purpose],
        "text": comment.text,
        "masked": sum(comment.masked.values()),
        "codes": [code.code for code in comment.codes],
    }
