"""What `vigie breach` reads: out folders of scans, state stores, and what `vigie exposure` wrote."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scanner.breach.exposure_of_scan import Reading, read_folder, read_store
from scanner.errors import InputError
from scanner.exposed import EXPOSED, read_exposed
from scanner.outputs import SUMMARY
from scanner.summary import read_summary


def read_sources(wheres: Sequence[str], job: str = "") -> list[Reading]:
    """Return what each of ``wheres`` tells, as :func:`read_source` does.

    Raises :class:`InputError` as well when two of them tell of the same scan or audit: everybody would count twice.
    """
    readings = [read_source(where, job) for where in wheres]
    known: dict[tuple[str, ...], str] = {}
    for where, exposed in zip(wheres, (reading.exposed for reading in readings), strict=True):
        told = (exposed.origin, exposed.source, exposed.made, *exposed.sha256.values())
        if told in known:
            raise InputError(f"{known[told]} and {where} tell of the same scan or audit, and would count everybody twice: give one of them")
        known[told] = where
    return readings


def read_source(where: str, job: str = "") -> Reading:
    """Return what the source at ``where`` tells; ``job`` names the job of a state store, needed where it has several.

    Raises :class:`InputError` when it is none of the three, or damaged, and :class:`StoreError` when a state store cannot be read.
    """
    from scanner.store.engine import is_store, open_store

    path = Path(where)
    if is_store(where):
        with open_store(where, make=False) as store:
            return read_store(store, job)
    if path.is_dir():
        if (path / EXPOSED).is_file() and not (path / SUMMARY).is_file():
            return Reading(read_exposed(path / EXPOSED))
        return read_folder(path, read_summary(path))
    if path.suffix == ".json":
        return Reading(read_exposed(path))
    raise InputError(f"{where}: give the --out folder of a scan, a state store, or the exposed.json of `vigie exposure`")
