"""A person is found however staff write the name; somebody else is not."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import InputError
from scanner.subject.mentions import Finder
from scanner.subject.person import Person, full_name, named_in, person_asked
from scanner.subject.spelling import one_letter_apart

SURNAMES = ("Valmontel", "Dupont-Valmy", "de la Fresnaye", "Lefébure", "N'Diayeba", "Quérouan")
FIRST_NAMES = ("Claire", "Jean-Pierre", "Élodie", "François")
OTHERS = ("Duras", "Okafor", "Tourneminier", "Petrovanu", "Rasanayagam", "Belghaouine")


def ways(text: str, *names: str, phones: tuple[str, ...] = (), emails: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Return the words of each mention in ``text``, and how it was found."""
    return [(text[m.start : m.end], m.way) for m in Finder(person_asked(names, phones, emails)).find(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("vu Jean-Pierre Dupont-Valmy ce jour", [("Jean-Pierre Dupont-Valmy", "full")]),
        ("DUPONT VALMY JEAN PIERRE absent", [("DUPONT VALMY JEAN", "full")]),
        ("J.-P. Dupont-Valmy", [("J.-P. Dupont-Valmy", "initial")]),
        ("J. Dupont-Valmy", [("J. Dupont-Valmy", "initial")]),
        ("courrier à Dupont-Valmy J.", [("Dupont-Valmy J.", "initial")]),
        ("M. et Mme Dupont-Valmy bruyants", [("Mme Dupont-Valmy", "title")]),
        ("famille DUPONT VALMY", [("famille DUPONT VALMY", "title")]),
        ("Mme Dupont", [("Mme Dupont", "title")]),
        ("voisin dupontvalmy", [("voisin dupontvalmy", "title")]),
        ("Dupond-Valmy est passé", [("Dupond-Valmy", "misspelt")]),
        ("Dupont", []),
        ("Paul Dupont-Valmy", []),
        ("P. Dupont-Valmy", []),
        ("Dupont-Valmy Sophie", []),
        ("Mme Dupont-Aubert", []),
        ("M. Duponteau", []),
        ("", []),
    ],
)
def test_a_name_in_the_ways_that_staff_write_it(text: str, found: list[tuple[str, str]]) -> None:
    assert ways(text, "Dupont-Valmy Jean-Pierre") == found


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("LEROUX Anaïs", "le roux est parti, mur roux", []),
        ("LEROUX Anaïs", "Anaïs Le Roux", [("Anaïs Le Roux", "full")]),
        ("PETIT Rose", "petit souci, grand-mère petite", []),
        ("PETIT Rose", "Mme Petit, petit souci", [("Mme Petit", "title")]),
        ("PETIT Rose", "la locataire Petit", [("locataire Petit", "title")]),
        ("DE LA TOUR Élise", "rendez-vous au pied de la tour", []),
        ("DE LA TOUR Élise", "ELISE DE LA TOUR", [("ELISE DE LA TOUR", "full")]),
        ("PETIT Anne", "donné à petit prix", []),
        ("PETIT Anne", "DONNÉ A PETIT PRIX", []),
        ("PETIT Anne", "A. Petit a appelé, A Petit absente", [("A. Petit", "initial"), ("A Petit", "initial")]),
        ("VALMONTEL Anne", "COURRIER A VALMONTEL", [("VALMONTEL", "surname")]),
        ("VALMONTEL Anne", "vu Paul. Valmontel absente", [("Valmontel", "surname")]),
        ("MARTIN Paul", "M. Martins, saint-martin, rue Martin", []),
        ("MARTIN Paul", "Martin passe demain", []),
        ("DURAND Luc", "M. Durant", []),
    ],
)
def test_a_name_that_is_a_word_needs_a_title_or_the_first_name(name: str, text: str, found: list[tuple[str, str]]) -> None:
    assert ways(text, name) == found


@pytest.mark.parametrize("text", ["06.12.34.56.78", "+33 6 12 34 56 78", "0033612345678", "O6 12 34 56 78", "06-12-34-56-78"])
def test_a_telephone_number_however_it_is_written(text: str) -> None:
    assert ways(f"rappeler au {text} svp", phones=("0612345678",)) == [(text, "phone")]


def test_numbers_and_addresses_of_others_are_not_found() -> None:
    text = "rappeler 06 12 34 56 79, mail claire.v2@poste.example"
    assert ways(text, phones=("06 12 34 56 78",), emails=("claire.v@poste.example",)) == []
    assert ways("écrire à Claire.V@Poste.example", emails=("claire.v@poste.example",)) == [("Claire.V@Poste.example", "email")]


