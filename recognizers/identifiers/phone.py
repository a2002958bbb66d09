"""PHONE_NUMBER: French numbers as staff write them, overseas and foreign ones; never an emergency number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from recognizers.finding import Finding
from recognizers.identifiers.number_cues import nearest_is

_GAP = r"(?:[ ./\-]{0,3}|[ ]puis[ ])"
_EXTENSION = r"(?:[ ,]{1,2}poste[ ]?[0-9]{1,5})?"
_FRENCH = re.compile(rf"(?<![0-9A-Za-z+])(?:\([0Oo][1-9]\)|(?:\([0Oo]\)|[0Oo]){_GAP}[1-9])(?:{_GAP}[0-9]){{8}}{_EXTENSION}(?![0-9hH€])")
_WITH_PREFIX = re.compile(
    rf"(?<![0-9A-Za-z])\(?(?:\+|00[ .]?)[ ]?(?P<country>33|26[29]|59[0-9]|508|68[0-9])\)?{_GAP}(?:\(0\){_GAP})?0?{_GAP}"
    rf"[1-9](?:{_GAP}[0-9]){{8}}{_EXTENSION}(?![0-9])"
)
_FOREIGN = re.compile(r"(?<![0-9A-Za-z])\(?(?:\+|00)[ ]?[1-9][0-9]{0,2}\)?(?:[ ./\-]{0,2}\(?[0-9]\)?){6,12}(?![0-9])")
_WITHOUT_ZERO = re.compile(r"(?<![0-9A-Za-z+])[67](?:[ .\-]?[0-9]{2}){4}(?![0-9])")
_GROUP = re.compile(r"[0-9][ .\-]")
_DIGIT = re.compile(r"[0-9]")
_DATE = re.compile(r"0[1-9][ ./\-][01][0-9][ ./\-](?:19|20)[0-9]{2}(?![0-9])")


def find_phones(text: str) -> Iterator[Finding]:
    """Telephone numbers in ``text`` (undisguised)."""
    taken: set[int] = set()
    for match in _WITH_PREFIX.finditer(text):
        taken.update(range(*match.span()))
        yield _finding(match, 0.95, "french-prefix")
    for match in _FRENCH.finditer(text):
        if taken.isdisjoint(range(*match.span())) and _is_french(match, text):
            taken.update(range(*match.span()))
            yield _finding(match, 0.95, "french")
    for match in _FOREIGN.finditer(text):
        if taken.isdisjoint(range(*match.span())) and _is_foreign(match.group()):
            taken.update(range(*match.span()))
            yield _finding(match, 0.9, "foreign")
    for match in _WITHOUT_ZERO.finditer(text):
        if taken.isdisjoint(range(*match.span())) and nearest_is(text, match.start(), "phone", count=3):
            yield _finding(match, 0.7, "without-zero")


def _finding(match: re.Match[str], score: float, rule: str) -> Finding:
    return Finding("PHONE_NUMBER", *match.span(), score, f"PHONE_NUMBER.{rule}", cues=(rule,))


def _is_french(match: re.Match[str], text: str) -> bool:
    """Whether a match is no date and no reference."""
    return not _DATE.match(match.group()) and not _is_other_number(text, match.start())


def _is_other_number(text: str, start: int) -> bool:
    return nearest_is(text, start, "other_phone", count=2) or nearest_is(text, start, "other_phone_far", count=8)


def _is_foreign(written: str) -> bool:
    """Whether an international number fits its country's numbering plan; after 00, only a written-out grouping or a number in use does."""
    import phonenumbers

    digits = "".join(_DIGIT.findall(written))
    international = "+" + (digits if "+" in written else digits.removeprefix("00"))
    try:
        number = phonenumbers.parse(international, None)
    except phonenumbers.NumberParseException:
        return False
    grouped = len(_GROUP.findall(written)) >= 2
    return phonenumbers.is_possible_number(number) if "+" in written or grouped else phonenumbers.is_valid_number(number)
