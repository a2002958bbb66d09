"""Finding the encoding of a text export."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.errors import InputError
from scanner.sources.encoding import detect_encoding, encodable

HEADER = "ID;COMMENTAIRE\r\n"
SENTENCES = {
    "accents": "1;Été à la porte, très gêné, reçu où il est allé, déjà réglé\r\n",
    "one accent": "1;Fuite réparée\r\n",
    "grave a": "1;RDV à prendre, clé rendue à la loge\r\n",
    "capitals": "1;DÉCÉDÉ À L'HÔPITAL, REÇU ÇA\r\n",
}
LETTERS_OF_LATIN_9 = "1;Le cœur serré, sa sœur doit 12 €, été compliqué\r\n"
WINDOWS_TYPOGRAPHY = "1;L’été « où » … – il a dit “non” à sa sœur\r\n"


def found(tmp_path: Path, content: bytes, asked: str | None = None) -> str:
    path = tmp_path / "export.csv"
    path.write_bytes(content)
    return detect_encoding(path, asked)


@pytest.mark.parametrize("sentence", SENTENCES.values(), ids=SENTENCES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "cp1252", "cp850"])
def test_french_sentences(tmp_path: Path, sentence: str, encoding: str) -> None:
    assert found(tmp_path, (HEADER + sentence).encode(encoding)) == encoding


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "iso-8859-15"])
def test_oe_and_euro(tmp_path: Path, encoding: str) -> None:
    assert found(tmp_path, (HEADER + LETTERS_OF_LATIN_9).encode(encoding)) == encoding


def test_windows_typography(tmp_path: Path) -> None:
    assert found(tmp_path, (HEADER + WINDOWS_TYPOGRAPHY).encode("cp1252")) == "cp1252"
    assert found(tmp_path, (HEADER + "1;PAS DE REPONSE… RAPPELER…\r\n").encode("cp1252")) == "cp1252"


@pytest.mark.parametrize(("encoding", "expected"), [("utf-8-sig", "utf-8"), ("utf-16", "utf-16-le")])
def test_byte_order_marks_are_believed(tmp_path: Path, encoding: str, expected: str) -> None:
    assert found(tmp_path, "é".encode(encoding)) == expected
    assert found(tmp_path, b"\xfe\xff" + "é".encode("utf-16-be")) == "utf-16-be"


def test_plain_ascii_counts_as_utf_8(tmp_path: Path) -> None:
    assert found(tmp_path, HEADER.encode() + b"1;RAS\r\n") == "utf-8"


def test_the_first_accent_may_stand_far_down(tmp_path: Path) -> None:
    content = (HEADER + "1;SANS ACCENT\r\n" * 200_000 + "2;Fuite réparée à l’étage\r\n").encode("cp1252")
    assert found(tmp_path, content) == "cp1252"


def test_a_few_damaged_bytes_do_not_unmake_utf_8(tmp_path: Path) -> None:
    assert found(tmp_path, (HEADER + SENTENCES["accents"]).encode() + b"2;\xe9\r\n") == "utf-8"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [("latin-1", "iso8859-1"), ("ISO-8859-15", "iso-8859-15"), ("utf-8-sig", "utf-8"), ("CP1252", "cp1252"), ("utf-16", "utf-16-le")],
)
def test_the_encoding_asked_for_is_taken(tmp_path: Path, asked: str, expected: str) -> None:
    assert found(tmp_path, b"abcd", asked) == expected


@pytest.mark.parametrize("asked", ["klingon", "base64"])
def test_an_unknown_encoding_is_refused(tmp_path: Path, asked: str) -> None:
    with pytest.raises(InputError, match=f"unknown encoding '{asked}'; try utf-8, cp1252"):
        found(tmp_path, b"abc", asked)


def test_binary_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="binary data, not a text export"):
        found(tmp_path, bytes(range(256)) * 10)


def test_utf_16_cut_inside_a_character_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="odd number of bytes: the file is cut short"):
        found(tmp_path, (HEADER + "1;abc").encode("utf-16")[:-1])


@pytest.mark.parametrize(
    ("text", "encoding", "written"),
    [
        ("cœur É – « € »", "utf-8", "cœur É – « € »"),
        ("cœur É – €", "cp1252", "cœur É – €"),
        ("cœur É – €", "cp850", "coeur É - EUR"),
        ("cœur É – €", "ascii", "coeur E - EUR"),
        ("漢 \ufffd", "cp1252", "? ?"),
    ],
)
def test_what_an_encoding_lacks_is_written_plainly(text: str, encoding: str, written: str) -> None:
    assert encodable(text, encoding) == written
