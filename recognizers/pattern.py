"""The pattern language of the lexicons (``lexicons/README.md``), compiled to regular expressions over folded words.

A pattern becomes one regular expression over ``Document.canon`` and a set of *anchors*: literal words or word beginnings of which at least
one stands in every match. Anchors let the detector try a pattern only where it can match. Gaps and repetitions are bounded, so matching
time is bounded by the window that the detector searches.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from recognizers.errors import LexiconError
from recognizers.folding import fold_word

ANY_WORD = r"[a-z0-9]+ "
MAX_GAP = 6

# Words too frequent to be worth trying a pattern for. They may stand in patterns, not carry them.
TOO_COMMON = frozenset(
    [
        "a",
        "ai",
        "au",
        "aux",
        "avec",
        "avait",
        "c",
        "ce",
        "ces",
        "cette",
        "chez",
        "d",
        "dans",
        "de",
        "des",
        "deux",
        "du",
        "elle",
        "elles",
        "en",
        "est",
        "et",
        "etait",
        "ete",
        "etre",
        "eu",
        "fait",
        "faire",
        "il",
        "ils",
        "j",
        "je",
        "l",
        "la",
        "le",
        "les",
        "leur",
        "leurs",
        "lui",
        "m",
        "mais",
        "me",
        "mes",
        "mme",
        "mr",
        "monsieur",
        "madame",
        "mon",
        "ma",
        "n",
        "ne",
        "ni",
        "nous",
        "on",
        "ont",
        "ou",
        "par",
        "pas",
        "plus",
        "pour",
        "qu",
        "que",
        "qui",
        "s",
        "sa",
        "sans",
        "se",
        "ses",
        "si",
        "son",
        "sont",
        "sous",
        "sur",
        "t",
        "tu",
        "un",
        "une",
        "va",
        "vers",
        "vous",
        "y",
        "non",
        "oui",
        "tout",
        "tous",
        "toute",
        "depuis",
        "apres",
        "avant",
        "jour",
        "ce",
        "cela",
        "ca",
        "m2",
        "#",
        "euros",
        "pourcent",
    ]
)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A pattern ready to use.

    ``regex`` is the source of a regular expression that begins right after a space of ``canon`` and consumes the space after its last word.
    ``words`` and ``prefixes`` are the anchors. ``acronyms`` must be written in capitals in the comment. ``length`` is the most words that
    a match can span.
    """

    regex: str
    words: frozenset[str]
    prefixes: frozenset[str]
    acronyms: frozenset[str]
    length: int


@dataclass(frozen=True, slots=True)
class _Node:
    regex: str
    words: frozenset[str] = frozenset()
    prefixes: frozenset[str] = frozenset()
    acronyms: frozenset[str] = frozenset()
    length: int = 0
    worth: float = -1.0  # how rare the most common anchor is; negative: no anchor

    @property
    def anchored(self) -> bool:
        return self.worth > 0


def _worth(words: frozenset[str], prefixes: frozenset[str]) -> float:
    """Rate a set of anchors by its weakest member: 0 when one is too common, more when longer (rarer)."""
    rates = [0.0 if w in TOO_COMMON else min(len(w), 12) for w in words]
    rates += [0.0 if len(p) < 2 else min(len(p), 12) - 0.5 for p in prefixes]
    return min(rates) if rates else -1.0


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
        return Compiled(node.regex, node.words, node.prefixes, node.acronyms, node.length)

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
            min(n.worth for n in nodes) if anchored else 0.0,
        )

    def _sequence(self, pattern: str) -> _Node:
        nodes = [self._item(chunk) for chunk in _chunks(pattern)]
        if not nodes:
            return _Node("")
        best = max(nodes, key=lambda n: (n.worth, -len(n.words) - len(n.prefixes)))
        return _Node(
            "".join(n.regex for n in nodes),
            best.words,
            best.prefixes,
            frozenset().union(*(n.acronyms for n in nodes)),
            sum(n.length for n in nodes),
            best.worth,
        )

    def _item(self, chunk: str) -> _Node:
        if chunk == "*":
            return _Node(ANY_WORD, length=1)
        if chunk == ",":
            return _Node(", ", length=1)
        if chunk == "#":
            return _Node(r"[0-9]+ ", length=1)
        if gap := re.fullmatch(r"<(\d)>", chunk):
            size = int(gap.group(1))
            if size > MAX_GAP:
                raise LexiconError(f"gap {chunk} is larger than <{MAX_GAP}>")
            return _Node(r"(?:[a-z0-9,]+ ){0,%d}?" % size, length=size)
        if chunk.startswith("{") and chunk.endswith("}"):
            return self._class(chunk[1:-1])
        if chunk.startswith("!(") and chunk.endswith(")"):
            inner = self._alternatives(_split_top(chunk[2:-1], "|"))
            return _Node(f"(?!{inner.regex})")
        if chunk.startswith("[") and chunk.endswith("]"):
            inner = self._alternatives(_split_top(chunk[1:-1], "|"))
            return _Node(f"(?:{inner.regex})?", acronyms=inner.acronyms, length=inner.length)
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
        return _Node(word + " ", frozenset({word}), acronyms=frozenset({word}), length=1, worth=_worth(frozenset({word}), frozenset()))
    forms = [fold_word(form) for form in _expand(body)]
    spelled = next((form for form in forms if not re.fullmatch(r"[a-z0-9]*", form)), None)
    if spelled is not None or not any(forms):
        raise LexiconError(f"word {chunk!r} holds a character that folded words never have")
    if prefix:
        prefixes = frozenset(forms)
        return _Node(f"(?:{'|'.join(forms)})[a-z0-9]* ", prefixes=prefixes, length=1, worth=_worth(frozenset(), prefixes))
    if plain and len(forms[0]) >= 4 and forms[0].isalpha():
        base = forms[0]
        endings = ("", "s", "e", "es") if body.endswith("é") else ("", "s", "x")
        words = frozenset(base + ending for ending in endings)
        return _Node(f"{base}(?:{'|'.join(e for e in endings if e)})? ", words, length=1, worth=_worth(words, frozenset()))
    words = frozenset(forms)
    regex = forms[0] if len(forms) == 1 else "(?:" + "|".join(dict.fromkeys(forms)) + ")"
    return _Node(regex + " ", words, length=1, worth=_worth(words, frozenset()))
