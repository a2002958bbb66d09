"""What a report is made of, before it is put into words: the figures of a run, and all that is known around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scanner.intervals import Rate
from scanner.organisation import Organisation


@dataclass(frozen=True, slots=True)
class Period:
    """The days that a report covers, ISO, both included; ``""`` where it has no limit on that side."""

    first: str
    last: str


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run in a series: what identifies it, what it found.

    ``number`` is ``None`` for the scan of an export. ``started`` is UTC, ISO, ``rules`` a digest; ``perimeter`` says which
    free-text columns each table has, with their purposes. ``new`` and ``gone`` are findings against the run before, ``None``: not known.
    """

    id: str
    number: int | None
    started: str
    status: str
    rules: str
    perimeter: Mapping[str, Mapping[str, str]]
    sampled: bool
    rows_read: int
    records: int
    findings: int
    levels: Mapping[str, int]
    entities: Mapping[str, int]
    new: int | None = None
    gone: int | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs. ``obstacles`` are keys of ``report.toml`` that say why their figures do not compare; none: they do.

    ``new``, ``gone`` and ``unchanged`` are findings, told where both lists of findings could be read.
    """

    before: RunLine
    after: RunLine
    obstacles: tuple[str, ...]
    changes: tuple[int, int, int] | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in the store when the report is made, and what people have set aside (findings)."""

    records: int
    findings: int
    false_alarms: int
    allowed: int


@dataclass(frozen=True, slots=True)
class Decisions:
    """Decisions taken on the records of a job, within the period where there is one.

    ``taken`` counts them by decision and entity (``""``: every entity of the record), ``months`` by month, ``roles`` by role of who decided
    (``""``: on the command line). ``confirmed`` had a second person, ``undone`` were taken back, ``overtaken`` ended because the record
    changed. ``states`` counts records with findings by state of their review as of now, ``waiting`` what waits for a second person,
    ``exceptions`` the entries of the allow-list in force.
    """

    taken: Mapping[tuple[str, str], int]
    months: Mapping[str, int]
    roles: Mapping[str, int]
    confirmed: int
    undone: int
    overtaken: int
    states: Mapping[str, int]
    waiting: int
    exceptions: int


@dataclass(frozen=True, slots=True)
class Corrections:
    """Corrections of a job: ``plans`` written, cells by action and state of the change, sealed originals by state, those under hold."""

    plans: int
    changes: Mapping[tuple[str, str], int]
    originals: Mapping[str, int]
    held: int


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """What only a state store knows of a job; the head of its audit log is a number and a keyed digest.

    ``standing`` is ``None`` when the run is not the last complete one of its job: the store holds the findings of that one only. ``seen``
    is the precision seen on the spot, by entity, ``""`` for all together.
    """

    job: str
    standing: Standing | None
    decisions: Decisions
    corrections: Corrections
    seen: Mapping[str, Rate]
    audit: tuple[int, str]


@dataclass(frozen=True, slots=True)
class Proof:
    """A file or a state that the report rests on, with its digest."""

    what: str
    digest: str


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A masked excerpt: the words that betray stay, letters and digits of all others are bullets. ``record`` is a pseudonym."""

    record: str
    level: str
    field: str
    entities: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Excerpts:
    """The excerpts that somebody asked for: by whom (pseudonym), when (UTC, ISO), why."""

    by: str
    at: str
    why: str
    items: tuple[Excerpt, ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything that a report says. ``summary`` is the ``summary.json`` of the run, ``made`` when the report was made (UTC, ISO).

    ``series`` are the complete runs of the job up to this one, oldest first, ``comparisons`` hold this one against earlier ones.
    """

    summary: Mapping[str, Any]
    organisation: Organisation = field(default_factory=Organisation)
    made: str = ""
    period: Period | None = None
    store: StoreFacts | None = None
    series: Sequence[RunLine] = ()
    comparisons: Sequence[Comparison] = ()
    proofs: Sequence[Proof] = ()
    excerpts: Excerpts | None = None

    @property
    def is_database(self) -> bool:
        """Whether the run read a database: then it keeps a state store, and no copy of what it read is made."""
        return "comparison" in self.summary

    @property
    def is_sample(self) -> bool:
        """Whether the run read a sample of the records only."""
        return bool(self.summary.get("sample"))
