"""Who is drawn: everybody with the same chance, the same people with the same seed, whatever the chunks."""

from __future__ import annotations

import math
from collections import Counter
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from scanner.sampling.drawing import Sample

TABLES = {"a.csv": 12, "b.csv": 8}
PEOPLE = [(table, key) for table, rows in TABLES.items() for key in range(rows)]


def drawn(size: int, seed: str, chunk: int = 100) -> list[tuple[str, int]]:
    sample: Sample[tuple[str, int]] = Sample(size, seed)
    for table, rows in TABLES.items():
        for first in range(0, rows, chunk):
            keys = [str(key) for key in range(first, min(rows, first + chunk))]
            sample.offer(table, keys, lambda at, table=table, first=first: (table, first + at))  # type: ignore[misc]
    assert sample.population == len(PEOPLE)
    return sample.drawn()


def is_near(times: int, expected: float, chance: float, draws: int) -> bool:
    """Tell whether a count lies within 4.5 standard deviations of what a chance gives."""
    return abs(times - expected) < 4.5 * math.sqrt(draws * chance * (1 - chance))


def test_everybody_and_every_pair_has_the_same_chance() -> None:
    draws, size, people = 3000, 5, len(PEOPLE)
    samples = [drawn(size, str(seed)) for seed in range(draws)]
    assert {len(set(sample)) for sample in samples} == {size}
    one, two = size / people, size * (size - 1) / (people * (people - 1))
    alone = Counter(person for sample in samples for person in sample)
    together = Counter(pair for sample in samples for pair in combinations(sample, 2))
    assert [person for person in PEOPLE if not is_near(alone[person], draws * one, one, draws)] == []
    assert [pair for pair in combinations(PEOPLE, 2) if not is_near(together[pair], draws * two, two, draws)] == []


def test_a_seed_draws_the_same_again_and_another_one_others() -> None:
    assert drawn(5, "2026") == drawn(5, "2026") == [("a.csv", 2), ("a.csv", 5), ("a.csv", 6), ("a.csv", 8), ("b.csv", 6)]
    assert drawn(5, "2027") != drawn(5, "2026")


@given(st.integers(1, 30), st.text(max_size=5), st.integers(1, 20))
def test_the_chunks_do_not_matter(size: int, seed: str, chunk: int) -> None:
    assert drawn(size, seed, chunk) == drawn(size, seed)


@given(st.integers(1, 25), st.text(max_size=5))
def test_a_larger_sample_keeps_the_smaller_one_in_the_order_of_the_input(size: int, seed: str) -> None:
    sample = drawn(size, seed)
    assert set(sample) <= set(drawn(size + 1, seed))
    assert sample == sorted(sample)
    assert len(sample) == min(size, len(PEOPLE))


def test_tables_with_the_same_keys_draw_on_their_own() -> None:
    sample: Sample[str] = Sample(8, "2026")
    for table in ("a", "b"):
        sample.offer(table, [str(key) for key in range(100)], lambda at, table=table: f"{table}{at}")  # type: ignore[misc]
    by_table = [{name[1:] for name in sample.drawn() if name[0] == table} for table in "ab"]
    assert set() not in by_table
    assert by_table[0] != by_table[1]
