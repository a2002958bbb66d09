"""The pattern language of the lexicons (``lexicons/README.md``), compiled to what matches folded words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum, auto
from functools import cache
from itertools import groupby
from typing import NamedTuple

from recognizers.choice import Choice
from recognizers.document import EXPANSIONS
from recognizers.errors import LexiconError
from recognizers.folding import fold_word
from recognizers.nodes import PAUSE, AnyWord, Beginning, Chain, End, Gap, Maybe, Node, Number, Without, Word
from recognizers.pattern_syntax import chunks, expand, is_group, split_top
from recognizers.word_set import WordSet, union

MAX_GAP = 6
_SPECIFIC = 0.5
"""Words that stand in more than this share of comments may stand in a pattern, and cannot carry it."""


class Compiled(NamedTuple):
    """A pattern ready to use.

    ``node`` tells where it matches. ``anchor`` holds the most specific word of every match. ``acronyms`` must be written in capitals in the
    comment. ``literal`` tells that every word of every match is written in the pattern: no gap, no wildcard, no open ending.
    """

    node: Node
    anchor: WordSet
    acronyms: frozenset[str]
    literal: bool

    def term(self, match: Sequence[str]) -> str:
        """Return what of the pattern matched these words: all of them when it names them all, else the most specific one."""
        if self.literal:
            return " ".join(match)
        word = next(word for word in match if self.anchor.holds(word))
        return word if word in self.anchor.words else next(prefix for prefix in self.anchor.prefixes if word.startswith(prefix)) + "*"


class PatternCompiler:
    """Compile patterns that may use the word classes ``classes`` (name to patterns).

    Raises :class:`LexiconError` on unknown classes, unbalanced brackets and patterns without a specific word.
    """

    def __init__(self, classes: Mapping[str, list[str]]) -> None:
        self._sources = classes
        self._classes: dict[str, Node] = {}
        self._open: list[str] = []

    def compile(self, pattern: str) -> Compiled:
        """Compile ``pattern``; every match must hold a specific word."""
        node = self._sequence(pattern)
        anchor = _anchor(node)
        if not anchor or anchor.frequency > _SPECIFIC:
            raise LexiconError(f"pattern {pattern!r} has no specific word: every match must hold a word that is not very common")
        return Compiled(node, anchor, _acronyms(node), _is_literal(node))

    def cue(self, patterns: Sequence[str]) -> Choice:
        """Compile ``patterns`` to what matches any of them, to be searched near a remark; no specific word is needed."""
        node = self._alternatives(patterns)
        return node if isinstance(node, Choice) else Choice((node,))

    def _alternatives(self, patterns: Sequence[str]) -> Node:
        """Return what matches one of ``patterns``; of alternatives that follow each other, single words become one set."""
        nodes: list[Node] = []
        for kind, group in groupby(map(self._sequence, patterns), _kind):
            run = list(group)
            if kind in (_Kind.WORD, _Kind.ACRONYM):
                nodes.append(Word(union(node.set for node in run if isinstance(node, Word)), kind is _Kind.ACRONYM))
            elif kind is _Kind.AFTER_PAUSE and len(run) > 1:
                nodes.append(Chain((Maybe(Word(PAUSE)), _choice([_chain(node.nodes[1:]) for node in run if isinstance(node, Chain)]))))
            else:
                nodes += run
        return _choice(nodes)

    def _sequence(self, pattern: str) -> Node:
        return _chain(tuple(map(self._item, chunks(pattern))))

    def _item(self, chunk: str) -> Node:
        if signs := _SIGNS.get(chunk):
            return signs
        if gap := re.fullmatch(r"<(\d)>", chunk):
            size = int(gap.group(1))
            if size > MAX_GAP:
                raise LexiconError(f"gap {chunk} is larger than <{MAX_GAP}>")
            return Gap(size)
        if chunk.startswith("{") and chunk.endswith("}"):
            return self._class(chunk[1:-1])
        if chunk.startswith("!(") and chunk.endswith(")"):
            return Without(self._alternatives(split_top(chunk[2:-1], "|")))
        if chunk.startswith("[") and chunk.endswith("]"):
            return Maybe(self._alternatives(split_top(chunk[1:-1], "|")))
        if is_group(chunk):
            return self._alternatives(split_top(chunk[1:-1], "|"))
        return _word(chunk)

    def _class(self, name: str) -> Node:
        if name not in self._classes:
            if name not in self._sources:
                raise LexiconError(f"unknown word class {{{name}}}")
            if name in self._open:
                raise LexiconError(f"word class {{{name}}} uses itself")
            self._open.append(name)
            self._classes[name] = self._alternatives(self._sources[name])
            self._open.pop()
        return self._classes[name]


class _Kind(Enum):
    """How an alternative joins its neighbours."""

    WORD = auto()
    ACRONYM = auto()
    AFTER_PAUSE = auto()
    OTHER = auto()


def _kind(node: Node) -> _Kind:
    if isinstance(node, Word) and node.set != PAUSE:
        return _Kind.ACRONYM if node.is_acronym else _Kind.WORD
    first = node.nodes[0] if isinstance(node, Chain) and node.nodes else None
    after_pause = isinstance(first, Maybe) and isinstance(first.node, Word) and first.node.set == PAUSE
    return _Kind.AFTER_PAUSE if after_pause else _Kind.OTHER


def _choice(nodes: Sequence[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else Choice(tuple(nodes))


def _chain(nodes: tuple[Node, ...]) -> Node:
    return nodes[0] if len(nodes) == 1 else Chain(nodes)


_SIGNS: Mapping[str, Node] = {"*": AnyWord(), "#": Number(), "^": Beginning(), "$": End(), ",": Word(PAUSE)}


@cache
def _word(chunk: str) -> Word:
    prefix = chunk.endswith("*")
    body = chunk[:-1] if prefix else chunk
    plain = "(" not in body
    if plain and not prefix and len(body) >= 2 and body.isupper() and body.isalnum() and not body.isdigit():
        return Word(WordSet(frozenset({fold_word(body)})), is_acronym=True)
    forms = [EXPANSIONS.get(form, form) for form in map(fold_word, expand(body))]
    spelled = next((form for form in forms if not re.fullmatch(r"[a-z0-9]*", form)), None)
    if spelled is not None or not any(forms):
        raise LexiconError(f"word {chunk!r} holds a character that folded words never have")
    if prefix:
        return Word(WordSet(frozenset(), tuple(sorted(set(forms)))))
    if plain and forms[0] == fold_word(body) and len(forms[0]) >= 4 and forms[0].isalpha():
        endings = ("", "s", "e", "es") if body.endswith("é") else ("", "s", "x")
        return Word(WordSet(frozenset(forms[0] + ending for ending in endings)))
    return Word(WordSet(frozenset(forms)))


def _anchor(node: Node) -> WordSet | None:
    """Return the words of which every match of ``node`` holds one, the most specific where there are several."""
    if isinstance(node, Word):
        return None if node.set == PAUSE else node.set
    if isinstance(node, Chain):
        anchors = [anchor for part in node.nodes if (anchor := _anchor(part))]
        return min(anchors, key=lambda words: (words.frequency, len(words.words) + len(words.prefixes)), default=None)
    if isinstance(node, Choice):
        specific = [anchor for part in node.nodes if (anchor := _anchor(part)) and anchor.frequency <= _SPECIFIC]
        return union(specific) if len(specific) == len(node.nodes) else None
    return None


def _parts(node: Node) -> Iterable[Node]:
    """Return what ``node`` consists of."""
    return node.nodes if isinstance(node, Chain | Choice) else (node.node,) if isinstance(node, Maybe) else ()


def _acronyms(node: Node) -> frozenset[str]:
    if isinstance(node, Word):
        return node.set.words if node.is_acronym else frozenset()
    return frozenset().union(*map(_acronyms, _parts(node)))


def _is_literal(node: Node) -> bool:
    if isinstance(node, Word):
        return not node.set.prefixes
    return not isinstance(node, AnyWord | Number | Gap) and all(map(_is_literal, _parts(node)))
