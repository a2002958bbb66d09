"""The pattern language, construct by construct."""

from __future__ import annotations

import pytest

from recognizers.choice import Choice
from recognizers.document import Document
from recognizers.errors import LexiconError
from recognizers.pattern import PatternCompiler

COMPILER = PatternCompiler({"kin": ["mari", "ex mari"], "loop": ["{loop} x"]})


def found(pattern: str, text: str) -> list[str]:
    tokens = Document(text).tokens
    cue = Choice((COMPILER.compile(pattern).node,))
    return [" ".join(tokens[first:last]) for first, last in cue.matches(tokens, 0, len(tokens))]


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("alcool", "Alcool, alcools et alcoolique", ["alcool", "alcools"]),
        ("alcooli*", "l'alcoolisme, alcool", ["alcoolisme"]),
        ("divorcé", "divorcées, divorce, divorcer", ["divorcees", "divorce"]),
        ("dépressi(f|fs|ve|ves)", "dépressif dépressives dépression", ["depressif", "depressives"]),
        ("alcooli(que|sme)*", "alcooliques, alcoolisé", ["alcooliques"]),
        ("(mari|ex mari) violent", "ex-mari violent", ["ex mari violent"]),
        ("{kin} violent", "mari violent", ["mari violent"]),
        ("très [tres] violent", "très violent, très très violent", ["tres violent", "tres tres violent"]),
        ("boit <2> trop", "boit vraiment beaucoup trop", ["boit vraiment beaucoup trop"]),
        ("boit <2> trop", "boit. Trop", []),
        ("boit <2> trop", "boit un peu bien trop", []),
        ("sous * emprise", "sous son emprise, sous emprise", ["sous son emprise"]),
        ("dette # euros", "dette 450 €", ["dette 450 euros"]),
        ("boit !(l eau)", "boit l'eau, boit l'apéro", ["boit"]),
        ("^ pénible", "Pénible. Très pénible", ["penible"]),
        ("pénible $", "Pénible. Très pénible !", ["penible"]),
        ("pénible $", "Pénible ?! (.,) Oui", []),
        ("[très] pénible !(x)", "très pénible, pénible x", ["tres penible"]),
        ("(a <2> b|a) c", "a x b c, a c", ["a x b c", "a c"]),
        ("alcool <2> (b|c) <2> d", "alcool b c b d", ["alcool b c b d"]),
        ("([,] alcool|[,] vin) $", "bon, vin", [", vin"]),
        ("sans-papiers", "sans papiers", ["sans papiers"]),
        ("ss papiers", "SS PAPIERS, sans papiers", ["sans papiers", "sans papiers"]),
        ("parkinson , mme", "parkinson (Mme", ["parkinson , mme"]),
    ],
)
def test_pattern_matches(pattern: str, text: str, matches: list[str]) -> None:
    assert found(pattern, text) == matches


@pytest.mark.parametrize(
    ("pattern", "words", "prefixes"),
    [
        ("boit <2> trop", {"boit", "boits", "boitx"}, set()),
        ("pas de papiers", {"papiers", "papierss", "papiersx"}, set()),
        ("alcooli* (de|du) nuit", set(), {"alcooli"}),
        ("{kin} (alcoolique|ivre)", {"alcoolique", "alcooliques", "alcooliquex", "ivre", "ivres", "ivrex"}, set()),
        ("AAH", {"aah"}, set()),
    ],
)
def test_pattern_anchors_are_its_rarest_words(pattern: str, words: set[str], prefixes: set[str]) -> None:
    anchor = COMPILER.compile(pattern).anchor
    assert (set(anchor.words), set(anchor.prefixes)) == (words, prefixes)


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("est pas", "no specific word"),
        ("<3>", "no specific word"),
        ("[alcool]", "no specific word"),
        ("(alcool|est)", "no specific word"),
        ("{missing} alcool", "unknown word class"),
        ("{loop}", "uses itself"),
        ("(alcool", "unbalanced"),
        ("alcool)", "unbalanced"),
        ("alcool <9>", "larger than"),
        ("al*cool", "never have"),
    ],
)
def test_pattern_errors_say_why(pattern: str, reason: str) -> None:
    with pytest.raises(LexiconError, match=reason):
        COMPILER.compile(pattern)
