"""Detectors of identifiers: NIR, bank accounts and cards, telephone numbers, e-mail addresses, access codes, names of persons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from recognizers.finding import Finding
from recognizers.identifiers.access_code import find_access_codes
from recognizers.identifiers.bank import find_accounts, find_cards
from recognizers.identifiers.email import find_emails
from recognizers.identifiers.gate import may_hold_identifier, may_hold_name
from recognizers.identifiers.nir import find_nirs
from recognizers.identifiers.person import find_persons, may_hold_record_name
from recognizers.identifiers.phone import find_phones
from recognizers.identifiers.plain import Plain, fold, undisguise

__all__ = ["find_identifiers", "may_hold_identifier"]

_FEWEST_DIGITS = 8


def find_identifiers(text: str, names: Sequence[str] = ()) -> list[Finding]:
    """Identifiers in ``text``, sorted by start, without overlaps: of two that overlap the longer stays, then the more certain.

    ``names`` are surnames and first names from the record's own name columns. Offsets point into ``text`` as given.
    """
    if not (may_hold_identifier(text) or may_hold_record_name(text, names)):
        return []
    plain = undisguise(text)
    return [_in_original(plain, finding) for finding in _without_overlaps(_all(plain.text, names))]


def _all(text: str, names: Sequence[str]) -> Iterator[Finding]:
    """Findings of every detector, overlaps included."""
    if fold(text).count(b"9") >= _FEWEST_DIGITS:
        yield from find_nirs(text)
        yield from find_accounts(text)
        yield from find_cards(text)
        yield from find_phones(text)
    yield from find_emails(text)
    yield from find_access_codes(text)
    if may_hold_name(text) or may_hold_record_name(text, names):
        yield from find_persons(text, names)


def _without_overlaps(findings: Iterator[Finding]) -> list[Finding]:
    kept: list[Finding] = []
    for finding in sorted(findings, key=lambda f: (f.start - f.end, -f.score, f.start)):
        if all(finding.end <= other.start or other.end <= finding.start for other in kept):
            kept.append(finding)
    return sorted(kept, key=lambda f: f.start)


def _in_original(plain: Plain, finding: Finding) -> Finding:
    start, end = plain.span(finding.start, finding.end)
    return replace(finding, start=start, end=end)
