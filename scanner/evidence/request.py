"""What a pack is asked to hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scanner.keys import SecretKey


@dataclass(frozen=True, slots=True)
class PackRequest:
    """What to pack. ``sources`` are folders and state stores (paths or URLs), of these the run ``run`` of ``job``
    (``None``: the last; ``""``: the only one).

    ``policy`` and ``organisation`` are the files that the control was made with, ``None``: the policy of the package, none.
    ``with_findings`` adds findings.jsonl, which holds record ids, and leaves the ids of unread records in summary.json;
    ``leave_out`` are names of files in the folders that are not wanted. ``made`` is the time of the pack (UTC, ISO).
    """

    sources: Sequence[str]
    key: SecretKey
    made: str
    policy: Path | None = None
    organisation: Path | None = None
    job: str = ""
    run: int | None = None
    with_findings: bool = False
    leave_out: Sequence[str] = ()
