"""What labelled comments taught beside the rules: how likely a comment tells of each sensitive entity, by all its words together.

A logistic regression for each entity over hashed words, their pieces of 3 to 5 letters and pairs of neighbours. All weights are small
integers of one table (``learned.bin``, made by ``make model``) and everything is a sum of its rows: that of a word is worked out once, and
many comments together (:mod:`recognizers.learned_screen`) give exactly what each gives alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from math import sqrt
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from recognizers.document import SIGNS, Document, plain_word
from recognizers.errors import ModelError
from recognizers.remembered import Remembered

TABLE_FILE = Path(__file__).parent / "learned.bin"
MAGIC = b"vigie learned 1\n"
WIDTH = 16
"""Signed bytes of a row: a weight for each entity, then those that are not used, then what the row adds to the square of the length."""
NORM = WIDTH - 1
NUMBER = "#"
"""What every number is."""
LONGEST = 40
"""Letters of a word that count: a word of any length then sums up to 16 bits."""
MOST_WORDS = 150
"""Comments of more words tell nothing: nearly all that was learnt from is shorter, and what is repeated would count too much."""
SIZES = (3, 4, 5)
HASH_BITS = 32
FIRST_MIXER, SECOND_MIXER = 0x9E3779B1, 0x85EBCA6B
"""What the hashes of two neighbours are multiplied with; the highest bits of the product name their row."""
_REMEDY = "install Vigie again, or run `make model`"


class Table(NamedTuple):
    """The weights: ``rows`` of ``WIDTH`` signed bytes, a power of two of them, the first all zero.

    ``scales`` and ``biases`` have one number for each of ``entities``.
    """

    entities: tuple[str, ...]
    scales: tuple[float, ...]
    biases: tuple[float, ...]
    rows: bytes

    @property
    def bits(self) -> int:
        """How many bits number a row."""
        return (len(self.rows) // WIDTH).bit_length() - 1

    def packed(self) -> bytes:
        """Return the table as :func:`read_table` reads it."""
        head: dict[str, object] = {"entities": self.entities, "scales": self.scales, "biases": self.biases}
        head |= {"bytes": len(self.rows), "crc": crc32(self.rows)}
        return MAGIC + json.dumps(head).encode() + b"\n" + self.rows


def read_table(path: Path) -> Table:
    """Return the table in the file ``path``. Raises :class:`ModelError` when it is missing or damaged."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror}); {_REMEDY}") from None
    try:
        if not content.startswith(MAGIC):
            raise ValueError
        head, rows = content[len(MAGIC) :].split(b"\n", 1)
        facts = json.loads(head)
        table = Table(tuple(facts["entities"]), tuple(facts["scales"]), tuple(facts["biases"]), rows)
        if (facts["bytes"], facts["crc"]) != (len(rows), crc32(rows)) or len(rows) != WIDTH << table.bits:
            raise ValueError
    except (ValueError, KeyError, TypeError):
        raise ModelError(f"{path}: the learned weights are damaged; {_REMEDY}") from None
    return table


def feature_word(raw: str) -> str:
    """Return what a folded word counts as: itself without what disguises it, or ``NUMBER``."""
    return NUMBER if raw[0].isdigit() else plain_word(raw)


def word_hash(word: str) -> int:
    """Return 32 bits for a word."""
    return crc32(b" " + word.encode())


def word_pieces(word: str) -> list[int]:
    """Return 32 bits for each piece of 3 to 5 letters of a word, which begins and ends with a sign of its own; at least one."""
    framed = b"<" + word[:LONGEST].encode() + b">"
    return [crc32(framed[at : at + size]) for size in SIZES for at in range(len(framed) - size + 1)]


def word_rows(word: str, bits: int) -> list[int]:
    """Return the rows of a word and of its pieces, below ``2 ** bits``."""
    mask = (1 << bits) - 1
    return [piece & mask for piece in (word_hash(word), *word_pieces(word))]


def pair_row(before: int, after: int, bits: int) -> int:
    """Return the row of two neighbours with the hashes ``before`` and ``after``, below ``2 ** bits``."""
    return ((before * FIRST_MIXER + after) * SECOND_MIXER & (1 << HASH_BITS) - 1) >> (HASH_BITS - bits)


class _Words(Remembered[str, tuple[int, tuple[int, ...]]]):
    """Hash and sum of the rows of a word as it is written, folded, worked out once."""

    def __init__(self, table: Table) -> None:
        super().__init__()
        self._rows, self._bits = memoryview(table.rows).cast("b"), table.bits

    def work_out(self, raw: str) -> tuple[int, tuple[int, ...]]:
        word = feature_word(raw)
        rows = (self._rows[row * WIDTH : (row + 1) * WIDTH] for row in word_rows(word, self._bits))
        return word_hash(word), tuple(map(sum, zip(*rows, strict=True)))


def feature_tokens(doc: Document) -> Iterator[str]:
    """Yield the words of ``doc`` as they are written, folded: one for each of its tokens that is no stop."""
    for piece in doc.pieces:
        if piece[0].isalnum():
            yield piece.replace(".", "").replace(",", "") if "." in piece or "," in piece else piece
        elif piece in SIGNS:
            yield SIGNS[piece]


class Learned:
    """A table, ready for use on single documents."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._words = _Words(table)
        self._rows, self._bits = memoryview(table.rows).cast("b"), table.bits

    def told(self, doc: Document) -> tuple[float, ...]:
        """Return the log-odds that ``doc`` tells of each entity of the table, in its order; nothing where it has no words, or too many."""
        words = [self._words[raw] for raw in feature_tokens(doc)]
        if not 0 < len(words) <= MOST_WORDS:
            return ()
        pairs = [self._pair(before[0], after[0]) for before, after in pairwise(words)]
        sums = [sum(column) for column in zip(*(vector for _, vector in words), *pairs, strict=True)]
        length = sqrt(max(sums[NORM], 1))
        return tuple(scale * own / length + bias for scale, own, bias in zip(self.table.scales, sums, self.table.biases, strict=False))

    def _pair(self, before: int, after: int) -> memoryview:
        row = pair_row(before, after, self._bits) * WIDTH
        return self._rows[row : row + WIDTH]


@cache
def load_learned() -> Learned:
    """Return what ships with the package, read once."""
    return Learned(read_table(TABLE_FILE))
