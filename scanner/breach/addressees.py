"""Whom to send each letter: the ids of the export's tenants, split as the persons are. The only files of the kit that hold ids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from scanner.append_log import whole_file
from scanner.breach.exposure_of_scan import Reading
from scanner.breach.groups import families_of_all, slug_of
from scanner.breach.incident import Incident
from scanner.breach.wordings import words
from scanner.errors import InputError, SecretKeyError
from scanner.export_reading import file_facts
from scanner.exposed import Categories
from scanner.keys import SecretKey, pseudonym
from scanner.sources import ReadOptions, open_sources
from scanner.spreadsheets import csv_chunks


def addressees_of(
    exports: Sequence[Path], options: ReadOptions, readings: Sequence[Reading], incident: Incident, key: SecretKey
) -> dict[str, list[str]]:
    """Return the tenants of ``exports`` by slug of their letter, sorted, each once. Memory: the ids of all tenants.

    ``readings`` must be scans under ``key``, of ``exports``. Raises :class:`InputError` when an export names no tenants, when a reading is
    no scan, and when not exactly what was scanned is given: letters would go to others, or to some only; :class:`SecretKeyError` when the
    key is another.
    """
    tenants, for_all = _tenants(readings, key), families_of_all(incident)
    _require_scanned(exports, readings)
    found: defaultdict[str, set[str]] = defaultdict(set)
    missing = set(tenants)
    for source in open_sources(exports, options):
        if source.layout.roles.tenant is None:
            raise InputError(f"{source.path}: no column of tenants was found; name it with --tenant-column")
        seen: set[str] = set()
        for chunk in source.chunks():
            seen.update(filter(None, chunk.records.tenants))
        for tenant in seen:
            named = pseudonym(tenant, key)
            missing.discard(named)
            found[slug_of({*tenants.get(named, ()), *for_all})].add(tenant)
    if missing:
        raise InputError(f"persons with findings who are in no --source-export: {len(missing)}; give every export of what was scanned")
    return {slug: sorted(ids) for slug, ids in sorted(found.items())}


def _require_scanned(exports: Sequence[Path], readings: Sequence[Reading]) -> None:
    """Raise :class:`InputError` unless ``exports`` are the files that were scanned, all of them, where the scans tell their digests."""
    if not all(reading.exposed.sha256 for reading in readings):
        return
    scanned = {sha256: name for reading in readings for name, sha256 in reading.exposed.sha256.items()}
    given = {str(file_facts(path)["sha256"]): path for path in exports}
    if other := [str(path) for sha256, path in given.items() if sha256 not in scanned]:
        raise InputError(f"{', '.join(other)}: not the file that was scanned, or changed since: scan it, then name its --out folder")
    if left := [name for sha256, name in scanned.items() if sha256 not in given]:
        raise InputError(f"{', '.join(left)}: scanned as well; give that file with another --source-export, or its tenants get no letter")


def write_addressees(addressees: Mapping[str, Sequence[str]], out: Path) -> list[Path]:
    """Write one CSV a letter into ``out``, readable by its owner only, and return their paths."""
    names = words("files")
    written = []
    for slug, ids in addressees.items():
        path = out / f"{names['addressees'].format(group=slug)}.csv"
        with whole_file(path) as file:
            file.writelines(csv_chunks([names["addressee_column"]], ([tenant] for tenant in ids)))
        written.append(path)
    return written


def _tenants(readings: Sequence[Reading], key: SecretKey) -> dict[str, Categories]:
    merged: dict[str, Categories] = {}
    for reading in readings:
        if not reading.key_id:
            raise InputError(
                f"{reading.exposed.source}: only scans tell whom their figures are about; leave --source-export out, or scan that data"
            )
        if reading.key_id != key.id:
            raise SecretKeyError(f"the scan was made with key {reading.key_id}, the key given is {key.id}: give that key with --key-file")
        for tenant, categories in reading.tenants.items():
            merged[tenant] = tuple(sorted({*merged.get(tenant, ()), *categories}))
    return merged
