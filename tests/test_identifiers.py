"""Numbers, addresses and codes: whole lists of findings, in the writings that staff use."""

import pytest

from recognizers.finding import Finding
from recognizers.identifiers import find_identifiers


def found(text: str) -> list[tuple[str, str]]:
    return [(finding.entity, text[finding.start : finding.end]) for finding in find_identifiers(text)]


NIRS = [
    ("n° sécu 2 85 03 93 066 128 88", "2 85 03 93 066 128 88"),
    ("(180127541203439)", "180127541203439"),
    ("né à Ajaccio, 1 68 12 2A 004 036 21", "1 68 12 2A 004 036 21"),
    ("on lit 1-75-08-38-185-307-93 en haut", "1-75-08-38-185-307-93"),
    ("2.66.11.99.324.044.22", "2.66.11.99.324.044.22"),
    ("2830499109265 68 pour la CAF", "2830499109265 68"),
    ("nir sans la clé : 1491031555023", "1491031555023"),
    ("sans cue 1 49 10 31 555 023", "1 49 10 31 555 023"),
    ("NIR provisoire 185099935011702", "185099935011702"),
]


@pytest.mark.parametrize(("text", "nir"), NIRS)
def test_nir_in_every_writing(text: str, nir: str) -> None:
    assert found(text) == [("NIR", nir)]


@pytest.mark.parametrize(
    "text",
    [
        "EAN 1491031555023",
        "colis 185139935011702",
        "IMEI 180127541203439",
        "1 49 15 31 555 023",
        "réf 149103155502",
        "index 149103 155502",
    ],
)
def test_not_a_nir(text: str) -> None:
    assert found(text) == []


def test_nir_scores_say_what_proved_it() -> None:
    text = "NIR 1 80 12 75 412 034 39, NSS 1 80 12 75 412 034 38"
    assert find_identifiers(text) == [
        Finding("NIR", 4, 25, 1.0, "NIR.key", cues=("key",)),
        Finding("NIR", 31, 52, 0.7, "NIR.cue", cues=("nir-cue",)),
    ]


ACCOUNTS = [
    "FR76 3000 4008 1200 0015 4723 632",
    "fr76 3006 6109 2100 0104 5820 327",
    "FR76-1820-6002-1960-3811-4702-524",
    "FR7610278060350002041730149",
    "DE75500105174471902836",
    "PT50 0035 0124 0067 1882 0305 1",
    "BE45208609288793",
]


@pytest.mark.parametrize("account", ACCOUNTS)
def test_iban_of_any_country_stops_at_its_length(account: str) -> None:
    assert found(f"virement vers {account} dès réception") == [("IBAN_CODE", account)]


def test_mistyped_iban_needs_a_cue() -> None:
    assert found("nouvel IBAN FR75 3000 4008 1200 0015 4723 632") == [("IBAN_CODE", "FR75 3000 4008 1200 0015 4723 632")]
    assert found("réf FR75 3000 4008 1200 0015 4723 632") == []


def test_rib_with_its_key() -> None:
    assert found("RIB 30004 00812 00001547236 32") == [("IBAN_CODE", "30004 00812 00001547236 32")]
    assert found("RIB 30004 00812 00001547236 33") == []
    assert found("lots 30004 00812 00001547236 32") == []


def test_specimen_iban_is_nobodys() -> None:
    assert found("exemple FR76 0000 0000 0000 0000 0000 000") == []


@pytest.mark.parametrize("card", ["4970 1000 7264 1588", "5555660044277134", "4111-1173-4820-6616", "3712 345678 90120"])
def test_card(card: str) -> None:
    assert found(f"payé avec {card} hier") == [("CREDIT_CARD", card)]


def test_mistyped_card_needs_a_cue() -> None:
    assert found("CB 4970 1000 7264 1589 exp 09/27") == [("CREDIT_CARD", "4970 1000 7264 1589")]
    assert found("bordereau 4970 1000 7264 1589") == []


