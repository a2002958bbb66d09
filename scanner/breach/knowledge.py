"""What ``breach.toml`` knows: the gravity and the consequences of a breach by kind of data, and what letters say of it."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from scanner.breach.incident import Nature
from scanner.catalogue import default_catalogue
from scanner.scoring import UNKNOWN_SEVERITY


@dataclass(frozen=True, slots=True)
class Level:
    """A level of the scale of gravity, in French."""

    label: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of data. ``gravity``, 1 to 4, is that of a stranger reading it; ``topic`` is what letters call it by.

    ``guarded``: a letter that others at home may open can harm the person.
    """

    key: str
    label: str
    topic: str
    gravity: int
    consequences: tuple[str, ...]
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class NatureInfo:
    """What was lost. ``gravity`` is 0 where it depends on the data alone."""

    label: str
    short: str
    gravity: int
    consequences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """What letters speak of, in plain French. ``slug`` names the letter of those to whom it happened, ``""``: it names none."""

    key: str
    slug: str
    label: str
    what: str
    consequences: tuple[str, ...]
    advice: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The whole file. ``topics`` are in order of weight; ``many_persons`` is the number from which gravity is raised."""

    as_of: datetime.date
    many_persons: int
    scale: tuple[Level, ...]
    natures: Mapping[str, NatureInfo]
    topics: Mapping[str, Topic]
    families: tuple[str, ...]
    _categories: Mapping[str, Category]

    def level(self, gravity: int) -> Level:
        """Return the level of ``gravity``, 1 to 4."""
        return self.scale[gravity - 1]

    def nature(self, nature: Nature) -> NatureInfo:
        """Return what is known of ``nature``."""
        return self.natures[nature]

    def category(self, key: str) -> Category:
        """Return what is known of the kind of data ``key``; of an entity that no file describes, what caution commands."""
        return self._categories.get(key) or Category(key, key, "personal", UNKNOWN_SEVERITY, ())


@cache
def load_knowledge() -> Knowledge:
    """Return what the file that ships with the package says."""
    data = tomllib.loads(resources.files("scanner").joinpath("data/breach.toml").read_text(encoding="utf-8"))
    sentences, advice = data["consequences"], data["advice"]
    return Knowledge(
        as_of=data["as_of"],
        many_persons=data["arithmetic"]["many_persons"],
        scale=tuple(Level(**level) for level in data["scale"]),
        natures={key: NatureInfo(**{**entry, "consequences": _named(entry, sentences)}) for key, entry in data["natures"].items()},
        topics={
            key: Topic(
                key, **{**entry, "consequences": tuple(entry["consequences"]), "advice": tuple(map(advice.__getitem__, entry["advice"]))}
            )
            for key, entry in data["topics"].items()
        },
        families=tuple(key for key, entry in data["categories"].items() if "label" in entry),
        _categories={key: _category(key, entry, sentences) for key, entry in data["categories"].items()},
    )


def _category(key: str, entry: Mapping[str, Any], sentences: Mapping[str, str]) -> Category:
    label = entry["label"] if "label" in entry else default_catalogue().entities[key].label
    return Category(key, label, entry["topic"], entry["gravity"], _named(entry, sentences), entry.get("guarded", False))


def _named(entry: Mapping[str, Any], sentences: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sentences[name] for name in entry["consequences"])
