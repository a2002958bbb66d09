"""The screen: which of many comments can hold a finding at all.

One Aho–Corasick automaton over every anchor of every rule runs over thousands of comments joined and folded byte for byte. It may keep a
comment that holds nothing; it never drops one in which a rule would fire: whatever the quick folding cannot follow (HTML, mojibake,
invisible characters, dotted acronyms, stretched letters, digits used as letters) is kept unseen.
"""

from __future__ import annotations

import codecs
from collections.abc import Collection, Sequence
from itertools import accumulate
from string import ascii_lowercase

import ahocorasick_rs

from recognizers.document import EXPANSIONS
from recognizers.folding import fold_word

_UNSURE = 1  # byte that stands for whatever the quick folding cannot follow
_FIRST_ALNUM = ord("0")  # in a folded buffer every byte from here on is a digit or a letter
_QUICK = {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": ".", "•": ",", "€": " "}


def _byte_table() -> bytes:
    table = bytearray()
    for code in range(256):
        folded = fold_word(chr(code))
        letter = folded if len(folded) == 1 and folded.isascii() else ""
        if chr(code) in "<&ÃÂÅ" or not letter:
            table.append(_UNSURE)
        else:
            table.append(ord(letter) if letter.isalnum() or letter in ".," else ord(" "))
    table[_UNSURE] = _UNSURE
    return bytes(table)


_TABLE = _byte_table()


def _encode_rest(error: UnicodeError) -> tuple[bytes, int]:
    """Give every character outside Latin-1 one byte: what it folds to, or the mark of the unsure."""
    assert isinstance(error, UnicodeEncodeError)
    unsure = chr(_UNSURE)
    return "".join(_QUICK.get(c, unsure) for c in error.object[error.start : error.end]).encode("latin-1"), error.end


codecs.register_error("vigie-screen", _encode_rest)


class Screen:
    """Keep the comments that hold one of ``words`` or a word that begins with one of ``prefixes`` (both folded)."""

    def __init__(self, words: Collection[str], prefixes: Collection[str]) -> None:
        words = {*words, *(short for short, word in EXPANSIONS.items() if word in words)}
        entries: list[tuple[bytes, bool]] = []
        for before in (b" ", b".", b","):
            entries += [(before + word.encode(), True) for word in words]
            entries += [(before + prefix.encode(), False) for prefix in prefixes]
        entries += [(pattern, False) for pattern in _unfollowed()]
        self._whole = [whole for _, whole in entries]
        self._automaton = ahocorasick_rs.BytesAhoCorasick([pattern for pattern, _ in entries])

    def keep(self, texts: Sequence[str]) -> list[int]:
        """Return the indices of the texts that may hold a finding, in order."""
        buffer = b" " + " ".join(texts).encode("latin-1", "vigie-screen").translate(_TABLE) + b" "
        starts = list(accumulate((len(text) + 1 for text in texts), initial=1))
        whole = self._whole
        kept: list[int] = []
        record, limit, last = 0, starts[1], -1
        for pattern, start, end in self._automaton.find_matches_as_indexes(buffer, overlapping=True):
            while start + 1 >= limit:
                record += 1
                limit = starts[record + 1]
            if record != last and not (whole[pattern] and buffer[end] >= _FIRST_ALNUM):
                kept.append(record)
                last = record
        return kept


def _unfollowed() -> list[bytes]:
    """Return what betrays a spelling that only the full folding can follow."""
    letters = [letter.encode() for letter in ascii_lowercase]
    dotted = [b"." + letter + b"." for letter in letters]
    stretched = [letter * 3 for letter in letters]
    digits = [b"0", b"1", b"3", b"4", b"5"]
    leet = [letter + digit + next_one for letter in letters for digit in digits for next_one in (*letters, *digits)]
    numbers = [b"%d%c%d" % (a, mark, b) for a in range(10) for mark in b".," for b in range(10)]
    return [bytes([_UNSURE]), *dotted, *stretched, *leet, *numbers]
