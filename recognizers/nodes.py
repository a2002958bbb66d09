"""What a pattern is made of, and where each part ends on a sequence of folded words.

A part begins at ``tokens[at]``; ``tokens[limit:]`` is out of sight. ``ends`` gives the places where it may end, the preferred one first: as
in a regular expression the first alternative, the present option and the shortest gap are preferred. ``end`` gives the preferred place
alone, -1 when the part does not fit. No place is tried twice for the same part, so that time is bounded by the number of parts times the
words within reach.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, Protocol

from recognizers.document import STOPS
from recognizers.word_set import WordSet

PAUSE = WordSet(frozenset(","))
"""The token of a pause, which counts as a word of its own."""
NUMBERS = WordSet(frozenset(), tuple("0123456789"))
"""Every number, and words that begin with a digit."""


class Node(Protocol):
    """A part of a pattern. ``single`` tells that it never has more than one end."""

    single: ClassVar[bool]

    def end(self, tokens: Sequence[str], at: int, limit: int) -> int:
        """Return the preferred end, -1 when there is none."""

    def ends(self, tokens: Sequence[str], at: int, limit: int) -> Iterable[int]:
        """Return every end, the preferred one first."""


class _Single:
    """A part that has one end at most."""

    __slots__ = ()
    single: ClassVar[bool] = True

    def end(self, tokens: Sequence[str], at: int, limit: int) -> int:
        """Return the preferred end, -1 when there is none."""
        raise NotImplementedError

    def ends(self, tokens: Sequence[str], at: int, limit: int) -> Iterable[int]:
        """Return every end, the preferred one first."""
        return (end,) if (end := self.end(tokens, at, limit)) >= 0 else ()


class Word(_Single):
    """One word of a set; ``is_acronym`` asks for capitals in the comment."""

    __slots__ = ("_prefixes", "_words", "is_acronym", "set")

    def __init__(self, words: WordSet, is_acronym: bool = False) -> None:
        self.set, self.is_acronym = words, is_acronym
        self._words, self._prefixes = words.words, words.prefixes

    def __reduce__(self) -> tuple[type[Word], tuple[WordSet, bool]]:
        return Word, (self.set, self.is_acronym)

    def end(self, tokens: Sequence[str], at: int, limit: int) -> int:
        """Return the preferred end, -1 when there is none."""
        if at < limit and ((token := tokens[at]) in self._words or (self._prefixes and token.startswith(self._prefixes))):
            return at + 1
        return -1


class AnyWord(_Single):
    """``*``: exactly one word."""

    __slots__ = ()

    def end(self, tokens: Sequence[str], at: int, limit: int) -> int:
        """Return the preferred end, -1 when there is none."""
        return at + 1 if at < limit and tokens[at] not in STOPS else -1


class Number(_Single):
    """``#``: exactly one number."""

    __slots__ = ()

    def end(self, tokens: Sequence[str], at: int, limit: int) -> int:
        """Return the preferred end, -1 when there is none."""
        return at + 1 if at < limit and tokens[at].isdigit() else -1


class Beginning(_Single):
    """``^``: the beginning of the comment."""

    __slots__ = ()

    def end(self, tokens: Sequence[str], at: int, limit: int) -> int:
        """Return the preferred end, -1 when there is none."""
        return -1 if at else 0


class End(_Single):
    """``$``: the end of the comment; stops may follow."""

    __slots__ = ()

    def end(self, tokens: Sequence[str], at: int, limit: int) -> int:
        """Return the preferred end, -1 when there is none."""
        return at if all(tokens[i] in STOPS for i in range(at, limit)) else -1


class Without(_Single):
    """``!(…)``: ``node`` does not begin here."""

    __slots__ = ("node",)

    def __init__(self, node: Node) -> None:
        self.node = node

    def end(self, tokens: Sequence[str], at: int, limit: int) -> int:
        """Return the preferred end, -1 when there is none."""
        return at if self.node.end(tokens, at, limit) < 0 else -1


class Gap:
    """``<n>``: up to ``size`` words and pauses of the sentence, as few as possible."""

    __slots__ = ("size",)
    single: ClassVar[bool] = False

    def __init__(self, size: int) -> None:
        self.size = size

    def end(self, tokens: Sequence[str], at: int, limit: int) -> int:
        """Return the preferred end, -1 when there is none."""
        return at

    def ends(self, tokens: Sequence[str], at: int, limit: int) -> Iterable[int]:
        """Return every end, the preferred one first."""
        last = min(at + self.size, limit)
        end = at
        while end < last and tokens[end] != ".":
            end += 1
        return range(at, end + 1)


class Maybe:
    """``[…]``: ``node``, or nothing."""

    __slots__ = ("node",)
    single: ClassVar[bool] = False

    def __init__(self, node: Node) -> None:
        self.node = node

    def end(self, tokens: Sequence[str], at: int, limit: int) -> int:
        """Return the preferred end, -1 when there is none."""
        return max(at, self.node.end(tokens, at, limit))

    def ends(self, tokens: Sequence[str], at: int, limit: int) -> Iterable[int]:
        """Return every end, the preferred one first."""
        return dict.fromkeys((*self.node.ends(tokens, at, limit), at))


class Chain:
    """Parts one after the other."""

    __slots__ = ("nodes",)
    single: ClassVar[bool] = False

    def __init__(self, nodes: tuple[Node, ...]) -> None:
        self.nodes = nodes

    def end(self, tokens: Sequence[str], at: int, limit: int) -> int:
        """Return the preferred end, -1 when there is none."""
        for done, node in enumerate(self.nodes):
            if not node.single:
                return next(self._ends(done, tokens, at, limit, set()), -1)
            at = node.end(tokens, at, limit)
            if at < 0:
                return -1
        return at

    def ends(self, tokens: Sequence[str], at: int, limit: int) -> Iterable[int]:
        """Return every end, the preferred one first."""
        return self._ends(0, tokens, at, limit, set())

    def _ends(self, done: int, tokens: Sequence[str], at: int, limit: int, tried: set[tuple[int, int]]) -> Iterator[int]:
        """Yield the ends of what follows the first ``done`` parts, less those of the (``done``, ``at``) that were ``tried`` before."""
        for node in self.nodes[done:]:
            done += 1
            if not node.single:
                for middle in node.ends(tokens, at, limit):
                    if (done, middle) not in tried:
                        tried.add((done, middle))
                        yield from self._ends(done, tokens, middle, limit, tried)
                return
            at = node.end(tokens, at, limit)
            if at < 0:
                return
        yield at
