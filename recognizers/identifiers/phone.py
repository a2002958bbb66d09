"""PHONE_NUMBER: French numbers as staff write them, overseas and foreign ones; never an emergency number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from recognizers.finding import Finding
from recognizers.identifiers.comment import Comment
from recognizers.identifiers.number_cues import nearest_is

_GAP = r"(?:[ ./\-]{0,3}|[ ]puis[ ])"
_EXTENSION = r"(?:[ ,(]{1,2}(?:poste|ext\.?)[ ]?[0-9]{1,5}\)?)?"
_FRENCH = re.compile(rf"(?<![0-9A-Za-z+])(?:\([0Oo][1-9]\)|(?:\([0Oo]\)|[0Oo]){_GAP}[1-9])(?:{_GAP}[0-9Oo]){{8}}{_EXTENSION}(?![0-9hH€])")
_WITH_PREFIX = re.compile(
    rf"(?<![0-9A-Za-z])\(?(?:\+|00[ .]?)[ ]?(?P<country>33|26[29]|59[0-9]|508|68[0-9])\)?{_GAP}(?:\(0\){_GAP})?0?{_GAP}"
    rf"[1-9](?:{_GAP}[0-9]){{8}}{_EXTENSION}(?![0-9])"
)
_FOREIGN = re.compile(r"(?<![0-9A-Za-z])\(?(?:\+|00)[ ]?[1-9][0-9]{0,2}\)?(?:[ ./\-]{0,2}\(?[0-9]\)?){6,12}(?![0-9])")
_WITHOUT_ZERO = re.compile(r"(?<![0-9A-Za-z+])[67](?:[ .\-]?[0-9]{2}){4}(?![0-9])")
_FEWEST_DIGITS = 8
_GROUP = re.compile(r"[0-9][ .\-]")
_DIGIT = re.compile(r"[0-9]")
_NUMBER_WORDS = (
    "zero|une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize"
    "|vingts?|trente|quarante|cinquante|soixante"
)
_PAIRS = re.compile(r"0[1-9](?:([ .])[0-9]{2})(?:\1[0-9]{2}){3}")
_IN_WORDS = re.compile(rf"(?<![a-z])zero(?: +(?:et +)?(?:{_NUMBER_WORDS})){{5,17}}(?![a-z])")
_DATE = re.compile(r"0[1-9][ ./\-][01][0-9][ ./\-](?:19|20)[0-9]{2}(?![0-9])")


def find_spelled_phones(comment: Comment) -> Iterator[Finding]:
    """Telephone numbers written in words: "zéro six douze trente-quatre …"."""
    if "zero" in comment.words:
        for match in _IN_WORDS.finditer(comment.folded):
            yield _finding(match, 0.8, "in-words")


def find_phones(text: str) -> Iterator[Finding]:
    """Telephone numbers in figures in ``text`` (undisguised)."""
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
    """Whether a match is no date, no reference, and has at most two letters for zeros."""
    enough = len(_DIGIT.findall(match.group())) >= _FEWEST_DIGITS
    return enough and not _DATE.match(match.group()) and not _is_other_number(text, match.start())


def _is_other_number(text: str, start: int) -> bool:
    """Whether a cue says that the number is no telephone's. Five pairs look like one, so that fewer cues count before them."""
    near = "other_pairs" if _PAIRS.match(text, start) else "other_phone"
    return nearest_is(text, start, near, count=2) or nearest_is(text, start, "other_phone_far", count=8)


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
