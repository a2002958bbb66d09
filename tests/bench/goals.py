"""What does not show in rows a second: the wait for one comment, a cold start, and what the time for a comment depends on."""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from bench.stages import cpu_seconds
from recognizers.detector import Detector
from recognizers.lazy import LazySequence
from recognizers.lexicon import Lexicon, Rule
from recognizers.pattern import PatternCompiler
from recognizers.rulepack import load_lexicons

_LENGTH = 120
_COLD_STARTS = 7
_ROUNDS = 5
_PLAIN = str.maketrans("àâäçéèêëîïôöùûü", "aaaceeeeiioouuu")
_DECORATED = str.maketrans("aceiou", "àçéîôù")


def latencies(texts: Iterable[str], count: int) -> tuple[float, float]:
    """Return the median and the 99th percentile, in milliseconds by the clock, of one comment of 120 characters at a time, warm."""
    comments = [text[:_LENGTH] for text in texts if len(text) >= _LENGTH][:count]
    detector = Detector()
    for comment in comments:
        detector.find(comment)
    waits = []
    for comment in comments:
        began = time.perf_counter()
        detector.find(comment)
        waits.append(1e3 * (time.perf_counter() - began))
    return statistics.median(waits), statistics.quantiles(waits, n=100)[98]


def cold_start(command: Sequence[str]) -> float:
    """Return the seconds by the clock that ``command`` takes from a cold shell, the median of several."""
    waits = []
    for _ in range(_COLD_STARTS):
        began = time.perf_counter()
        subprocess.run(command, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        waits.append(time.perf_counter() - began)
    return statistics.median(waits)


class CostOfTerms(NamedTuple):
    """What patterns cost, nothing but rules at work: ``few`` of them, all ``every``, and the few with as many as all that are never met.

    The last two are how many times the CPU seconds of the few they take: ``all_ratio`` with what they find, ``unmet_ratio`` without.
    """

    few: int
    every: int
    all_ratio: float
    unmet_ratio: float


def cost_of_terms(texts: Sequence[str], few: int) -> CostOfTerms:
    """Return what ``few`` or so patterns cost for ``texts``, and more: whole rules of every lexicon, chosen by chance with a seed."""
    all_lexicons = load_lexicons()
    every = pattern_count(all_lexicons)
    some = [_thinned(lexicon, few / every) for lexicon in all_lexicons]
    kinds = (some, all_lexicons, [*some[1:], _with_unmet(some[0], every - pattern_count(some))])
    detectors = [Detector(lexicons, identifiers=False, learned=False) for lexicons in kinds]
    few_seconds, all_seconds, unmet_seconds = _alternated([partial(detector.find_many, texts) for detector in detectors])
    return CostOfTerms(pattern_count(some), every, all_seconds / few_seconds, unmet_seconds / few_seconds)


def pattern_count(lexicons: Iterable[Lexicon]) -> int:
    """Return how many patterns the rules of ``lexicons`` have."""
    return sum(len(rule.patterns) for lexicon in lexicons for rule in lexicon.rules)


def cost_of_accents(texts: Sequence[str]) -> float:
    """Return how many times the CPU seconds ``texts`` take when they hold accents wherever they can as when they hold none."""
    detector = Detector()
    plain, decorated = ([text.translate(table) for text in texts] for table in (_PLAIN, _DECORATED))
    plain_seconds, decorated_seconds = _alternated([partial(detector.find_many, plain), partial(detector.find_many, decorated)])
    return decorated_seconds / plain_seconds


def _thinned(lexicon: Lexicon, share: float) -> Lexicon:
    chance = random.Random(lexicon.entity).random
    rules = tuple(rule for rule in lexicon.rules if chance() < share)
    return replace(lexicon, rules=rules)


def _with_unmet(lexicon: Lexicon, count: int) -> Lexicon:
    """Return ``lexicon`` with ``count`` words more that stand in no comment."""
    compiler = PatternCompiler({})
    letters = random.Random(count)
    words = {"".join(letters.choice(kind) for kind in ("bcdfgklmnprstv", "aeiou") * 4) for _ in range(2 * count)}
    patterns = LazySequence(compiler.compile(word) for word in sorted(words)[:count])
    return replace(lexicon, rules=(*lexicon.rules, Rule(f"{lexicon.entity}.unmet", lexicon.entity, 0.8, patterns)))


def _alternated(works: Sequence[Callable[[], object]]) -> list[float]:
    """Return the CPU seconds of each of ``works``, medians of several alternated runs after one to warm up."""
    for work in works:
        work()
    runs = [[cpu_seconds(work) for work in works] for _ in range(_ROUNDS)]
    return [statistics.median(seconds) for seconds in zip(*runs, strict=True)]
