"""A text that somebody tries: what is found in it, what the policy makes of that for each purpose, and what was considered in vain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from recognizers.detector import Considered
from recognizers.legal import LegalGround, legal_grounds
from scanner.catalogue import EntityInfo
from scanner.console.wordings import wordings
from scanner.judgement import JudgedFinding
from scanner.policy import PURPOSES, Decision
from scanner.records import NO_ROW, Record
from scanner.report.labels import ASSERTIONS, SUBJECTS
from scanner.scoring import Risk
from scanner.service.judging import judged
from scanner.service.state import ServiceState

_MARKS = {4: "critical", 3: "high", 2: "medium", 1: "low"}
"""How a finding is marked, by severity."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding of the text. ``number`` counts from 1 in the order of the text; ``decisions`` maps purposes to what the policy says."""

    number: int
    words: str
    judged: JudgedFinding
    info: EntityInfo
    mark: str
    instead: str
    grounds: Sequence[LegalGround]
    cues: Sequence[str]
    decisions: Mapping[str, Decision]


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of the text and the findings that it belongs to; ``mark`` is that of the gravest, ``ends`` are those that end with it."""

    text: str
    mark: str
    ends: Sequence[int]


@dataclass(frozen=True, slots=True)
class SetAside:
    """Words that a rule knows and that are no finding, with the reason in French."""

    words: str
    considered: Considered
    reason: str
    cues: Sequence[str]


@dataclass(frozen=True, slots=True)
class Trial:
    """Everything that is told of a text. ``failed`` is whether a recognizer failed on it; ``allowed`` counts what exceptions set aside."""

    pieces: Sequence[Piece]
    findings: Sequence[Shown]
    set_aside: Sequence[SetAside]
    risk: Risk
    allowed: int
    failed: bool


def try_text(text: str, shared: ServiceState) -> Trial:
    """Return what is found in ``text``, read as ``/v1/check`` reads it. Nothing is kept."""
    policy = shared.text_policy.with_purposes({purpose: purpose for purpose in PURPOSES})
    ((reading, judgement),) = judged([Record("", NO_ROW, "", {"": text})], policy, shared)
    as_read = reading.record.texts[""]
    findings = []
    for number, item in enumerate(judgement.fields.get("", ()), start=1):
        found = item.finding
        info = shared.catalogue.entities[found.entity]
        findings.append(
            Shown(
                number=number,
                words=as_read[found.start : found.end],
                judged=item,
                info=info,
                mark=_MARKS[item.severity],
                instead=shared.catalogue.instead(found),
                grounds=legal_grounds(info.legal),
                cues=_cues(found.cues),
                decisions={purpose: policy.decide(found, judgement.risk.level, purpose) for purpose in PURPOSES},
            )
        )
    fates = wordings()["fates"]
    set_aside = [
        SetAside(as_read[c.finding.start : c.finding.end], c, fates[c.fate], _cues(c.finding.cues))
        for c in shared.detector.explain(as_read)
        if c.fate != "found"
    ]
    return Trial(pieces(as_read, findings), findings, set_aside, judgement.risk, judgement.allowed, bool(reading.record.problem))


def pieces(text: str, findings: Sequence[Shown]) -> list[Piece]:
    """Return ``text`` cut wherever a finding begins or ends: findings of two entities may overlap."""
    spans = [(shown, shown.judged.finding) for shown in findings]
    cuts = sorted({0, len(text), *(found.start for _, found in spans), *(found.end for _, found in spans)})
    made = []
    for start, end in pairwise(cuts):
        here = [(shown, found) for shown, found in spans if found.start < end and start < found.end]
        gravest = max((shown for shown, _ in here), key=lambda shown: shown.judged.severity, default=None)
        ends = [shown.number for shown, found in here if found.end == end]
        made.append(Piece(text[start:end], gravest.mark if gravest else "", ends))
    return made


def _cues(cues: Sequence[str]) -> list[str]:
    """Return cues in French: "nié : « n … plus »" for ``negated:n … plus``; those of identifiers only repeat the name of the rule."""
    known = {**ASSERTIONS, **SUBJECTS}
    told = []
    for cue in cues:
        kind, colon, words = cue.partition(":")
        told.append(f"{known.get(kind, kind)}\u00a0: «\u00a0{words}\u00a0»" if colon else wordings()["cues"].get(cue, ""))
    return list(filter(None, told))
