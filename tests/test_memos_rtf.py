"""RTF memos: the text that they hold, and nothing of it lost however they are damaged."""

from __future__ import annotations

import pytest

from scanner.memos.memo import Memo, read_memo

RICHEDIT = (
    r"{\rtf1\ansi\ansicpg1252\deff0\nouicompat\deflang1036{\fonttbl{\f0\fnil\fcharset0 Arial;}{\f1\fnil\fcharset238 Arial;}}"
    "\r\n"
    r"{\colortbl ;\red255\green0\blue0;}{\*\generator Riched20 10.0.19041}\viewkind4\uc1 "
    "\r\n"
    r"\pard\cf1\f0\fs20 Mme suivie pour s\'e9ro{\b positi}vit\'e9\par"
    "\r\n"
    r"l\rquote appel \'ab urgent \'bb : \f1\'b3\f0\'b3\tab 12/03\par}"
    "\0"
)
WORD = (
    r"{\rtf1\adeflang1025\ansi\ansicpg1252\uc1\adeff31507\deff0{\fonttbl{\f0\fbidi \froman\fcharset0\fprq2{\*\panose 02020603050405020304}"
    r"Times New Roman;}}{\stylesheet{\s0 \snext0 Normal;}{\*\cs10 \additive Default Paragraph Font;}}{\*\rsidtbl \rsid1}"
    r"{\info{\title Suivi du dossier}{\author Zoubida Corneboeuf}{\creatim\yr2026\mo1\dy2}{\doccomm vu au foyer}}"
    r"{\*\themedata 504b030414000600}\pard\plain {\rtlch\fcs1 \af0 \ltrch\fcs0 \insrsid1 Monsieur est}{\insrsid2  alcoolique}"
    r"{\*\bkmkstart suite}{\v cach\'e9}{\field{\*\fldinst { HYPERLINK mailto:a@b.fr}}{\fldrslt {\ul lien}}}{\pict\wmetafile8 0100090000}"
    r"{\footnote note}\par}"
)


def text_of(cell: str) -> str:
    return read_memo(cell).text


def test_what_a_rich_text_field_writes():
    assert text_of(RICHEDIT) == "Mme suivie pour séropositivité\nl’appel « urgent » : ł³\t12/03\n"


def test_what_a_word_processor_writes():
    assert text_of(WORD) == (
        "\n\nSuivi du dossier\n\nvu au foyer\n\nMonsieur est alcooliquecaché\n HYPERLINK mailto:a@b.fr\nlien\nnote\n\n"
    )


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (r"\'e9\'C9", "éÉ"),
        (r"\u233?t\u233\'e9", "été"),
        (r"\uc0\u233t\u233", "été"),
        (r"\uc2\u233\'c3\'a9t", "ét"),
        (r"\u-10179?\u-8694?!", "😊!"),
        (r"\u128522?!", "😊!"),
        (r"\u-10179? \u-8694?", "\ufffd \ufffd"),
        (r"\u-10179?{\u-8694?}", "\ufffd\ufffd"),
        (r"\u233{?}", "é?"),
        (r"\u233\b x", "éx"),
        (r"\u233\{x", "éx"),
        (r"\u9999999999?x", "\ufffdx"),
        (r"a\par b\line c\tab d\page e", "a\nb\nc\td\ne"),
        ("a\\\nb\\\r\nc\\\td", "a\nb\nc\td"),
        (r"\emdash\endash\lquote\rquote\ldblquote\rdblquote\bullet", "—–‘’“”•"),
        (r"a\~b\_c\-d", "a\u00a0b\u2011cd"),
        (r"\{\}\\", "{}\\"),
        (r"\trowd alcool\cell non\cell\row", "alcool|non|\n"),
        ("s\\'e9ro\r\npositif", "séropositif"),
        (r"\b\i0 gras", "gras"),
        (r"{\v cach\'e9} {\deleted supprim\'e9}", "caché supprimé"),
        (r"{\upr{\'e9}{\*\ud{\u233?}}}", "é\né\n"),
        (r"{\*\annotation \pard note}suite", "\nnote\nsuite"),
        (r"{\*\unheardof texte}", "\ntexte\n"),
        (r"{\header haut}", "\nhaut\n"),
        (r"{\pict\wmetafile8\bin4 }{}x} y", " y"),
        (r"a\bin5 {b}c}", "a{b}c}"),
        (r"\bin", ""),
        (r"{\*\fontemb 00}x", "x"),
        (r"\'zz", "\\'zz"),
        (r"\unheardof12 x", "x"),
        (r"\@", "\\@"),
        (r"\f9\'e9", "é"),
        (r"{\object{\*\objclass Package}{\*\objdata 0105}{\result texte}}", "texte"),
    ],
)
def test_control_words(body, text):
    assert text_of("{\\rtf1\\ansi " + body + "}") == text


