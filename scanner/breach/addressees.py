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
from scanner.exposed import Categories
from scanner.keys import SecretKey, pseudonym
from scanner.sources import ReadOptions, open_sources
from scanner.spreadsheets import csv_chunks


def addressees_of(
    exports: Sequence[Path], options: ReadOptions, readings: Sequence[Reading], incident: Incident, key: SecretKey
) -> dict[str, list[str]]:
    """Return the tenants of ``exports`` by slug of their letter, sorted, each once. Memory: the ids of all tenants.

    ``readings`` must be scans under ``key``.
    Raises :class:`InputError` when an export names no tenants or a reading is no scan, :class:`SecretKeyError` when the key is another.
    """
    tenants, for_all = _tenants(readings, key), families_of_all(incident)
    found: defaultdict[str, set[str]] = defaultdict(set)
    for source in open_sources(exports, options):
        if source.layout.roles.tenant is None:
            raise InputError(f"{source.path}: no column of tenants was found; name it with --tenant-column")
        seen: set[str] = set()
        for chunk in source.chunks():
            seen.update(filter(None, chunk.records.tenants))
        for tenant in seen:
            found[slug_of({*tenants.get(pseudonym(tenant, key), ()), *for_all})].add(tenant)
    return {slug: sorted(ids) for slug, ids in sorted(found.items())}


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
