"""From findings to a judgement: the allow-list, the risk of the record, and what the policy makes of each finding."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from recognizers.detector import Detector
from recognizers.finding import Finding
from scanner.catalogue import Catalogue
from scanner.memos.lines import Place
from scanner.policy import Action, Policy, strongest
from scanner.records import Record
from scanner.scoring import Risk, record_risk

_TELLING_WORD = re.compile(r"[^\W\d_]{3}")
"""Part of a word that says something by itself; shorter ones are "de", "un", "à"."""


@dataclass(frozen=True, slots=True)
class JudgedFinding:
    """A finding, its severity (1 to 4) and what the policy makes of it.

    ``line`` and ``continued`` are set once it is told where in its cells it stands (:meth:`scanner.memos.reading.Reading.stored`): the
    line in which it begins, where its field is made of numbered lines, and the parts of further lines on which it goes on. ``dismissed``
    says by what people set it aside (:mod:`scanner.store.dismissal`), ``""`` where it stands: else it neither counts nor leads to anything.
    """

    finding: Finding
    severity: int
    action: Action
    line: str = ""
    continued: tuple[Place, ...] = ()
    dismissed: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The findings of a record by field, its risk, the strongest action, and how many findings the allow-list set aside."""

    fields: Mapping[str, Sequence[JudgedFinding]]
    risk: Risk
    action: Action
    allowed: int


def judge(record: Record, found: Mapping[str, Sequence[Finding]], policy: Policy, catalogue: Catalogue) -> Judgement:
    """Weigh what was found in each field of ``record`` and decide what becomes of it."""
    standing: dict[str, list[JudgedFinding]] = {}
    allowed = 0
    for field, all_findings in found.items():
        findings = _without_labels(record.texts[field], all_findings, catalogue)
        kept, set_aside = policy.allow.split(findings, record, field)
        standing[field] = [JudgedFinding(found_one, catalogue.severity(found_one), "keep") for found_one in kept]
        allowed += len(set_aside)
    return weigh(standing, allowed, policy, catalogue)


def weigh(fields: Mapping[str, Sequence[JudgedFinding]], allowed: int, policy: Policy, catalogue: Catalogue) -> Judgement:
    """Weigh findings by field and decide what becomes of each; those dismissed count for nothing, and nothing becomes of them."""
    standing = [item.finding for items in fields.values() for item in items if not item.dismissed]
    risk = record_risk(standing, catalogue.severities, catalogue.revealing)
    judged = {
        field: [replace(item, action="keep" if item.dismissed else policy.decide(item.finding, risk.level, field).action) for item in items]
        for field, items in fields.items()
    }
    action = strongest(item.action for items in judged.values() for item in items)
    return Judgement(judged, risk, action, allowed)


def _without_labels(text: str, findings: Sequence[Finding], catalogue: Catalogue) -> Sequence[Finding]:
    """Return ``findings`` without those of labels that a redaction left: they say what stood there, and are what was asked for.

    A finding is one of a label when no more than small words ("de [NATIONALITÉ]") stand beside labels among the words that betray it.
    """
    labels = [label.span() for label in catalogue.label_pattern.finditer(text)] if "[" in text else []
    return [f for f in findings if not _says_a_label(text, f.words, labels)] if labels else findings


def _says_a_label(text: str, words: tuple[int, int], labels: Sequence[tuple[int, int]]) -> bool:
    beside, at = [], words[0]
    touched = [(start, end) for start, end in labels if start < words[1] and words[0] < end]
    for start, end in touched:
        beside.append(text[at : max(at, start)])
        at = end
    beside.append(text[at : words[1]])
    return bool(touched) and not any(_TELLING_WORD.search(part) for part in beside)


def judge_text(text: str, field: str, detector: Detector, policy: Policy, catalogue: Catalogue) -> Judgement:
    """Weigh a single text as if it stood in ``field``."""
    return judge(Record(id="", row=0, source="", texts={field: text}), {field: detector.find(text)}, policy, catalogue)
