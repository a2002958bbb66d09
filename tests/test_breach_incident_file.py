import datetime
from importlib import resources

import pytest
from breaches import moment

from scanner.breach.incident import Family, Incident
from scanner.breach.incident_file import load_incident
from scanner.errors import ConfigError

WHOLE = """
reference = " VIOL-1 "
nature = ["availability", "confidentiality"]
not_excluded = ["integrity", "availability"]
[facts]
what_happened = "Serveurs chiffrés"
told_simply = "Nos ordinateurs ont été bloqués."
discovered_how = "Astreinte"
origin = "external"
intent = "malicious"
recipients = "Inconnus"
[dates]
began = 2026-11-01T23:00:00+01:00
ended = 2026-11-03T09:00:00+01:00
discovered = 2026-11-02T06:00:00+01:00
aware = 2026-11-02T08:00:00+01:00
[persons]
who = ["Locataires", "Garants"]
total = 1200
vulnerable = true
vulnerable_who = "Résidence autonomie"
identification = "easy"
[[data]]
family = "bank_details"
persons = 800
records = 900
[[data]]
family = "identity"
everyone = true
[protections]
encrypted = true
keys_safe = false
before = ["Sauvegardes"]
[measures]
taken = ["Arrêt"]
planned = ["Reconstruction"]
[others]
processors = ["Hébergeur"]
cross_border = false
authorities = ["Plainte"]
[notification]
kind = "complementary"
earlier_reference = "N-1"
sent = 2026-11-04T12:00:00+01:00
late_reasons = "Aucun"
[informed]
on = 2026-11-05
how = "Courrier"
number = 1100
exception = "disproportionate"
exception_why = "Adresses perdues"
[assessment]
gravity = 3
why = "Données déjà publiques"
"""


def write(tmp_path, text):
    path = tmp_path / "incident.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_everything_that_the_file_can_tell(tmp_path):
    assert load_incident(write(tmp_path, WHOLE)) == Incident(
        natures=("confidentiality", "availability"),
        not_excluded=("integrity",),
        aware=moment(2, 8),
        reference="VIOL-1",
        what_happened="Serveurs chiffrés",
        told_simply="Nos ordinateurs ont été bloqués.",
        discovered_how="Astreinte",
        origin="external",
        intent="malicious",
        recipients="Inconnus",
        began=moment(1, 23),
        ended=moment(3, 9),
        discovered=moment(2, 6),
        families=(Family("bank_details", 800, 900), Family("identity", everyone=True)),
        persons_who=("Locataires", "Garants"),
        persons_total=1200,
        vulnerable=True,
        vulnerable_who="Résidence autonomie",
        identification="easy",
        encrypted=True,
        keys_safe=False,
        protections=("Sauvegardes",),
        measures_taken=("Arrêt",),
        measures_planned=("Reconstruction",),
        processors=("Hébergeur",),
        cross_border=False,
        authorities=("Plainte",),
        notification_kind="complementary",
        earlier_reference="N-1",
        notified=moment(4, 12),
        late_reasons="Aucun",
        informed_on=datetime.date(2026, 11, 5),
        informed_how="Courrier",
        informed_number=1100,
        exemption="disproportionate",
        exemption_why="Adresses perdues",
        gravity=3,
        gravity_why="Données déjà publiques",
    )


def test_the_least_that_a_file_must_tell(tmp_path):
    path = write(tmp_path, 'nature = "integrity"\ndates.aware = 2026-11-02T08:00:00+01:00\n')
    assert load_incident(path) == Incident(natures=("integrity",), aware=moment(2, 8))


def test_the_template_leaves_everything_else_open(tmp_path):
    template = resources.files("scanner").joinpath("data/incident.toml").read_text(encoding="utf-8")
    assert load_incident(write(tmp_path, template)) == Incident(natures=("confidentiality",), aware=moment(2, 10))


AWARE = "\n[dates]\naware = 2026-11-02T08:00:00+01:00\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: 'nature' is missing: say what is certain, one or more of confidentiality, integrity, availability"),
        ("nature = []", "line 1: 'nature' is missing: say what is certain, one or more of confidentiality, integrity, availability"),
        (
            'nature = "confidentialité"' + AWARE,
            "line 1: 'nature' cannot be 'confidentialité'; did you mean 'confidentiality'? allowed: availability, confidentiality, ",
        ),
        ('nature = "integrity"', "line 1: 'aware' is missing: the 72 hours run from then; write it as aware = 2026-11-02T10:00:00+01:00"),
        (
            'nature = "integrity"\n[dates]\naware = 2026-11-02T10:00:00',
            "line 3: 'aware' must be a time with its zone, without quotes, such as 2026-11-02T10:00:00+01:00",
        ),
        (
            'nature = "integrity"\n[dates]\naware = "hier"',
            "line 3: 'aware' must be a time with its zone, without quotes, such as 2026-11-02T10:00:00+01:00",
        ),
        ('nature = "integrity"\n[dates]\naware = 0226-11-02T10:00:00+01:00', "line 3: 'aware' cannot be in the year 226: correct it"),
        ('nature = "integrity"' + AWARE + "discovered = 2026-11-03T08:00:00+01:00", "line 3: 'aware' is before 'discovered'"),
        (
            'nature = "integrity"' + AWARE + "began = 2026-11-02T07:00:00+01:00\nended = 2026-11-02T06:00:00+01:00",
            "line 5: 'ended' is before 'began'",
        ),
        (
            'nature = "integrity"' + AWARE + "began = 2026-11-02T07:00:00+01:00\ndiscovered = 2026-11-02T06:00:00+01:00",
            "line 5: 'discovered' is before 'began'",
        ),
        ('nature = "integrity"\nnatures = 1' + AWARE, "line 2: unknown key 'natures'; did you mean 'nature'? allowed: "),
        ('nature = "integrity"' + AWARE + "[persons]\ntotal = -1", "line 5: 'total' must be a whole number, 0 or more, without quotes"),
        (
            'nature = "integrity"' + AWARE + '[[data]]\nfamily = "health"\n[[data]]\nfamily = "health"',
            "line 7: 'health' is told twice: write one block for it",
        ),
        ('nature = "integrity"' + AWARE + "[[data]]\npersons = 1", "line 4: 'family' is missing or empty"),
        (
            'nature = "integrity"' + AWARE + '[[data]]\nfamily = "bank"',
            "line 5: 'family' cannot be 'bank'; allowed: balances, bank_details, comments, contact, credentials, health, ",
        ),
        ('nature = "integrity"' + AWARE + '[informed]\nexception = "risk_removed"', "line 4: 'exception_why' is missing or empty"),
        ('nature = "integrity"' + AWARE + "[assessment]\ngravity = 2", "line 4: 'why' is missing or empty"),
        ('nature = "integrity"' + AWARE + '[assessment]\ngravity = 5\nwhy = "x"', "line 5: 'gravity' must be 1, 2, 3 or 4"),
        ('nature = "integrity"' + AWARE + '[protections]\nencrypted = "oui"', "line 5: 'encrypted' must be true or false"),
    ],
)
def test_errors_name_line_and_reason(tmp_path, text, message):
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as error:
        load_incident(path)
    assert str(error.value).startswith(f"{path}, {message}")
