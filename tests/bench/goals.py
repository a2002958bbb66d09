"""What does not show in rows a second: the wait for one comment, a cold start, and what the time for a comment depends on."""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from bench.stages import cpu_seconds
from recognizers.detector import Detector
from recognizers.lexicon import Lexicon
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


def cost_of_terms(texts: Sequence[str], few: int) -> tuple[int, int, float]:
    """Return ``few`` or so patterns, all of them, and how many times the CPU seconds all take for ``texts``, nothing but rules at work.

    The few are whole rules of every lexicon, chosen by chance with a seed.
    """
    all_lexicons = load_lexicons()
    share = few / pattern_count(all_lexicons)
    some = [_thinned(lexicon, share) for lexicon in all_lexicons]
    detectors = [Detector(lexicons, identifiers=False, learned=False) for lexicons in (some, all_lexicons)]
    few_seconds, all_seconds = _alternated([partial(detector.find_many, texts) for detector in detectors])
    return pattern_count(some), pattern_count(all_lexicons), all_seconds / few_seconds


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
    return Lexicon(**{name: getattr(lexicon, name) for name in lexicon.__slots__ if name != "rules"}, rules=rules)


def _alternated(works: Sequence[Callable[[], object]]) -> list[float]:
    """Return the CPU seconds of each of ``works``, medians of several alternated runs after one to warm up."""
    for work in works:
        work()
    runs = [[cpu_seconds(work) for work in works] for _ in range(_ROUNDS)]
    return [statistics.median(seconds) for seconds in zip(*runs, strict=True)]
