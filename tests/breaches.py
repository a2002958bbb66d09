"""Three invented breaches, and their documents as lines. Run as a program, it writes the expected documents anew: read the difference."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

from scanner.breach.exposure_of_scan import Reading
from scanner.breach.incident import Family, Incident
from scanner.breach.kit import Kit, make_kit
from scanner.breach.writing import documents_of
from scanner.documents.blocks import (
    Block,
    Bullets,
    Cards,
    Checks,
    Document,
    Facts,
    Heading,
    Notice,
    PageBreak,
    Paragraph,
    Sender,
    Signatures,
    Span,
    Table,
    Text,
)
from scanner.exposed import Exposed
from scanner.organisation import Organisation, Party

EXPECTED = Path(__file__).parent / "breach"
PARIS_WINTER = datetime.timezone(datetime.timedelta(hours=1))
LANDLORD = Organisation(
    controller=Party(
        name="OPH du Val d'Aurenne",
        address=("12 rue des Tilleuls", "99120 Aurenne"),
        registration="999 999 999",
        representative="Mme Odile Fauconnet, directrice générale",
        contact="01 99 00 00 00",
    ),
    dpo=Party(
        name="M. Bastien Lorquin", email="dpo@aurenne.example", phone="01 99 00 00 12", address=("12 rue des Tilleuls", "99120 Aurenne")
    ),
)


def moment(day: int, hour: int, minute: int = 0) -> datetime.datetime:
    """Return a time of November 2026 in Paris."""
    return datetime.datetime(2026, 11, day, hour, minute, tzinfo=PARIS_WINTER)


def scan_reading(**changes: object) -> Reading:
    """Return what a scan told of six tenants with findings among 40, in 60 records."""
    tenants = {
        "a1": ("HEALTH",),
        "a2": ("DOMESTIC_VIOLENCE", "HEALTH"),
        "a3": ("FINANCIAL",),
        "a4": ("FINANCIAL", "JUDGEMENT"),
        "a5": ("PHONE_NUMBER",),
        "a6": ("ACCESS_CODE",),
    }
    by_category = {"ACCESS_CODE": 1, "DOMESTIC_VIOLENCE": 1, "FINANCIAL": 2, "HEALTH": 3, "JUDGEMENT": 1, "PHONE_NUMBER": 1}
    exposed = Exposed("scan", "locataires.csv", "2026-11-03T07:00:00+00:00", 40, {}, 60, by_category, {"locataires.csv": "5eed" * 16})
    return Reading(**{"exposed": exposed, "tenants": tenants, "key_id": "k1", **changes})  # type: ignore[arg-type]


def extranet() -> Kit:
    """Owners saw the balances of the others: confidentiality, known from an exposure audit, notified in time."""
    exposed = Exposed("exposure", "page.html", "2026-11-03T09:00:00+00:00", 10, {("FINANCIAL",): 9, ("FINANCIAL", "IBAN_CODE"): 1}, 10,
                      {"FINANCIAL": 10, "IBAN_CODE": 1})  # fmt: skip
    incident = Incident(
        natures=("confidentiality",),
        aware=moment(2, 10),
        reference="VIOL-2026-01",
        what_happened="Depuis la mise à jour du 30 octobre, la page « Solde des copropriétaires » montrait à chacun les soldes de tous.",
        told_simply="Du 30 octobre au 2 novembre, une page de notre site a montré à vos voisins le solde de votre compte.",
        discovered_how="Appel d'un copropriétaire",
        origin="internal",
        intent="accidental",
        recipients="Les copropriétaires de la résidence",
        began=moment(1, 18),
        ended=moment(2, 11, 30),
        discovered=moment(2, 8, 15),
        families=(Family("identity", everyone=True),),
        persons_who=("Copropriétaires",),
        vulnerable=False,
        identification="easy",
        encrypted=False,
        protections=("Compte et mot de passe pour chaque copropriétaire",),
        measures_taken=("Page retirée le 2 novembre à 11 h 30",),
        measures_planned=("Essai des droits avant chaque mise à jour",),
        processors=("Éditeur de l'extranet",),
        cross_border=False,
        authorities=("Aucune",),
        notification_kind="complete",
        notified=moment(4, 9),
        informed_on=datetime.date(2026, 11, 5),
        informed_how="Courrier",
        informed_number=10,
    )
    return make_kit(incident, LANDLORD, [Reading(exposed)], moment(5, 9))


def ransomware() -> Kit:
    """Servers encrypted by an attacker: nothing available, copies not excluded, little known, the 72 hours are over."""
    incident = Incident(
        natures=("availability",),
        not_excluded=("confidentiality",),
        aware=moment(2, 6, 40),
        what_happened="Un rançongiciel a chiffré les serveurs de gestion locative.",
        intent="malicious",
        origin="external",
        families=(Family("identity", everyone=True), Family("bank_details", persons=12)),
        vulnerable=True,
    )
    return make_kit(incident, Organisation(), [scan_reading(complete=False, more_persons=True)], moment(5, 18))


def lost_stick() -> Kit:
    """An encrypted stick was lost, its key was not: nobody can read it."""
    incident = Incident(
        natures=("confidentiality",),
        aware=moment(4, 17),
        reference="VIOL-2026-02",
        what_happened="Une clé USB chiffrée a été perdue dans un train.",
        discovered_how="Signalée par l'agent",
        origin="internal",
        intent="accidental",
        families=(Family("identity", persons=1200, records=1200), Family("contact", persons=1200, records=1200)),
        persons_total=1200,
        vulnerable=False,
        encrypted=True,
        keys_safe=True,
        measures_taken=("Clé de chiffrement révoquée",),
    )
    return make_kit(incident, LANDLORD, [], moment(5, 9))


BREACHES = {"extranet": extranet, "ransomware": ransomware, "lost_stick": lost_stick}


def lines(document: Document) -> list[str]:
    """Return all that ``document`` says, one line a text: what only its layout adds is left out."""
    head = (document.kind, document.title, document.subtitle, document.organisation, document.reference, document.date)
    return [" | ".join((*head, document.confidentiality)), *(line for block in document.blocks for line in _lines(block))]


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading(text, level):
            yield f"{'#' * level} {text}"
        case Paragraph(text, kind):
            yield f"{kind}: {_text(text)}"
        case Bullets(items):
            yield from (f"- {_text(item)}" for item in items)
        case Facts(rows):
            yield from (f"{label} = {_text(value)}" for label, value in rows)
        case Checks(label, options):
            yield f"{label}: " + ", ".join(f"[{'x' if ticked else ' '}] {option}" for option, ticked in options)
        case Table(columns, rows, caption, more):
            yield f"table {caption}".rstrip()
            yield " | ".join(column.title for column in columns)
            yield from (" | ".join(map(_text, row)) for row in rows)
            if more:
                yield more
        case Cards(cards):
            yield from (f"card: {card.value} / {card.label} / {card.note}" for card in cards)
        case Notice(text, kind, title):
            yield f"{kind}: {title}: {_text(text)}"
        case Sender(sender, recipient, place_date, subject):
            yield " / ".join(map(_text, (*sender, "→", *recipient, place_date, subject)))
        case Signatures(people):
            yield from (f"signature: {role} / {_text(name)}" for role, name in people)
        case PageBreak():
            yield "---"
        case _:
            raise AssertionError(block)


def _text(text: Text | int) -> str:
    if isinstance(text, int | str):
        return str(text)
    return "".join(part.text if isinstance(part, Span) else part for part in text)


def expected(breach: str, document: str) -> list[str]:
    """Return the lines that a document of a breach must have."""
    return (EXPECTED / breach / f"{document}.txt").read_text(encoding="utf-8").splitlines()


def main() -> None:
    """Write the expected documents."""
    for breach, make in BREACHES.items():
        (EXPECTED / breach).mkdir(parents=True, exist_ok=True)
        for path in (EXPECTED / breach).iterdir():
            path.unlink()
        for name, document in documents_of(make()).items():
            (EXPECTED / breach / f"{name}.txt").write_text("\n".join(lines(document)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
