"""Third parties in the texts that a person may read: what concerns somebody else gives way to a mark, what concerns them stays."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from recognizers.finding import Finding
from recognizers.folding import fold_word
from recognizers.identifiers.vocabulary import person_words
from scanner.subject.mentions import Mention
from scanner.subject.passages import ELISION, passage, sentences
from scanner.subject.person import Person, same_email, same_phone

MARK = "[tiers]"
"""What stands in place of what concerns a third party."""

Kind = Literal["name", "phone", "email", "number", "remark", "address"]
"""What was masked: a name, a telephone number, an address of mail, another number or code, a remark, the address of a house."""

_KINDS: dict[str, Kind] = {"PERSON": "name", "PHONE_NUMBER": "phone", "EMAIL_ADDRESS": "email"}
_NUMBERS = ("NIR", "IBAN_CODE", "CREDIT_CARD", "ACCESS_CODE")
_OTHERS = ("relative", "third_party", "staff")
_WORD = re.compile(r"[^\W\d_]+")
_STREET = re.compile(
    r"\b\d{1,4}(?:\s?(?:bis|ter|quater))?,?\s(?:rue|r\.|avenue|av\.?|boulevard|bd|place|pl\.?|impasse|all[ée]e|chemin|cit[ée]|square|quai|cours|route)"
    r"\s(?:[^\W\d_]+[ '’-]){0,4}[^\W\d_]+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Masked:
    """A text in which third parties are masked, and how often what was."""

    text: str
    counts: Counter[Kind] = field(default_factory=Counter)


def mask(text: str, findings: Iterable[Finding], mentions: Sequence[Mention], person: Person, *, own: bool) -> Masked:
    """Return ``text`` with what concerns others than ``person`` masked.

    ``own`` tells whether the text stands in a record of the person: what it says then concerns them unless it says of whom else. Of a text
    in a record of somebody else, only the sentences that mention the person are returned, and in these only what follows their name
    concerns them, and no number but theirs.
    """
    findings = list(findings)
    spans = [(one.start, one.end, kind) for one in findings if (kind := _kind(text, one, findings, mentions, person, own=own))]
    spans += list(_addresses(text, spans))
    apart = [part for span in spans for part in _beside(text, span, mentions)]
    return _masked(text, apart, [(0, len(text))] if own else passage(text, mentions))


def _kind(
    text: str, found: Finding, all_found: Sequence[Finding], mentions: Sequence[Mention], person: Person, *, own: bool
) -> Kind | None:
    """Return as what ``found`` is to be masked, ``None`` when it concerns ``person``."""
    words = text[found.start : found.end]
    if found.entity == "PERSON":
        return None if _is_own_name(words, found, mentions, person) else "name"
    if found.entity == "PHONE_NUMBER":
        return None if same_phone(words, person.phones) else "phone"
    if found.entity == "EMAIL_ADDRESS":
        return None if same_email(words, person.emails) else "email"
    if found.entity in _NUMBERS:
        return None if own else "number"
    if own:
        return "remark" if found.subject in _OTHERS else None
    return None if _follows_mention(text, found, all_found, mentions) else "remark"


def _is_own_name(words: str, found: Finding, mentions: Sequence[Mention], person: Person) -> bool:
    lists = person_words()
    names = [word for word in map(fold_word, _WORD.findall(words)) if word not in lists.titles and word not in lists.particles]
    if all(word in person.words or word in person.initials for word in names):
        return True
    named = [one for one in mentions if one.start < found.end and found.start < one.end]
    return any(one.way == "misspelt" or (one.start <= found.start and found.end <= one.end) for one in named)


def _follows_mention(text: str, found: Finding, all_found: Sequence[Finding], mentions: Sequence[Mention]) -> bool:
    """Tell whether the person is the last one named before ``found`` in its sentence."""
    start = next(start for start, end in sentences(text) if found.start < end)
    before = [one.end for one in mentions if start <= one.start and one.end <= found.start]
    if not before:
        return False
    since = max(before)
    if any(one.entity == "PERSON" and since <= one.start < found.start for one in all_found):
        return False
    lists = person_words()
    between = map(fold_word, _WORD.findall(text[since : found.start]))
    return not any(word in lists.titles or word in lists.roles for word in between)


def _addresses(text: str, masked: Sequence[tuple[int, int, Kind]]) -> Iterator[tuple[int, int, Kind]]:
    """Yield the addresses of houses in the sentences in which somebody else is named."""
    for start, end in sentences(text) if masked else ():
        if any(kind == "name" and start <= at < end for at, _, kind in masked):
            yield from ((*match.span(), "address") for match in _STREET.finditer(text, start, end))


def _beside(text: str, span: tuple[int, int, Kind], mentions: Sequence[Mention]) -> Iterator[tuple[int, int, Kind]]:
    """Yield the parts of ``span`` outside ``mentions``, without outer blanks."""
    start, end, kind = span
    inside = [(one.start, one.end) for one in mentions if one.start < end and start < one.end]
    for begin, close in zip([start, *(close for _, close in inside)], [*(begin for begin, _ in inside), end], strict=True):
        words = text[begin:close]
        if words.strip():
            yield begin + len(words) - len(words.lstrip()), begin + len(words.rstrip()), kind


def _masked(text: str, spans: Sequence[tuple[int, int, Kind]], runs: Sequence[tuple[int, int]]) -> Masked:
    """Return the ``runs`` of ``text``, with what is left out marked, and the ``spans`` in them masked."""
    pieces: list[str] = []
    counts: Counter[Kind] = Counter()
    last = 0
    for run_start, run_end in runs:
        if run_start > last:
            pieces.append(f"{ELISION} ")
        at = run_start
        for start, end, kind in sorted(spans):
            if end <= at or start >= run_end:
                continue
            if start >= at or at == run_start:  # else it goes on behind the mark of another
                pieces += (text[at:start], MARK)
                counts[kind] += 1
            at = min(end, run_end)
        pieces.append(text[at:run_end])
        last = run_end
    if text[last:].strip():
        pieces.append(f"{'' if pieces and pieces[-1][-1:].isspace() else ' '}{ELISION}")
    return Masked("".join(pieces).strip(), counts)
