"""ACCESS_CODE: door codes, alarms, padlocks, badges, passwords, and where a key is hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator

from recognizers.finding import Finding
from recognizers.identifiers.access_words import AccessWords, access_words
from recognizers.identifiers.plain import fold

_MIXED = r"(?:[0-9]{2,5}[A-Z][0-9]{0,3}|[0-9][A-Z][0-9]{2,4}|[A-Z]-?[0-9]{3,6}[A-Z]?|[A-Z][0-9]{2}[A-Z])"
_NO_AMOUNT = r"(?![\w€%²/]|[.,][0-9]|-[0-9]| ?(?:€|eur|kwh|m2|m3))"
_CODE = re.compile(
    rf"(?<![\w.,/€+\-])(?P<value>{_MIXED}|[0-9]{{4,8}}|[0-9](?:[ \-][0-9]){{3,5}}|[0-9]{{2}} ?[A-F] ?[0-9]{{2}})"
    rf"(?P<sign>[#*]?){_NO_AMOUNT}"
)
_STRONG = re.compile(r"[0-9]{4}[A-Z]|[A-Z][0-9]{4}|[0-9]{2}[A-Z][0-9]{2,3}|[0-9][A-Z][0-9]{3}")
_HOUR_OR_SIZE = re.compile(r"[0-2]?[0-9]H[0-5][0-9]|[0-9]+X[0-9]+")
_SIGNED = re.compile(r"[0-9]{3,6}")
_BADGE = re.compile(r"\bbadges?(?: vigik)?(?: n[°o]?\.?)? ?:? ?(?P<value>[0-9]{7,12}|[A-Z]{1,2}-?[0-9]{4,8})(?![\w])", re.IGNORECASE)
_DIALLED = re.compile(r"\b(?:gauche|droite) [0-9]{1,2}(?:,? (?:puis )?(?:gauche|droite) [0-9]{1,2}){1,4}", re.IGNORECASE)
_SECRET = re.compile(r"[\s:=\"«'(,]{1,4}(?P<value>[^\s,;»\"()<>]{1,40})")
_CLAUSE = re.compile(r"[,.;!?\n()]")
_SENTENCE = re.compile(r"[.;!?\n](?:\s|$)")
_SENTENCES = re.compile(r"(?:[^.;!?\n]|[.;!?](?=\S))+")
_QUOTED = re.compile(r"[«\"]\s?$")
_PLAIN_WORD = re.compile(r"(?:[^\W\d_]{1,2}')?[^\W\d_]+")
_MIN_PASSWORD = 4
_MAX_PASSWORD_WORDS = 6
_REACH = 60
_MAX_PLACE = 48


def find_access_codes(text: str) -> Iterator[Finding]:
    """Access codes in ``text`` (undisguised), and hiding places of keys."""
    words = access_words()
    folded = fold(text).decode()
    yield from _codes(text, folded, words)
    for match in _BADGE.finditer(text):
        yield _finding(*match.span("value"), 0.7, "badge")
    if not words.combination_cues.isdisjoint(folded.split()):
        for match in _DIALLED.finditer(text):
            yield _finding(*match.span(), 0.8, "combination")
    yield from _passwords(text, folded, words)
    yield from _hiding_places(text, folded, words)


def _finding(start: int, end: int, score: float, rule: str) -> Finding:
    return Finding("ACCESS_CODE", start, end, score, f"ACCESS_CODE.{rule}", cues=(rule,))


def _codes(text: str, folded: str, words: AccessWords) -> Iterator[Finding]:
    """Codes by their shape and the words around them; a bare number beside another code needs less."""
    doubtful: list[tuple[int, int, list[str]]] = []
    any_code = False
    for match in _CODE.finditer(text):
        start, end = match.span()
        value = match["value"]
        before = folded[max(0, start - _REACH) : start].split()
        if value in words.short_numbers or _HOUR_OR_SIZE.fullmatch(value) or _is_other_number(before, words):
            continue
        near = before[-9:] + folded[end : end + 30].split()[:4]
        sentence = _SENTENCE.split(text[max(0, start - _REACH) : start])[-1]
        same_sentence = before[-len(fold(sentence).split()) :] if sentence.strip() else []
        signed = bool(match["sign"]) and _SIGNED.fullmatch(value) is not None
        announced = _is_announced(same_sentence, words)
        if signed or announced or (_STRONG.fullmatch(value) and not words.openings.isdisjoint(near)):
            any_code = True
            yield _finding(start, end, 0.95 if announced else 0.85, "door")
        elif value.isdigit() and len(value) == 4:
            doubtful.append((start, end, before[-3:] + folded[end : end + 20].split()[:2]))
    if any_code:
        for start, end, near in doubtful:
            if not words.openings.isdisjoint(near):
                yield _finding(start, end, 0.7, "beside-a-code")


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


def _passwords(text: str, folded: str, words: AccessWords) -> Iterator[Finding]:
    """Secrets after "mdp", "mot de passe", "clé wifi" and the like: the first quoted word, or word that is no plain word."""
    for cue in words.password_cue.finditer(folded):
        position = cue.end()
        for _ in range(_MAX_PASSWORD_WORDS):
            match = _SECRET.match(text, position)
            if match is None:
                break
            written = match["value"]
            value = written.rstrip(".:?")
            start, position = match.start("value"), match.end("value")
            if len(value) >= _MIN_PASSWORD and (_QUOTED.search(text, cue.end(), start) or not _PLAIN_WORD.fullmatch(value)):
                yield _finding(start, start + len(value), 0.9, "password")
                break
            if written.endswith("."):
                break


def _hiding_places(text: str, folded: str, words: AccessWords) -> Iterator[Finding]:
    """Where a key is hidden, up to the end of the clause."""
    if words.keys.isdisjoint(folded.split()):
        return
    for sentence in _SENTENCES.finditer(text):
        for match in words.hiding.finditer(folded, *sentence.span()):
            clause_end = _CLAUSE.search(text, match.end())
            end = min(clause_end.start() if clause_end else len(text), match.end() + _MAX_PLACE)
            start = match.start("place")
            if words.lost.isdisjoint(match["between"].split()) and not words.not_hidden.search(folded, start, end):
                yield _finding(start, start + len(text[start:end].rstrip()), 0.85, "hidden-key")
