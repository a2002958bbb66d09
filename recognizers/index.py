"""Which patterns may match at which word of a comment, told by up to four of the words that they need.

Every branch of every pattern is filed under its rarest word, its *anchor*, with up to three more words, its *partners*, and where those
must stand. A pattern is tried only where all are in place, which spares nearly all trials.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import Self, TypeVar

from recognizers.codes import OTHER, Codes, build_codes
from recognizers.document import STOPS
from recognizers.frequency import BEGINNING, END
from recognizers.needs import Distance, Need, Needs, branches_of, total
from recognizers.nodes import Node
from recognizers.remembered import Remembered
from recognizers.word_set import WordSet
from recognizers.word_sets import SPREAD, WordSets

Rows = Sequence[tuple[int, int]]
"""Rows of an index, each with the place of its anchor among the words of a comment."""
_Value = TypeVar("_Value")
_PARTNERS = 3
_NO_KEY = _NOBODY = 0
"""Stands for the key and the number of a partner where a row has none."""


@dataclass(frozen=True, slots=True)
class Partners:
    """One partner of each row: one of the words of the set ``keys``, ``lows`` to ``lows + widths - 1`` words from the anchor.

    Where ``widths`` is 0 the row has no such partner.
    """

    lows: array[int]
    widths: array[int]
    keys: array[int]


class _Numbered(Remembered[int, _Value]):
    """What is made of ``numbers[first[code] : first[code + 1]]``, those of a word, when the word is first met."""

    most = 4_000

    def __init__(self, first: array[int], numbers: array[int]) -> None:
        super().__init__()
        self._first, self._numbers = first, numbers

    def __reduce__(self) -> tuple[type[Self], tuple[array[int], array[int]]]:
        return type(self), (self._first, self._numbers)


class _Served(_Numbered[int]):
    """For each word its numbers as bits."""

    def work_out(self, code: int) -> int:
        return _bits(self._numbers[self._first[code] : self._first[code + 1]])


class _Anchored(_Numbered[tuple[int, dict[int, list[int]]]]):
    """For each anchor its numbers as bits, and its rows, ``first[code]`` to ``first[code + 1]``, by their numbers."""

    def work_out(self, code: int) -> tuple[int, dict[int, list[int]]]:
        rows: dict[int, list[int]] = {}
        for row in range(self._first[code], self._first[code + 1]):
            rows.setdefault(self._numbers[row], []).append(row)
        return _bits(rows), rows


def _bits(numbers: Collection[int]) -> int:
    bits = bytearray((max(numbers, default=0) >> 3) + 1)
    for number in numbers:
        bits[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(bits, "little")


def _numbers(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


@dataclass(frozen=True, slots=True)
class Index:
    """The patterns by their anchors.

    Rows ``first[code]`` to ``first[code + 1]`` are those of the anchor ``code``. A row belongs to the pattern number ``patterns``, and a
    match begins at most ``starts`` words before the anchor, at least ``starts - spans``. ``anchored`` are the rows once more, by the
    first partner of each, ``served[code]`` the first partners that this word may be: most rows fall where no word of the comment is theirs.
    """

    codes: Codes
    sets: WordSets
    first: array[int]
    anchored: _Anchored
    served: _Served
    patterns: array[int]
    starts: array[int]
    spans: array[int]
    partners: tuple[Partners, ...]
    reach: int

    def rows(self, tokens: Sequence[str]) -> Rows:
        """Return (row, place of its anchor among the words of ``tokens``) wherever anchor and partners stand as they must."""
        code_of, places, reach = self.codes, self.sets.places, self.reach
        beyond = [OTHER] * reach
        codes = [*beyond, code_of[BEGINNING], *[code_of[token] for token in tokens if token not in STOPS], code_of[END], *beyond]
        nowhere = [OTHER * SPREAD & (len(places) - 1)] * reach
        spread = [*nowhere, *[code * SPREAD & (len(places) - 1) for code in codes[reach : len(codes) - reach]], *nowhere]
        columns = [(partners.lows, partners.widths, partners.keys) for partners in self.partners]
        present = 1 << _NOBODY
        for code in set(codes):
            present |= self.served[code]
        found = []
        for at in range(reach, len(codes) - reach):
            wanted, own = self.anchored[codes[at]]
            for row in sorted(chain.from_iterable(own[number] for number in _numbers(wanted & present))):
                for lows, widths, keys in columns:
                    if width := widths[row]:
                        place, key = at + lows[row], keys[row]
                        beyond_last = place + width
                        while place < beyond_last and places[spread[place] ^ key] != codes[place]:
                            place += 1
                        if place == beyond_last:
                            break
                else:
                    found.append((row, at - reach - 1))
        return found

    def beginnings(self, tokens: Sequence[str], rows: Rows) -> dict[int, set[int]]:
        """Return the patterns, by number, of ``rows`` that :meth:`rows` returned, with the tokens where a match may begin."""
        places = [at for at, token in enumerate(tokens) if token not in STOPS]
        found: dict[int, set[int]] = defaultdict(set)
        for row, word in rows:
            begin = places[word] - self.starts[row]
            found[self.patterns[row]].update(range(max(0, begin), max(0, begin + self.spans[row]) + 1))
        return found


def build_index(patterns: Sequence[Node]) -> Index:
    """Index ``patterns``; every match of each holds a specific word."""
    by_anchor: dict[WordSet, list[_Row]] = defaultdict(list)
    for number, node in enumerate(patterns):
        for branch in branches_of(node):
            by_anchor[branch.chain[branch.rarest].words].append(_row(number, branch))
    used = dict.fromkeys(partner.words for rows in by_anchor.values() for row in rows for partner in row.partners)
    codes, held, count = build_codes((*by_anchor, *used))
    sets, keys = WordSets.build({words: held[words] for words in used}, count)
    by_code: list[list[_Row]] = [[] for _ in range(count)]
    for words, rows in by_anchor.items():
        for code in held[words]:
            by_code[code] += rows
    filed = [row for rows in by_code for row in rows]
    served: list[list[int]] = [[] for _ in range(count)]
    firsts = {row.partners[0].words: None for row in filed if row.partners}
    numbers = {words: number for number, words in enumerate(sorted(firsts, key=lambda words: -len(held[words])), 1)}  # few bits for most
    for words, number in numbers.items():
        for code in held[words]:
            served[code].append(number)
    first = _firsts(by_code)
    return Index(
        codes,
        sets,
        first,
        _Anchored(first, array("I", [numbers[row.partners[0].words] if row.partners else _NOBODY for row in filed])),
        _Served(_firsts(served), array("I", chain.from_iterable(served))),
        patterns=array("I", [row.pattern for row in filed]),
        starts=array("B", [row.before.most for row in filed]),
        spans=array("B", [row.before.most - row.before.least for row in filed]),
        partners=tuple(_partners([row.partners[at] if at < len(row.partners) else None for row in filed], keys) for at in range(_PARTNERS)),
        reach=max((max(-need.distance.least, need.distance.most) for row in filed for need in row.partners), default=0),
    )


def _firsts(lists: Sequence[Sequence[object]]) -> array[int]:
    """Return where each of ``lists`` begins if one follows the other, and where the last ends."""
    return array("I", accumulate(map(len, lists), initial=0))


@dataclass(frozen=True, slots=True)
class _Row:
    """How to recognize a branch of a pattern from its anchor: partners, and how far ``before`` it the match begins.

    The distance of a partner is from the anchor, negative before it.
    """

    pattern: int
    before: Distance
    partners: tuple[Need, ...]


def _row(pattern: int, branch: Needs) -> _Row:
    """Return the row of ``branch``; its partners are the words that the fewest comments hold in their places."""
    anchor, chain = branch.rarest, branch.chain
    before = total(need.distance for need in chain[: anchor + 1])
    edges = sum(BEGINNING in need.words.words for need in chain[:anchor])  # counted as words, and none
    others = [Need(need.words, _between(chain, anchor, at)) for at, need in enumerate(chain) if at != anchor]
    others.sort(key=lambda need: need.words.frequency * (need.distance.most - need.distance.least + 1))
    return _Row(pattern, Distance(max(0, before.least - edges), before.most), tuple(others[:_PARTNERS]))


def _between(chain: Sequence[Need], anchor: int, other: int) -> Distance:
    """Return how far after the anchor the other need stands; negative where it stands before."""
    apart = total(need.distance for need in chain[min(anchor, other) + 1 : max(anchor, other) + 1])
    return apart if other > anchor else Distance(-apart.most, -apart.least)


def _partners(needs: Sequence[Need | None], keys: Mapping[WordSet, int]) -> Partners:
    return Partners(
        lows=array("b", [need.distance.least if need else 0 for need in needs]),
        widths=array("B", [need.distance.most - need.distance.least + 1 if need else 0 for need in needs]),
        keys=array("I", [keys[need.words] if need else _NO_KEY for need in needs]),
    )
