"""Measure assertion and subject on remarks marked by hand (``samples/QUALIFIERS.md``)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from recognizers.assertion import assertion_of
from recognizers.document import Document
from recognizers.finding import Assertion, Subject
from recognizers.subject import subject_of
from scanner.errors import InputError

CLASSES = {"assertion": get_args(Assertion), "subject": get_args(Subject)}
_PARTS = ("dev", "test")


@dataclass(frozen=True, slots=True)
class Remark:
    """A marked remark: ``start`` and ``end`` are code-point offsets into ``text``, end exclusive. ``part`` is ``dev`` or ``test``."""

    id: str
    part: str
    text: str
    start: int
    end: int
    assertion: Assertion
    subject: Subject


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Where the label and the rules differ: ``quality`` is ``assertion`` or ``subject``."""

    remark: Remark
    quality: str
    expected: str
    found: str


def read_remarks(path: Path) -> Iterator[Remark]:
    """Yield the marked remarks of a JSON Lines file.

    Raises :class:`InputError` naming the line when a field is missing, a label unknown or the span not inside the text.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as marked remarks ({type(error).__name__}); give a UTF-8 JSON Lines file") from None
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield _remark(json.loads(line))
            except (ValueError, KeyError, TypeError):
                raise InputError(
                    f'{path}, line {number}: not a marked remark; expected {{"id", "text", "start", "end", "assertion", "subject"}}, '
                    "an id that begins q-dev- or q-test-, and known labels"
                ) from None


def _remark(row: dict[str, Any]) -> Remark:
    part = row["id"].split("-")[1] if row["id"].startswith("q-") else ""
    text, start, end = row["text"], int(row["start"]), int(row["end"])
    known = part in _PARTS and row["assertion"] in CLASSES["assertion"] and row["subject"] in CLASSES["subject"]
    if not (known and 0 <= start < end <= len(text) and any(map(str.isalnum, text[start:end]))):
        raise ValueError(row["id"])
    return Remark(row["id"], part, text, start, end, row["assertion"], row["subject"])


def qualify(remark: Remark) -> tuple[Assertion, Subject]:
    """Return what the rules say of the marked words."""
    doc = Document(remark.text)
    words = [at for at, (start, end) in enumerate(zip(doc.starts, doc.ends, strict=True)) if start < remark.end and end > remark.start]
    first, last = words[0], words[-1] + 1
    return assertion_of(doc, first, last)[0], subject_of(doc, first, last)[0]


class QualifierEvaluation:
    """Counts of remarks by part, label and outcome."""

    def __init__(self) -> None:
        self.disagreements: list[Disagreement] = []
        self._pairs: Counter[tuple[str, str, str, str]] = Counter()  # part, quality, expected, found

    def add(self, remarks: Iterable[Remark]) -> None:
        """Qualify ``remarks`` and compare with their labels."""
        for remark in remarks:
            found = qualify(remark)
            for quality, expected, got in zip(CLASSES, (remark.assertion, remark.subject), found, strict=True):
                self._pairs[remark.part, quality, expected, got] += 1
                if expected != got:
                    self.disagreements.append(Disagreement(remark, quality, expected, got))

    def figures(self) -> dict[str, Any]:
        """Return, by part and quality: ``n``, ``accuracy``, and for each class ``n``, ``precision`` and ``recall``, all in [0, 1].

        A class that was never expected has recall 1, one that was never found precision 1. Parts without remarks are left out.
        """
        return {
            part: {quality: self._quality(part, quality) for quality in CLASSES}
            for part in _PARTS
            if any(key[0] == part for key in self._pairs)
        }

    def _quality(self, part: str, quality: str) -> dict[str, Any]:
        pairs = {(expected, found): n for (p, q, expected, found), n in self._pairs.items() if (p, q) == (part, quality)}
        total = sum(pairs.values())
        by_class = {}
        for name in CLASSES[quality]:
            right = pairs.get((name, name), 0)
            expected = sum(n for (e, _), n in pairs.items() if e == name)
            found = sum(n for (_, f), n in pairs.items() if f == name)
            by_class[name] = {"n": expected, "precision": right / found if found else 1.0, "recall": right / expected if expected else 1.0}
        return {"n": total, "accuracy": sum(n for (e, f), n in pairs.items() if e == f) / total, "by_class": by_class}