@pytest.mark.parametrize(
    "text",
    ["SIRET 812 447 399 00013", "N° DE SERIE 4970100072641588", "CB finissant par 1588", "facture 4970100072641588", "0000 0000 0000 0000"],
)
def test_not_a_card(text: str) -> None:
    assert found(text) == []


PHONES = [
    "06.12.34.56.78",
    "0612345678",
    "06 12 34 56 78",
    "06-12-34-56-78",
    "06/12/34/56/78",
    "0612 34 56 78",
    "06 12 345 678",
    "06 12 34 5678",
    "(06) 12.34.56.78",
    "(0)6 12 34 56 78",
    "06 puis 12 34 56 78",
    "O6 12 34 56 78",
    "+33 6 12 34 56 78",
    "+33612345678",
    "+33 (0)6 12 34 56 78",
    "0033 6 12 34 56 78",
    "00 33 6 12 34 56 78",
    "(+33) 5 36 49 20 77",
    "0692 00 18 73",
    "+262 692 00 58 44",
    "00594 694 00 73 16",
    "0 805 36 21 70",
    "01 99 00 31 00 poste 412",
    "06 1O 34 5O 78",
    "0 6 1 2 3 4 5 6 7 8",
    "01 99 00 31 00 (poste 412)",
    "zéro six douze trente-quatre cinquante-six soixante-dix-huit",
    "+32 460 00 12 34",
    "+212 661 23 45 67",
    "00213 555 12 34 56",
]


@pytest.mark.parametrize("phone", PHONES)
def test_phone_in_every_writing(phone: str) -> None:
    assert found(f"joignable le soir {phone}, merci") == [("PHONE_NUMBER", phone)]


def test_phone_without_its_zero_needs_a_cue() -> None:
    assert found("portable 6 12 34 56 78") == [("PHONE_NUMBER", "6 12 34 56 78")]
    assert found("relevés 6 12 34 56 78") == []


def test_five_pairs_are_a_phone_beside_words_that_refuse_a_bare_number() -> None:
    assert found("avant d'appeler la police : 06 12 34 56 78") == [("PHONE_NUMBER", "06 12 34 56 78")]
    assert found("police 0612345678") == []


@pytest.mark.parametrize(
    "text",
    [
        "composer le 3919, le 15, le 17, le 18, le 112, le 115 ou le 119",
        "RDV le 06/12/2023 à 10h30",
        "le 06 12 2023 10h",
        "facture 0612345678",
        "numéro de série de la pompe : 06-1998-0417",
        "PDL 09123456789012",
        "192.168.1.254",
        "loyer 1 234 567,89 €",
        "caves 06 12 18 24 30",
        "06 12 34 56",
    ],
)
def test_not_a_phone(text: str) -> None:
    assert found(text) == []


EMAILS = [
    "j.dupont59@example.org",
    "p-l.quere29@wanadoo.fr",
    "r.alhamwi+flat@mail.example",
    "FAMILLE.DUPONT@HOTMAIL.FR",
    "contact @ domaine.fr",
    "contact(at)domaine.fr",
    "contact (arobase) domaine (point) fr",
    "contact arobase domaine point fr",
    "contact@foncia",
    "contact at gmail.com",
    "jean.roux chez orange point fr",
    "p.roux77 gmail.com",
    "contact arrobase free.fr",
]


@pytest.mark.parametrize("address", EMAILS)
def test_email_in_every_writing(address: str) -> None:
    assert found(f"mail : {address}, merci") == [("EMAIL_ADDRESS", address)]


def test_email_between_html_brackets() -> None:
    assert found("De : agence &lt;gestion@exemple.fr&gt;") == [("EMAIL_ADDRESS", "gestion@exemple.fr")]


def test_name_inside_an_address_is_no_second_finding() -> None:
    assert found("mail lydie.ferrand@exemple.fr") == [("EMAIL_ADDRESS", "lydie.ferrand@exemple.fr")]


@pytest.mark.parametrize(
    "text", ["3 pièces @ 12 €", "compte Instagram @residence", "20@", "quel conn@rd", "contrat free résilié", "chez orange on attend"]
)
def test_not_an_email(text: str) -> None:
    assert found(text) == []
