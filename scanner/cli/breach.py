"""``vigie breach``: the documents of a data breach."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli.console import say, warn
from scanner.cli.exits import ExitCode
from scanner.cli.options import JsonOption, KeyFileOption, OrganisationOption, StoredJobOption
from scanner.cli.scan_options import DelimiterOption, EncodingOption, MappingOption, TenantOption

if TYPE_CHECKING:
    from scanner.breach.kit import Kit


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("breach")(breach_cli)


def breach_cli(
    incident: Annotated[
        Path, typer.Option("--incident", help="Facts of the breach (TOML); `vigie init FILE --for incident` writes a template.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder for the documents; made when absent.")],
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SOURCE",
            help="What was exposed: the --out folder of a scan, a state store, the exposed.json of `vigie exposure`. None: not known yet.",
        ),
    ] = None,
    organisation: OrganisationOption = None,
    job: StoredJobOption = "",
    source_export: Annotated[
        list[Path] | None,
        typer.Option("--source-export", help="Export that was scanned: write the ids of the tenants of each letter; repeat for several."),
    ] = None,
    tenant_column: TenantOption = None,
    mapping: MappingOption = None,
    encoding: EncodingOption = None,
    delimiter: DelimiterOption = None,
    key_file: KeyFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the documents of a data breach, in French. PDF and DOCX: sheet for the authority, register entry, letters, note to the board.

    Exit code 1: the 72 hours are over and no notification was sent. Exit code 3: part of the exposed data was not scanned, so that every
    figure is a minimum.
    """
    import datetime

    from scanner.breach.incident_file import load_incident
    from scanner.breach.kit import make_kit
    from scanner.breach.sources import read_sources
    from scanner.breach.writing import write_kit
    from scanner.organisation import load_organisation
    from scanner.sources import ReadOptions, with_mapping

    facts, party = load_incident(incident), load_organisation(organisation)
    options = ReadOptions(encoding=encoding, delimiter=delimiter, tenant_column=tenant_column)
    if mapping:
        options = with_mapping(options, mapping)
    readings = read_sources(sources or (), job)
    kit = make_kit(facts, party, readings, datetime.datetime.now(datetime.UTC))
    addressees: dict[str, list[str]] = {}
    if source_export:
        from scanner.breach.addressees import addressees_of
        from scanner.keys import load_own_key

        addressees = addressees_of(source_export, options, readings, facts, load_own_key(key_file))
    written = write_kit(kit, out, addressees)
    _report(kit, written, as_json=as_json)
    for slug, ids in addressees.items():
        warn(f"ids for the letter {slug}: {len(ids)}. That list is personal data, readable by you only: delete it once letters are sent")
    raise typer.Exit(_exit_code(kit))


def _report(kit: Kit, written: list[Path], *, as_json: bool) -> None:
    from scanner.breach.synthesis import synthesis

    told = synthesis(kit)
    if as_json:
        say(json.dumps({**told, "files": [str(path) for path in written]}, ensure_ascii=False))
        return
    say(_clock_in_words(kit))
    say(f"persons: {_bounds(told['persons'])}; records: {'unknown' if told['records'] is None else told['records']}")
    proposed = "" if kit.incident.gravity else ", proposed"
    say(f"gravity: {kit.level or 'unknown'} of 4{proposed}; notify: {_yes_no(told['notify'])}; inform: {_yes_no(told['inform'])}")
    for group in told["letters"]:
        say(f"letter {group['group']}: persons {_bounds(group['persons'])}")
    say(f"still to be established: {len(told['missing'])}, contradictions: {len(told['contradictions'])}")
    say(f"{len(written)} files written to {written[0].parent}")


def _clock_in_words(kit: Kit) -> str:
    from scanner.breach.deadline import local

    deadline = kit.deadline
    if deadline.notified is not None:
        return f"notified: {local(deadline.notified)}, {'after' if deadline.is_late else 'before'} the deadline of {local(deadline.due)}"
    state = f"{deadline.hours} hours overdue" if deadline.is_overdue else f"{deadline.hours} hours left"
    return f"deadline of the notification: {local(deadline.due)}, Paris time; {state}"


def _bounds(count: Mapping[str, Any]) -> str:
    low, high = count["low"], count["high"]
    if low == high:
        return str(low)
    return f"{low} to {high}" if high is not None else f"at least {low}" if low else "unknown"


def _yes_no(answer: bool | None) -> str:
    return "unknown" if answer is None else "yes" if answer else "no"


def _exit_code(kit: Kit) -> ExitCode:
    if not kit.people.complete:
        return ExitCode.NOT_SCANNED
    return ExitCode.FINDINGS if kit.is_overdue else ExitCode.CLEAN
