"""Products of rows in blocks of one size, and lines of rows that know nothing of each other."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognizers import blocks
from recognizers.blocks import BETWEEN, Layer, Lines, filled, with_neighbours

lengths = st.lists(st.integers(1, 12), min_size=1, max_size=9)


def numbers(seed: int, *shape: int) -> np.ndarray:  # type: ignore[type-arg]
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("most", [1, 100, 1 << 18])
@pytest.mark.parametrize("count", [8, 40])
def test_a_product_is_that_of_the_matrix(monkeypatch: pytest.MonkeyPatch, most: int, count: int) -> None:
    monkeypatch.setattr(blocks, "_ONE_THREAD", most)
    rows, matrix = numbers(1, count, 21), numbers(2, 21, 5)
    assert Layer(matrix).product(rows) == pytest.approx(rows.astype(float) @ matrix.astype(float), abs=1e-5)
    assert Layer(matrix[4:9]).product(rows[:, 4:9]) == pytest.approx(rows[:, 4:9].astype(float) @ matrix[4:9].astype(float), abs=1e-5)


def test_every_product_is_small_enough_for_one_thread() -> None:
    for block, height, width in ((4, 576, 110), (4, 13, 5000), (2, 480, 960), (2, 3, 2)):
        pieces = Layer(numbers(1, height, width), block)._pieces
        assert max(block * piece.size for piece in pieces) <= 1 << 18
        assert np.concatenate(pieces).tolist() == numbers(1, height, width).tolist()


ROW_AMONG_OTHERS = """
import numpy as np
from recognizers.blocks import Layer
chance = np.random.default_rng(1)
rows, matrix = (chance.normal(size=size).astype(np.float32) for size in ((512, 300), (300, 110)))
for block in (2, 4):
    layer = Layer(matrix, block)
    together = layer.product(rows)
    for at in range(0, 512, 37):
        for place in range(block):
            alone = np.zeros((block, 300), np.float32)
            alone[place] = rows[at]
            assert layer.product(alone)[place].tolist() == together[at].tolist(), (block, at, place)
print(sum((rows @ matrix)[at].tolist() != together[at].tolist() for at in range(512)), "rows differ where all are multiplied at once")
"""


@pytest.mark.parametrize("kernel", ["Haswell", "SkylakeX", "Zen"])
def test_the_product_of_a_row_does_not_depend_on_the_others(kernel: str) -> None:
    """With some kernels of OpenBLAS, Haswell's for one, a product of all rows at once would."""
    environment = {**os.environ, "OPENBLAS_CORETYPE": kernel, "PYTHONPATH": str(Path(__file__).parents[1])}
    run = subprocess.run([sys.executable, "-c", ROW_AMONG_OTHERS], env=environment, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")


def test_rows_with_those_beside_them() -> None:
    rows = np.array([[1, 2], [3, 4], [5, 6]], np.float32)
    assert with_neighbours(rows, 3).tolist() == [[0, 0, 1, 2, 3, 4], [1, 2, 3, 4, 5, 6], [3, 4, 5, 6, 0, 0]]
    assert with_neighbours(rows, 1).tolist() == rows.tolist()


@given(lengths, st.integers(0, 99))
def test_each_line_is_told_by_its_own_rows(sizes: list[int], seed: int) -> None:
    lines = Lines(sizes)
    assert [end - start for start, end in lines.ranges] == sizes
    assert lines.size % 4 == 0
    assert [start for start, _ in lines.ranges] == [sum(sizes[:at]) + at * BETWEEN for at in range(len(sizes))]
    rows = numbers(seed, lines.size, 3)
    own = [rows[start:end].copy() for start, end in lines.ranges]
    emptied = lines.emptied(np.abs(rows), 0)
    assert emptied.sum() == pytest.approx(sum(np.abs(line).sum() for line in own), rel=1e-5)
    told = lines.highest_and_mean(emptied)
    assert told[: len(sizes), :3].tolist() == [np.abs(line).max(axis=0).tolist() for line in own]
    assert told[: len(sizes), 3:] == pytest.approx(np.array([np.abs(line).mean(axis=0) for line in own]), rel=1e-5)
    assert told[len(sizes) :].tolist() == [[0.0] * 6] * (filled(len(sizes)) - len(sizes))
    together = lines.together(rows.copy())
    assert together == pytest.approx(np.array([np.logaddexp.reduce(line.astype(float), axis=0) for line in own]), abs=1e-5)
    assert [lines.spread(together)[start:end].tolist() for start, end in lines.ranges] == [
        [line.tolist()] * size for line, size in zip(together, sizes, strict=True)
    ]


@given(lengths, st.integers(0, 99))
def test_a_line_is_told_the_same_alone(sizes: list[int], seed: int) -> None:
    many, rows = Lines(sizes), np.abs(numbers(seed, Lines(sizes).size, 3))
    for at, (start, end) in enumerate(many.ranges):
        one = Lines([end - start])
        alone = np.zeros((one.size, 3), np.float32)
        alone[: end - start] = rows[start:end]
        assert one.highest_and_mean(alone)[0].tolist() == many.highest_and_mean(many.emptied(rows.copy(), 0))[at].tolist()
        assert one.together(alone.copy())[0].tolist() == many.together(rows.copy())[at].tolist()
