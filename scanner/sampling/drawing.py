"""A simple random sample without replacement, drawn in one pass over records of which nobody knows how many there are.

Each record gets a rank: 64 bits of a hash, keyed with the seed, of the table it stands in and of its key there. The records with the
lowest ranks are the sample ("bottom-k": E. Cohen and H. Kaplan, "Tighter estimation using bottom k sketches", VLDB 2008). The ranks of all
records are in random order, so every set of that many records is as likely as any other; and as a rank depends on the seed, the table and
the key alone, the same seed draws the same records again, whatever the pages or chunks they come in. A cryptographic hash stands behind
the ranks, as P. B. Stark and K. Ottoboni ask of samples that people must be able to trust ("Random sampling: practice makes imperfect",
2018).

One pass rather than two (count, then draw): a production database is read once, and rows that come or go between the passes do no harm.
"""

from __future__ import annotations

import hashlib
import heapq
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, TypeVar

METHOD = "bottom-k (BLAKE2b)"
RANK_BITS = 64

T = TypeVar("T")


def new_seed() -> str:
    """Return a seed that nobody has chosen: 16 hexadecimal digits."""
    return secrets.token_hex(8)


class Ranking:
    """The ranks, of 64 bits, that ``seed`` gives to records."""

    def __init__(self, seed: str) -> None:
        self._key = hashlib.sha256(seed.encode("utf-8", "surrogatepass")).digest()

    def of(self, table: str, keys: Iterable[str]) -> Iterator[int]:
        """Yield the rank of each record of ``table`` by its key."""
        start = hashlib.blake2b(f"{len(table)}:{table}:".encode("utf-8", "surrogatepass"), digest_size=RANK_BITS // 8, key=self._key)
        for key in keys:
            ranked = start.copy()
            ranked.update(key.encode("utf-8", "surrogatepass"))
            yield int.from_bytes(ranked.digest(), "big")


class Sample(Generic[T]):
    """Holds the ``size`` records with the lowest ranks of all that were offered; ``population`` is how many that were."""

    def __init__(self, size: int, seed: str) -> None:
        self.population = 0
        self._size = size
        self._ranking = Ranking(seed)
        self._kept: list[tuple[int, int, T]] = []
        """A heap: the negated rank (the highest rank comes first), the place among all records, the record."""

    def offer(self, table: str, keys: Sequence[str], record_at: Callable[[int], T]) -> None:
        """Offer the records of ``table`` with these ``keys``, no two of which are equal; ``record_at`` makes one by its index."""
        highest = -self._kept[0][0] if len(self._kept) == self._size else 1 << RANK_BITS
        for at, rank in enumerate(self._ranking.of(table, keys)):
            if rank >= highest:
                continue
            entry = (-rank, self.population + at, record_at(at))
            if len(self._kept) < self._size:
                heapq.heappush(self._kept, entry)
            else:
                heapq.heapreplace(self._kept, entry)
            if len(self._kept) == self._size:
                highest = -self._kept[0][0]
        self.population += len(keys)

    def ranks(self) -> list[int]:
        """Return the ranks of the records drawn."""
        return [-entry[0] for entry in self._kept]

    def drawn(self) -> list[T]:
        """Return the records drawn, in the order in which they were offered."""
        return [record for _, _, record in sorted(self._kept, key=lambda entry: entry[1])]
