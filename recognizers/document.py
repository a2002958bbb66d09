"""A comment as a sequence of folded words, each knowing where it stands in the text as it was given."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from functools import cached_property
from pathlib import Path

from recognizers.folding import fold
from recognizers.remembered import Remembered

ACRONYM = r"(?<![a-z0-9])(?:[a-z]\.){2,}(?:[a-z](?![a-z0-9]))?"
NUMBER = r"(?<![a-z0-9])[0-9]+(?:[.,][0-9]+)+(?![a-z0-9])"
"""What dots and commas belong to, in folded text."""
_TOKEN = re.compile(rf"[a-z][a-z0-9]+|{ACRONYM}|{NUMBER}" r"|[a-z0-9]+|[.;!?]+|[€%,:()\"\[\]]|(?<=[ \n])-+(?=[ \n])")
STOPS = frozenset(".,")
"""Tokens that are no words: the end of a sentence, and any smaller pause."""
SIGNS = {"€": "euros", "%": "pourcent"}
"""Signs that are read as words."""
_SHORTHAND = tomllib.loads((Path(__file__).parent / "abbreviations.toml").read_text(encoding="utf-8"))
_ABBREVIATIONS = frozenset(_SHORTHAND["abbreviations"])
_ACRONYMS = frozenset(_SHORTHAND["acronyms"])
EXPANSIONS: dict[str, str] = _SHORTHAND["expansions"]
"""Words that staff shorten, and what they stand for: documents and patterns both hold the full word."""
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_LEET = str.maketrans("01345", "oieas")
_LONG, _LONGEST = 5, 30
"""Letters of a word that may be written with digits, or spelled by ear: shorter ones stand for too much, longer ones are no words."""
_LEET_WORD = re.compile(r"[a-z]++[01345]++[a-z][a-z01345]*+")


class _Tokens(Remembered[str, str]):
    """The token that a piece of folded text stands for, worked out once for each spelling."""

    most = 300_000

    def work_out(self, raw: str) -> str:
        if raw[0].isalnum():
            return raw.replace(".", "").replace(",", "") if "." in raw or "," in raw else plain_word(raw)
        if raw[0] in ".;!?":
            return "."
        return SIGNS.get(raw, ",")


def plain_word(word: str) -> str:
    """Return a folded word without what disguises it: shortened, with letters stretched, with digits for letters, or spelled by ear."""
    if len(word) > 3 and not word.isdigit():
        word = _STRETCHED.sub(_unstretch, word)
        if len(word) >= _LONG and _LEET_WORD.fullmatch(word):
            word = _STRETCHED.sub(_unstretch, word.translate(_LEET))
    if full := EXPANSIONS.get(word):
        return full
    return _respelled(word) if _LONG <= len(word) <= _LONGEST and word.isalpha() else word


def _respelled(word: str) -> str:
    from recognizers.spelling import load_spelling  # which knows the words of all lexicons, and they this module

    return load_spelling().respelled(word)


def _unstretch(match: re.Match[str]) -> str:
    letter = match.group(1)
    return letter if letter in "aeiouy" else letter * 2


_TOKENS = _Tokens()


class Document:
    """Folded words of one comment.

    ``tokens`` holds words and the punctuation that matters: ``"."`` ends a sentence, ``","`` is any smaller pause. ``stops`` are the places
    of the first. ``pieces`` are the folded words and signs as they are written; those that became tokens, and the dots of abbreviations.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.all_caps = text.isupper()
        self._folded, self._offsets = fold(text)
        self.pieces: list[str] = _TOKEN.findall(self._folded)
        pieces = self.pieces
        self.tokens = list(map(_TOKENS.__getitem__, pieces))
        self._dropped: list[int] = []
        self.stops = _stops(self.tokens)
        if "." in pieces:
            self._drop_dots_of_abbreviations(pieces)
        if not self.all_caps and not _ACRONYMS.isdisjoint(pieces):
            self._keep_acronyms()

    def _drop_dots_of_abbreviations(self, pieces: list[str]) -> None:
        tokens, dropped = self.tokens, self._dropped
        last = len(pieces) - 1 if self._folded.endswith(".") else len(pieces)
        before = -1  # the last token that is kept
        for at in self.stops:
            if not dropped or dropped[-1] != at - 1:
                before = at - 1
            if before >= 0 and at < last and pieces[at] == "." and tokens[before] in _ABBREVIATIONS:
                dropped.append(at)
        if dropped:
            gone = frozenset(dropped)
            self.tokens = [token for at, token in enumerate(tokens) if at not in gone]
            self.stops = _stops(self.tokens)

    def _keep_acronyms(self) -> None:
        for at, (start, end) in enumerate(self._spans):
            piece = self._folded[start:end]
            if piece in _ACRONYMS and self.text[self.starts[at]].isupper():
                self.tokens[at] = piece

    @cached_property
    def _spans(self) -> list[tuple[int, int]]:
        """Where each token stands in the folded text."""
        spans = [match.span() for match in _TOKEN.finditer(self._folded)]
        dropped = frozenset(self._dropped)
        return [span for at, span in enumerate(spans) if at not in dropped] if dropped else spans

    @cached_property
    def starts(self) -> list[int]:
        """Where each token starts in ``text``, in code points."""
        offsets = self._offsets
        return [start if offsets is None else offsets[start] for start, _ in self._spans]

    @cached_property
    def ends(self) -> list[int]:
        """Where each token ends in ``text``, in code points, exclusive."""
        offsets = self._offsets
        return [end if offsets is None else _end_in_text(offsets, end) for _, end in self._spans]

    def written_in_capitals(self, token: int) -> bool:
        """Tell whether the word stands in capitals in the text as given."""
        return self.text[self.starts[token] : self.ends[token]].isupper()

    def sentence_window(self, first: int, last: int, words: int) -> tuple[int, int]:
        """Return the token range [lo, hi) up to ``words`` tokens around tokens [first, last), within their sentence."""
        stops = self.stops
        before, after = bisect_left(stops, first), bisect_left(stops, last)
        begin = stops[before - 1] + 1 if before else 0
        end = stops[after] if after < len(stops) else len(self.tokens)
        return max(begin, first - words), min(end, last + words)


def _stops(tokens: list[str]) -> list[int]:
    """Return where sentences end in ``tokens``."""
    return [at for at, token in enumerate(tokens) if token == "."] if "." in tokens else []


def _end_in_text(offsets: list[int], end: int) -> int:
    """Return the end in the text of a folded run that ends at ``end``.

    The last folded character may come from an entity or be followed by characters that fold to nothing: the run ends where the next
    folded character begins, unless only invisible characters lie between (then they belong to the run).
    """
    last = offsets[end - 1]
    following = end
    while following < len(offsets) and offsets[following] == last:
        following += 1
    return offsets[following] if following < len(offsets) else offsets[-1]
