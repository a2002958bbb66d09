"""What every match of a pattern needs: the words, and how far apart they stand."""

from __future__ import annotations

import pytest

from recognizers.needs import Needs, branches_of
from recognizers.pattern import PatternCompiler

COMPILER = PatternCompiler({"kin": ["mari", "ex mari"]})


PLURALS = {word + ending for word in ("boit", "mari", "ivre", "trop", "drogue", "nous", "elle") for ending in "sx"}


def written(branch: Needs) -> str:
    """Write needs as their shortest words, with the distance before each and after the last: ``"0-0 boit 1-3 trop 0-0"``."""
    pieces = []
    for need in branch.chain:
        words = sorted((*need.words.words, *(prefix + "*" for prefix in need.words.prefixes)), key=lambda word: (len(word), word))
        pieces += [f"{need.distance.least}-{need.distance.most}", "/".join(word for word in words if word not in PLURALS)]
    return " ".join((*pieces, f"{branch.rest.least}-{branch.rest.most}"))


@pytest.mark.parametrize(
    ("pattern", "branches"),
    [
        ("boit", ["0-0 boit 0-0"]),
        ("alcooli*", ["0-0 alcooli* 0-0"]),
        ("boit <2> trop", ["0-0 boit 1-3 trop 0-0"]),
        ("<2> boit", ["0-2 boit 0-0"]),
        ("boit [tout] trop #", ["0-0 boit 1-2 trop 1-1 0*/1*/2*/3*/4*/5*/6*/7*/8*/9* 0-0"]),
        ("boit , trop", ["0-0 boit 1-2 trop 0-0"]),
        ("boit * !(eau) trop", ["0-0 boit 2-2 trop 0-0"]),
        ("^ boit $", ["0-0 ^ 1-1 boit 1-1 $ 0-0"]),
        ("(ne|nous) boit", ["0-0 ne/nous 1-1 boit 0-0"]),
        ("{kin} ivre", ["0-0 mari 1-1 ivre 0-0", "0-0 ex 1-1 mari 1-1 ivre 0-0"]),
        ("(boit|se drogue) trop", ["0-0 boit 1-1 trop 0-0", "0-0 se 1-1 drogue 1-1 trop 0-0"]),
        ("[boit]", ["0-1"]),
    ],
)
def test_branches(pattern: str, branches: list[str]) -> None:
    assert [written(branch) for branch in branches_of(COMPILER.cue([pattern]).nodes[0])] == branches


def test_of_many_combinations_what_they_share_is_left() -> None:
    choice = "(" + "|".join(f"(il|elle) {word}" for word in ("aa", "bb", "cc", "dd", "ee", "de la ff")) + ")"
    branches = branches_of(COMPILER.cue([f"{choice} <1> {choice}"]).nodes[0])
    shared = "0-2 il/la/elle 1-1 aa/bb/cc/dd/ee/ff"
    assert [written(branch) for branch in branches] == [
        *(f"{shared} 1-2 il/elle 1-1 {word} 0-0" for word in ("aa", "bb", "cc", "dd", "ee")),
        f"{shared} 1-2 il/elle 1-1 de 1-1 la 1-1 ff 0-0",
    ]
