"""Many comments folded as one buffer and cut into words at once: what the screens of remarks and of identifiers look at.

The words are those of :class:`recognizers.document.Document`, without their places in the texts.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from recognizers.document import ACRONYM, NUMBER
from recognizers.folding import DEBRIS, fold_char, fold_debris
from recognizers.frequency import BEGINNING, END

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# What stands between words: a byte each, that str.split takes for a space.
APOSTROPHE, DOT, PAUSE, ACRONYM_END, BRACKET, AT, SIGN, HYPHEN, SLASH = b"\x1f\x1e\x1d\x1c\x0b\x0c\t\r\n"
_BETWEEN = {
    "'": APOSTROPHE,
    ";": DOT,
    "!": DOT,
    "?": DOT,
    ":": PAUSE,
    "(": BRACKET,
    "[": BRACKET,
    "@": AT,
    "&": AT,
    "#": SIGN,
    "*": SIGN,
    "+": SIGN,
    "-": HYPHEN,
    "/": SLASH,
}
_COMMENT_END, _EURO, _PERCENT = "\x02", "\x80", "%"  # the first two are no more than spaces in a comment
_SPELLED = {_COMMENT_END: f"{END} {BEGINNING}", _EURO: "EUROS", _PERCENT: "POURCENT"}
_LATIN = [chr(code) for code in range(256)]
_INVISIBLE = "".join(char for char in _LATIN if not fold_char(char))
_LIGATURES = [char for char in _LATIN if len(fold_char(char)) > 1]
_IS_SPACE = np.array([char.isspace() for char in _LATIN])

_QUICK = {"œ": "oe", "Œ": "OE", "’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": ".", "•": ",", "€": _EURO}
_UNLIKE = frozenset((*"ªº²³¹µøØðÐþÞ", *_INVISIBLE, *_LIGATURES))
_BEYOND = max(map(ord, _QUICK)) + 1
_IS_ODD = np.ones(_BEYOND + 1, np.bool_)
"""By code point, those from ``_BEYOND`` on as one: characters that identifiers see in another way than remarks do."""
_IS_ODD[[ord(char) for char in (*_LATIN, *_QUICK) if char not in _UNLIKE]] = False

_GLUE = re.compile(rb"[.,](?=[a-zA-Z0-9])")
_GLUED = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,")
_RUN = re.compile(rb"[a-zA-Z0-9.,]*")
_DOTTED = re.compile(f"(?P<acronym>{ACRONYM})|{NUMBER}".replace("a-z", "a-zA-Z").encode())


def _byte_table() -> bytes:
    table = bytearray()
    for char in _LATIN:
        folded = fold_char(char)
        if char in _BETWEEN or folded in _BETWEEN:
            table.append(_BETWEEN[folded])
        elif char in _SPELLED:
            table += char.encode("latin-1")
        elif folded in (".", ","):
            table += folded.encode()
        elif len(folded) == 1 and folded.isalnum():
            table += (folded.upper() if char.isupper() else folded).encode()
        else:
            table.append(ord(" "))
    return bytes(table)


_TABLE = _byte_table()
_STOPS = bytes.maketrans(b".,", bytes((DOT, PAUSE)))


def _encode_rest(error: UnicodeError) -> tuple[bytes, int]:
    """Encode what Latin-1 lacks as what it folds to, in capitals where it is."""
    assert isinstance(error, UnicodeEncodeError)
    folded = (_QUICK.get(c) or (fold_char(c).upper() if c.isupper() else fold_char(c)) for c in error.object[error.start : error.end])
    return "".join(folded).encode("latin-1"), error.end


codecs.register_error("vigie-batch", _encode_rest)


class Vocabulary(dict[str, int]):
    """Words numbered from 0 in the order in which they are first met: that of the list ``words``."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self)
        self.words.append(word)
        return number


class Column:
    """A number for each word of a vocabulary, looked up when the word is first met."""

    def __init__(self, vocabulary: Vocabulary, look_up: Callable[[str], int]) -> None:
        self._vocabulary, self._look_up = vocabulary, look_up
        self._values = np.zeros(0, np.int64)

    def of(self, ids: Integers) -> Integers:
        """Return the numbers of the words ``ids``."""
        if new := self._vocabulary.words[len(self._values) :]:
            self._values = np.concatenate((self._values, [self._look_up(word) for word in new]))
        return self._values[ids]


