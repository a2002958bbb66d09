"""Audits of small invented tables: owners of a co-ownership, caretakers and tenants of a landlord."""

from __future__ import annotations

import datetime
from pathlib import Path

from recognizers.detector import default_detector
from scanner.exposure.audit import Audit, Request, run_audit
from scanner.exposure.views import Extent, View

DAY = datetime.date(2026, 11, 22)
RECORDS = """
id_fiche;num_locataire;nom;telephone;solde;immeuble;agence;commentaire
F1;L1;Arbelot;0102030405;12,50;I1;A1;RAS
F2;L2;Bricard;;0,00;I1;A1;sous chimiothérapie depuis mars
F3;L3;Chalumeau;;;I2;A1;
F4;L3;Chalumeau;;;I2;A1;alcoolique notoire
F5;L4;Douillet;;55,10;I3;A2;
F6;L5;Estienne;;1,00;;A2;
"""
RULES = """
[[roles]]
role = "Gardien"
reads = "building"
categories = ["PERSON", "Numéro de téléphone"]

[[roles]]
role = "chargé de clientèle"
reads = "agency"
"""


def written(folder: Path, name: str, text: str) -> Path:
    """Write ``text`` into ``folder`` and return the path."""
    path = folder / name
    path.write_text(text.lstrip("\n"), encoding="utf-8")
    return path


def audited(folder: Path, **given: object) -> Audit:
    """Run the audit of ``given``: texts become files (``page`` HTML, ``rules`` TOML, all others CSV), the rest goes as it is."""
    suffixes = {"page": "html", "rules": "toml", "records": "csv", "rights": "csv", "should": "csv", "accesses": "csv"}
    files = {kind: written(folder, f"{kind}.{suffix}", str(given.pop(kind))) for kind, suffix in suffixes.items() if kind in given}
    return run_audit(Request(**{"day": DAY, **files, **given}), default_detector())


def user_lines(view: View, audit: Audit) -> list[tuple[object, ...]]:
    """Return the users beyond their perimeter: id, role, place, persons, records, categories."""
    return [(line.user, line.role, line.place, line.persons, line.records, audit.categories.of_bits(line.bits)) for line in view.users]


def extents(view: View) -> dict[str, tuple[int, Extent, Extent, dict[str, Extent]]]:
    """Return the roles: users judged, all that is beyond, records that are as a whole, categories."""
    return {line.role: (line.judged, line.all, line.outside, dict(line.categories)) for line in view.roles}


def unjudged(audit: Audit) -> dict[tuple[str, str], int]:
    """Return what could not be judged, by kind and reason."""
    return dict(audit.unjudged.counts)
