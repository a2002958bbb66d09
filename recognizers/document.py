"""A comment as a sequence of folded words, each knowing where it stands in the text as it was given."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from pathlib import Path

from recognizers.folding import fold

_TOKEN = re.compile(
    r"(?P<acronym>(?<![a-z0-9])(?:[a-z]\.){2,}(?:[a-z](?![a-z0-9]))?)"
    r"|(?P<number>[0-9]+(?:[.,][0-9]+)+(?![a-z0-9]))"
    r"|(?P<word>[a-z0-9]+)"
    r"|(?P<end>[.;!?]+)"
    r"|(?P<euros>€)|(?P<percent>%)"
    r"|(?P<pause>[,:()\"\[\]/]|(?<=[ \n])-+(?=[ \n])|\n)"
)
_SHORTHAND = tomllib.loads((Path(__file__).parent / "abbreviations.toml").read_text(encoding="utf-8"))
_ABBREVIATIONS = frozenset(_SHORTHAND["abbreviations"])
_ACRONYMS = frozenset(_SHORTHAND["acronyms"])
EXPANSIONS: dict[str, str] = _SHORTHAND["expansions"]
"""Words that staff shorten, and what they stand for: documents and patterns both hold the full word."""
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_LEET = str.maketrans("01345", "oieas")
_LEET_WORD = re.compile(r"[a-z]+[01345]+[a-z]+[a-z01345]*")


def _unstretch(match: re.Match[str]) -> str:
    letter = match.group(1)
    return letter if letter in "aeiouy" else letter * 2


class Document:
    """Folded words of one comment.

    ``tokens`` holds words and the punctuation that matters: ``"."`` ends a sentence, ``","`` is any smaller pause. ``starts`` and ``ends``
    are code-point offsets into ``text``. ``canon`` is the tokens joined by single spaces, with one space before and after;
    ``canon_starts[i]`` is where token ``i`` begins in it.
    """

    __slots__ = ("all_caps", "canon", "canon_starts", "ends", "starts", "text", "tokens")

    def __init__(self, text: str) -> None:
        self.text = text
        self.all_caps = text.isupper()
        folded, offsets = fold(text)
        tokens: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        for match in _TOKEN.finditer(folded):
            kind = match.lastgroup
            token = match.group()
            if kind == "word":
                if len(token) > 3:
                    token = _plain_letters(token) if not token.isdigit() else token
                elif token not in _ACRONYMS or self.all_caps or not text[offsets[match.start()] if offsets else match.start()].isupper():
                    token = EXPANSIONS.get(token, token)
            elif kind == "acronym":
                token = token.replace(".", "")
            elif kind == "number":
                token = token.replace(".", "").replace(",", "")
            elif kind == "end":
                if token == "." and tokens and tokens[-1] in _ABBREVIATIONS and match.end() < len(folded):
                    continue
                token = "."
            elif kind == "pause":
                if token in "/\n":
                    continue
                token = ","
            else:
                token = "euros" if kind == "euros" else "pourcent"
            tokens.append(token)
            starts.append(match.start())
            ends.append(match.end())
        if offsets is not None:
            starts = [offsets[s] for s in starts]
            ends = [_end_in_text(offsets, e) for e in ends]
        self.tokens, self.starts, self.ends = tokens, starts, ends
        self.canon = " " + " ".join(tokens) + " "
        canon_starts = []
        at = 1
        for token in tokens:
            canon_starts.append(at)
            at += len(token) + 1
        self.canon_starts = canon_starts

    def token_at(self, canon_offset: int) -> int:
        """Return the index of the token that covers ``canon_offset``."""
        return bisect_right(self.canon_starts, canon_offset) - 1

    def written_in_capitals(self, token: int) -> bool:
        """Tell whether the word stands in capitals in the text as given."""
        return self.text[self.starts[token] : self.ends[token]].isupper()

    def sentence_window(self, first: int, last: int, words: int) -> tuple[int, int]:
        """Return the token range [lo, hi) up to ``words`` tokens around tokens [first, last), within their sentence."""
        tokens = self.tokens
        lo, hi = first, last
        floor, ceiling = max(0, first - words), min(len(tokens), last + words)
        while lo > floor and tokens[lo - 1] != ".":
            lo -= 1
        while hi < ceiling and tokens[hi] != ".":
            hi += 1
        return lo, hi

    def canon_range(self, lo: int, hi: int) -> tuple[int, int]:
        """Return the range of ``canon`` that holds tokens [lo, hi), with the space before and after."""
        if lo >= len(self.tokens):
            return len(self.canon), len(self.canon)
        end = self.canon_starts[hi - 1] + len(self.tokens[hi - 1]) + 1 if hi > lo else self.canon_starts[lo]
        return self.canon_starts[lo] - 1, end


def _plain_letters(word: str) -> str:
    if _STRETCHED.search(word):
        word = _STRETCHED.sub(_unstretch, word)
    if len(word) >= 5 and not word.isalpha() and _LEET_WORD.fullmatch(word):
        word = word.translate(_LEET)
    return word


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