class Batch:
    """The words of many comments in a row, each comment between the words ``BEGINNING`` and ``END``.

    One entry a word: ``ids`` in the vocabulary, of the words in lower case; ``comments``, the index of the comment; ``starts`` and ``ends``
    in ``signs``, the folded comments with a sign for whatever stands between words. ``beginnings`` are the places of the first words.
    ``lengths`` counts the characters of each comment.
    """

    def __init__(self, texts: Sequence[str], vocabulary: Vocabulary) -> None:
        joined = _COMMENT_END.join(texts)
        if _EURO in joined or joined.count(_COMMENT_END) >= len(texts):
            joined = _COMMENT_END.join(text.replace(_EURO, " ").replace(_COMMENT_END, " ") for text in texts)
        plain, debris = _without_debris(joined)
        folded = f" {BEGINNING} ".encode() + _folded(plain) + f" {END} ".encode()
        self.size = len(texts)
        self.lengths: Integers = np.fromiter(map(len, texts), np.int64, len(texts))
        self.odd = _odd_comments(joined, debris, texts)
        self.text = folded.lower().decode("ascii")
        self.ids: Integers = np.array(list(map(vocabulary.__getitem__, self.text.split())))
        self.signs = np.frombuffer(folded, np.uint8)
        is_space = _IS_SPACE[self.signs]
        self.starts: Integers = np.flatnonzero(is_space[:-1] & ~is_space[1:]) + 1
        self.ends: Integers = np.flatnonzero(~is_space[:-1] & is_space[1:]) + 1
        is_first = self.ids == vocabulary[BEGINNING]
        self.beginnings: Integers = np.flatnonzero(is_first)
        self.comments: Integers = np.cumsum(is_first) - 1


def _without_debris(joined: str) -> tuple[str, list[int]]:
    """Return ``joined`` with what ``DEBRIS`` finds folded, and where that starts."""
    starts: list[int] = []

    def fold_noted(debris: re.Match[str]) -> str:
        starts.append(debris.start())
        return fold_debris(debris.group())

    return DEBRIS.sub(fold_noted, joined), starts


def _odd_comments(joined: str, debris: Sequence[int], texts: Sequence[str]) -> set[int]:
    """Return the indices of the comments that identifiers must be searched for in themselves: odd characters, or ``debris``."""
    ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)) + 1)
    points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    odd = np.flatnonzero(_IS_ODD[np.minimum(points, _BEYOND)])
    return {*np.searchsorted(ends, odd, side="right").tolist(), *np.searchsorted(ends, debris, side="right").tolist()}


def _folded(plain: str) -> bytes:
    """Return the words of ``plain``, unaccented, with one byte of a kind that tells what stands between them."""
    for ligature in _LIGATURES:
        plain = plain.replace(ligature, fold_char(ligature))
    folded = plain.encode("latin-1", "vigie-batch").translate(_TABLE, _INVISIBLE.encode("latin-1"))
    for sign, spelled in _SPELLED.items():
        folded = folded.replace(sign.encode("latin-1"), f" {spelled} ".encode())
    return _closed_up(folded).translate(_STOPS)


def _closed_up(folded: bytes) -> bytes:
    """Return ``folded`` with the dots and commas inside acronyms and numbers left out."""
    pieces = []
    done = 0
    for glue in _GLUE.finditer(folded):
        if glue.start() >= done:
            start = glue.start()
            while start > done and folded[start - 1] in _GLUED:
                start -= 1
            end = start + len(_RUN.match(folded, start)[0])  # type: ignore[index]
            pieces += [folded[done:start], _DOTTED.sub(_without_dots, folded[start:end])]
            done = end
    return b"".join((*pieces, folded[done:]))


def _without_dots(dotted: re.Match[bytes]) -> bytes:
    return dotted.group().translate(None, b".,") + (bytes((ACRONYM_END,)) if dotted["acronym"] else b"")
