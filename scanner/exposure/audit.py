"""The audit: files in, figures out. Nothing is connected to, nothing is written."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recognizers.detector import Detector
from scanner.errors import InputError
from scanner.export_reading import file_facts
from scanner.exposure.access_lines import LineReader, Targets
from scanner.exposure.accesses import Read, judge_accesses
from scanner.exposure.categories import Bits, Categories
from scanner.exposure.columns import Kind, asked_columns
from scanner.exposure.grants import NOWHERE, Grant, Holder, read_grants
from scanner.exposure.moments import DEFAULT_ZONE, Clock, zone_named
from scanner.exposure.readable import readable_view, tell_undecided
from scanner.exposure.readers import Reader, make_readers
from scanner.exposure.record_reading import read_records
from scanner.exposure.records import NONE, RecordSet, fold_value
from scanner.exposure.rules import Rule, load_rules
from scanner.exposure.selections import Selections
from scanner.exposure.tables import open_table
from scanner.exposure.unjudged import Unjudged
from scanner.exposure.views import View


@dataclass(frozen=True, slots=True)
class Request:
    """What an audit reads. ``records`` with ``rights`` or ``accesses``, and ``should`` or ``rules``; or ``page`` as ``user`` saw it.

    ``own`` are the values by which the rows of ``user``, who has ``role``, are known on a page, each ``VALUE`` or ``DIMENSION=VALUE``;
    ``day`` is the day on which rights are compared; ``columns`` are ``TABLE.ROLE=NAME``.
    """

    day: datetime.date
    records: Path | None = None
    rights: Path | None = None
    should: Path | None = None
    rules: Path | None = None
    accesses: Path | None = None
    page: Path | None = None
    user: str = ""
    role: str = ""
    own: Sequence[str] = ()
    zone: str = DEFAULT_ZONE
    page_pattern: str = ""
    columns: Sequence[str] = ()

    def files(self) -> dict[str, Path]:
        """Return the files given, by what they are."""
        given = {
            "records": self.records, "rights": self.rights, "should": self.should,
            "rules": self.rules, "accesses": self.accesses, "page": self.page,
        }  # fmt: skip
        return {kind: path for kind, path in given.items() if path is not None}

    def check(self) -> None:
        """Raise :class:`InputError`, saying what is missing, when the files do not make an audit."""
        if self.page is not None:
            if self.records or self.rights or self.accesses:
                raise InputError("--page is an audit of its own: leave out --records, --rights and --accesses")
            if not self.user.strip():
                raise InputError("--page: say who saw it with --as USER")
            return
        if self.user or self.own or self.role:
            raise InputError("--as, --own and --role go with --page")
        if self.records is None:
            raise InputError("name what is to be judged: --records FILE with --rights or --accesses, or --page FILE --as USER")
        if self.rights is None and self.accesses is None:
            raise InputError("--records: name who could read them with --rights FILE, who did with --accesses FILE, or both")
        if self.should is None and self.rules is None:
            raise InputError(
                "say what users should read: --should FILE (who is assigned to what), --rules FILE (what each role needs), or both; "
                "`vigie init FILE --for exposure` writes rules to start from"
            )


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit found. ``could`` is ``None`` without rights, ``did`` without accesses; ``sources`` are name and SHA-256 by kind."""

    request: Request
    sources: Mapping[str, tuple[str, str]]
    records: RecordSet
    categories: Categories
    rules: Mapping[str, tuple[Rule, ...]]
    could: View | None
    did: Read | None
    unjudged: Unjudged

    @property
    def exposed(self) -> Bits:
        """What of each record could be read or was read beyond somebody's perimeter."""
        views = [view for view in (self.could, self.did.view if self.did else None) if view]
        total: Bits = np.bitwise_or.reduce([view.exposed for view in views])
        return total


