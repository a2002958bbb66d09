"""What workers are forked from: a process that holds the rules, ready for use, and nothing else. Importing this makes it so.

Nothing is open there that a worker must not share: no thread runs, no file is read, no database is connected.
"""

from __future__ import annotations

import gc

import recognizers.screens  # noqa: F401  (numpy comes with it)
import scanner.workers  # noqa: F401
from recognizers.collector import collector_paused
from recognizers.detector import Detector, default_detector
from recognizers.examples import parse_example


def _warm(detector: Detector) -> None:
    """Let ``detector`` open something of every rule, by its first example: the cues that it shares with others most of all."""
    detector.find_many([parse_example(rule.yes[0])[0] for lexicon in detector.lexicons for rule in lexicon.rules])


with collector_paused():
    _warm(default_detector())
gc.freeze()
