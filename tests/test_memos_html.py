"""HTML memos and quoted-printable leftovers: the text that they hold, wherever it stands."""

from __future__ import annotations

import pytest

from scanner.memos.memo import Memo, read_memo

OUTLOOK = (
    '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta name=Generator content="Microsoft Word 15">'
    "<style><!-- @font-face {font-family:Calibri; panose-1:2 15 5 2;} p.MsoNormal {margin:0cm;} --></style>"
    "<!--[if gte mso 9]><xml><o:shapedefaults v:ext=\"edit\" spidmax='1026'/></xml><![endif]--></head>"
    '<body lang=FR link="#0563C1"><p class=MsoNormal>M. est <span style=\'font-family:"Arial",sans-serif\'>alc<b>oo</b>lique</span>'
    "<o:p></o:p></p></body></html>"
)


def text_of(cell: str) -> str:
    return read_memo(cell).text


def test_what_a_mail_program_writes():
    assert text_of(OUTLOOK).split("\n") == [*[""] * 7, "|1026|", "", "", "", "", "M. est alcoolique", "", "", ""]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("séro<b>positif</b>", "séropositif"),
        ("séro<SPAN STYLE=color:red>positif</SPAN >", "séropositif"),
        ("un<br>deux<br/>trois<hr>", "un\ndeux\ntrois\n"),
        ("<p>un</p><p>deux</p>", "\nun\n\ndeux\n"),
        ("<ul><li>alcool</li><li>bruit</li></ul>", "\n•alcool\n•bruit\n\n"),
        ("<tr><td>alcool</td><th>non</th></tr>", "\n|alcool\n|non\n\n"),
        ("<p>&eacute;t&#233;&#xE9;&nbsp;&EACUTE;&unheardof;&amp", "\nétéé\u00a0&EACUTE;&unheardof;&"),
        ("<p>&NotEqualTilde;", "\n&NotEqualTilde;"),
        ("<b>a<!-- alcool --></b>", "a\n alcool \n"),
        ("<b>a<!-- alcool", "a\n alcool"),
        ("<b>a<![CDATA[alcool]]>", "a\nalcool\n"),
        ("<!DOCTYPE html><?xml version='1.0'?><b>a", "\n\na"),
        ("<style>p {}</style>a", "\n\na"),
        ("<STYLE type=text/css>p {}</STYLE>a<style>b", "\n\na\nb"),
        ("<script>var note = 'alcool'</script>", "\nvar note = 'alcool'\n"),
        ('<img src="a.png" alt="alcool &amp; bruit">x', "\n|alcool & bruit|x"),
        ("<a href='mailto:a@b.fr' title=alcool target=_blank>lien</a>", "|mailto:a@b.fr||alcool|lien"),
        ('<input type=checkbox checked value="un">', "\n|un|"),
        ("<b data-note='alcool' v:x='1' xmlns='2'>x", "|alcool|x"),
        ("<p sa fille est alcoolique>x", "\n|sa||fille||est||alcoolique|x"),
        ('<p class="MsoNormal>M. est alcoolique</p>', '\n|MsoNormal|M. est alcoolique\n'),
        ('<p class="alcoolique > non">x', "\n|alcoolique > non|x"),
        ("<p title='a > b'>x", "\n|a > b|x"),
        ("<p>loyer < 500 et > 200", "\nloyer < 500 et > 200"),
        ("<p><alcoolique> <a.b@c.fr> <tel:0612345678>", "\n<alcoolique> <a.b@c.fr> <tel:0612345678>"),
        ("<p>fin <p class=", "\nfin <p class="),
        ("<o:p>x</o:p><st1:City w:st='on'>Lyon</st1:City>", "xLyon"),
    ],
)  # fmt: skip
def test_tags_and_what_they_hold(cell, text):
    assert text_of(cell) == text


@pytest.mark.parametrize("cell", ["", "loyer <500", "<alcoolique>", "De : <a.b@c.fr>", "s&eacute;ropositif", "--> voir", "a=b", "2+2=AF"])
def test_other_texts_are_no_markup(cell):
    assert read_memo(cell) == Memo(cell)


def test_spans_point_into_the_cell():
    memo = read_memo(OUTLOOK)
    at = memo.text.index("alcoolique")
    start, end = memo.span(at, at + len("alcoolique"))
    assert OUTLOOK[start:end] == "alc<b>oo</b>lique"
    assert memo.span_back(start, end) == (at, at + len("alcoolique"))


@pytest.mark.parametrize(
    ("cell", "words", "new", "expected"),
    [
        ("M. est <i>alc<b>oo</b>l</i>ique.", "alcoolique", "[ADDICTION]", "M. est <i>[ADDICTION]<b></b></i>."),
        ("<p>&eacute;thylique</p>", "éthylique", '"<É&>"', "<p>&quot;&lt;É&amp;&gt;&quot;</p>"),
        ("<p>un</p><p>deux</p>", "un\n\ndeux", "X", "<p>X</p><p></p>"),
        ("un<br>deux", "un\ndeux", "X", "X"),
        ('<img alt="alcool fort">', "alcool", 'a "b"', '<img alt="a &quot;b&quot; fort">'),
        ("<b title=alcool>x", "alcool", "a b=c", "<b title=a&#32;b&#61;c>x"),
        ("<b title=alcool lang=fr>x", "alcool", "", "<b title=&#32; lang=fr>x"),
    ],
)
def test_replacing_keeps_the_tags(cell, words, new, expected):
    memo = read_memo(cell)
    at = memo.text.index(words)
    assert memo.replace([(at, at + len(words), new)]) == expected


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("s=C3=A9ropositif, =E2=82=AC", "séropositif, €"),
        ("d=E9tenu =80", "détenu €"),
        ("vu le 3 mai =C3=A0 =\nParis, s=\r\nuite", "vu le 3 mai à Paris, suite"),
        ("=3D\"=81=FF", '="\ufffdÿ'),
        ('<p class=3D"note">s=C3=A9ro<b>positif</b></p>', "\nséropositif\n"),
    ],
)  # fmt: skip
def test_quoted_printable(cell, text):
    assert text_of(cell) == text


def test_replacing_in_quoted_printable():
    cell = '<p class=3D"note">s=C3=A9ro<b>posi=\ntif</b> d=C3=A9j=C3=A0</p>'
    memo = read_memo(cell)
    at = memo.text.index("séropositif")
    assert memo.span(at, at + len("séropositif")) == (18, 39)
    new = memo.replace([(at, at + len("séropositif"), "[=3D]")])
    assert new == '<p class=3D"note">[=3D3D]<b>=\n</b> d=C3=A9j=C3=A0</p>'
    assert text_of(new) == "\n[=3D] déjà\n"
