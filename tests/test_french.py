"""Nouns and numbers as French writes them."""

from __future__ import annotations

from scanner.french import agreed, counted


def test_a_noun_takes_the_plural_from_two_on() -> None:
    assert [counted(count, "fiche") for count in (0, 1, 2, 1_200)] == [
        "0\u00a0fiche",
        "1\u00a0fiche",
        "2\u00a0fiches",
        "1\u202f200\u00a0fiches",
    ]
    assert [counted(count, "site lu", "sites lus") for count in (1, 2)] == ["1\u00a0site lu", "2\u00a0sites lus"]
    assert [agreed(count, "constat") for count in (0, 1, 2)] == ["constat", "constat", "constats"]
