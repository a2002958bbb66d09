"""ACCESS_CODE: door codes, alarms, padlocks, badges; passwords and hiding places of keys come from their own modules."""

from __future__ import annotations

import re
from collections.abc import Iterator

from recognizers.finding import Finding
from recognizers.identifiers.access_words import AccessWords, access_words
from recognizers.identifiers.comment import Comment
from recognizers.identifiers.hidden_key import find_hidden_keys
from recognizers.identifiers.password import find_passwords

_MIXED = (
    r"(?:[0-9]{2,5}[A-Z][0-9]{0,3}|[0-9][A-Z][0-9]{2,4}|[A-Z]-?[0-9]{3,6}[A-Z]?|[A-Z][0-9]{2}[A-Z]|[A-Z][0-9][A-Z][0-9]"
    r"|[A-Z]-?[0-9]{3,5}-[0-9]{2}|[A-Z][a-z]{3,}-?[0-9]{2,4}[!$?]?)"
)
_NO_AMOUNT = r"(?![\w€%²/]|[.,][0-9]|-[0-9]| ?(?:€|eur|kwh|m2|m3))"
_CODE = re.compile(
    rf"(?<![\w.,/€+\-])(?P<value>{_MIXED}|[0-9]{{4,8}}|[0-9](?:[ .\-][0-9]){{3,5}}|[0-9]{{2}} ?[A-F] ?[0-9]{{2}}"
    r"|[0-9]{2} ?[0-9]{2} ?[A-F](?![a-z])|[0-9A-F]{1,4}[#*][0-9A-F]{2,6})"
    rf"(?P<sign>[#*]?){_NO_AMOUNT}"
)
_STRONG = re.compile(r"[0-9]{4}[A-Z]|[A-Z][0-9]{4}|[0-9]{2}[A-Z][0-9]{2,3}|[0-9][A-Z][0-9]{3}")
_FAULT_CODE = re.compile(r"[A-Z][0-9]{2,3}")
_HOUR_OR_SIZE = re.compile(r"[0-2]?[0-9]H[0-5][0-9]|[0-9]+X[0-9]+")
_SIGNED = re.compile(r"(?<![\w#*.,/])(?:[#*][0-9A-F]{3,8}[#*]?|[0-9A-F]{3,8}[#*]|[0-9]{1,4}[*#][0-9]{2,6}[#*]?)(?![\w#*])")
_BADGE = re.compile(r"\bbadges?(?: vigik)?(?: n[°o]?\.?)? ?:? ?(?P<value>[0-9]{7,12}|[A-Z]{1,2}-?[0-9]{4,8})(?![\w])", re.IGNORECASE)
_DIALLED = re.compile(r"\b(?:gauche|droite) [0-9]{1,2}(?:,? (?:puis )?(?:gauche|droite) [0-9]{1,2}){1,4}", re.IGNORECASE)
_WHEELS = re.compile(r"(?<![\w,.])(?:[0-9]{3}|[0-9]{2}(?:[ .\-][0-9]{2}){1,3})(?![\w€%²/]|[.,\-][0-9])")
_SENTENCE = re.compile(r"[.;!?\n](?:\s|$)")
_REACH = 60
_APART = re.compile(r"(?:[:,=]|\best|\bc'est) ?(?:(?:la )?cl(?:é|e|ef) |n° ?)?$")
_APART_REACH = 12
_SHORTEST_APART = 4
_STRANGERS = 7
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")


def find_access_codes(comment: Comment) -> Iterator[Finding]:
    """Access codes in ``comment``, and hiding places of keys."""
    words = access_words()
    if comment.digits:
        yield from _codes(comment, words)
        yield from _signed(comment, words)
        yield from _badges(comment)
        yield from _combinations(comment, words)
    if not words.password_words.isdisjoint(comment.words):
        yield from find_passwords(comment, words)
    if not words.keys.isdisjoint(comment.words):
        yield from find_hidden_keys(comment, words)


def _finding(start: int, end: int, score: float, rule: str) -> Finding:
    return Finding("ACCESS_CODE", start, end, score, f"ACCESS_CODE.{rule}", cues=(rule,))


