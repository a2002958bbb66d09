"""What became of records that somebody asked something of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from scanner.review.masking import Segment


@dataclass(frozen=True, slots=True)
class Outcome:
    """Ids of records (or of proposals, where those were asked for): done, waiting for a second person now, and refused, with the reason.

    Reasons are keys of the group ``refusals`` of :func:`scanner.review.words.words`.
    """

    done: tuple[int, ...] = ()
    proposed: tuple[int, ...] = ()
    refused: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProposalOutcome:
    """Ids of proposals: settled as asked, and refused, with the reason as in :class:`Outcome`."""

    done: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Revealed:
    """The texts of a record for somebody to read: segments by field, and what ``vigie plan`` would write, by field, in both modes.

    ``texts`` are as they are read: without the markup of RTF and HTML, numbered lines as one. ``wordings`` are what people wrote already.
    """

    segments: Mapping[str, Sequence[Segment]]
    texts: Mapping[str, str]
    labelled: Mapping[str, str]
    neutral: Mapping[str, str]
    wordings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Remaining:
    """A finding that a text written by hand still holds: code points of that text."""

    field: str
    entity: str
    start: int
    end: int
    rule: str
    term: str


@dataclass(frozen=True, slots=True)
class WordingOutcome:
    """Whether the texts hold, why not (as in :class:`Outcome`), what they still reveal, and whether they wait for a second person."""

    done: bool
    refusal: str = ""
    remaining: tuple[Remaining, ...] = ()
    waits: bool = False