@pytest.mark.parametrize(
    ("header", "text"),
    [
        (r"\ansi\ansicpg1252", "é"),
        (r"\ansi\ansicpg1250", "é"),
        (r"\ansi\ansicpg1251", "й"),
        (r"\ansi\ansicpg65001", "\ufffd"),
        (r"\ansi\ansicpg99999", "é"),
        (r"\mac", "È"),
        (r"\pc", "Θ"),
        (r"\pca", "Ú"),
        (r"\ansi{\fonttbl{\f0\fcharset204 A;}}\f0", "й"),
        (r"\ansi{\fonttbl{\f0\fcharset204 A;}}\deff0\f1\plain", "й"),
        (r"\ansi{\fonttbl{\f0\fcharset1 A;}}\f0", "é"),
        (r"\ansi{\fonttbl{\f0\fcharset0\cpg850 A;}}\f0", "Ú"),
    ],
)
def test_code_pages(header, text):
    assert text_of("{\\rtf1" + header + " \\'e9}") == text


def test_characters_of_several_bytes():
    assert text_of(r"{\rtf1\ansicpg932 \'8a\'bf\'8e\'9a!}") == "漢字!"
    assert text_of(r"{\rtf1\ansicpg65001 \'c3\'a9\'e2\'82\'ac}") == "é€"
    assert text_of(r"{\rtf1\ansicpg932 \'8a}x") == "\ufffdx"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (" \r\n\ufeff{\\rtf1 alcool}", " \ufeff\nalcool"),
        (r"{\rtf1 alcool", "alcool"),
        (r"{\rtf1 alcool\\'e", "alcool\\'e"),
        ("{\\rtf1 alcool\\", "alcool\\"),
        (r"{\rtf1 s\'e9ro}positif}", "séropositif"),
        (r"{\rtf1{\fonttbl{\f0 Arial;} alcool", "Arial; alcool"),
        (r"{\rtf1{\fonttbl{\f0 Arial;}}{\info{\author Zoubida alcool", "\nZoubida alcool"),
        (r"{\rtf1{\pict 0102{\fonttbl{\f0 alcool", "0102alcool"),
        (r"{\rtf1 un}{\rtf1 deux}", "un\ndeux"),
        (r"Note : {\rtf1 alcool}", "Note : \nalcool"),
        (r"s\'e9ropositif\par suite", "séropositif\nsuite"),
        (r"ropositif\u8217?", "ropositif’"),
    ],
)
def test_damaged_memos_keep_their_text(cell, text):
    assert text_of(cell) == text


@pytest.mark.parametrize("cell", ["", "Fuite réparée", r"C:\dossiers\martin", r"\\serveur\parking", "{rtf1}", r"50\50", r"C:\u2x"])
def test_other_texts_are_no_rtf(cell):
    assert read_memo(cell) == Memo(cell)


def test_a_memo_cut_anywhere_has_the_text_before_the_cut():
    memo = read_memo(RICHEDIT)
    for cut in range(RICHEDIT.index("Mme") + 1, len(RICHEDIT)):
        _, length = memo.span_back(0, cut)
        assert text_of(RICHEDIT[:cut])[: length - 1] == memo.text[: length - 1]  # the cut may go through the last character


def test_spans_point_into_the_cell():
    memo = read_memo(RICHEDIT)
    at = memo.text.index("séropositivité")
    start, end = memo.span(at, at + len("séropositivité"))
    assert RICHEDIT[start:end] == r"s\'e9ro{\b positi}vit\'e9"
    assert memo.span_back(start, end) == (at, at + len("séropositivité"))


@pytest.mark.parametrize(
    ("cell", "words", "new", "expected"),
    [
        (r"{\rtf1 M. est s\'e9ro{\b positi}f.}", "séropositif", "[SANTÉ]", r"{\rtf1 M. est [SANT{\uc1\u201?}]{\b }.}"),
        (r"{\rtf1 \b\'e9thylique, vu}", "éthylique", "", r"{\rtf1 \b , vu}"),
        (r"{\rtf1 \b\'e9thylique vu}", "éthylique", "absent", r"{\rtf1 \b absent vu}"),
        (r"{\rtf1 \uc0\u233thylique vu}", "thylique", "1", r"{\rtf1 \uc0\u233 1 vu}"),
        (r"{\rtf1 a \u233?thylique}", "éthylique", "{x}\\", r"{\rtf1 a \{x\}\\}"),
        (r"{\rtf1 un\par deux trois}", "un\ndeux", "😊\n\t", r"{\rtf1 {\uc1\u-10179?\u-8694?}\line \tab  trois}"),
        (r"{\rtf1 un\cell deux\cell}", "un|deux", "X", r"{\rtf1 X\cell \cell}"),
    ],
)
def test_replacing_leaves_valid_rtf(cell, words, new, expected):
    memo = read_memo(cell)
    at = memo.text.index(words)
    assert memo.replace([(at, at + len(words), new)]) == expected
