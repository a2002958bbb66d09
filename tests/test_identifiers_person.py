"""PERSON: names by title, role, first name, initial, list and record, and what only looks like a name."""

import pytest

from recognizers.finding import Finding
from recognizers.identifiers import find_identifiers


def names_in(text: str, names: tuple[str, ...] = ()) -> list[str]:
    findings = find_identifiers(text, names)
    assert {finding.entity for finding in findings} <= {"PERSON"}
    return [text[finding.start : finding.end] for finding in findings]


NAMED = [
    ("Mme Lallemand absente", ["Lallemand"]),
    ("M. Juif et Mme Allemand, lot trois", ["Juif", "Allemand"]),
    ("M. Le Goff reporte", ["Le Goff"]),
    ("mme de la tour a perdu son badge", ["de la tour"]),
    ("MME BAUDRIER A APPELE", ["BAUDRIER"]),
    ("chez mme le goff, radiateur purgé", ["le goff"]),
    ("mr et mme sow ont rappelé", ["sow"]),
    ("Dr Lemesle consulte au fond", ["Lemesle"]),
    ("Me Bastide plaide", ["Bastide"]),
    ("chez les Mbemba", ["Mbemba"]),
    ("famille Bokassongo", ["Bokassongo"]),
    ("Tomasz Wrona attend", ["Tomasz Wrona"]),
    ("remis à J. Martin contre signature", ["J. Martin"]),
    ("Cordialement,\nT. Lebrun", ["T. Lebrun"]),
    ("Bien à vous, M.-C. Aubry", ["M.-C. Aubry"]),
    ("Mmes Roy et Vidal candidates", ["Roy", "Vidal"]),
    ("Mlle N'Guessan, M. d'Abitbol", ["N'Guessan", "Abitbol"]),
    ("Mme Van der Linden", ["Van der Linden"]),
    ("DIAKITE Fanta, attestation reçue", ["DIAKITE Fanta"]),
    ("MAJ PAR DUPRAZ C. LE DOUZE", ["DUPRAZ C."]),
    ("le gardien Loubrec ouvre", ["Loubrec"]),
    ("C'est le fils Castaldi", ["Castaldi"]),
    ("Interphone au nom de Rigaux", ["Rigaux"]),
    ("VU PAR LECLERCQ", ["LECLERCQ"]),
    ("SERRURE POSEE (RENARD)", ["RENARD"]),
    ("Mme Skrotchanska demande", ["Skrotchanska"]),
    ("MME SKROTCHANSKA REFUSE LE DEVIS", ["SKROTCHANSKA"]),
    ("mme skrotchanska veut un badge", ["skrotchanska"]),
    ("facture validée par l. benguigui", ["l. benguigui"]),
    ("MME PETIT DEMANDE UN DOUBLE", ["PETIT"]),
    ("M. LOUBREC ACTIVEMENT RECHERCHE", ["LOUBREC"]),
    ("Mme Gentille ne répond pas", ["Gentille"]),
    ("Appel Duretz ce matin", ["Duretz"]),
    ("Mail de Fauvergue reçu", ["Fauvergue"]),
    ("Interphone Sellier", ["Sellier"]),
    ("ramonage refusé chez Lagrenade", ["Lagrenade"]),
    ("les Marchand du rez-de-chaussée", ["Marchand"]),
    ("bail au nom de Pelisson et Marchandeau", ["Pelisson", "Marchandeau"]),
    ("boîte : Rivolard et Szabo", ["Rivolard", "Szabo"]),
    ("au nom de Lefebvre et non Lefèvre", ["Lefebvre", "Lefèvre"]),
    ("Costa / Lim sur la sonnette", ["Costa", "Lim"]),
    ("voir dossier Maupertuis Karim", ["Maupertuis Karim"]),
    ("Carême, prénom Luc", ["Carême"]),
    ("Remis à L'Hermitte", ["L'Hermitte"]),
    ("Zvonimirsky (lot 8) réclame un double", ["Zvonimirsky"]),
    ("Sordavrel 2B veut un rendez-vous", ["Sordavrel"]),
    ("Zvonimirsky demande un badge", ["Zvonimirsky"]),
    ("Le hall sera repeint, le tapis changé. Bien à vous, Sordavrel", ["Sordavrel"]),
    ("Le hall sera repeint, le tapis changé lundi. Merci.\nSordavrel", ["Sordavrel"]),
    ("c'est encore les Zvonimirsky", ["Zvonimirsky"]),
    ("LES CLES SONT CHEZ LES ZVONIMIRSKY DU HAUT", ["ZVONIMIRSKY"]),
    ("MME ZVONIMIRSKY SOUS ESCORTE", ["ZVONIMIRSKY"]),
    ("mr zvonimirsky sa fille a le badge", ["zvonimirsky"]),
    ("GARANT : ZVONIMIRSKY KARIM, ONCLE", ["ZVONIMIRSKY KARIM"]),
    ("procès-verbal signé par Sordavrel", ["Sordavrel"]),
    ("virement de Drazko Zvonimirsky", ["Drazko Zvonimirsky"]),
]


