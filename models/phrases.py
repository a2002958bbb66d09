"""Comments made of phrases: what many ways of saying one thing teach, in many surroundings.

A phrase (``samples/phrases``) has alternatives in braces, and tells of the same entities whichever is taken. Each alternative is taken at
least once, alone or with others, as remarks stand among ordinary business and beside each other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

from models.lessons import Lesson, Place, labels, together

SEED = 5
ALONE, WITH_HARMLESS = 0.4, 0.25
"""How many phrases stand alone, and with one harmless one; the others stand with one drawn from all, half of these with
a harmless one as well."""
LONG = 16
"""Words up to which all of a phrase tells of its entities; of a longer one, business for the most part, it is not known where it does."""
JOINTS = (". ", ". ", ", ", ", ", " ; ", " - ", " / ", " et ", " + ", "\n")
_GROUP = re.compile(r"\{([^{}]*)\}")


class Phrase(NamedTuple):
    """One wording of a phrase, and what it tells of each of ``SENSITIVE``, as in :class:`Lesson`."""

    text: str
    labels: tuple[int, ...]


def wordings(phrase: str, chance: Random) -> list[str]:
    """Return wordings of ``phrase`` in which each of its alternatives is taken, at random with those of other groups."""
    fixed, groups = _GROUP.split(phrase)[::2], [group.split("|") for group in _GROUP.findall(phrase)]
    count = max(map(len, groups), default=1)
    taken = [_shuffled(group, count, chance) for group in groups]
    filled = ("".join(map("".join, zip(fixed, (*row, ""), strict=True))) for row in (zip(*taken, strict=True) if groups else [()]))
    return sorted({" ".join(words.split()) for words in filled})


def _shuffled(alternatives: Sequence[str], count: int, chance: Random) -> list[str]:
    """Return ``count`` of ``alternatives`` at random, none again before all the others."""
    taken: list[str] = []
    while len(taken) < count:
        taken += chance.sample(alternatives, len(alternatives))
    return taken[:count]


def phrase_lessons(paths: Iterable[Path]) -> list[Lesson]:
    """Return a comment for each wording of the phrases of ``paths``, with marked places: the same for the same phrases."""
    chance = Random(SEED)
    phrases = [phrase for path in paths for phrase in _phrases(path, chance)]
    clean = [phrase for phrase in phrases if not any(phrase.labels)]
    return [_composed([phrase, *_company(phrases, clean, chance)], chance) for phrase in phrases]


def _phrases(path: Path, chance: Random) -> Iterator[Phrase]:
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        told = labels(row["entities"], row.get("unsure", ()))
        yield from (Phrase(text, told) for text in wordings(row["phrase"], chance))


def _company(phrases: Sequence[Phrase], clean: Sequence[Phrase], chance: Random) -> list[Phrase]:
    """Return what stands in a comment beside a phrase."""
    drawn = chance.random()
    if drawn < ALONE or not clean:
        return []
    if drawn < ALONE + WITH_HARMLESS:
        return [chance.choice(clean)]
    other = [chance.choice(phrases)]
    return [*other, chance.choice(clean)] if chance.random() < 0.5 else other


def _composed(phrases: list[Phrase], chance: Random) -> Lesson:
    """Return ``phrases`` as one comment, in any order."""
    chance.shuffle(phrases)
    text, places = "", []
    for phrase in phrases:
        if text:
            text += " " if text[-1] in ".?!" else chance.choice(JOINTS)
        start, text = len(text), text + phrase.text
        if any(phrase.labels):
            places.append(Place(start, len(text), _of_each_word(phrase)))
    told = zip(*(phrase.labels for phrase in phrases), strict=True)
    return Lesson("", "", text, tuple(map(together, told)), tuple(places))


def _of_each_word(phrase: Phrase) -> tuple[int, ...]:
    """Return what each word of ``phrase`` teaches, as in :class:`Lesson`."""
    return phrase.labels if len(phrase.text.split()) <= LONG else tuple(-abs(label) for label in phrase.labels)
