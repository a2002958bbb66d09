"""How far a remark reaches beyond the words that betray it: "est suivie pour un {{cancer}} du sein depuis mars".

From its words on, to the right and to the left, a remark takes word after word as long as it is likely enough that the word still belongs
to it. How likely is learnt from labelled comments (``context/reach_weights.toml``, made by ``make reach``); the word classes, the threshold
and the examples are written by hand (``context/reach.toml``).
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, log, log1p
from typing import Literal, NamedTuple

from recognizers.choice import Choice
from recognizers.cues import CONTEXT_DIR, CueFile
from recognizers.document import STOPS, Document
from recognizers.kept import kept
from recognizers.remembered import Remembered

Range = tuple[int, int]
"""Tokens [first, last)."""
Side = Literal["left", "right"]
STEPS: Mapping[Side, int] = {"left": -1, "right": 1}
WEIGHTS_FILE = CONTEXT_DIR / "reach_weights.toml"
HUNDREDTHS = 100
"""Weights are hundredths of log-odds."""
EDGE, BARRED, FAR = "^", "|", "…"
"""What ends the way ahead besides pauses and sentences: the comment; an identifier, another remark, a line or a picture; nothing near."""
_FURTHEST = 14  # words that a remark takes on each side at most
_AHEAD = 6  # words ahead in which the next pause is looked for
_PICTURE = re.compile("[-=]>|[\u2190-\u23ff\u2500-\u2bff\U0001f300-\U0001faff]")  # arrows, signs, emoji


class Signs(NamedTuple):
    """What speaks for or against taking a word.

    ``word`` is its sign, ``behind`` and ``ahead`` those of its neighbours as seen from the remark; ``way`` tells how many words come before
    the way is closed, and by what: ``"2."``.
    """

    word: str
    behind: str
    ahead: str
    way: str


@dataclass(frozen=True, slots=True)
class Weights:
    """What each sign on one side of a remark adds to the log-odds that the word belongs to it; signs that are not listed add nothing."""

    bias: float
    word: Mapping[str, float]
    behind: Mapping[str, float]
    ahead: Mapping[str, float]
    way: Mapping[str, float]

    def log_likelihood(self, signs: Signs) -> float:
        """Return the logarithm of how likely it is that the word belongs to the remark, given that the one behind it does."""
        word, behind, ahead, way = signs
        odds = self.bias + self.word.get(word, 0) + self.behind.get(behind, 0) + self.ahead.get(ahead, 0) + self.way.get(way, 0)
        return -log1p(exp(-odds))


class WordSigns(Remembered[str, str]):
    """What the weights know a token by: itself, its ``{class}``, ``#`` for numbers, else its last letter: ``-e``.

    A class comes first: a word that is added to one counts from then on as its others do.
    """

    def __init__(self, classes: Mapping[str, Choice], known: Iterable[str]) -> None:
        super().__init__()
        self._classes, self._known = classes, frozenset(known)

    def work_out(self, token: str) -> str:
        """Return what the weights know ``token`` by."""
        if token in STOPS:
            return token
        for name, words in self._classes.items():
            if words.end([token], 0, 1) == 1:
                return f"{{{name}}}"
        return token if token in self._known else "#" if token[0].isdigit() else f"-{token[-1]}"


class _Belongs(Remembered[str, bool]):
    """Whether a token is one of ``words``."""

    def __init__(self, words: Choice) -> None:
        super().__init__()
        self._words = words

    def work_out(self, token: str) -> bool:
        return self._words.end([token], 0, 1) == 1


class Ground:
    """A document as a remark sees it that spreads over it: the signs of its words, and where it may not go.

    ``cores`` are the words of its remarks, ``barred`` the code points [start, end) of its identifiers.
    """

    def __init__(self, doc: Document, signs: Mapping[str, str], cores: Iterable[Range], barred: Iterable[Range]) -> None:
        self._doc = doc
        self.signs = [signs[token] for token in doc.tokens]
        self._closed = bytearray(len(doc.tokens))
        for stop in doc.stops:
            self.close(stop, stop + 1)
        for first, last in cores:
            self.close(first, last)
        for start, end in barred:
            self.close(bisect_right(doc.ends, start), bisect_left(doc.starts, end))
        self._breaks = _breaks(doc)

    def close(self, first: int, last: int) -> None:
        """Let no remark take tokens [first, last)."""
        self._closed[first:last] = b"\1" * (last - first)

    def walk(self, edge: int, step: int) -> Iterator[tuple[int, Signs]]:
        """Yield the tokens that a remark may take one after the other, with their signs, from ``edge`` of its words on.

        ``step`` is 1 to the right, from the end of its words, and -1 to the left, from their start.
        """
        signs = self.signs
        at = edge if step > 0 else edge - 1
        left = 0  # words before the way is closed, of those that `barrier` closes
        for _ in range(_FURTHEST):
            if not self._open(at, step):
                return
            if not left:
                left, barrier = self._way(at, step)
            left -= 1
            ahead = at + step
            way = f"{left}{barrier}" if left < _AHEAD else FAR
            yield at, Signs(signs[at], signs[at - step], signs[ahead] if 0 <= ahead < len(signs) else EDGE, way)
            at = ahead

    def in_number(self, at: int, step: int) -> bool:
        """Tell whether token ``at`` and the one before it are parts of a number or date: "12/03"."""
        left, right = (at - 1, at) if step > 0 else (at, at + 1)
        if not self.signs[left] == self.signs[right] == "#":
            return False
        between = self._doc.text[self._doc.ends[left] : self._doc.starts[right]]
        return len(between) == 1 and not between.isspace()

    def _open(self, at: int, step: int) -> bool:
        """Tell whether a remark may go to token ``at`` from the one before it."""
        return 0 <= at < len(self.signs) and not self._closed[at] and (at if step > 0 else at + 1) not in self._breaks

    def _way(self, at: int, step: int) -> tuple[int, str]:
        """Return how many words there are from ``at`` to what closes the way, that included, and what it is."""
        signs = self.signs
        for distance in range(_FURTHEST + _AHEAD):
            if not 0 <= at < len(signs):
                return distance + 1, EDGE
            if signs[at] in STOPS:
                return distance + 1, signs[at]
            if distance and not self._open(at, step):
                return distance + 1, BARRED
            at += step
        return _FURTHEST + _AHEAD, FAR


def _breaks(doc: Document) -> frozenset[int]:
    """Return the tokens that begin something new: a line, or what follows a picture ("Mme sous chimio 😡 rappeler")."""
    text = doc.text
    pictures = frozenset(bisect_left(doc.starts, found.start()) for found in _PICTURE.finditer(text))
    return pictures | _new_lines(doc) if "\n" in text else pictures


def _new_lines(doc: Document) -> frozenset[int]:
    """Return the tokens that begin a line of their own: after a blank line, or with a capital that is not everywhere.

    Other line breaks are those of a text that was wrapped.
    """
    text, starts, ends = doc.text, doc.starts, doc.ends
    return frozenset(
        at
        for at in range(1, len(starts))
        if (breaks := text.count("\n", ends[at - 1], starts[at])) > 1 or (breaks and not doc.all_caps and text[starts[at]].isupper())
    )


class Reach:
    """The weights and word classes, ready for use."""

    def __init__(self, sides: Mapping[Side, Weights], classes: Mapping[str, Choice], at_least: float, bare: Choice, walls: Choice) -> None:
        known = (table for weights in sides.values() for table in (weights.word, weights.behind, weights.ahead))
        self._signs = WordSigns(classes, (sign for table in known for sign in table))
        self._sides = sides
        self._at_least = log(at_least)
        self._bare, self._walls = _Belongs(bare), _Belongs(walls)

    def of(self, doc: Document, cores: Sequence[Range], barred: Iterable[Range]) -> list[Range]:
        """Return how far each of ``cores`` reaches, in their order.

        No reach leaves the sentence or meets an identifier (``barred``, code points [start, end)); two overlap only where their cores do.
        """
        ground = Ground(doc, self._signs, cores, barred)
        starts, ends = {}, {}
        for first, last in joined(cores):
            starts[first], ends[last] = self._edge(ground, first, "left"), self._edge(ground, last, "right")
            ground.close(last, ends[last])
        return [(starts.get(first, first), ends.get(last, last)) for first, last in cores]

    def bare(self, doc: Document) -> frozenset[int]:
        """Return the tokens of ``doc`` with which no remark begins or ends that is widened."""
        return frozenset(at for at, token in enumerate(doc.tokens) if self._bare[token])

    def walls(self, doc: Document) -> frozenset[int]:
        """Return the tokens of ``doc`` beyond which no remark is widened."""
        return frozenset(at for at, token in enumerate(doc.tokens) if self._walls[token])

    def _edge(self, ground: Ground, edge: int, side: Side) -> int:
        """Return where the reach ends that starts from ``edge``."""
        step, weights = STEPS[side], self._sides[side]
        likelihood, reached = 0.0, edge
        for at, signs in ground.walk(edge, step):
            if not ground.in_number(at, step):
                likelihood += weights.log_likelihood(signs)
            if likelihood < self._at_least:
                break
            if signs.word not in STOPS:  # nothing ends with a pause
                reached = at + 1 if step > 0 else at
        return reached


def joined(cores: Iterable[Range]) -> list[Range]:
    """Return ``cores`` in their order in the text, those that overlap as one."""
    runs: list[Range] = []
    for first, last in sorted(cores):
        if runs and first < runs[-1][1]:
            runs[-1] = (runs[-1][0], max(runs[-1][1], last))
        else:
            runs.append((first, last))
    return runs


def word_classes() -> dict[str, Choice]:
    """Return the word classes of ``context/reach.toml``."""
    file = CueFile.load("reach.toml")
    return {name: file.cue([f"{{{name}}}"]) for name in file.data["classes"]}


@cache
def load_reach() -> Reach:
    """Return the reach that ships with the package."""
    return Reach(*kept("reach", _compile))


def _compile() -> tuple[Mapping[Side, Weights], Mapping[str, Choice], float, Choice, Choice]:
    weights, file = tomllib.loads(WEIGHTS_FILE.read_text(encoding="utf-8")), CueFile.load("reach.toml")
    edges = (file.cue(file.data[kind]) for kind in ("bare", "walls"))
    return {side: _weights(weights[side]) for side in STEPS}, word_classes(), file.data["at_least"], *edges


def _weights(data: Mapping[str, Mapping[str, int]]) -> Weights:
    tables = {name: {sign: weight / HUNDREDTHS for sign, weight in data[name].items()} for name in Signs._fields}
    return Weights(data["bias"]["all"] / HUNDREDTHS, **tables)
