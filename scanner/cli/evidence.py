"""``vigie evidence``: what a control produced, in one ZIP that can be checked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from scanner.cli.console import say, warn
from scanner.cli.exits import ExitCode
from scanner.cli.options import JsonOption, KeyFileOption, OrganisationOption, PolicyOption, StoredJobOption, StoredRunOption

if TYPE_CHECKING:
    from scanner.keys import SecretKey


class _PackByDefault(TyperGroup):
    """``vigie evidence out`` packs: a first word that names no command is a source."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, "--help", "-h"):
            args = ["pack", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_PackByDefault,
    help="Pack what a control produced into a ZIP, and verify one. To pack: `vigie evidence SOURCE... --out FILE`.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("pack")
def pack_cli(
    sources: Annotated[
        list[str],
        typer.Argument(metavar="SOURCE...", help="Folders that Vigie wrote (a scan, a breach kit, an exposure audit), or a state store."),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="ZIP to write, readable by its owner only.")],
    policy: PolicyOption = None,
    organisation: OrganisationOption = None,
    job: StoredJobOption = "",
    run: StoredRunOption = None,
    with_findings: Annotated[bool, typer.Option("--with-findings", help="Pack findings.jsonl as well: it holds record ids.")] = False,
    leave_out: Annotated[
        list[str] | None, typer.Option("--leave-out", metavar="NAME", help="File of a folder to leave out; repeat.")
    ] = None,
    key_file: KeyFileOption = None,
) -> None:
    """Pack what a control produced. With its rules, policy and audit log. Never in it: texts, the quarantine, keys, state stores.

    Needs the key of the scans. Exit code 3: the rules of a run could not be packed, for Vigie was updated since.
    """
    from scanner.clock import utc_now
    from scanner.evidence import PackRequest, write_pack
    from scanner.keys import load_own_key

    request = PackRequest(
        sources=sources,
        key=load_own_key(key_file),
        made=utc_now(),
        policy=policy,
        organisation=organisation,
        job=job,
        run=run,
        with_findings=with_findings,
        leave_out=leave_out or (),
    )
    packed = write_pack(request, out)
    say(f"{len(packed.manifest.files)} files packed into {out}, readable by its owner only")
    for item in packed.manifest.left_out:
        say(f"left out: {item.name}")
    say(f"SHA-256 of {out}, to be kept elsewhere: {packed.sha256}")
    for other in packed.other_rules:
        warn(f"the rules of the run {other.run}, version {other.rules}, are not those of this Vigie and not in the pack")
    if packed.other_rules:
        raise typer.Exit(ExitCode.NOT_SCANNED)


@app.command("verify")
def verify_cli(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The ZIP.")],
    key_file: KeyFileOption = None,
    old_key_file: Annotated[
        list[Path] | None, typer.Option("--old-key-file", help="Key that was in use before a rotation; repeat for several.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Tell whether a pack holds what was put into it. All of it and nothing else. Nothing is unpacked.

    Without the key of the pack only digests are checked. Exit code 3: something is wrong.
    """
    from dataclasses import asdict

    from scanner.evidence import verify_pack
    from scanner.keys import load_key

    found = verify_pack(file, [*_own_key(key_file), *map(load_key, old_key_file or ())])
    if as_json:
        say(json.dumps(asdict(found)))
    else:
        for line in found.holds:
            say(f"holds: {line}")
        for line in found.unchecked:
            say(f"not checked: {line}")
        for line in found.faults:
            warn(f"{file}: {line}")
    if found.faults:
        raise typer.Exit(ExitCode.NOT_SCANNED)


def _own_key(key_file: Path | None) -> list[SecretKey]:
    """Return the key that is named, else the user's own, if there is one: whoever receives a pack has none."""
    from scanner.errors import SecretKeyError
    from scanner.keys import load_own_key

    try:
        return [load_own_key(key_file)]
    except SecretKeyError:
        if key_file:
            raise
        return []
