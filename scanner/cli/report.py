"""``vigie report``: the dossier of a run or of a period, in four forms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.console import say
from scanner.cli.options import KeyFileOption, OrganisationOption, StoredJobOption, StoredRunOption, day_of
from scanner.outputs import ReportForm

if TYPE_CHECKING:
    from scanner.keys import SecretKey
    from scanner.report.annex import FindingTable
    from scanner.report.dossier import Dossier, Excerpts, Period
    from scanner.report.excerpts import Request
    from scanner.store.engine import Store

SourceArgument = Annotated[
    str, typer.Argument(metavar="SOURCE", help="Folder of a scan, or the state store of scans of a database (file or postgresql URL).")
]
OutOption = Annotated[Path | None, typer.Option("--out", help="Folder for the report; that of the scan, or the current one, when absent.")]
FormOption = Annotated[list[ReportForm] | None, typer.Option("--form", help="Repeat for several; all when absent.")]
CompareOption = Annotated[list[Path] | None, typer.Option("--compare", help="Folder of an earlier scan to compare with; repeatable.")]
FromOption = Annotated[str, typer.Option("--from", help="First day of a period, such as 2026-01-01: state store only.")]
ToOption = Annotated[str, typer.Option("--to", help="Last day of a period.")]
ExcerptsOption = Annotated[int, typer.Option("--excerpts", help="Masked excerpts of so many records, 50 at most; needs --why and the key.")]
ByOption = Annotated[str, typer.Option("--by", help="Who reads the originals for the excerpts; your login name when absent.")]
WhyOption = Annotated[str, typer.Option("--why", help="Why excerpts are needed; it is written down and printed.")]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("report")(report_cli)


def report_cli(
    source: SourceArgument,
    out: OutOption = None,
    organisation: OrganisationOption = None,
    form: FormOption = None,
    compare: CompareOption = None,
    job: StoredJobOption = "",
    run: StoredRunOption = None,
    first: FromOption = "",
    last: ToOption = "",
    excerpts: ExcerptsOption = 0,
    by: ByOption = "",
    why: WhyOption = "",
    key_file: KeyFileOption = None,
) -> None:
    """Write the DPO's report, as HTML and PDF. Its annex is report.xlsx; report.json has every figure.

    No text of a comment is in it, and records carry pseudonyms, unless --excerpts asks for masked excerpts.
    """
    from dataclasses import replace

    from scanner.catalogue import default_catalogue
    from scanner.outputs import prepare_folder
    from scanner.report.period import period_of
    from scanner.report.writing import write_forms

    asked = _request(excerpts, by, why)
    with _source(source, organisation, compare or [], job, run, period_of(day_of(first, "--from"), day_of(last, "--to"))) as found:
        folder = out or found.folder
        key = _key(key_file, found.dossier.summary["key_id"], needed=asked is not None)
        dossier = replace(found.dossier, excerpts=found.excerpts(asked, key)) if asked and key else found.dossier
        prepare_folder(folder)
        paths = write_forms(dossier, default_catalogue(), found.findings(key), folder, form or list(ReportForm))
    for path in paths:
        say(f"{path} written")
    if asked:
        say("they hold excerpts of comments: only you can read these files; hand them on with care")


class _Found:
    """A dossier, where its report goes by default, and how to get at what it does not hold."""

    def __init__(self, dossier: Dossier, folder: Path) -> None:
        self.dossier = dossier
        self.folder = folder

    def findings(self, key: SecretKey | None) -> FindingTable:
        from scanner.report.finding_table import table_of_folder

        return table_of_folder(self.folder, self.dossier, key)

    def excerpts(self, request: Request, key: SecretKey) -> Excerpts:
        from recognizers.detector import default_detector
        from scanner.report.excerpts import excerpts_of_folder

        return excerpts_of_folder(self.folder, self.dossier.summary, request, key, default_detector())


class _FoundInStore(_Found):
    def __init__(self, dossier: Dossier, store: Store) -> None:
        super().__init__(dossier, Path())
        self._store = store

    def findings(self, key: SecretKey | None) -> FindingTable:
        from scanner.report.finding_table import table_of_store

        return table_of_store(self._store, self.dossier, key)

    def excerpts(self, request: Request, key: SecretKey) -> Excerpts:
        from recognizers.detector import default_detector
        from scanner.report.excerpts import excerpts_of_store

        assert self.dossier.store is not None
        return excerpts_of_store(self._store, self.dossier.store.job, request, key, default_detector())


@contextmanager
def _source(
    source: str, organisation: Path | None, compare: list[Path], job: str, run: int | None, period: Period | None
) -> Iterator[_Found]:
    """Open what ``source`` names, with the dossier that is asked for."""
    from scanner.errors import InputError
    from scanner.organisation import load_organisation
    from scanner.store.engine import is_store

    told = load_organisation(organisation)
    if is_store(source):
        from scanner.report.from_store import Wanted, dossier_of_store
        from scanner.store.engine import open_store

        if compare:
            raise InputError("--compare is for folders of exports; a state store knows its earlier runs: choose with --run, --from, --to")
        with open_store(source, make=False) as store:
            yield _FoundInStore(dossier_of_store(store, Wanted(job, run, period), told), store)
        return
    from scanner.report.from_folder import dossier_of_folder

    if job or run is not None or period:
        raise InputError(f"{source} is not a state store: --job, --run, --from and --to are for the store of `vigie scan --state`")
    yield _Found(dossier_of_folder(Path(source), told, compare), Path(source))


def _request(count: int, by: str, why: str) -> Request | None:
    from scanner.cli.vault import acting
    from scanner.errors import InputError
    from scanner.report.excerpts import Request

    if count:
        return Request(count, acting(by), why)
    if by or why:
        raise InputError("--by and --why go with --excerpts")
    return None


def _key(key_file: Path | None, key_id: str, *, needed: bool) -> SecretKey | None:
    """Return the key of the run. Without it nothing but pseudonyms is missing, unless it is ``needed`` or was named."""
    from scanner.errors import SecretKeyError
    from scanner.keys import load_own_key

    try:
        key = load_own_key(key_file)
    except SecretKeyError:
        if needed or key_file:
            raise
        return None
    if key.id != key_id and (needed or key_file):
        raise SecretKeyError(f"the run used key {key_id}; the key given has id {key.id}: give that key with --key-file")
    return key if key.id == key_id else None
