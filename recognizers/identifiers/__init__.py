"""Detectors of identifiers: NIR, bank accounts and cards, telephone numbers, e-mail addresses, access codes, names of persons."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

from recognizers.finding import Finding
from recognizers.identifiers import gate, kinds
from recognizers.identifiers.access_code import find_access_codes
from recognizers.identifiers.bank import find_accounts, find_cards
from recognizers.identifiers.comment import Comment
from recognizers.identifiers.disjoint import Disjoint
from recognizers.identifiers.email import find_emails
from recognizers.identifiers.hidden_key import HIDDEN_KEY
from recognizers.identifiers.name_gate import may_hold_name
from recognizers.identifiers.nir import find_nirs
from recognizers.identifiers.person import find_persons
from recognizers.identifiers.phone import find_phones, find_spelled_phones
from recognizers.identifiers.plain import Plain, undisguise

__all__ = ["find_identifiers"]


def find_identifiers(text: str, names: Sequence[str] = (), wanted: int = kinds.ALL) -> list[Finding]:
    """Identifiers in ``text``, sorted by start, without overlaps: of two that overlap the longer stays, then the more certain.

    ``names`` are surnames and first names from the record's own name columns; ``wanted`` are the kinds to look for. Offsets point into
    ``text`` as given.
    """
    if not wanted:
        return []
    plain = undisguise(text)
    findings = list(_all(Comment.of(plain.text), names, wanted))
    return [_in_original(plain, finding) for finding in _without_overlaps(findings, plain.text)] if findings else []


def _all(comment: Comment, names: Sequence[str], wanted: int) -> Iterator[Finding]:
    """Findings of every detector that is wanted and may find something, overlaps included."""
    if wanted & kinds.SPELLED_PHONES:
        yield from find_spelled_phones(comment)
    if wanted & kinds.NUMBERS and gate.may_hold_number(comment):
        yield from find_nirs(comment.text)
        yield from find_accounts(comment.text)
        yield from find_cards(comment.text)
        yield from find_phones(comment.text)
    if wanted & kinds.EMAILS and gate.may_hold_email(comment):
        yield from find_emails(comment)
    if wanted & kinds.ACCESS_CODES and gate.may_hold_access_code(comment):
        yield from find_access_codes(comment)
    if wanted & kinds.NAMES:
        own = names if gate.may_hold_record_name(comment, names) else ()
        if own or may_hold_name(comment):
            yield from find_persons(comment, own)


def _without_overlaps(findings: list[Finding], text: str) -> list[Finding]:
    starts = sorted(finding.start for finding in findings if finding.entity != "ACCESS_CODE")
    places = Disjoint()
    longest_first = sorted((_cut_short(f, starts, text) for f in findings), key=lambda f: (f.start - f.end, -f.score, f.start))
    return sorted((finding for finding in longest_first if places.add(finding.start, finding.end)), key=lambda f: f.start)


def _cut_short(finding: Finding, starts: list[int], text: str) -> Finding:
    """A hiding place ends where an identifier of another kind starts inside it ("chez la voisine Mme Pommeret"); ``starts`` are theirs."""
    if finding.rule != HIDDEN_KEY:
        return finding
    at = bisect_right(starts, finding.start)
    if at == len(starts) or starts[at] >= finding.end:
        return finding
    return replace(finding, end=finding.start + len(text[finding.start : starts[at]].rstrip()))


def _in_original(plain: Plain, finding: Finding) -> Finding:
    return finding if plain.starts is None else finding.moved(plain.span)
