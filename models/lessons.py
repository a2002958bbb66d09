"""What labelled comments and the examples of the lexicons teach of each sensitive entity."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from recognizers.examples import parse_example
from recognizers.rulepack import load_lexicons
from scanner.evaluate import SENSITIVE, GoldRecord, read_gold


class Place(NamedTuple):
    """Code points [start, end) of a text, and what they teach of each of ``SENSITIVE``, as in :class:`Lesson`."""

    start: int
    end: int
    labels: tuple[int, ...]


class Lesson(NamedTuple):
    """A text, its id and author, and for each of ``SENSITIVE`` 1 where it tells of it, 0 where it does not, -1 where that is not known.

    ``places`` are where it does, ``None`` where that is not marked. Examples of the lexicons and comments made of phrases
    have neither id nor author; only the first have no places either where they tell of something.
    """

    id: str
    author: str
    text: str
    labels: tuple[int, ...]
    places: tuple[Place, ...] | None


def labels(told: Iterable[str], unknown: Iterable[str]) -> tuple[int, ...]:
    """Return 1 for each of ``SENSITIVE`` that is ``told``, -1 for one that is ``unknown``, else 0."""
    told, unknown = set(told), set(unknown)
    return tuple(1 if entity in told else -1 if entity in unknown else 0 for entity in SENSITIVE)


def together(known: Iterable[int]) -> int:
    """Return what texts teach of an entity as one, of which each teaches one of ``known``."""
    known = set(known)
    return 1 if 1 in known else min(known)


def labels_of(record: GoldRecord) -> tuple[int, ...]:
    """Return what the labels of ``record`` teach of each of ``SENSITIVE``."""
    named = {span.entities[0] for span in record.spans if not span.optional}
    return labels(named, {entity for span in record.spans for entity in span.entities})


def _places(record: GoldRecord) -> tuple[Place, ...]:
    unsure = [span.optional or len(span.entities) > 1 for span in record.spans]
    return tuple(
        Place(span.start, span.end, labels(() if doubt else span.entities, span.entities))
        for span, doubt in zip(record.spans, unsure, strict=True)
    )


def comment_lessons(paths: Iterable[Path]) -> list[Lesson]:
    """Return the labelled comments of ``paths``, one author a file: with marked places, or no more than entities (samples/README.md)."""
    return [lesson for path in paths for lesson in (_marked(path) if _has_places(path) else _named(path))]


def _has_places(path: Path) -> bool:
    with path.open(encoding="utf-8") as file:
        return "spans" in json.loads(file.readline())


def _marked(path: Path) -> Iterator[Lesson]:
    for record in read_gold(path):
        yield Lesson(record.id, path.name, record.text, labels_of(record), _places(record))


def _named(path: Path) -> Iterator[Lesson]:
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        told, unsure = row["entities"], row.get("unsure", ())
        yield Lesson(row["id"], path.name, row["text"], labels(told, unsure), None if told or unsure else ())


def example_lessons() -> list[Lesson]:
    """Return the examples of the lexicons."""
    return [Lesson("", "", text, labels, None) for text, labels in _examples()]


def _examples() -> Iterator[tuple[str, tuple[int, ...]]]:
    for lexicon in load_lexicons():
        for rule in lexicon.rules:
            for label, texts in ((1, [parse_example(marked)[0] for marked in rule.yes]), (0, rule.no)):
                for text in texts:
                    yield text, tuple(label if entity == lexicon.entity else -1 for entity in SENSITIVE)
