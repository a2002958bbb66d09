"""Folding keeps words and true offsets whatever the disguise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognizers.document import Document
from recognizers.folding import fold

DISGUISES = {
    "plain": lambda t: t,
    "capitals without accents": lambda t: t.upper().replace("É", "E"),
    "decomposed": lambda t: t.replace("é", "e\u0301"),
    "no-break space": lambda t: t.replace(" ", "\u00a0"),
    "narrow no-break space": lambda t: t.replace(" ", "\u202f"),
    "soft hyphen": lambda t: t[:3] + "\u00ad" + t[3:],
    "zero width": lambda t: t[:2] + "\u200b" + t[2:],
    "look-alikes": lambda t: t.translate(str.maketrans("ceo", "сео")),
    "full width": lambda t: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in t),
    "html entity": lambda t: t.replace("é", "&eacute;"),
    "numeric entity": lambda t: t.replace("é", "&#233;"),
    "html space": lambda t: t.replace(" ", "&nbsp;"),
    "html tag": lambda t: t.replace(" ", "<br>"),
    "mojibake": lambda t: t.encode().decode("cp1252"),
    "line break": lambda t: t.replace(" ", "\n"),
    "windows line break": lambda t: t.replace(" ", "\r\n"),
    "double space": lambda t: t.replace(" ", "  "),
    "hyphens": lambda t: t.replace(" ", "-"),
    "non-breaking hyphens": lambda t: t.replace(" ", "\u2011"),
}


@pytest.mark.parametrize("disguise", DISGUISES)
def test_document_disguised_words_are_the_same_and_know_where_they_stand(disguise: str) -> None:
    before, words, after = "Voilà : ", "sclérose évolutive", " (cœur d’îlot)"
    hidden = DISGUISES[disguise](words)
    text = before + hidden + after
    doc = Document(text)
    at = doc.tokens.index("sclerose")
    assert doc.tokens[at : at + 2] == ["sclerose", "evolutive"]
    assert text[doc.starts[at] : doc.ends[at + 1]] == hidden
    assert [doc.tokens[i] for i in range(len(doc.tokens)) if i > at + 1] == [",", "coeur", "d", "ilot", ","]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("L'alcool, M. Dupont.", ["l", "alcool", ",", "m", "dupont", "."]),
        ("S.D.F. et O.Q.T.F", ["sdf", "et", "oqtf"]),
        ("alc00lique", ["alcoolique"]),
        ("saaaale", ["sale"]),
        ("connnnard", ["connard"]),
        ("12,50 € et 80 %", ["1250", "euros", "et", "80", "pourcent"]),
        ("sans-papiers", ["sans", "papiers"]),
        ("4B17", ["4b17"]),
        ("fin.Mme", ["fin", ".", "mme"]),
        ("vu - ok", ["vu", ",", "ok"]),
        ("", []),
        ("\x00\u200b", []),
    ],
)
def test_document_tokens(text: str, tokens: list[str]) -> None:
    assert Document(text).tokens == tokens


@given(st.text())
def test_fold_offsets_never_leave_the_text_and_never_go_back(text: str) -> None:
    folded, offsets = fold(text)
    if offsets is None:
        assert len(folded) == len(text)
    else:
        assert len(offsets) == len(folded) + 1
        assert offsets == sorted(offsets)
        assert offsets[-1] == len(text)


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_document_spans_are_ordered_and_inside_the_text(text: str) -> None:
    doc = Document(text)
    bounds = [bound for pair in zip(doc.starts, doc.ends, strict=True) for bound in pair]
    assert all(0 <= bound <= len(text) for bound in bounds)
    assert all(start < end for start, end in zip(doc.starts, doc.ends, strict=True))
    assert doc.starts == sorted(doc.starts)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("M. est <alcoolique>", ["m", "est", "alcoolique"]),
        ("</alcoolique> <abri de jardin>", ["alcoolique", "abri", "de", "jardin"]),
        ('<SPAN lang="fr">fuite<br/>eau<o:p></o:p>', ["fuite", "eau"]),
        ("<a href=x>lien</A>", ["lien"]),
    ],
)
def test_only_the_tags_of_html_are_skipped(text, words):
    assert [token for token in Document(text).tokens if token.isalnum()] == words
