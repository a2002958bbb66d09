"""IBAN_CODE and CREDIT_CARD: bank accounts (IBAN of any country, French RIB) and bank cards."""

from __future__ import annotations

import re
from collections.abc import Iterator

from recognizers.finding import Finding
from recognizers.identifiers.number_cues import cued, nearest_is

_IBAN = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{2}[0-9]{2}(?:[ .\-]{0,2}[0-9A-Za-z]){11,30}")
_RIB = re.compile(
    r"(?<![0-9A-Za-z])(?P<bank>[0-9]{5})[ ./\-]{0,3}(?P<branch>[0-9]{5})[ ./\-]{0,3}"
    r"(?P<account>(?:[0-9A-Za-z][ .]?){10}[0-9A-Za-z])[ ./\-]{0,3}(?P<key>[0-9]{2})(?![0-9A-Za-z])"
)
_CARD = re.compile(r"(?<![0-9A-Za-z.,])[2-6](?:[ .\-]{0,2}[0-9]){12,18}(?![0-9A-Za-z])")
_JUNK = re.compile(r"[ ./\-]")
_CARD_16 = re.compile(r"(?:[3-6]|2[2-7])")
_AMEX = re.compile(r"3[47]")
_LETTER_VALUES = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789")


def find_accounts(text: str) -> Iterator[Finding]:
    """Bank accounts in ``text`` (undisguised): valid IBANs, IBANs of the right length beside a cue, French RIBs with their key."""
    for match in _IBAN.finditer(text):
        length = _iban_length(match.group())
        if length is None:
            continue
        end = _end_of(match.group(), length) + match.start()
        if end < len(text) and text[end].isalnum():
            continue
        if _is_valid_iban(text[match.start() : end]):
            yield Finding("IBAN_CODE", match.start(), end, 1.0, "IBAN_CODE.mod97", cues=("mod97",))
        elif cued(text, match.start(), "bank"):
            yield Finding("IBAN_CODE", match.start(), end, 0.7, "IBAN_CODE.cue", cues=("bank-cue",))
    for match in _RIB.finditer(text):
        if cued(text, match.start(), "bank") and _has_valid_rib_key(match):
            yield Finding("IBAN_CODE", *match.span(), 0.95, "IBAN_CODE.rib", cues=("rib-key", "bank-cue"))


def find_cards(text: str) -> Iterator[Finding]:
    """Bank cards in ``text`` (undisguised): a valid Luhn digit and a card's length, or 16 digits beside a card cue."""
    for match in _CARD.finditer(text):
        start, end = match.span()
        digits = _JUNK.sub("", match.group())
        usual = (len(digits) == 16 and _CARD_16.match(digits)) or (len(digits) == 15 and _AMEX.match(digits))
        is_cued = cued(text, start, "card")
        if not is_cued and (not usual or nearest_is(text, start, "other_card")):
            continue
        if _is_valid_luhn(digits):
            yield Finding("CREDIT_CARD", start, end, 1.0 if usual else 0.8, "CREDIT_CARD.luhn", cues=("luhn",))
        elif is_cued and usual and not nearest_is(text, start, "other_card"):
            yield Finding("CREDIT_CARD", start, end, 0.6, "CREDIT_CARD.cue", cues=("card-cue",))


def _iban_length(written: str) -> int | None:
    """Length of an IBAN of the country that ``written`` starts with, None when there is no such country."""
    from stdnum import numdb

    info = numdb.get("iban").info(_JUNK.sub("", written).upper())
    structure = info[0][1].get("bban") if info and info[0][1] else None
    if structure is None:
        return None
    return 4 + sum(int(size) for size in re.findall(r"([0-9]{1,2})!", structure))


def _end_of(written: str, length: int) -> int:
    """Offset after the character number ``length`` of ``written``, separators not counted; past the end when too short."""
    count = 0
    for offset, character in enumerate(written):
        count += character.isalnum()
        if count == length:
            return offset + 1
    return len(written)


def _is_valid_iban(written: str) -> bool:
    from stdnum import iban

    compact = _JUNK.sub("", written)
    return bool(iban.is_valid(compact, check_country=False)) and compact[4:].strip("0") != ""


def _is_valid_luhn(digits: str) -> bool:
    from stdnum import luhn

    return bool(luhn.is_valid(digits)) and len(set(digits)) > 1


def _has_valid_rib_key(match: re.Match[str]) -> bool:
    account = _JUNK.sub("", match["account"]).upper().translate(_LETTER_VALUES)
    return 97 - (89 * int(match["bank"]) + 15 * int(match["branch"]) + 3 * int(account)) % 97 == int(match["key"])