names = st.tuples(st.sampled_from(SURNAMES), st.sampled_from(FIRST_NAMES))


def bare(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))


@given(
    names,
    st.sampled_from(["{f} {s}", "{s} {f}", "{s}, {f}", "Mme {s}", "M. {f} {s}", "{i}. {s}", "famille {s}", "le locataire {s}"]),
    st.sampled_from([str, str.upper, str.lower, bare, lambda text: bare(text).upper(), lambda text: text.replace("-", " ")]),
    st.sampled_from(["vu {} ce jour", "{} : fuite", "appel de {}.", "{}", "bruit chez {}, rappeler"]),
)
def test_every_way_of_writing_a_name_is_found_once(name: tuple[str, str], shape: str, written: object, sentence: str) -> None:
    surname, first = name
    mention = written(shape.format(s=surname, f=first, i=first[0]))  # type: ignore[operator]
    found = Finder(Person((_words(surname),), (_words(first),))).find(sentence.format(mention))
    assert len(found) == 1
    text = sentence.format(mention)[found[0].start : found[0].end]
    assert bare(surname.split()[-1]).casefold().replace("-", " ") in bare(text).casefold().replace("-", " ")


@given(names, st.sampled_from(OTHERS), st.sampled_from(["Mme {}", "M. Paul {}", "{} Simone", "famille {}", "{}", "S. {}"]))
def test_nobody_else_is_found(name: tuple[str, str], other: str, shape: str) -> None:
    surname, first = name
    assert Finder(Person((_words(surname),), (_words(first),))).find(f"appel de {shape.format(other)} pour une fuite") == []


@given(st.text(alphabet="abcde", min_size=1, max_size=8), st.text(alphabet="abcde", min_size=1, max_size=8))
def test_one_letter_apart_is_symmetric_and_what_the_definition_says(left: str, right: str) -> None:
    edits = {left[:i] + left[i + 1 :] for i in range(len(left))}
    edits |= {left[:i] + c + left[i:] for i in range(len(left) + 1) for c in "abcde"}
    edits |= {left[:i] + c + left[i + 1 :] for i in range(len(left)) for c in "abcde"}
    edits |= {left[:i] + left[i + 1] + left[i] + left[i + 2 :] for i in range(len(left) - 1)}
    assert one_letter_apart(left, right) == one_letter_apart(right, left) == (right in edits - {left})


def _words(name: str) -> tuple[str, ...]:
    (surname,) = named_in(["NOM", "PRENOM"], [name, "x"]).surnames
    return surname


@pytest.mark.parametrize(
    ("written", "surname", "first"),
    [
        ("Valmont Claire", ("valmont",), ("claire",)),
        ("Claire VALMONT", ("valmont",), ("claire",)),
        ("Mme Élise de la Tour", ("de", "la", "tour"), ("elise",)),
        ("de la Tour Élise", ("de", "la", "tour"), ("elise",)),
        ("Dupont-Valmy Jean-Pierre", ("dupont", "valmy"), ("jean", "pierre")),
        ("Xyzab Qwert", ("xyzab",), ("qwert",)),
    ],
)
def test_surname_and_first_name_are_told_apart(written: str, surname: tuple[str, ...], first: tuple[str, ...]) -> None:
    assert full_name(written) == Person((surname,), (first,))


def test_name_columns_say_which_is_which_and_a_spouse_is_somebody_else() -> None:
    columns = ["NOM", "NOM_NAISSANCE", "PRENOM", "NOM_CONJOINT"]
    assert named_in(columns, ["MARTIN", "PAUL", "Rose", "DURAS"]) == Person((("martin",), ("paul",)), (("rose",),))
    assert named_in(["NOM", "PRENOM", "NOM_CONJOINT"], ["MARTIN", "Rose"]) == Person((("martin",),), (("rose",),))
    assert named_in(["NOM"], ["VALMONT CLAIRE"]) == named_in(["NOM", "X"], ["VALMONT", "CLAIRE"]) == Person((("valmont",),), (("claire",),))
    assert named_in([], []) == Person()


@pytest.mark.parametrize(
    ("names", "phones", "emails", "reason"),
    [
        (["123"], [], [], "a --name holds no word"),
        ([], ["bonjour"], [], "a --phone is no telephone number"),
        ([], [], ["claire at poste"], "an --email is no address"),
    ],
)
def test_what_cannot_be_looked_for_is_refused_without_repeating_it(
    names: list[str], phones: list[str], emails: list[str], reason: str
) -> None:
    with pytest.raises(InputError, match=reason) as raised:
        person_asked(names, phones, emails)
    assert not any(given in str(raised.value) for given in (*names, *phones, *emails))
