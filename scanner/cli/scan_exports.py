"""The part of ``vigie scan`` that reads exports."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner.cli.console import warn
from scanner.cli.scan_options import Mode
from scanner.cli.scan_progress import shown_progress

if TYPE_CHECKING:
    from scanner.keys import SecretKey
    from scanner.scan import ScanPlan
    from scanner.sources import ReadOptions
    from scanner.workers import Workers


def make_plan(
    inputs: Sequence[Path],
    out: Path,
    options: ReadOptions,
    policy: Path | None,
    mode: Mode | None,
    key_file: Path | None,
    workers: int | None,
) -> ScanPlan:
    """Gather what a scan needs; raises the typed errors of the policy, the key and the mode before anything is read."""
    from recognizers.detector import default_detector
    from scanner.catalogue import default_catalogue
    from scanner.policy import load_policy
    from scanner.redaction import Redactor
    from scanner.scan import ScanPlan

    catalogue = default_catalogue()
    rules = load_policy(policy, catalogue.entities, datetime.date.today())
    key = key_of_scan(key_file)
    return ScanPlan(
        inputs=inputs,
        out=out,
        detector=default_detector(),
        catalogue=catalogue,
        policy=rules,
        redactor=Redactor(mode or "label", catalogue.tags, catalogue.severities, catalogue.wordings, key),
        key=key,
        options=options,
        workers=workers_of(workers),
    )


def scan_exports(plan: ScanPlan, *, quiet: bool) -> dict[str, Any]:
    """Scan, showing how far it is unless ``quiet``."""
    from scanner.scan import scan

    with shown_progress(quiet=quiet) as progress:
        return scan(plan, progress)


def workers_of(count: int | None) -> Workers:
    """Return ``count`` worker processes, by default as many as there are cores, up to a few."""
    from scanner.workers import MOST_BY_DEFAULT, Workers, usable_cores

    return Workers(count or min(usable_cores(), MOST_BY_DEFAULT))


def key_of_scan(key_file: Path | None) -> SecretKey:
    """Return the key that is named, else the user's own, made now when there is none."""
    from scanner.keys import load_or_make_key

    key, made = load_or_make_key(key_file)
    if made:
        warn(f"key {key.id} made at {made}: keep a copy apart from the data; without it no quarantine can be read")
    return key
