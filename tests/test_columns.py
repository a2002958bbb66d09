"""Which column is what."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.columns import ColumnRoles, Requested, column_names, detect_roles, find_column, fold_header, is_header, recognised_headers
from scanner.errors import InputError

PROSE = "Le locataire est parti sans prévenir"


def text_columns(header: str, *cells: str) -> tuple[str, ...]:
    return detect_roles([header], [[cell] for cell in cells], Requested()).texts


@pytest.mark.parametrize(
    ("header", "folded"),
    [
        ("N° Locataire", "num_locataire"),
        ("dateSaisie", "date_saisie"),
        ("Bloc-Notes", "bloc_notes"),
        ("OBSERVATION(S)", "observation_s"),
        ("Événement  ", "evenement"),
        ("Œuvre", "oeuvre"),
        ("", ""),
    ],
)
def test_headers_are_folded(header: str, folded: str) -> None:
    assert fold_header(header) == folded


@pytest.mark.parametrize(
    "header",
    [
        "Commentaire", "COMMENTAIRES", "comm", "CMT", "Observation", "obs_gardien", "Remarques", "RQ", "Notes", "bloc-note",
        "Bloc Notes", "MEMO", "libelle_long", "texte_libre", "TXT", "zone_libre", "ZL", "zlc1", "motif_libre", "compte rendu", "CR",
        "historique", "HISTO", "suivi", "avis_gardien", "Commentaire2", "note_interne", "LIG_TEXTE", "comment_text",
    ],
)  # fmt: skip
def test_headers_of_free_text_need_no_content(header: str) -> None:
    assert text_columns(header, "A1", "A1", "A1", "A1") == (header,)


@pytest.mark.parametrize(
    "header", ["Objet", "motif", "INFOS_COMPL", "divers", "précision", "situation", "Consigne", "réponse", "actions", "lib"]
)
def test_vague_headers_are_free_text_unless_they_repeat_codes(header: str) -> None:
    assert text_columns(header, "fuite", "absent", "clé") == (header,)
    assert text_columns(header, *["OUI", "NON"] * 10) == ()
    assert text_columns(header) == (header,)


@pytest.mark.parametrize(
    "header",
    [
        "date_commentaire", "id_commentaire", "type_observation", "code_motif", "nb_notes", "comment_date", "note_id", "saisi_par", "user",
        "Montant", "statut", "IBAN", "adresse", "ville", "nature",
    ],
)  # fmt: skip
def test_other_headers_are_not(header: str) -> None:
    assert text_columns(header, "A1", "B2", "12 rue de la Paix") == ()


def test_content_finds_remarks_that_no_header_announces() -> None:
    assert text_columns("zzz", *["A1"] * 19, PROSE) == ("zzz",)
    assert text_columns("zzz", *["A1"] * 30, PROSE) == ()
    assert text_columns("zzz", "Dupont", "Martin") == ()
    assert text_columns("zzz", "", " ") == ("zzz",)
    assert text_columns("tel", "0612345678", PROSE) == ()
    assert text_columns("tel", "0612345678", "appeler le soir seulement car son mari ne doit pas savoir") == ("tel",)


def test_every_role_is_found() -> None:
    header = ["ID", "Num_Locataire", "Agence", "Service", "Date_Saisie", "Date_MAJ", "Nom", "Prénom", "Login", "Adresse", "Commentaire"]
    assert detect_roles(header, [], Requested()) == ColumnRoles(
        texts=("Commentaire",),
        id="ID",
        tenant="Num_Locataire",
        site="Agence",
        author_group="Service",
        date="Date_Saisie",
        names=("Nom", "Prénom"),
    )


def test_the_more_telling_header_wins_whatever_its_place() -> None:
    roles = detect_roles(["num_dossier", "date_maj", "ref", "num_locataire", "date_creation", "id"], [], Requested())
    assert (roles.tenant, roles.date, roles.id) == ("num_locataire", "date_creation", "id")


def test_named_columns_win() -> None:
    requested = Requested(texts=("libre 2", "A"), names=("qui",), single={"id": "commentaire", "date": "quand"})
    assert detect_roles(["id", "Commentaire", "A", "Libre_2", "Qui", "Quand", "nom"], [], requested) == ColumnRoles(
        texts=("A", "Libre_2"), id="Commentaire", date="Quand", names=("Qui",)
    )


def test_a_named_column_that_does_not_exist_is_refused_with_the_list() -> None:
    with pytest.raises(InputError, match=r"^no column 'obz'; the columns are: id, obs$"):
        find_column(["id", "obs"], "obz")


def test_column_names_are_distinct() -> None:
    assert column_names(["a", "", "a", " a_2 ", "a"]) == ("a", "col2", "a_2", "a_2_2", "a_3")


@given(st.lists(st.sampled_from(["a", "a_2", "col2", ""])))
def test_column_names_never_collide(header: list[str]) -> None:
    assert len(set(column_names(header))) == len(header)


@pytest.mark.parametrize(
    ("first", "body", "expected"),
    [
        (["Id", "Commentaire"], [["1", PROSE]], True),
        (["1", PROSE], [["2", PROSE]], False),
        (["Commentaire"], [["RAS"]], True),
        (["Fuite"], [[PROSE]], False),
        (["alpha", "beta"], [["1", "x"], ["2", "y"]], True),
        (["alpha", "beta"], [["x", "y"]], False),
        (["12/03/2024", "Commentaire"], [["13/03/2024", "x"]], False),
        (["libellé du message de la demande du locataire"], [], False),
    ],
)
def test_a_first_row_in_doubt_is_data(first: list[str], body: list[list[str]], expected: bool) -> None:
    assert is_header(first, body, Requested()) is expected


def test_a_first_row_with_a_named_column_is_a_header() -> None:
    assert is_header(["alpha", "12"], [], Requested(texts=("ALPHA",)))


def test_recognised_headers_are_counted() -> None:
    assert recognised_headers(["Id", "zzz", "Observations", "Tel"]) == 3
