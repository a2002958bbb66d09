"""ACCESS_CODE: door codes, padlocks, alarms, passwords, hidden keys, and the numbers and places that are none."""

import pytest

from recognizers.identifiers import find_identifiers


def found(text: str) -> list[tuple[str, str]]:
    return [(finding.entity, text[finding.start : finding.end]) for finding in find_identifiers(text)]


CODES = [
    ("code 47A62", "47A62"),
    ("digicode 1234A", "1234A"),
    ("CODE HALL CHANGE CE JOUR : B4172", "B4172"),
    ("code portail parking 2580#", "2580#"),
    ("local OM, taper 190374 puis valider", "190374"),
    ("boîte à clés : 0419", "0419"),
    ("combinaison 7-3-0-2", "7-3-0-2"),
    ("je lui ai redonné 70A31 pour la porte", "70A31"),
    ("code PIN tablette 4826", "4826"),
    ("badge vigik n° 0004587712 perdu", "0004587712"),
    ("coffre : gauche 12 droite 40 gauche 7", "gauche 12 droite 40 gauche 7"),
    ("mdp : Azerty!2019", "Azerty!2019"),
    ("mot de passe de la box, tilleul-brique-42", "tilleul-brique-42"),
    ("le mot de passe, c'est « mirabelle »", "mirabelle"),
    ("wifi loge : réseau box, clé 9F3A22B9C01D", "9F3A22B9C01D"),
    ("laisse la clé dans le pot de lavande", "dans le pot de lavande"),
    ("un passe sous la jardinière du palier, merci", "sous la jardinière du palier"),
    ("CLE DE SECOURS SOUS L EXTINCTEUR DU 3E", "SOUS L EXTINCTEUR DU 3E"),
    ("trousseau derrière le compteur gaz", "derrière le compteur gaz"),
    ("double de clé chez la voisine", "chez la voisine"),
    ("digicode A1B2", "A1B2"),
    ("sas *1234#", "*1234#"),
    ("portail 12*34", "12*34"),
    ("le code à 4 chiffres est 7812", "7812"),
    ("Digicode changé vendredi. Nouveau : 6123", "6123"),
    ("clavier bloqué dix minutes. Le bon : 7305B", "7305B"),
    ("cadenas 482", "482"),
    ("combinaison 12-45-78", "12-45-78"),
    ("alarme à désarmer avec 4512", "4512"),
    ("keybox 5512 sur la rambarde", "5512"),
    ("mot de passe : azertyuiop", "azertyuiop"),
    ("mdp = soleil, à changer", "soleil"),
    ("clé planquée au-dessus du tableau électrique", "au-dessus du tableau électrique"),
    ("il cache sa clé sous le seuil", "sous le seuil"),
    ("Sous le pot de fleurs il y a la clé", "Sous le pot de fleurs"),
]


@pytest.mark.parametrize(("text", "code"), CODES)
def test_access_code(text: str, code: str) -> None:
    assert found(text) == [("ACCESS_CODE", code)]


def test_hiding_place_ends_where_a_name_starts() -> None:
    assert found("clés chez la voisine Mme Vasseur 2e") == [("ACCESS_CODE", "chez la voisine Mme"), ("PERSON", "Vasseur")]


def test_number_beside_a_code() -> None:
    assert found("6713 en bas et B0294 sur cour") == [("ACCESS_CODE", "6713"), ("ACCESS_CODE", "B0294")]


@pytest.mark.parametrize(
    "text",
    [
        "code postal 93210",
        "code erreur E4521 sur la chaudière",
        "code défaut 3919 variateur",
        "article 1719 du code civil",
        "code de la construction, art. R. 126",
        "code APE 4322B",
        "Code article 4512B",
        "bon de commande 4512",
        "lot 1204, porte blindée",
        "le digicode est changé depuis 2021",
        "02H15 alarme parking",
        "mot de passe oublié, portail inaccessible",
        "clé cassée dans la serrure",
        "clés perdues derrière le meuble",
        "clés dans la boîte de l'agence",
        "clé anglaise oubliée sur le rebord",
        "la clé tourne mal. Eau sous l'évier",
        "mot de passe : oublié",
        "cadenas à remplacer, 3 clés",
        "cadenas coupé le 12-03-24",
        "clés au tableau",
        "fuite sous l'évier, clé d'arrêt grippée",
        "sous le tapis, clé cassée",
        "CHAUDIERE ETEINTE, CODE E133, P2 PASSE A 14H",
        "code F28 sur le thermostat",
    ],
)
def test_not_an_access_code(text: str) -> None:
    assert found(text) == []
