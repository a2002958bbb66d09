"""What concerns third parties is masked, what concerns the person stays; codes are explained."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognizers.detector import Detector, default_detector
from recognizers.finding import Finding
from scanner.errors import ConfigError
from scanner.subject.glossary import load_glossary
from scanner.subject.masking import Masked, mask
from scanner.subject.mentions import Finder
from scanner.subject.passages import sentences
from scanner.subject.person import person_asked

CLAIRE = person_asked(["Valmont Claire"], ["06 12 34 56 78"], ["claire@poste.example"])
FINDER = Finder(CLAIRE)


def masked(detector: Detector, text: str, names: tuple[str, ...] = ("VALMONT", "Claire"), *, own: bool = True) -> Masked:
    return mask(text, detector.find(text, names), FINDER.find(text), CLAIRE, own=own)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Mme Valmont sous chimiothérapie, NPR", "Mme Valmont sous chimiothérapie, NPR"),
        ("Son fils Kévin est alcoolique", "Son fils [tiers] est [tiers]"),
        ("rappeler au 06.12.34.56.78 ou 06 99 88 77 66", "rappeler au 06.12.34.56.78 ou [tiers]"),
        ("écrire à claire@poste.example, pas à bruno@poste.example", "écrire à claire@poste.example, pas à [tiers]"),
        ("M. VALMONT (Paul Valmont) absent", "M. VALMONT ([tiers]) absent"),
        ("voisine Mme Duras, 12 rue des Lilas, se plaint", "voisine Mme [tiers], [tiers], se plaint"),
        ("déménage au 12 rue des Lilas", "déménage au 12 rue des Lilas"),
        ("vu avec M. Perrin (CESF)", "vu avec M. [tiers] (CESF)"),
        ("IBAN FR76 3000 6000 0112 3456 7890 189", "IBAN FR76 3000 6000 0112 3456 7890 189"),
        ("Mme Valmon a un cancer", "Mme Valmon a un cancer"),
        ("", ""),
    ],
)
def test_in_a_record_of_the_person(detector: Detector, text: str, read: str) -> None:
    assert masked(detector, text).text == read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Mme Duras dépressive. Se plaint de Mme Valmont, alcoolique.", "[…] Se plaint de Mme Valmont, alcoolique."),
        ("Se plaint de Mme Valmont. Mme Duras est dépressive !", "Se plaint de Mme Valmont. […]"),
        ("Mme Duras, dépressive, accuse Claire Valmont de bruit", "Mme [tiers], [tiers], accuse Claire Valmont de bruit"),
        ("Claire Valmont a insulté Mme Duras, dépressive", "Claire Valmont a insulté Mme [tiers], [tiers]"),
        (
            "a donné le 06 12 34 56 78, sinon 01 45 45 45 45, code porte 1234A",
            "a donné le 06 12 34 56 78, sinon [tiers], code porte [tiers]",
        ),
        ("Vu M. Roy ; Mme Valmont absente ; M. Roy cancer ; appel de Mme Valmont", "[…] Mme Valmont absente ; […] appel de Mme Valmont"),
    ],
)
def test_in_a_record_of_somebody_else(detector: Detector, text: str, read: str) -> None:
    assert masked(detector, text, ("DURAS", "Simone"), own=False).text == read


def test_what_was_masked_is_counted_by_kind(detector: Detector) -> None:
    text = "Son fils Kévin est alcoolique, rappeler 06 99 88 77 66 ou kevin@poste.example"
    assert dict(masked(detector, text).counts) == {"name": 1, "remark": 1, "phone": 1, "email": 1}


def test_a_remark_over_the_end_of_a_sentence_is_masked_on_both_sides() -> None:
    text = "Fils malade ; vu Mme Valmont ; rien"
    remark = Finding("HEALTH", 0, 16, 0.9, "HEALTH.x", subject="relative")
    whole = Finding("HEALTH", 0, 35, 0.9, "HEALTH.x", subject="relative")
    mentions = FINDER.find(text)
    assert mask(text, [remark], mentions, CLAIRE, own=False) == Masked("[…] [tiers] Mme Valmont ; […]", Counter(remark=1))
    assert mask(text, [remark], mentions, CLAIRE, own=True) == Masked("[tiers] Mme Valmont ; rien", Counter(remark=1))
    assert mask(text, [remark, whole], mentions, CLAIRE, own=True) == Masked("[tiers] Mme Valmont [tiers]", Counter(remark=2))


PARTS = [
    "Mme Valmont",
    "M. Duras",
    "est alcoolique",
    "son fils",
    "06 99 88 77 66",
    "fuite",
    ".",
    ";",
    "cancer",
    "«",
    "TS",
    "\n",
    "12 rue des Lilas",
]


@given(st.lists(st.sampled_from(PARTS), max_size=9).map(" ".join), st.booleans())
def test_no_name_or_number_of_others_is_left_and_nothing_is_added(text: str, own: bool) -> None:
    read = masked(default_detector(), text, own=own)
    assert "Duras" not in read.text
    assert "06 99 88 77 66" not in read.text
    kept = read.text.replace("[tiers]", "\0").replace("[…]", "\0").split("\0")
    assert all(piece.strip() in text for piece in kept)
    assert read.text.count("[tiers]") == read.counts.total()


@given(st.text(alphabet="ab M.!;\n", max_size=30))
def test_sentences_cover_the_text(text: str) -> None:
    assert "".join(text[start:end] for start, end in sentences(text)) == text


def test_sentences_do_not_end_at_abbreviations() -> None:
    text = "Vu M. Roy et Mme. Petit au bât. B. Fuite réparée. RDV pris ! Merci"
    assert [text[start:end] for start, end in sentences(text)] == [
        "Vu M. Roy et Mme. Petit au bât. B. Fuite réparée. ",
        "RDV pris ! ",
        "Merci",
    ]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("NPR, dossier A.S. et C.A.L. du 3", ["NPR", "AS", "CAL"]),
        ("Pastille Rouge sur la fiche, profil B", ["pastille rouge", "profil B"]),
        ("TS passés, TS refusés", ["TS"]),
        ("as-tu vu le cal, edl, profil actif, NPRX, DIX", []),
    ],
)
def test_codes_are_found_as_they_are_written(text: str, codes: list[str]) -> None:
    assert [code.code for code in load_glossary().codes_in(text)] == codes


def test_the_organisation_s_own_codes_win(tmp_path: Path) -> None:
    path = tmp_path / "codes.toml"
    path.write_text(
        '[[codes]]\ncode = "NPR"\nmeanings = ["nouveau plan de relogement"]\n[[codes]]\ncode = "ZZ9"\nmeanings = ["zone 9"]\n', "utf-8"
    )
    found = load_glossary(path).codes_in("NPR ZZ9 EDL")
    assert [(code.code, code.meanings, code.house) for code in found[:2]] == [
        ("NPR", ("nouveau plan de relogement",), False),
        ("ZZ9", ("zone 9",), False),
    ]
    assert found[2].code == "EDL"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('[[codes]]\ncode = "AB"\n', "line 1: 'meanings' is missing or empty"),
        ('[[codes]]\ncode = "a.b"\nmeanings = ["x"]\n', "line 2: 'code' must be 2 to 12 capitals"),
        ('[[codes]]\ncode = "AB"\nmeaning = ["x"]\n', "line 3: unknown key 'meaning'"),
    ],
)
def test_a_malformed_glossary_names_line_and_reason(tmp_path: Path, content: str, reason: str) -> None:
    path = tmp_path / "codes.toml"
    path.write_text(content, "utf-8")
    with pytest.raises(ConfigError, match=reason):
        load_glossary(path)