def _codes(comment: Comment, words: AccessWords) -> Iterator[Finding]:
    """Codes by their shape and the words around them; a bare number beside another code needs less."""
    text, folded = comment.text, comment.folded
    code_about = not words.code_words.isdisjoint(comment.words)
    doubtful: list[tuple[int, int, list[str]]] = []
    any_code = False
    for match in _CODE.finditer(text):
        start, end = match.span()
        value = match["value"]
        before = folded[max(0, start - _REACH) : start].split()
        next_code = code_about and _is_next_code(before, words)
        if _FAULT_CODE.fullmatch(value) and not words.faulty.isdisjoint(comment.words):
            continue
        sentence = _same_sentence(text, folded, start)
        apart = _is_set_apart(text, start, sentence, value, words)
        if value in words.short_numbers or _HOUR_OR_SIZE.fullmatch(value):
            continue
        if not next_code and not apart and _is_other_number(before, words):
            continue
        near = before[-9:] + folded[end : end + _REACH].split()[:4]
        announced = next_code or apart or _is_announced(sentence, words)
        strong = _STRONG.fullmatch(value) is not None and (code_about or not words.openings.isdisjoint(near))
        if announced or strong:
            any_code = True
            yield _finding(start, end, 0.95 if announced else 0.85, "door")
        elif value.isdigit() and len(value) == 4:
            doubtful.append((start, end, before[-3:] + folded[end : end + 20].split()[:2]))
    if any_code:
        for start, end, near in doubtful:
            if not words.openings.isdisjoint(near) and words.remotes.isdisjoint(near):
                yield _finding(start, end, 0.7, "beside-a-code")


def _same_sentence(text: str, folded: str, start: int) -> list[str]:
    """Folded words before ``start`` in its sentence, nearest last."""
    since = max(0, start - _REACH)
    for end in _SENTENCE.finditer(text, since, start):
        since = end.end()
    return folded[since:start].split()


def _is_other_number(before: list[str], words: AccessWords) -> bool:
    """Whether the words right before say that the number is a reference, a date or an amount."""
    linked = len(before) > 1 and before[-1] in words.number_links
    return not words.other_numbers.isdisjoint(before[-2:] if linked else before[-1:])


def _is_announced(before: list[str], words: AccessWords) -> bool:
    """Whether a cue precedes with nothing but linking words between."""
    for word in reversed(before[-9:]):
        if word in words.code_cues:
            return True
        if word not in words.code_links and not word.startswith("9"):
            return False
    return False


def _is_set_apart(text: str, start: int, before: list[str], value: str, words: AccessWords) -> bool:
    """Whether a cue stands a few words before, and a colon, a comma or "est" right before the number: "code du club échecs : 4512"."""
    if len(value) < _SHORTEST_APART or _YEAR.fullmatch(value) or not _APART.search(text, max(0, start - _APART_REACH), start):
        return False
    near = before[-_STRANGERS:]
    for word in reversed(near):
        if word in words.strong_code_cues or (word == "boite" and not words.keys.isdisjoint(near)):
            return True
        if word in words.code_breaks or word in words.appliances or "9" in word:
            return False
    return False


def _is_next_code(before: list[str], words: AccessWords) -> bool:
    """Whether the number is called the new, the good or the old one, or is to be typed, a code being about: "Le bon : 7305"."""
    last = before[-2:] if before[-1:] == ["est"] else before[-1:]
    return not words.code_qualifiers.isdisjoint(last)


def _signed(comment: Comment, words: AccessWords) -> Iterator[Finding]:
    """Codes that a hash or a star starts, ends or cuts; one that starts with a hash may be a reference, and needs a door about."""
    if "#" not in comment.text and "*" not in comment.text:
        return
    for match in _SIGNED.finditer(comment.text):
        numbered = match.group().startswith("#") and match.group()[1:].isalnum()
        before = comment.folded[max(0, match.start() - _REACH) : match.start()].split()
        if not numbered or not (_is_other_number(before, words) or words.number_cues.isdisjoint(comment.words)):
            yield _finding(*match.span(), 0.85, "signed")


def _badges(comment: Comment) -> Iterator[Finding]:
    """Numbers of badges."""
    if "badge" in comment.folded:
        for match in _BADGE.finditer(comment.text):
            yield _finding(*match.span("value"), 0.7, "badge")


def _combinations(comment: Comment, words: AccessWords) -> Iterator[Finding]:
    """What opens a padlock or a safe: turns of a dial, three figures, pairs of figures."""
    if words.combination_cues.isdisjoint(comment.words):
        return
    for match in _DIALLED.finditer(comment.text):
        yield _finding(*match.span(), 0.8, "combination")
    for match in _WHEELS.finditer(comment.text):
        before = comment.folded[max(0, match.start() - _REACH) : match.start()].split()[-1:]
        if not words.combination_cues.isdisjoint(before):
            yield _finding(*match.span(), 0.8, "combination")
