"""Cue words around a number, from number_cues.toml."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from recognizers.identifiers.plain import fold

_BEFORE = 48
_SENTENCE_END = re.compile(r"[;!?\n]|\.\s")


@cache
def cue_words(kind: str) -> frozenset[str]:
    """The list ``kind`` of number_cues.toml."""
    with Path(__file__).with_name("number_cues.toml").open("rb") as file:
        return frozenset(str(tomllib.load(file)[kind]).split())


def words_before(text: str, start: int, reach: int = _BEFORE) -> list[str]:
    """Folded words of the same sentence in the ``reach`` characters before ``start``, nearest last."""
    window = text[max(0, start - reach) : start]
    return fold(_SENTENCE_END.split(window)[-1]).decode().split()


def cued(text: str, start: int, kind: str, reach: int = _BEFORE) -> bool:
    """Whether a cue of ``kind`` stands before ``start`` in the same sentence."""
    return not cue_words(kind).isdisjoint(words_before(text, start, reach))


def nearest_is(text: str, start: int, kind: str, count: int = 4) -> bool:
    """Whether one of the last ``count`` words before ``start`` is a cue of ``kind``."""
    return not cue_words(kind).isdisjoint(words_before(text, start)[-count:])
