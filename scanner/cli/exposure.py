"""``vigie exposure``: who could read, or did read, what lay outside their perimeter."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.console import say
from scanner.cli.exits import ExitCode
from scanner.cli.options import JsonOption, KeyFileOption, OrganisationOption, day_of

if TYPE_CHECKING:
    from scanner.exposure.audit import Audit

OutOption = Annotated[Path, typer.Option("--out", help="Folder for the report, the lists and exposed.json; made when absent.")]
RecordsOption = Annotated[Path | None, typer.Option("--records", help="Records: id, person or account, building …, data columns.")]
RightsOption = Annotated[Path | None, typer.Option("--rights", help="Who may read what: user, role, perimeter, from, until.")]
ShouldOption = Annotated[Path | None, typer.Option("--should", help="Who is assigned to what: user, role, account, building, agency …")]
RulesOption = Annotated[
    Path | None, typer.Option("--rules", help="What each role needs (TOML): `vigie init FILE --for exposure` writes a template.")
]
AccessesOption = Annotated[Path | None, typer.Option("--accesses", help="Log of accesses: user, time, record, account or page.")]
PageOption = Annotated[Path | None, typer.Option("--page", help="A page (HTML) or export as one user saw it, with --as.")]
UserOption = Annotated[str, typer.Option("--as", help="The user who saw the page.")]
OwnOption = Annotated[
    list[str] | None,
    typer.Option("--own", help="What the user's own rows are known by: VALUE, or account=, lot=, name=VALUE; repeat for several."),
]
RoleOption = Annotated[str, typer.Option("--role", help="The role of the user who saw the page, where --should does not tell it.")]
DayOption = Annotated[str, typer.Option("--on", help="Day on which rights are compared, such as 2026-11-22; today when absent.")]
ZoneOption = Annotated[str, typer.Option("--timezone", help="Time zone of times without offset, and of days.")]
PatternOption = Annotated[
    str, typer.Option("--page-pattern", help="How a page of the log names a record or account: '/accounts/(?P<account>[^/?]+)'.")
]
ColumnOption = Annotated[
    list[str] | None, typer.Option("--column", help="TABLE.ROLE=NAME, such as records.account=NUM_LOC, where it is not found; repeatable.")
]
IdsOption = Annotated[bool, typer.Option("--with-ids", help="Also write the real ids of users and persons, for the DPO's own use.")]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("exposure")(exposure_cli)


def exposure_cli(
    out: OutOption,
    records: RecordsOption = None,
    rights: RightsOption = None,
    should: ShouldOption = None,
    rules: RulesOption = None,
    accesses: AccessesOption = None,
    page: PageOption = None,
    user: UserOption = "",
    own: OwnOption = None,
    role: RoleOption = "",
    on: DayOption = "",
    timezone: ZoneOption = "Europe/Paris",
    page_pattern: PatternOption = "",
    column: ColumnOption = None,
    organisation: OrganisationOption = None,
    with_ids: IdsOption = False,
    key_file: KeyFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say who could, or did, read what lay outside their perimeter. It reads exports and is never connected to anything.

    Tables are CSV or XLSX. Exit code 1: something lies outside. Exit code 3: part could not be judged, so that figures are a minimum.
    """
    from recognizers.detector import default_detector
    from scanner.cli.scan_exports import key_of_scan
    from scanner.clock import utc_now
    from scanner.exposure.audit import Request, run_audit
    from scanner.exposure.outputs import IDS, figures, write_outputs
    from scanner.organisation import load_organisation

    request = Request(
        day=day_of(on, "--on") or datetime.date.today(),
        records=records,
        rights=rights,
        should=should,
        rules=rules,
        accesses=accesses,
        page=page,
        user=user,
        own=tuple(own or ()),
        role=role,
        zone=timezone,
        page_pattern=page_pattern,
        columns=tuple(column or ()),
    )
    party = load_organisation(organisation)
    audit = run_audit(request, default_detector())
    key, made = key_of_scan(key_file), utc_now()
    paths = write_outputs(audit, out, party, key, made, with_ids=with_ids)
    if as_json:
        say(json.dumps(figures(audit, key, made), ensure_ascii=False))
    else:
        say(_in_words(audit))
        say(f"written to {out}: {', '.join(path.name for path in paths)}")
        if with_ids:
            say(f"{out / IDS} names real users and persons: it is readable by you only, keep it so")
    raise typer.Exit(_exit_code(audit))


def _exit_code(audit: Audit) -> ExitCode:
    """Return the exit code: what could not be judged weighs more than what was found."""
    if audit.unjudged.total:
        return ExitCode.NOT_SCANNED
    return ExitCode.FINDINGS if audit.exposed.any() else ExitCode.CLEAN


def _in_words(audit: Audit) -> str:
    """Return the figures as a few lines for people."""
    lines = [f"records: {len(audit.records)}; persons: {audit.records.person_count}"]
    if audit.could:
        view = audit.could
        lines.append(f"could read outside: {len(view.users)} of {view.judged} users, {view.records} records, {view.persons} persons")
    if audit.did:
        did = audit.did
        lines.append(f"did read outside: {did.beyond} of {did.judged} accesses, {did.view.records} records, {did.view.persons} persons")
    lines.append(f"not judged: {audit.unjudged.total}")
    return "\n".join(lines)
