"""Texts that stand in place of what people wrote: proposed by redaction, written by hand, checked before they are kept."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from recognizers.detector import Detector
from scanner.catalogue import Catalogue
from scanner.judgement import judge_text
from scanner.keys import SecretKey
from scanner.policy import Policy
from scanner.redaction import Redactor
from scanner.review.outcome import Remaining, Revealed, WordingOutcome
from scanner.review.rows import QueueRow
from scanner.review.texts import OpenedTexts, segments
from scanner.store.schema import records, source_tables
from scanner.vault.wordings import wordings_in_force


class Writer:
    """Proposes and checks texts, with the rules of ``policy`` and what ``detector`` finds."""

    def __init__(self, key: SecretKey, policy: Policy, catalogue: Catalogue, detector: Detector) -> None:
        self._key = key
        self._policy = policy
        self._catalogue = catalogue
        self._detector = detector
        self._labels = Redactor("label", catalogue.tags, catalogue.severities, catalogue.wordings)
        self._wordings = Redactor("neutral", catalogue.tags, catalogue.severities, catalogue.wordings)

    def revealed(self, connection: Connection, row: QueueRow, opened: OpenedTexts) -> Revealed:
        """Return everything that somebody may read who reveals the texts of the record of ``row``."""
        written = wordings_in_force(connection, [row.entry_id], self._key) if row.entry_state == "pending" else {}
        return Revealed(
            segments=segments(opened, self._catalogue, masked=False),
            texts=dict(opened.texts),
            labelled=_redacted(opened, self._labels),
            neutral=_redacted(opened, self._wordings),
            wordings=written.get(row.entry_id, {}),
        )

    def neutral(self, opened: OpenedTexts) -> dict[str, str]:
        """Return the texts, by field, that change where findings give way to neutral wordings."""
        return {name: text for name, text in _redacted(opened, self._wordings).items() if text != opened.texts[name]}

    def checked(self, connection: Connection, row: QueueRow, opened: OpenedTexts, texts: Mapping[str, str]) -> WordingOutcome:
        """Tell whether ``texts`` can be kept for fields of the record of ``row``, and what they still reveal."""
        if not texts or not texts.keys() <= opened.texts.keys():
            return WordingOutcome(False, "no-field")
        if any(text == opened.texts[name] for name, text in texts.items()):
            return WordingOutcome(False, "same-text")
        query = select(source_tables.c.purposes).join_from(records, source_tables).where(records.c.id == row.id)
        policy = self._policy.with_purposes(json.loads(connection.execute(query).scalar_one()))
        remaining = [found for name, text in texts.items() for found in self._remaining(name, text, policy)]
        return WordingOutcome(False, remaining=tuple(remaining))

    def _remaining(self, field: str, text: str, policy: Policy) -> Sequence[Remaining]:
        judgement = judge_text(text, field, self._detector, policy, self._catalogue)
        kept = [item.finding for items in judgement.fields.values() for item in items if item.action != "keep"]
        return [Remaining(field, found.entity, found.start, found.end, found.rule, found.term) for found in kept]


def _redacted(opened: OpenedTexts, redactor: Redactor) -> dict[str, str]:
    """Return the texts as ``redactor`` leaves them, without the findings that the policy does not keep."""
    to_redact = {name: [item.finding for item in items if item.action != "keep"] for name, items in opened.placed.items()}
    return {name: redactor.redact(text, to_redact.get(name, [])).text for name, text in opened.texts.items()}
