"""The files of a folder that a command of Vigie wrote: those that go into a pack, and those that stay out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from scanner.errors import InputError
from scanner.evidence.known import Known, known_as, never_because, wordings
from scanner.evidence.members import LeftOut, Member, chunks_of, is_safe
from scanner.evidence.reports import require_report_of
from scanner.outputs import SUMMARY

_NAMED = 5


def files_of(folder: Path, at: str, run: str, *, with_findings: bool, leave_out: Collection[str]) -> tuple[list[Member], list[LeftOut]]:
    """Return the members of ``folder``, called ``at`` in the pack, by name, and what stays out: what never enters, and ``leave_out``.

    ``run`` is the id of the run whose outputs lie there, ``""`` when it is no folder of a scan.

    Its summary.json is not among them: :func:`scanner.evidence.runs.summary_member`. Raises :class:`InputError` naming what is no plain
    file, what is not known (nothing gets into a pack that nobody has thought about), and a report that is not of that run.
    """
    members, left, unknown = [], [], []
    for path in _entries(folder):
        name, known = path.name, known_as(path.name)
        if why := _why_not(name, known, with_findings=with_findings, leave_out=leave_out):
            left.append(LeftOut(f"{at}/{name}", why))
        elif path.is_symlink() or not path.is_file():
            raise InputError(f"{path} is a link or a folder: a pack holds plain files only; move it away, or --leave-out it")
        elif known is None or not is_safe(name):
            unknown.append(name)
        elif name != SUMMARY:
            if known.report:
                require_report_of(path, run)
            members.append(Member(f"{at}/{name}", known.what, chunks_of(path)))
    if unknown:
        more = f" and {len(unknown) - _NAMED} more" if len(unknown) > _NAMED else ""
        named = ", ".join(map(ascii, unknown[:_NAMED]))
        raise InputError(f"{folder} holds what an evidence pack does not know: {named}{more}; move it away, or name it with --leave-out")
    return members, left


def kind_of(folder: Path) -> str:
    """Return what to call ``folder`` in a pack, by the file that tells what wrote it."""
    return next((name for marker, name in wordings().folders.items() if (folder / marker).is_file()), wordings().folders[""])


def _why_not(name: str, known: Known | None, *, with_findings: bool, leave_out: Collection[str]) -> str:
    """Return why a file stays out, in French, ``""`` when it does not."""
    if name in leave_out:
        return wordings().readme["unwanted"]
    if known and known.on_request:
        return "" if with_findings else known.on_request
    return never_because(name)


def _entries(folder: Path) -> Iterator[Path]:
    try:
        yield from sorted(folder.iterdir(), key=lambda path: path.name)
    except OSError as error:
        raise InputError(f"{folder} cannot be read ({error.strerror})") from None