def run_audit(request: Request, detector: Detector) -> Audit:
    """Return what the audit that ``request`` asks for finds; ``detector`` reads the comments of records.

    Raises :class:`InputError` and :class:`ConfigError`, saying what to do, when files cannot be used as asked.
    """
    request.check()
    categories, unjudged, clock = Categories(), Unjudged(), Clock(zone_named(request.zone))
    rules = load_rules(request.rules, categories)
    named = asked_columns(request.columns)
    asked: dict[Kind, dict[str, str]] = {kind: {**rules.columns.get(kind, {}), **columns} for kind, columns in named.items()}
    sources = {kind: (path.name, file_facts(path)["sha256"]) for kind, path in request.files().items() if path.is_file()}
    kind: Kind = "records" if request.records else "page"
    records = read_records(open_table(request.files()[kind]), kind, asked[kind], categories, detector, unjudged)
    if not len(records):
        raise InputError(f"{records.source}: holds no record; export it again")
    given = read_grants(open_table(request.rights), "rights", asked["rights"], records, categories, unjudged) if request.rights else None
    should = read_grants(open_table(request.should), "should", asked["should"], records, categories, unjudged) if request.should else {}
    if request.page:
        given, should = _of_page(request, records, categories, should)
    readers = make_readers(given, should, rules.rules, records, unjudged)
    selections, day = Selections(records), request.day.toordinal()
    undecided = np.zeros(len(records), dtype=bool)
    could = readable_view(readers.values(), records, selections, day, categories, undecided) if given is not None else None
    did = None
    if request.accesses:
        known = [reader for reader in readers.values() if reader.should is not None]
        targets = Targets(records)
        lines = _lines(request, asked["accesses"], readers, known, targets, clock, unjudged)
        did = judge_accesses(lines.read(), known, records, selections, targets, clock, categories, day, undecided)
    tell_undecided(undecided, records, unjudged)
    return Audit(request, sources, records, categories, rules.rules, could, did, unjudged)


def _lines(
    request: Request,
    asked: Mapping[str, str],
    readers: Mapping[str, Reader],
    known: Sequence[Reader],
    targets: Targets,
    clock: Clock,
    unjudged: Unjudged,
) -> LineReader:
    """Return what reads the log: users are the indexes of ``known``."""
    assert request.accesses
    users = {fold_value("account", reader.user): number for number, reader in enumerate(known)}
    without = dict.fromkeys(readers.keys() - users.keys(), "no_perimeter")
    return LineReader(open_table(request.accesses), asked, request.page_pattern, targets, users, without, clock, unjudged)


def _of_page(
    request: Request, records: RecordSet, categories: Categories, should: Mapping[str, Holder]
) -> tuple[dict[str, Holder], dict[str, Holder]]:
    """Return the rights and the assignments of the user of a page, who could read all of it."""
    folded = fold_value("account", request.user)
    assigned = should.get(folded)
    own = [grant for value in request.own for grant in _own(value, records, categories)]
    if not own and not assigned and not request.rules:
        own = [grant for grant in _own(request.user, records, categories) if grant.scope[0][1] != NOWHERE]
        if not own:
            raise InputError(f"{records.source}: no row is known by the value of --as; name the user's own rows with --own VALUE")
    roles = {request.role.strip(): None} if request.role.strip() else dict(assigned.roles) if assigned else {}
    grants = [*(assigned.grants if assigned else []), *own]
    everything = Holder(request.user, roles, [Grant((), categories.everything)])
    return {folded: everything}, {folded: Holder(request.user, roles, grants)} if grants else {}


def _own(value: str, records: RecordSet, categories: Categories) -> list[Grant]:
    """Return what opens the rows that ``value`` knows: in the dimension that it names, else in all where it occurs."""
    name, equals, rest = value.partition("=")
    if equals and name not in records.dimensions:
        raise InputError(f"--own {name}=…: the page has no such column; it has: {', '.join(records.dimensions)}")
    scopes = {name: rest} if equals else dict.fromkeys(records.dimensions, value)
    codes = [(name, records.dimensions[name].code(own)) for name, own in scopes.items()]
    found = [pair for pair in codes if pair[1] != NONE] or [(records.person_dimension, NOWHERE)]
    return [Grant((pair,), categories.everything) for pair in found]
