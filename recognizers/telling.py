"""Which of many cues may stand among some words, told by the words that each cannot do without."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import or_

from recognizers.choice import Choice
from recognizers.frequency import BEGINNING, END
from recognizers.needs import branches_of
from recognizers.remembered import Remembered
from recognizers.word_set import WordSet

_EDGES = frozenset({BEGINNING, END})


class Telling(Remembered[str, int]):
    """For each word the cues, as bits, that may match where it stands.

    ``words`` and ``prefixes`` are those without which no match of a cue is complete; ``always`` are the cues that have none.
    """

    most = 50_000

    def __init__(self, words: Mapping[str, int], prefixes: Mapping[str, int], always: int) -> None:
        super().__init__()
        self._words, self._prefixes, self._always = words, prefixes, always
        self._lengths = sorted({len(prefix) for prefix in prefixes})

    def __reduce__(self) -> tuple[type[Telling], tuple[Mapping[str, int], Mapping[str, int], int]]:
        return Telling, (self._words, self._prefixes, self._always)

    def work_out(self, word: str) -> int:
        """Return the cues that may match where ``word`` stands."""
        cues = self._words.get(word, 0)
        for length in self._lengths:
            cues |= self._prefixes.get(word[:length], 0)
        return cues

    def of(self, tokens: Iterable[str]) -> int:
        """Return the cues of which a match may lie within ``tokens``; no other cue has one."""
        return reduce(or_, map(self.__getitem__, tokens), self._always)


def tell(cues: Sequence[Choice | None]) -> Telling:
    """Return what tells ``cues``, each by the bit of its index: of every branch of a cue the rarest word must stand."""
    words, prefixes = defaultdict[str, int](int), defaultdict[str, int](int)
    always = 0
    for at, cue in enumerate(cues):
        for needed in _needed(cue) if cue else ():
            if needed is None:
                always |= 1 << at
                continue
            for word in needed.words:
                words[word] |= 1 << at
            for prefix in needed.prefixes:
                prefixes[prefix] |= 1 << at
    return Telling(dict(words), dict(prefixes), always)


def _needed(cue: Choice) -> Iterable[WordSet | None]:
    """Yield, for each branch of ``cue``, the words of which it holds one, ``None`` where it may do without any."""
    for branch in branches_of(cue):
        words = branch.chain[branch.rarest].words if branch.chain else None
        yield words if words and _EDGES.isdisjoint(words.words) else None
