from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spellchecker import SpellChecker

from recognizers.detector import default_detector
from recognizers.folding import fold_word
from recognizers.identifiers.vocabulary import person_words
from recognizers.sound import sound
from recognizers.spelling import load_spelling

BY_EAR = {
    "krise": "crise", "poubel": "poubelle", "alkolik": "alcoolique", "depresion": "depression", "kolere": "colere",
    "ospitalise": "hospitalise", "skizofrene": "schizophrene", "pompie": "pompier", "jandarmeri": "gendarmerie", "dossie": "dossier",
    "psikiatre": "psychiatre", "dospitalise": "hospitalise", "lamende": "amende", "amoureu": "amoureux",
}  # fmt: skip


@pytest.mark.parametrize(("written", "meant"), BY_EAR.items())
def test_what_is_spelled_by_ear(written: str, meant: str) -> None:
    assert load_spelling().respelled(written) == meant


def test_no_word_is_respelled() -> None:
    words = {fold_word(word) for word in SpellChecker(language="fr").word_frequency.dictionary}
    words |= person_words().surnames | person_words().first_names | person_words().places
    respelled = load_spelling().respelled
    assert [word for word in words if word.isalpha() and len(word) >= 5 and respelled(word) != word] == []


@given(word=st.text("abcdefghijklmnopqrstuvwxyz", min_size=5, max_size=14))
def test_what_is_respelled_is_right_and_sounds_alike(word: str) -> None:
    spelling = load_spelling()
    right = spelling.respelled(word)
    assert spelling.respelled(right) == right
    assert right == word or sound(right) in {sound(word), sound(word[1:]), sound(word[2:])}


@pytest.mark.parametrize(
    ("text", "remarks"),
    [
        ("Mme a été ospitalisée", [("HEALTH", "ospitalisée")]),
        ("le mari est alkolik", [("ADDICTION", "alkolik")]),
        ("MR EN PRIZON", [("OFFENCE", "EN PRIZON")]),
        ("voitur en double file, courrié au voisin, porte du batimen a réparer", []),
    ],
)
def test_a_remark_that_is_spelled_by_ear_is_found_where_it_stands(text: str, remarks: list[tuple[str, str]]) -> None:
    assert [(f.entity, text[slice(*f.words)]) for f in default_detector().find(text)] == remarks
    assert default_detector().find_many([text] * 20) == [default_detector().find(text)] * 20
