"""A choice between parts of a pattern, of which there may be hundreds: only those are tried that may begin with the word at hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import ClassVar

from recognizers.nodes import NUMBERS, Chain, Maybe, Node, Number, Word
from recognizers.word_set import WordSet

_SHORT = 2
_LISTED = 20
"""Words of a set that are listed one by one; a larger one is asked for each word that is met."""
_MAX_REMEMBERED = 1_000  # words beyond those that are listed, for which a choice remembers what may begin with them


class Choice:
    """One of several parts, the first that fits preferred."""

    __slots__ = ("_openings", "nodes")
    single: ClassVar[bool] = False

    def __init__(self, nodes: tuple[Node, ...]) -> None:
        self.nodes = nodes
        self._openings: _Openings | None = None

    def __reduce__(self) -> tuple[type[Choice], tuple[tuple[Node, ...]]]:
        return Choice, (self.nodes,)

    def end(self, tokens: Sequence[str], at: int, limit: int) -> int:
        """Return the preferred end, -1 when there is none."""
        for node in self.openings[tokens[at] if at < limit else ""]:
            if (end := node.end(tokens, at, limit)) >= 0:
                return end
        return -1

    def ends(self, tokens: Sequence[str], at: int, limit: int) -> Iterable[int]:
        """Return every end, the preferred one first."""
        nodes = self.openings[tokens[at] if at < limit else ""]
        if len(nodes) == 1:
            return nodes[0].ends(tokens, at, limit)
        return dict.fromkeys(end for node in nodes for end in node.ends(tokens, at, limit)) if nodes else ()

    def matches(self, tokens: Sequence[str], lo: int, hi: int) -> Iterator[tuple[int, int]]:
        """Yield the matches in ``tokens[lo:hi]`` from left to right, without overlaps, as [first, last)."""
        openings = self.openings
        free = lo
        for at in [at for at in range(lo, hi) if openings[tokens[at]]]:
            for node in openings[tokens[at]] if at >= free else ():
                if (end := node.end(tokens, at, hi)) >= 0:
                    yield at, end
                    free = end
                    break

    @property
    def openings(self) -> Mapping[str, tuple[Node, ...]]:
        """For every word the parts that may begin with it, or be empty, in their order."""
        if self._openings is None:
            self._openings = _Openings(self.nodes)
        return self._openings


class _Openings(dict[str, tuple[Node, ...]]):
    """Which of several parts may begin with a word, or be empty; worked out when the word is first met."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        super().__init__()
        self._nodes = nodes
        self._always: list[int] = []
        self._by_word: dict[str, list[int]] = {}
        self._large: list[tuple[int, WordSet]] = []
        for number, node in enumerate(nodes):
            first = _first_words(node)
            if first is None:
                self._always.append(number)
                continue
            for each in first:
                if each.prefixes or len(each.words) > _LISTED:
                    self._large.append((number, each))
                else:
                    for word in each.words:
                        self._by_word.setdefault(word, []).append(number)
        self._begun_by_any = tuple(nodes[number] for number in self._always)
        self._room = len(self._by_word) + _MAX_REMEMBERED

    def __missing__(self, word: str) -> tuple[Node, ...]:
        found = [number for number, words in self._large if words.holds(word)]
        found += self._by_word.get(word, ())
        nodes = tuple(self._nodes[number] for number in sorted({*self._always, *found})) if found else self._begun_by_any
        if len(self) < self._room and (len(word) <= _SHORT or not word.isdigit()):  # numbers are endless, and begin the same parts
            self[word] = nodes
        return nodes


def _first_words(node: Node) -> list[WordSet] | None:
    """Return the words that every match of ``node`` begins with one of, ``None`` where it may begin with others or be empty."""
    if isinstance(node, Word):
        return [node.set]
    if isinstance(node, Number):
        return [NUMBERS]
    if isinstance(node, Choice):
        return _together(map(_first_words, node.nodes))
    if isinstance(node, Chain):
        firsts = []
        for part in node.nodes:
            firsts.append(_first_words(part.node if isinstance(part, Maybe) else part))
            if not isinstance(part, Maybe):
                return _together(firsts)
    return None


def _together(firsts: Iterable[list[WordSet] | None]) -> list[WordSet] | None:
    together: list[WordSet] = []
    for first in firsts:
        if first is None:
            return None
        together += first
    return together
