"""Properties: what is planted is found where it stands, in any of the writings, and disguises hide nothing."""

import string
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

import recognizers.identifiers
from recognizers.finding import Finding
from recognizers.identifiers import find_identifiers, gate
from recognizers.identifiers.access_words import access_words
from recognizers.identifiers.disjoint import Disjoint
from recognizers.identifiers.vocabulary import person_words

SEPARATORS = st.sampled_from(["", " ", ".", "-", "\u00a0", "\u202f", " \u200b"])
LEADS = st.sampled_from(["", "voir ", "Été à noter : ", "« ", "a\n"])


def spans(text: str, entity: str) -> list[tuple[int, int]]:
    return [(finding.start, finding.end) for finding in find_identifiers(text) if finding.entity == entity]


def grouped(compact: str, sizes: tuple[int, ...], separator: str) -> str:
    parts, position = [], 0
    for size in sizes:
        parts.append(compact[position : position + size])
        position += size
    return separator.join([*parts, compact[position:]] if position < len(compact) else parts)


@st.composite
def nirs(draw: st.DrawFn) -> str:
    place = draw(st.sampled_from(["75112", "2A004", "2B033", "97411", "99350", "13055", "01001"]))
    body = (
        f"{draw(st.sampled_from('123478'))}{draw(st.integers(0, 99)):02}{draw(st.sampled_from([*range(1, 13), 20, 30, 42, 50, 99])):02}"
        f"{place}{draw(st.integers(1, 999)):03}"
    )
    key = 97 - int(body.replace("2A", "19").replace("2B", "18")) % 97
    return grouped(f"{body}{key:02}", (1, 2, 2, 2, 3, 3, 2), draw(SEPARATORS))


@st.composite
def ibans(draw: st.DrawFn) -> str:
    account = draw(st.text("123456789", min_size=23, max_size=23))
    check = 98 - int(f"{account}152700") % 97
    written = grouped(f"FR{check:02}{account}", (4,) * 6, draw(SEPARATORS))
    return draw(st.sampled_from([written, written.lower()]))


@st.composite
def cards(draw: st.DrawFn) -> str:
    body = "497" + draw(st.text(string.digits, min_size=12, max_size=12))
    total = sum(sum(divmod(2 * int(digit), 10)) for digit in body[::2]) + sum(int(digit) for digit in body[1::2])
    return grouped(f"{body}{-total % 10}", (4,) * 4, draw(SEPARATORS))


@st.composite
def phones(draw: st.DrawFn) -> str:
    body = f"{draw(st.sampled_from('12345679'))}{draw(st.text(string.digits, min_size=8, max_size=8))}"
    prefix = draw(st.sampled_from(["0", "+33 ", "0033 ", "+33 (0)"]))
    return prefix + grouped(body, (1, 2, 2, 2, 2), draw(SEPARATORS))


@given(LEADS, nirs())
def test_any_valid_nir_is_found(lead: str, nir: str) -> None:
    assert spans(f"{lead}{nir} noté", "NIR") == [(len(lead), len(lead) + len(nir))]


@given(LEADS, ibans())
def test_any_valid_iban_is_found(lead: str, iban: str) -> None:
    assert spans(f"{lead}{iban}, merci", "IBAN_CODE") == [(len(lead), len(lead) + len(iban))]


@given(LEADS, cards())
def test_any_valid_card_is_found(lead: str, card: str) -> None:
    assert spans(f"{lead}{card} ok", "CREDIT_CARD") == [(len(lead), len(lead) + len(card))]


@given(LEADS, phones())
def test_any_phone_is_found(lead: str, phone: str) -> None:
    assert spans(f"{lead}{phone}, merci", "PHONE_NUMBER") == [(len(lead), len(lead) + len(phone))]


@given(
    st.sampled_from(["15", "17", "18", "112", "114", "115", "116 117", "119", "191", "3919", "3114", "39 19"]),
    st.sampled_from(["appeler le {}", "tel {} ou {}", "a composé le {}, {}", "CODE VIOLENCES {}", "le {} prévenu à 02h10"]),
)
def test_emergency_numbers_are_never_found(number: str, sentence: str) -> None:
    assert find_identifiers(sentence.format(number, number)) == []


