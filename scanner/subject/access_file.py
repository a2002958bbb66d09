"""What is gathered for an access request: comments of the person's own records, and passages of others that mention them."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from recognizers.finding import Finding
from scanner.subject.glossary import Code
from scanner.subject.masking import Kind
from scanner.subject.mentions import Way
from scanner.subject.person import Person
from scanner.subject.retention_judge import Kept
from scanner.subject.stream import SourceFacts

Answer = Literal["yes", "no"]
"""What somebody decided of a mention: it is of the person, or of somebody else."""

Doubt = Literal["", "homonym", "site", "spelling"]
"""Why a mention is to be verified: somebody else bears the name, the record is of another place, a letter differs; ``""``: it need not."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment, or the part of it that mentions the person, with third parties masked; ``masked`` counts how often what was.

    ``date`` is ISO or ``""``, ``purpose`` a key of :data:`scanner.policy.PURPOSES`. ``found`` is what the scan finds in it.
    """

    source: str
    record: str
    field: str
    date: str
    author_group: str
    site: str
    purpose: str
    text: str
    codes: tuple[Code, ...]
    masked: Mapping[Kind, int]
    found: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class OthersComment:
    """A passage in a record of somebody else: ``id``, 16 hexadecimal digits, names it until its text changes."""

    id: str
    comment: Comment
    ways: tuple[Way, ...]
    doubt: Doubt


@dataclass(slots=True)
class AccessFile:
    """What was found of a person. ``to_verify`` are mentions that wait for a person to say whether they are of this one.

    ``verified`` are those of which somebody has said so. ``received`` is the day on which the request was, ``None``: not told.
    """

    subject: str
    pseudonym: str
    person: Person
    made: str
    received: datetime.date | None = None
    facts: Sequence[SourceFacts] = ()
    comments: list[Comment] = field(default_factory=list)
    mentions: list[OthersComment] = field(default_factory=list)
    to_verify: list[OthersComment] = field(default_factory=list)
    verified: list[tuple[OthersComment, Answer]] = field(default_factory=list)
    homonyms: int = 0
    kept: list[tuple[Comment, Kept]] = field(default_factory=list)

    @property
    def given(self) -> list[Comment]:
        """The comments that the person gets to read."""
        return [*self.comments, *(mention.comment for mention in self.mentions)]

    @property
    def set_aside(self) -> int:
        """How many mentions are of somebody else."""
        return sum(answer == "no" for _, answer in self.verified)

    @property
    def masked(self) -> Counter[Kind]:
        """How often what was masked in what the person gets to read."""
        return sum((Counter(dict(comment.masked)) for comment in self.given), Counter())

    @property
    def codes(self) -> list[tuple[Code, int]]:
        """The codes in what the person gets to read, by name, with the number of comments that hold each."""
        counts = Counter(code for comment in self.given for code in comment.codes)
        return sorted(counts.items(), key=lambda item: item[0].code.casefold())

    @property
    def not_read(self) -> int:
        """Rows that were not read in full."""
        return sum(facts.not_read for facts in self.facts)
