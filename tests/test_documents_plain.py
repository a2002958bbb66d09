"""What all writers lay out: texts typeset and clean, headings numbered, columns shared out, charts in words."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from documents import BLOCKS, HOSTILE, holding
from hypothesis import given
from hypothesis import strategies as st

from scanner.documents.blocks import (
    Bars,
    Column,
    Document,
    Heading,
    Levels,
    Matrix,
    Paragraph,
    Period,
    Periods,
    Rates,
    Span,
    Table,
    unknown,
)
from scanner.documents.headings import numbered
from scanner.documents.plain import moment, plain
from scanner.documents.texts import clean, line, parts
from scanner.documents.widths import broken, is_tall, lengths, shares
from scanner.documents.words import in_words


def test_texts_are_typeset_but_for_code() -> None:
    text = ["L'avis : ", Span("l'un ; l'autre", "strong"), Span("l'id : 1", "code"), unknown("l'heure")]
    assert parts(text) == [
        ("L’avis\u00a0: ", "plain"),
        ("l’un\u00a0; l’autre", "strong"),
        ("l'id : 1", "code"),
        ("[à compléter\u00a0: l’heure]", "unknown"),
    ]
    assert parts(1234567) == [("1\u202f234\u202f567", "plain")]
    assert parts("") == [("", "plain")]


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("a\r\nb\rc\u2028d\x0be\x85f", "a\nb\nc\nd\ne\nf"),
        ("a\tb", "a b"),
        ("a\u00adb\u200bc\ufeffd\u2060e", "abcde"),
        ("a\x00b\x1bc\x7fd", "a\ufffdb\ufffdc\ufffdd"),
        ("\ud800\udfff\ufffe\uffff\ufdd0", "\ufffd" * 5),
        ("a\u202eb\u2066c", "a\ufffdb\ufffdc"),
        ("été ☐ ≤ € 😀", "été ☐ ≤ € 😀"),
    ],
)
def test_texts_are_clean(text: str, printed: str) -> None:
    assert clean(text) == printed


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_clean_texts_can_be_written_anywhere_and_are_clean(text: str) -> None:
    printed = clean(text)
    printed.encode("utf-8")
    assert clean(printed) == printed
    assert not any(ord(character) < 32 and character != "\n" for character in printed)


def test_headings_are_numbered_and_none_is_missing() -> None:
    blocks = [
        Heading("a", 2),
        Heading("b", 3),
        Heading(" ", 1),
        Paragraph("p"),
        Heading("c"),
        Heading("d", 3),
        Heading("e", 2),
        Heading("f"),
    ]
    report = [(level, number) for _, level, number in numbered(Document("t", blocks, kind="report"))]
    assert report == [(1, "1"), (2, "1.1"), (0, ""), (1, "2"), (2, "2.1"), (2, "2.2"), (1, "3")]
    sheet = [(level, number) for _, level, number in numbered(Document("t", blocks))]
    assert sheet == [(level, "") for level, _ in report]


@given(st.lists(st.integers(1, 3)))
def test_headings_never_skip_a_level_and_equals_stay_equal(levels: list[int]) -> None:
    shown = [level for _, level, _ in numbered(Document("t", [Heading("x", level) for level in levels]))]
    assert all(after <= before + 1 for before, after in zip([0, *shown], shown, strict=False))
    assert all(level <= asked for level, asked in zip(shown, levels, strict=True))
    assert all((one == other) for one, other, *asked in zip(shown, shown[1:], levels, levels[1:], strict=False) if asked[0] == asked[1])


@pytest.mark.parametrize(
    ("longest", "asked", "shared"),
    [
        ([10, 20], [0, 0], [0, 0]),
        ([10, 20], [1, 2], [1, 2]),
        ([10, 29], [0, 0], [0, 29]),
        ([10, 500], [0, 0], [0, 100]),
        ([10, 500, 60], [0, 2, 0], [0, 2, 2.0]),
        ([28, 28, 28, 5], [0, 0, 0, 2], [2.0, 2.0, 2.0, 2]),
        ([28] * 4, [0] * 4, [28] * 4),
    ],
)
def test_columns_share_the_page(longest: list[int], asked: list[float], shared: list[float]) -> None:
    assert shares(longest, asked) == shared


def test_the_longest_line_of_a_column_counts_its_title() -> None:
    assert lengths(["abc", "a"], [[parts("ab"), parts("ab\nabcde")], [parts(["a", "b"]), parts(1234)]]) == [3, 5]
    assert lengths(["abc"], []) == [3]


@pytest.mark.parametrize(
    ("word", "shared", "hyphenated"),
    [("constitution", [0, 1], False), ("constitution", [1, 9], True), ("fil-à-fil", [1, 9], False), ("x" * 20, [0, 0], False)],
)
def test_words_are_hyphenated_only_where_they_have_no_room(word: str, shared: list[float], hyphenated: bool) -> None:
    assert broken(["a", "b"], [[parts(word), parts("b")]], shared) == [hyphenated, False]


@pytest.mark.parametrize(
    ("cells", "shared", "tall"),
    [(["x" * 300], [1], False), (["x" * 1300], [1], True), (["a\n" * 26, ""], [0, 1], True), (["x" * 300, "x"], [1, 4], True)],
)
def test_a_row_of_more_than_half_a_page_is_tall(cells: list[str], shared: list[float], tall: bool) -> None:
    assert is_tall([parts(cell) for cell in cells], shared) is tall


def test_a_column_of_counts_stands_to_the_right() -> None:
    table = Table([Column("a"), Column("b", "center"), Column("c", "center")], [[1, 2, 3], [2, 3, "4"]])
    (shown,) = plain(holding([table]))["blocks"]
    assert [column["align"] for column in shown["columns"]] == ["right", "right", "center"]


def test_titles_of_columns_are_cut_where_they_would_fill_the_page() -> None:
    table, matrix = plain(holding([Table([Column("a" * 80), Column("b" * 81)], []), Matrix("", ["c" * 5000], [])]))["blocks"]
    assert [column["title"] for column in table["columns"]] == ["a" * 80, "b" * 79 + "…"]
    assert matrix["columns"] == ["c" * 79 + "…"]


@pytest.mark.parametrize(
    ("chart", "words"),
    [
        (Bars([("Santé", 1200), ("Origine", 0)], "Fiches"), "Fiches\u00a0: Santé, 1\u202f200\u00a0; Origine, 0."),
        (Bars([]), "aucune donnée."),
        (Levels([("low", "faible", 3)]), "faible, 3."),
        (Periods([Period("2024-01", "", 2), Period("2024-02", "", 0)], "Mois"), "Mois\u00a0: 2024-01, 2\u00a0; 2024-02, 0."),
        (Rates([("Santé", 0.1, 0.2, 0.3)]), "Santé, 20,0\u202f% (de 10,0\u202f% à 30,0\u202f%)."),
    ],
)
def test_charts_are_told_in_words(chart: Bars | Levels | Periods | Rates, words: str) -> None:
    assert in_words(chart) == words


def test_cells_of_a_matrix_can_be_read_on_their_ground() -> None:
    (shown,) = plain(holding([Matrix("", [str(count) for count in range(101)], [("a", range(101))])]))["blocks"]
    [[_, counts]] = shown["rows"]
    assert [count for count, _, _ in counts] == [str(count) for count in range(101)]
    assert min(_contrast(ground, color) for _, ground, color in counts) >= 4.5
    assert len({ground for _, ground, _ in counts}) > 90


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2: contrast ratio."""
    dark, light = sorted(_luminance(color) for color in (one, other))
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_rates_are_drawn_on_the_smallest_scale_that_holds_them() -> None:
    scales = []
    for high in (0.0, 0.01, 0.011, 0.3, 0.51, 1.0):
        (shown,) = plain(holding([Rates([("a", 0.0, 0.0, high)])]))["blocks"]
        scales.append(shown["scale"])
    assert scales == [0.01, 0.01, 0.02, 0.5, 1.0, 1.0]


def test_everything_is_plain_data() -> None:
    blocks = [block for group in BLOCKS.values() for block in group] + [Paragraph(text) for text in HOSTILE]
    content = json.loads(json.dumps(plain(holding(blocks))))
    assert {block["block"] for block in content["blocks"]} == {
        *("heading", "paragraph", "bullets", "facts", "checks", "table", "matrix", "cards", "bars", "levels"),
        *("periods", "rates", "notice", "sender", "signatures", "page_break"),
    }


def test_line_ends_stay_in_a_line() -> None:
    assert line("l'un\nl'autre") == "l’un\nl’autre"


def test_the_moment_of_a_document_is_its_day() -> None:
    assert moment(Document("t", [], date="2026-11-22T10:20:30+00:00")) == datetime(2026, 11, 22, tzinfo=UTC)
    assert moment(Document("t", [])) == datetime(1980, 1, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="Invalid isoformat string"):
        moment(Document("t", [], date="hier"))