def find_ungated(text: str) -> list[Finding]:
    """What every detector finds when no cheap test stands before it."""
    with (
        patch.multiple(gate, **{test: lambda comment: True for test in ("may_hold_number", "may_hold_email", "may_hold_access_code")}),
        patch.object(recognizers.identifiers, "may_hold_name", lambda comment: True),
    ):
        return find_identifiers(text)


WORDS = st.one_of(
    *(
        st.sampled_from(sorted(words))
        for words in (
            person_words().titles,
            person_words().roles,
            person_words().surnames,
            person_words().surnames_also_words,
            person_words().first_names | person_words().first_names_also_words,
            person_words().ordinary_words | person_words().verb_forms | person_words().particles,
            access_words().number_cues | access_words().code_links,
            access_words().keys | access_words().password_words,
        )
    ),
    st.sampled_from(
        [
            "J.",
            "T.",
            "Skrotchanska",
            "l'Hermitte",
            "47B19",
            "1234",
            "12-34-56",
            "*12#",
            "0612345678",
            "a@b.fr",
            "gmail.com",
            "arobase",
            "prénom",
            "zéro",
            "(",
            "sous",
            "pot",
        ]
    ),
)
STYLES = st.sampled_from([str.lower, str.lower, str.capitalize, str.upper])
WRITINGS = st.lists(st.tuples(WORDS, STYLES, st.sampled_from([" ", " ", ", ", ". ", "\n", "-", " (", "/"])), max_size=7).map(
    lambda parts: "".join(style(word) + separator for word, style, separator in parts)
)


@given(WRITINGS)
def test_gates_lose_nothing(text: str) -> None:
    assert find_identifiers(text) == find_ungated(text)


@pytest.mark.parametrize("text", ["", "fuite sous évier, joint à refaire", "Porte du hall bloquée, Mme demande un devis"])
def test_gates_spare_the_detectors(text: str) -> None:
    with (
        patch.object(recognizers.identifiers, "find_persons") as persons,
        patch.object(recognizers.identifiers, "find_access_codes") as codes,
        patch.object(recognizers.identifiers, "find_emails") as emails,
        patch.object(recognizers.identifiers, "find_phones") as phones,
    ):
        assert find_identifiers(text) == []
    assert [detector.called for detector in (persons, codes, emails, phones)] == [False] * 4


@given(st.text(alphabet=string.printable + "éèàçœÉ’«»\u00a0\u202f\u200b\u0301６＠–", max_size=120))
def test_findings_are_sorted_and_apart(text: str) -> None:
    findings = find_identifiers(text)
    bounds = [offset for finding in findings for offset in (finding.start, finding.end)]
    assert bounds == sorted(bounds)
    assert all(0 <= finding.start < finding.end <= len(text) for finding in findings)


@given(st.sampled_from(["06 12 34 56 78", "0612345678", "jean.roux@exemple.fr", "code 47A62"]), st.sampled_from("\u200b\u00ad\u2060\ufeff"))
def test_invisible_characters_hide_nothing(planted: str, invisible: str) -> None:
    plain = find_identifiers(planted)
    hidden = invisible.join(planted)
    assert [(f.entity, hidden[f.start : f.end].replace(invisible, "")) for f in find_identifiers(hidden)] == [
        (f.entity, planted[f.start : f.end]) for f in plain
    ]
    assert len(plain) == 1


def test_disguises_keep_exact_offsets() -> None:
    text = "No&eacute;mie &gt; tel\u00a0０６\u202f12‑34‑56‑78\u200b, Mme Re\u0301mond"
    assert [(f.entity, text[f.start : f.end]) for f in find_identifiers(text)] == [
        ("PHONE_NUMBER", "０６\u202f12‑34‑56‑78"),
        ("PERSON", "Re\u0301mond"),
    ]


@given(ranges=st.lists(st.tuples(st.integers(0, 30), st.integers(1, 6)), max_size=30))
def test_ranges_that_are_kept_never_overlap(ranges: list[tuple[int, int]]) -> None:
    places, kept = Disjoint(), []
    for start, length in ranges:
        fits = all(start + length <= first or last <= start for first, last in kept)
        assert places.add(start, start + length) == fits
        kept += [(start, start + length)] if fits else []
