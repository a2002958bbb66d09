"""What stands between two numbered lines: nothing where a word was cut, a space where it was not, one or the other where nothing tells.

The first row that fits decides:

==================================================================================== ==========================================
the lines                                                                            the joint
==================================================================================== ==========================================
a blank line stands between them                                                     a space
the first ends or the second begins with a blank                                     nothing: they have one
the first ends with a letter and a hyphen, the second begins with a small letter     nothing, and the hyphen in doubt
the first is shorter than the width                                                  a space: blanks at its end were stripped
the first ends with a small letter, the second begins with a capital                 a space: two words
a line of the record begins with a blank: breaks do not take blanks away             nothing
the words on both sides are common ones, what they would make together is not        a space
what they would make together is a common word, they are not                         nothing
else                                                                                 a space, in doubt
==================================================================================== ==========================================
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from recognizers.folding import fold_word

_LAST_WORD = re.compile(r"[^\W\d_]+\Z")
_FIRST_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Joint:
    """``text`` stands between two lines. In doubt, it may not belong there, or the hyphen before it where there is none."""

    text: str
    in_doubt: bool = False


_NOTHING, _SPACE = Joint(""), Joint(" ")


class Joiner:
    """Joins the lines of one record. ``width`` is that of the column, in characters or in bytes of UTF-8, where it is known; else it is
    the length of the longest line.
    """

    def __init__(self, lines: Sequence[str], width: int | None = None) -> None:
        self._characters = width or max(map(len, lines), default=0)
        self._bytes = width or max(map(_size, lines), default=0)
        self._blanks_stay = any(line[:1].isspace() and line.strip() for line in lines[1:])

    def joint(self, line: str, following: str) -> Joint:
        """Return what stands between two lines of the record, ``following`` not blank."""
        if not line.strip():
            return _SPACE
        if line[-1].isspace() or following[0].isspace():
            return _NOTHING
        if line[-1] == "-" and line[-2:-1].isalpha() and following[0].islower():
            return Joint("", in_doubt=True)
        if not self._is_full(line, following) or (line[-1].islower() and following[0].isupper()):
            return _SPACE
        return _NOTHING if self._blanks_stay else _joint_of_words(line, following)

    def joint_of_markup(self, line: str, following: str) -> Joint:
        """Do the same for pieces of RTF or HTML: what is full was cut there, words or not."""
        blank = line[-1:].isspace() or following[0].isspace()
        return _NOTHING if blank or self._is_full(line, following) else _SPACE

    def _is_full(self, line: str, following: str) -> bool:
        return len(line) >= self._characters or _size(line) + _size(following[0]) > self._bytes


def _joint_of_words(line: str, following: str) -> Joint:
    last, first = _LAST_WORD.search(line), _FIRST_WORD.match(following)
    if last and first:
        apart = _is_common(last.group()) and _is_common(first.group())
        together = _is_common(last.group() + first.group())
        if apart != together:
            return _NOTHING if together else _SPACE
    return Joint(" ", in_doubt=True)


def _is_common(word: str) -> bool:
    return fold_word(word) in _common_words()


@cache
def _common_words() -> frozenset[str]:
    """Return the folded words that comments hold most."""
    lines = resources.files("recognizers").joinpath("word_frequencies.txt").read_text(encoding="ascii").splitlines()
    return frozenset(line.split()[0] for line in lines if not line.startswith("#"))


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
