"""The part of ``vigie subject`` that decides on rectification and erasure in a database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.console import say, warn
from scanner.cli.exits import ExitCode
from scanner.cli.source_options import Asked, one_database
from scanner.errors import InputError

if TYPE_CHECKING:
    from scanner.subject.person import Person
    from scanner.subject.requests import Requested
    from scanner.subject.stream import Stream

StateOption = Annotated[
    str | None, typer.Option("--state", help="State store: for --erase and --rectify; else the audit log is told that data was gathered.")
]
WhyOption = Annotated[str, typer.Option("--why", help="The reason of an erasure or rectification, for whoever asks later.")]
ByOption = Annotated[str, typer.Option("--by", help="Who acts; your login name when absent.", show_default=False)]
IncludeOption = Annotated[
    bool, typer.Option("--include-litigation", help="Erase fields that serve litigation as well, which are kept otherwise.")
]


def correct(
    asked: Asked,
    subject: str,
    person: Person,
    erase: bool,
    rectify: Path | None,
    accept: bool,
    include_litigation: bool,
    state: str | None,
    job: str,
    why: str,
    by: str,
    key_file: Path | None,
    *,
    as_json: bool,
) -> None:
    """Note the decisions in the state store and say what comes next."""
    from recognizers.detector import default_detector
    from scanner.catalogue import default_catalogue
    from scanner.cli.vault import acting, opened
    from scanner.keys import load_own_key
    from scanner.subject.rectifications import read_rectifications
    from scanner.subject.requests import RequestDesk, Settings
    from scanner.subject.stream import DatabaseStream

    if erase and rectify:
        raise InputError("either --erase or --rectify: give one, then the other in a run of its own")
    database = one_database(asked)
    where = state or (database.state if asked.inputs[0].endswith(".toml") else None)
    if where is None:
        raise InputError("name the state store of the scans with --state: it keeps the originals and the decisions")
    key = load_own_key(key_file)
    settings = Settings(subject, person, acting(by), why, job, accept=accept, include_litigation=include_litigation)
    stream = DatabaseStream(database.url, database.tables, database.settings, database.password)
    with opened(where) as store:
        desk = RequestDesk(store, key, asked.policy(), default_catalogue(), settings)
        requested = desk.rectify(stream, read_rectifications(rectify), default_detector()) if rectify else desk.erase(stream)
    warn_without_tenants(stream)
    _tell(requested, where, erase=erase, as_json=as_json)


def warn_without_tenants(stream: Stream) -> None:
    """Say that records were told apart by their own ids, which may be no ids of persons."""
    if not stream.has_tenants:
        warn("no source has a column of tenants: the id was compared with those of the records; else name it with --tenant-column")


def _tell(requested: Requested, state: str, *, erase: bool, as_json: bool) -> None:
    from scanner.subject.requests import LEFT_OUT

    if as_json:
        say(json.dumps(requested.as_dict()))
    else:
        done = "erasure" if erase else "rectification"
        say(f"{len(requested.decided)} records: originals sealed, decision of {done} noted")
        say(f"next: `vigie plan {state} --out PLAN`, review it, then `vigie apply`, before a scan with other rules settles the originals")
        if erase:
            say("an erasure cannot be undone once applied; tell those who received the data (GDPR, article 19)")
            say("public bodies: to eliminate public archives needs a visa first (Code du patrimoine, article R. 212-14)")
    if erase and not requested.access_answered:
        warn("no answer to an access request of this person is in the audit log: if one is pending, answer it first")
    for reason, ids in sorted(requested.left_out.items()):
        warn(f"{len(ids)} records left out, {LEFT_OUT[reason]}: {', '.join(ids[:10])}{' …' if len(ids) > 10 else ''}")
    if requested.left_out:
        raise typer.Exit(ExitCode.NOT_SCANNED)
