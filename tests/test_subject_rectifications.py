"""The file that says what a rectification shall write."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.errors import InputError
from scanner.subject.rectifications import read_rectifications


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("r.toml", '[[rectify]]\nrecord = "2"\nfield = "NOTE"\ntext = "fuite ; réparée"\n'),
        ("r.csv", '\ufeffrecord;field;text\r\n2;NOTE;"fuite ; réparée"\r\n\r\n'),
    ],
)
def test_a_rectification_is_toml_or_csv(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_bytes(content.encode("utf-8"))
    (one,) = read_rectifications(path)
    assert (one.record, one.field, one.text) == ("2", "NOTE", "fuite ; réparée")


def test_a_text_may_be_long(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text(f"record;field;text\n2;NOTE;{'a' * 140_000}\n", encoding="utf-8")
    assert [one.text for one in read_rectifications(path)] == ["a" * 140_000]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("r.toml", "", "holds no rectification"),
        ("r.toml", '[[rectify]]\nrecord = "2"\n', "'field' is missing or empty"),
        ("r.toml", '[[rectify]]\nrecord = "2"\nfeld = "NOTE"\n', "unknown key 'feld'"),
        ("r.csv", "a;b\n", "line 1: the first columns must be record;field;text"),
        ("r.csv", "record;field;text\n2;NOTE;\n", "row 2: record;field;text must all be filled in"),
        ("r.csv", "record;field;text\n2;NOTE;a\n2;NOTE;b\n", "row 3: the same field of the same record stands in .*row 2 already"),
        ("r.csv", "record;field;text\n2;NOTE;\xe9\n", "not UTF-8"),
    ],
)
def test_a_malformed_one_names_file_line_and_reason(tmp_path: Path, name: str, content: str, reason: str) -> None:
    path = tmp_path / name
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(Exception, match=reason) as raised:
        read_rectifications(path)
    assert str(path) in str(raised.value)


def test_a_missing_one_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no\.csv cannot be read"):
        read_rectifications(tmp_path / "no.csv")
