"""``vigie subject``: what is written about a person, for an access request; its rectification or erasure, to be planned and applied."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.console import say, warn
from scanner.cli.exits import ExitCode
from scanner.cli.options import JsonOption, KeyFileOption, OrganisationOption, StoredJobOption, day_of
from scanner.cli.source_options import Asked, asks_for_sources
from scanner.cli.subject_corrections import ByOption, IncludeOption, StateOption, WhyOption, correct, warn_without_tenants
from scanner.errors import InputError

if TYPE_CHECKING:
    from scanner.subject.access_file import AccessFile
    from scanner.subject.person import Person

OutOption = Annotated[Path | None, typer.Option("--out", help="Folder for the answer; made when absent.")]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("subject")(asks_for_sources(subject_cli))


def subject_cli(
    subject: Annotated[str, typer.Argument(metavar="ID", help="The person, as the column of tenants writes them, else the column of ids.")],
    out: OutOption = None,
    name: Annotated[list[str] | None, typer.Option("--name", help='Another name to look for: "Nom Prénom"; repeat for several.')] = None,
    phone: Annotated[list[str] | None, typer.Option("--phone", help="A telephone number of the person; repeat for several.")] = None,
    email: Annotated[list[str] | None, typer.Option("--email", help="An e-mail address of the person; repeat for several.")] = None,
    received: Annotated[
        str, typer.Option("--received", help="The day the request was received, such as 2026-11-22: the answer is due a month later.")
    ] = "",
    mentions: Annotated[
        Path | None, typer.Option("--mentions", help="The list of mentions to verify, filled in: oui or non for each.")
    ] = None,
    rules: Annotated[Path | None, typer.Option("--rules", help="Retention rules: what should be gone already is told as well.")] = None,
    glossary: Annotated[Path | None, typer.Option("--glossary", help="The organisation's own codes (TOML), besides those known.")] = None,
    organisation: OrganisationOption = None,
    with_findings: Annotated[bool, typer.Option("--with-findings", help="Add what the scan finds, to the DPO's sheet only.")] = False,
    erase: Annotated[bool, typer.Option("--erase", help="Decide that the person's comments are erased; --state, --why.")] = False,
    rectify: Annotated[
        Path | None, typer.Option("--rectify", help="Decide on new texts: TOML, or CSV with record;field;text; --state, --why.")
    ] = None,
    accept: Annotated[bool, typer.Option("--accept", help="Take a new text though it reveals something.")] = False,
    include_litigation: IncludeOption = False,
    state: StateOption = None,
    job: StoredJobOption = "",
    why: WhyOption = "",
    by: ByOption = "",
    key_file: KeyFileOption = None,
    as_json: JsonOption = False,
    *,
    asked: Asked,
) -> None:
    """Gather everything written about a person. Their own comments, and mentions in those of others, third parties masked.

    Writes acces-*.pdf and acces-*.json for the person, dpo-*.pdf and mentions-*.csv for the DPO, readable by their owner only. With
    --erase or --rectify nothing is written there: originals are sealed, decisions noted, and `vigie plan` and `vigie apply` do the rest.
    """
    from scanner.subject.person import person_asked

    person = person_asked(name or (), phone or (), email or ())
    if erase or rectify:
        correct(asked, subject.strip(), person, erase, rectify, accept, include_litigation, state, job, why, by, key_file, as_json=as_json)
        return
    if out is None:
        raise InputError("name the folder of the answer with --out")
    day = day_of(received, "--received")
    file = _gather(asked, subject.strip(), person, day, mentions, rules, glossary, organisation, out, key_file, with_findings=with_findings)
    if state:
        _log(state, file, by, key_file)
    _tell(file, out, as_json=as_json)


def _tell(file: AccessFile, out: Path, *, as_json: bool) -> None:
    counts = {
        "reference": file.pseudonym,
        "comments": len(file.comments),
        "mentions": len(file.mentions),
        "to_verify": len(file.to_verify),
        "set_aside": file.set_aside,
        "masked": file.masked.total(),
        "rows_not_read": file.not_read,
    }
    if as_json:
        say(json.dumps(counts))
    else:
        say(f"{counts['comments']} comments, {counts['mentions']} mentions in those of others, {counts['masked']} passages masked")
        say(f"{out}/acces-{file.pseudonym}.pdf and .json are for the person: personal data, readable by you only (0600)")
        say(f"{out}/dpo-{file.pseudonym}.pdf says what to check before they leave")
    if file.to_verify:
        again = f"fill in {out}/mentions-{file.pseudonym}.csv and run again with --mentions"
        warn(f"{len(file.to_verify)} mentions may be of somebody else and are left out so far: {again}")
    if file.not_read:
        warn(f"{file.not_read} rows could not be read in full: the search is not complete")
        raise typer.Exit(ExitCode.NOT_SCANNED)
    if file.to_verify:
        raise typer.Exit(ExitCode.FINDINGS)


def _gather(
    asked: Asked,
    subject: str,
    person: Person,
    received: datetime.date | None,
    mentions: Path | None,
    rules_file: Path | None,
    glossary_file: Path | None,
    organisation_file: Path | None,
    out: Path,
    key_file: Path | None,
    *,
    with_findings: bool,
) -> AccessFile:
    """Gather the answer and write its files into ``out``."""
    from recognizers.detector import default_detector
    from scanner.catalogue import default_catalogue
    from scanner.cli.scan_exports import key_of_scan
    from scanner.organisation import load_organisation
    from scanner.outputs import prepare_folder
    from scanner.subject.access import Means, gather
    from scanner.subject.answer import write_answer
    from scanner.subject.glossary import load_glossary
    from scanner.subject.retention_judge import RetentionJudge
    from scanner.subject.retention_rules import load_rules
    from scanner.subject.verification import read_answers

    organisation = load_organisation(organisation_file)
    rules = load_rules(rules_file) if rules_file else None
    policy = asked.policy()
    means = Means(
        detector=default_detector(),
        glossary=load_glossary(glossary_file),
        policy=policy,
        key=key_of_scan(key_file),
        received=received,
        judge=RetentionJudge(rules, policy, datetime.date.today()) if rules else None,
        answers=read_answers(mentions) if mentions else {},
    )
    prepare_folder(out)
    stream = asked.stream(rules.columns if rules else ())
    file = gather(stream, subject, person, means)
    warn_without_tenants(stream)
    write_answer(file, out, organisation, means.glossary, rules, default_catalogue() if with_findings else None)
    return file


def _log(state: str, file: AccessFile, by: str, key_file: Path | None) -> None:
    """Write into the audit log that the comments of a person were gathered: a pseudonym and counts."""
    from scanner.audit import AuditLog
    from scanner.cli.vault import acting, opened
    from scanner.keys import load_own_key

    with opened(state) as store:
        log = AuditLog(store, load_own_key(key_file), acting(by))
        log.add("subject-access", tenant=file.pseudonym, comments=len(file.comments), mentions=len(file.mentions))
