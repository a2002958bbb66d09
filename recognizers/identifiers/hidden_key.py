"""Where a key is hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator

from recognizers.finding import Finding
from recognizers.identifiers.access_words import AccessWords
from recognizers.identifiers.comment import Comment

_CLAUSE = re.compile(r"[,.;!?\n()]")
_SENTENCES = re.compile(r"(?:[^.;!?\n]|[.;!?](?=\S)|(?<=\bM)\.)+")
_MAX_PLACE = 48
HIDDEN_KEY = "ACCESS_CODE.hidden-key"
"""The rule of these findings."""


def find_hidden_keys(comment: Comment, words: AccessWords) -> Iterator[Finding]:
    """Where a key is hidden, up to the end of the clause."""
    text, folded = comment.text, comment.folded
    key_before = False
    for sentence in _SENTENCES.finditer(text):
        if key_before and len(sentence.group().strip()) <= _MAX_PLACE and words.place_alone.match(folded, sentence.start()):
            start = sentence.end() - len(sentence.group().lstrip())
            yield _finding(start, start + len(sentence.group().strip()))
        key_before = not words.keys.isdisjoint(folded[slice(*sentence.span())].split())
        for pattern in (words.hiding, words.hidden, words.place_first):
            for match in pattern.finditer(folded, *sentence.span()):
                start, end = match.start("place"), match.end("place")
                if pattern is not words.place_first:
                    furthest = min(len(text), end + _MAX_PLACE)
                    clause_end = _CLAUSE.search(text, end, furthest)
                    end = clause_end.start() if clause_end else furthest
                if text[end : end + 2].lstrip().startswith("?"):
                    continue
                if words.lost.isdisjoint(match["between"].split()) and not words.not_hidden.search(folded, start, end):
                    end = start + len(text[start:end].rstrip())
                    yield _finding(start, end)


def _finding(start: int, end: int) -> Finding:
    return Finding("ACCESS_CODE", start, end, 0.85, HIDDEN_KEY, cues=("hidden-key",))
