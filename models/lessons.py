"""What labelled comments and the examples of the lexicons teach of each sensitive entity."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from recognizers.examples import parse_example
from recognizers.rulepack import load_lexicons
from scanner.evaluate import SENSITIVE, GoldRecord, read_gold


class Lesson(NamedTuple):
    """A text, its id and author, and for each of ``SENSITIVE`` 1 where it tells of it, 0 where it does not, -1 where that is not known.

    Examples of the lexicons have neither id nor author.
    """

    id: str
    author: str
    text: str
    labels: tuple[int, ...]


def labels_of(record: GoldRecord) -> tuple[int, ...]:
    """Return what the labels of ``record`` teach of each of ``SENSITIVE``."""
    named = {span.entities[0] for span in record.spans if not span.optional}
    allowed = {entity for span in record.spans for entity in span.entities}
    return tuple(1 if entity in named else -1 if entity in allowed else 0 for entity in SENSITIVE)


def comment_lessons(paths: Iterable[Path]) -> list[Lesson]:
    """Return the labelled comments of ``paths``, one author a file."""
    return [Lesson(record.id, path.name, record.text, labels_of(record)) for path in paths for record in read_gold(path)]


def example_lessons() -> list[Lesson]:
    """Return the examples of the lexicons."""
    return [Lesson("", "", text, labels) for text, labels in _examples()]


def _examples() -> Iterator[tuple[str, tuple[int, ...]]]:
    for lexicon in load_lexicons():
        for rule in lexicon.rules:
            for label, texts in ((1, [parse_example(marked)[0] for marked in rule.yes]), (0, rule.no)):
                for text in texts:
                    yield text, tuple(label if entity == lexicon.entity else -1 for entity in SENSITIVE)
