"""What a hostile text can cost: pieces of everything that patterns look for, alone and in chance mixtures, over and over."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import NamedTuple

from bench.stages import cpu_seconds
from recognizers.detector import Detector
from recognizers.slices import SLICE

PIECES = (
    *("Dupont ", "Mme Dupont ", "M. Martin, ", "DUPONT MARTIN ", "l'Dupont d'Arc ", "Jean-Pierre-", "J. P. "),
    *("Dupont / Martin & ", "Pour la ", "mot de passe : ", "mdp=", "clé sous le pot ", "cle dans la boite aux lettres "),
    *("1234567890", "06 12 34 56 ", "06.12.34.56.78.", "+33 6 12 34 ", "FR76 3000 6000 ", "1 85 05 78 006 084 ", "4970 1234 5678 "),
    *("code 1234A ", "#1234", "1*2#", "badge vigik ", "12 € "),
    *("a@", "a@b.", "jean.dupont@orange.fr ", "jean arobase orange point ", "www.a.fr ", "a-", "a.b.c.", "code : "),
    *("alcoolique ", "n'est pas ", "cancer ", "abcdefghij", "ABCDEFGHIJ", "Abcdefgh", "aA1", "AA11", "A1 ", "il a a dit que ", "zero six "),
    *(" ", "\n", "... ", "((( ", "« ", "_", "'a", "&eacute;", "<b ", "a\u200bb", "e\u0301", "１２３４", "😀", "محمد ", "!?"),
)
_MIXTURES = 200


class Worst(NamedTuple):
    """CPU microseconds a character, of an ordinary text and of the slowest hostile one, made of ``piece``."""

    ordinary: float
    hostile: float
    piece: str


def worst_case(ordinary: str) -> Worst:
    """Return what hostile texts of :data:`SLICE` characters cost: longer ones are read in slices. ``ordinary`` has as many at least."""
    detector = Detector()
    detector.find(ordinary[:SLICE])
    slowest, piece = max((_cost(detector, piece), piece) for piece in _pieces())
    return Worst(_cost(detector, ordinary), slowest, piece)


def _pieces() -> Iterator[str]:
    chance = random.Random(0)
    yield from PIECES
    for _ in range(_MIXTURES):
        yield "".join(piece + chance.choice(("", " ", ", ")) for piece in chance.sample(PIECES, chance.choice((2, 3))))


def _cost(detector: Detector, piece: str) -> float:
    text = (piece * (SLICE // len(piece) + 1))[:SLICE]
    return 1e6 / SLICE * min(cpu_seconds(lambda: detector.find(text)) for _ in range(2))