@pytest.mark.parametrize(("text", "names"), NAMED)
def test_names(text: str, names: list[str]) -> None:
    assert names_in(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "elle travaille chez Carglamour",
        "commande chez Rexmat en attente",
        "passage chez Otis",
        "RDV Enedis mercredi",
        "Dossier Sinistre clos",
        "Rosier grimpant de la façade",
        "à Metz, agence de Vitry",
        "au nom du SSIAD Val-de-Loire",
        "pour France-Portugal",
        "mme syndiquée a appelé",
        "pr Lutte ouvrière",
        "MR GILET JAUNE",
        "QU'IL AIT UNE PORTE",
        "Nouveau prénom à noter",
        "rue Jean Moulin barrée",
        "Foncia et Otis convoqués",
        "rue Martin Luther King",
        "angle de la rue du Docteur Roux",
        "résidence Victor Hugo, bât. Jules Verne",
        "par l'impasse Lefebvre",
        "école Simone Veil",
        "Entreprise Dupont Plomberie",
        "Société Lambert & Fils",
        "chaudière Saunier Duval",
        "garant Visale",
        "Mme du troisième",
        "Mr lot neuf",
        "Mme dit que la porte grince",
        "MR ABSENT, AVIS LAISSE",
        "MME HOSPITALISEE DEPUIS LUNDI",
        "Monsieur engloutit son salaire",
        "mr bute dedans",
        "M. le Maire a répondu",
        "Madame la juge",
        "Madame, Monsieur,\nJe vous écris",
        "vu avec JPM, signé DUP",
        "MR HS, MME ABS",
        "Mme T. rappelle",
        "M. X refuse",
        "plinthe de 1,20 m. Tableau conforme",
        "Pierre fendue dans le hall",
        "EXPULSION DE L'AIR PAR LE PURGEUR",
        "L'enfant du premier",
        "famille d'accueil",
        "Mme refuse l'accès, MME VEUT UN RDV",
        "Monsieur. Corriger la fiche",
        "mademoiselle. Tableau refait",
        "Parafoudre à changer au tableau, devis demandé lundi",
        "Désembouage prévu. Détalonnage à revoir avant la fin du mois.",
        "mr apelle pr son volet",
        "LE SOIR 06 12 EST ECRIT SUR LA PORTE VERTE",
        "RELANCE PRESTA DEMAIN, VISITE TECHN. REFUSEE",
        "muté de Nangis à Thiais, logé par Hydro-Ouest",
    ],
)
def test_not_names(text: str) -> None:
    assert names_in(text) == []


def test_title_finding_is_explained() -> None:
    assert find_identifiers("Mme Vasseur absente") == [Finding("PERSON", 4, 11, 0.95, "PERSON.title", cues=("title",))]


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ("zorvaneck a rappelé", ("ZORVANECK",), ["zorvaneck"]),
        ("vu Zörvaneck hier", ("Zorvaneck", "Kim"), ["Zörvaneck"]),
        ("porte blindée posée", ("Porte",), []),
        ("locataire Porte absent", ("PORTE",), ["Porte"]),
        ("mme porte absente", ("PORTE",), ["porte"]),
        ("rue Zorvaneck", ("Zorvaneck",), []),
        ("le hall est à refaire", ("LE", "A"), []),
        ("zorvanecks", ("ZORVANECK",), []),
    ],
)
def test_names_of_the_record(text: str, names: tuple[str, ...], expected: list[str]) -> None:
    assert names_in(text, names) == expected


def test_phone_tells_the_name_before_it() -> None:
    text = "MANDATAIRE A JOINDRE : VAUCLARIN 01 99 00 27 54"
    assert [(f.entity, f.rule, text[f.start : f.end]) for f in find_identifiers(text)] == [
        ("PERSON", "PERSON.detail", "VAUCLARIN"),
        ("PHONE_NUMBER", "PHONE_NUMBER.french", "01 99 00 27 54"),
    ]
