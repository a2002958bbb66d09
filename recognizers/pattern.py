"""The pattern language of the lexicons (``lexicons/README.md``), compiled to regular expressions over folded words.

A pattern becomes one regular expression over ``Document.canon`` and a set of *anchors*: literal words or word beginnings of which at least
one stands in every match. Anchors let the detector try a pattern only where it can match. Gaps and repetitions are bounded, so matching
time is bounded by the window that the detector searches.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from recognizers.document import EXPANSIONS
from recognizers.errors import LexiconError
from recognizers.folding import fold_word

ANY_WORD = r"[a-z0-9]+ "
MAX_GAP = 6

# Anchors that stand in more than this share of comments are not worth having: such words may stand in patterns, not carry them.
MAX_FREQUENCY = 0.5


@dataclass(frozen=True, slots=True)
class Compiled:
    """A pattern ready to use.

    ``regex`` is the source of a regular expression that begins right after a space of ``canon`` and consumes the space after its last word.
    ``words`` and ``prefixes`` are the anchors. ``acronyms`` must be written in capitals in the comment. ``length`` is the most words that
    a match can span. Where ``also`` is not empty, every match holds one of these words too. ``literal`` tells that every word of every
    match is written in the pattern: no gap, no wildcard, no open ending.
    """

    regex: str
    words: frozenset[str]
    prefixes: frozenset[str]
    acronyms: frozenset[str]
    length: int
    also: frozenset[str] = frozenset()
    literal: bool = False


@dataclass(frozen=True, slots=True)
class _Node:
    regex: str
    words: frozenset[str] = frozenset()
    prefixes: frozenset[str] = frozenset()
    acronyms: frozenset[str] = frozenset()
    length: int = 0
    frequency: float = 1.0  # share of comments that hold an anchor; 1: no anchor
    also: frozenset[str] = frozenset()
    literal: bool = True

    @property
    def anchored(self) -> bool:
        return self.frequency <= MAX_FREQUENCY


@cache
def _frequencies() -> tuple[list[str], list[float]]:
    """Return the words that are frequent in comments, sorted, and the share of comments that hold each."""
    lines = (Path(__file__).parent / "word_frequencies.txt").read_text(encoding="ascii").splitlines()[1:]
    pairs = sorted((word, int(count) / 10_000) for word, count in (line.split() for line in lines))
    return [word for word, _ in pairs], [share for _, share in pairs]


_RARE = 0.000_05
_SHORT = 0.01  # unknown words of one or two characters: small numbers, mostly


@cache
def _word_frequency(word: str) -> float:
    words, shares = _frequencies()
    at = bisect_left(words, word)
    if at < len(words) and words[at] == word:
        return shares[at]
    return _SHORT if len(word) < 3 else _RARE


@cache
def _prefix_frequency(prefix: str) -> float:
    words, shares = _frequencies()
    first, last = bisect_left(words, prefix), bisect_left(words, prefix + "{")
    return sum(shares[first:last]) + _RARE if len(prefix) > 1 else 1.0


def _frequency(words: Iterable[str], prefixes: Iterable[str]) -> float:
    """Return an upper bound of the share of comments that hold one of the anchors."""
    return min(1.0, sum(map(_word_frequency, words)) + sum(map(_prefix_frequency, prefixes)))


def _split_top(text: str, separator: str) -> list[str]:
    """Split at ``separator`` outside every bracket."""
    parts, depth, last = [], 0, 0
    for at, char in enumerate(text):
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == separator and depth == 0:
            parts.append(text[last:at])
            last = at + 1
    parts.append(text[last:])
    return parts


class PatternCompiler:
    """Compile patterns that may use the word classes ``classes`` (name to patterns).

    Raises :class:`LexiconError` on unknown classes, unbalanced brackets and patterns without an anchor.
    """

    def __init__(self, classes: Mapping[str, list[str]]) -> None:
        self._sources = classes
        self._classes: dict[str, _Node] = {}
        self._open: list[str] = []

    def compile(self, pattern: str) -> Compiled:
        """Compile ``pattern``; it must have an anchor."""
        node = self._sequence(pattern)
        if not node.anchored:
            raise LexiconError(f"pattern {pattern!r} has no specific word: every match must hold a word that is not very common")
        return Compiled(node.regex, node.words, node.prefixes, node.acronyms, node.length, node.also, node.literal)

    def cue(self, patterns: list[str]) -> str:
        """Compile ``patterns`` to one alternation, to be searched near a match; no anchor is needed."""
        return self._alternatives(patterns).regex

    def _alternatives(self, patterns: list[str]) -> _Node:
        nodes = [self._sequence(p) for p in patterns]
        words = frozenset().union(*(n.words for n in nodes))
        prefixes = frozenset().union(*(n.prefixes for n in nodes))
        anchored = all(n.anchored for n in nodes)
        return _Node(
            "(?:" + "|".join(dict.fromkeys(n.regex for n in nodes)) + ")",
            words if anchored else frozenset(),
            prefixes if anchored else frozenset(),
            frozenset().union(*(n.acronyms for n in nodes)),
            max(n.length for n in nodes),
            _frequency(words, prefixes) if anchored else 1.0,
            literal=all(n.literal for n in nodes),
        )

    def _sequence(self, pattern: str) -> _Node:
        nodes = [self._item(chunk) for chunk in _chunks(pattern)]
        if not nodes:
            return _Node("")
        best, *others = sorted(nodes, key=lambda n: (n.frequency, len(n.words) + len(n.prefixes)))
        second = next((n.words for n in others if n.words and not n.prefixes), frozenset[str]())
        return _Node(
            "".join(n.regex for n in nodes),
            best.words,
            best.prefixes,
            frozenset().union(*(n.acronyms for n in nodes)),
            sum(n.length for n in nodes),
            best.frequency,
            second,
            all(n.literal for n in nodes),
        )

    def _item(self, chunk: str) -> _Node:
        if chunk == "*":
            return _Node(ANY_WORD, length=1, literal=False)
        if chunk == "^":
            return _Node("(?<!. )")
        if chunk == "$":
            return _Node("(?![.,]? ?[.,]? ?[a-z0-9])", length=3)  # stops may follow
        if chunk == ",":
            return _Node(", ", length=1)
        if chunk == "#":
            return _Node(r"[0-9]+ ", length=1, literal=False)
        if gap := re.fullmatch(r"<(\d)>", chunk):
            size = int(gap.group(1))
            if size > MAX_GAP:
                raise LexiconError(f"gap {chunk} is larger than <{MAX_GAP}>")
            return _Node(rf"(?:[a-z0-9,]+ ){{0,{size}}}?", length=size, literal=False)
        if chunk.startswith("{") and chunk.endswith("}"):
            return self._class(chunk[1:-1])
        if chunk.startswith("!(") and chunk.endswith(")"):
            inner = self._alternatives(_split_top(chunk[2:-1], "|"))
            return _Node(f"(?!{inner.regex})", length=inner.length)
        if chunk.startswith("[") and chunk.endswith("]"):
            inner = self._alternatives(_split_top(chunk[1:-1], "|"))
            return _Node(f"(?:{inner.regex})?", acronyms=inner.acronyms, length=inner.length, literal=inner.literal)
        if _is_group(chunk):
            return self._alternatives(_split_top(chunk[1:-1], "|"))
        return _word(chunk)

    def _class(self, name: str) -> _Node:
        if name not in self._classes:
            if name not in self._sources:
                raise LexiconError(f"unknown word class {{{name}}}")
            if name in self._open:
                raise LexiconError(f"word class {{{name}}} uses itself")
            self._open.append(name)
            self._classes[name] = self._alternatives(list(self._sources[name]))
            self._open.pop()
        return self._classes[name]


def _is_group(chunk: str) -> bool:
    """Tell whether the bracket that opens ``chunk`` closes at its end."""
    if not (chunk.startswith("(") and chunk.endswith(")")):
        return False
    depth = 0
    for at, char in enumerate(chunk):
        depth += (char == "(") - (char == ")")
        if depth == 0:
            return at == len(chunk) - 1
    return False


def _chunks(pattern: str) -> list[str]:
    """Split a pattern at spaces (apostrophes, hyphens, slashes) outside brackets."""
    chunks, depth, current = [], 0, ""
    for char in pattern:
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
            if depth < 0:
                raise LexiconError(f"unbalanced brackets in pattern {pattern!r}")
        if depth == 0 and (char.isspace() or char in "'’-/"):
            if current:
                chunks.append(current)
            current = ""
        else:
            current += char
    if depth:
        raise LexiconError(f"unbalanced brackets in pattern {pattern!r}")
    if current:
        chunks.append(current)
    return chunks


def _expand(word: str) -> list[str]:
    """Expand the alternatives inside one word: ``"alcooli(que|sme)"`` gives two words."""
    opening = word.find("(")
    if opening < 0:
        return [word]
    depth = 0
    for at in range(opening, len(word)):
        depth += (word[at] == "(") - (word[at] == ")")
        if depth == 0:
            heads = [word[:opening] + middle for part in _split_top(word[opening + 1 : at], "|") for middle in _expand(part)]
            return [head + tail for head in heads for tail in _expand(word[at + 1 :])]
    raise LexiconError(f"unbalanced brackets in word {word!r}")


def _word(chunk: str) -> _Node:
    prefix = chunk.endswith("*")
    body = chunk[:-1] if prefix else chunk
    plain = "(" not in body
    if plain and not prefix and len(body) >= 2 and body.isupper() and body.isalnum() and not body.isdigit():
        word = fold_word(body)
        return _Node(word + " ", frozenset({word}), acronyms=frozenset({word}), length=1, frequency=_word_frequency(word))
    forms = [EXPANSIONS.get(form, form) for form in map(fold_word, _expand(body))]
    spelled = next((form for form in forms if not re.fullmatch(r"[a-z0-9]*", form)), None)
    if spelled is not None or not any(forms):
        raise LexiconError(f"word {chunk!r} holds a character that folded words never have")
    if prefix:
        prefixes = frozenset(forms)
        return _Node(f"(?:{'|'.join(forms)})[a-z0-9]* ", prefixes=prefixes, length=1, frequency=_frequency((), prefixes), literal=False)
    if plain and forms[0] == fold_word(body) and len(forms[0]) >= 4 and forms[0].isalpha():
        base = forms[0]
        endings = ("", "s", "e", "es") if body.endswith("é") else ("", "s", "x")
        words = frozenset(base + ending for ending in endings)
        return _Node(base + ("e?s? " if body.endswith("é") else "[sx]? "), words, length=1, frequency=_frequency(words, ()))
    words = frozenset(forms)
    regex = forms[0] if len(forms) == 1 else "(?:" + "|".join(dict.fromkeys(forms)) + ")"
    return _Node(regex + " ", words, length=1, frequency=_frequency(words, ()))
