"""Passwords: the word after "mdp", "mot de passe", "clé wifi" and the like."""

from __future__ import annotations

import re
from collections.abc import Iterator

from recognizers.dictionary import load_dictionary
from recognizers.finding import Finding
from recognizers.identifiers.access_words import AccessWords
from recognizers.identifiers.comment import Comment

_SECRET = re.compile(r"[\s:=\"«'(,]{1,4}(?P<value>[^\s,;»\"()<>]{1,40})")
_QUOTED = re.compile(r"[«\"]\s?$")
_ANNOUNCED = re.compile(r" ?(?:[:=]|,? c'est|est) ?")
_LAST_OF_CLAUSE = re.compile(r"\s*(?:$|[,;.()\n])")
_PLAIN_WORD = re.compile(r"(?:[^\W\d_]{1,2}')?[^\W\d_]+")
_MIN_LENGTH = 4
_MAX_WORDS = 6


def find_passwords(comment: Comment, words: AccessWords) -> Iterator[Finding]:
    """Secrets after a cue: the first quoted word, or word that is no plain word; a plain word after a colon when it ends the clause."""
    text = comment.text
    for cue in words.password_cue.finditer(comment.folded):
        position = cue.end()
        for count in range(_MAX_WORDS):
            match = _SECRET.match(text, position)
            if match is None:
                break
            written = match["value"]
            value = written.rstrip(".:?")
            start, position = match.start("value"), match.end("value")
            plain = _PLAIN_WORD.fullmatch(value) is not None and not _QUOTED.search(text, cue.end(), start)
            if plain and count < 2 and _ANNOUNCED.fullmatch(text, cue.end(), start) and _LAST_OF_CLAUSE.match(text, start + len(value)):
                plain = comment.folded[start : start + len(value)] in words.no_passwords
            if plain and count and value[:1].isupper() and value[1:].islower() and _LAST_OF_CLAUSE.match(text, start + len(value)):
                key = comment.folded[start : start + len(value)]
                plain = key in words.no_passwords or not load_dictionary().holds(key)
            if len(value) >= _MIN_LENGTH and not plain:
                yield Finding("ACCESS_CODE", start, start + len(value), 0.9, "ACCESS_CODE.password", cues=("password",))
                break
            if written.endswith("."):
                break
