"""Confidence intervals: what they promise, counted out rather than believed."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.intervals import Rate, rate


def rounded(share: Rate) -> tuple[int, int, float, float]:
    return share.count, share.total, round(share.low, 4), round(share.high, 4)


@pytest.mark.parametrize(
    ("count", "total", "population", "low", "high"),
    [
        (10, 100, None, 0.0552, 0.1744),  # Wilson's interval, as in R: prop.test(10, 100, correct=FALSE)
        (90, 100, None, 0.8256, 0.9448),
        (500, 1000, None, 0.4691, 0.5309),
        (0, 50, None, 0.0, 0.0713),
        (50, 50, None, 0.9287, 1.0),
        (1, 100, None, 0.0005, 0.0545),  # few cases: the bound of a Poisson distribution below, Wilson's above
        (99, 100, None, 0.9455, 0.9995),
        (10, 100, 1_000_000, 0.0552, 0.1744),  # of a population so large the sample is no part to speak of
        (10, 100, 200, 0.065, 0.15),
        (100, 100, 100, 1.0, 1.0),
        (30, 100, 100, 0.3, 0.3),
        (0, 0, None, 0.0, 1.0),
        (0, 0, 7, 0.0, 1.0),
    ],
)
def test_bounds(count: int, total: int, population: int | None, low: float, high: float) -> None:
    assert rounded(rate(count, total, population)) == (count, total, low, high)


def test_a_share_of_nothing_has_no_value() -> None:
    assert (rate(0, 0).value, rate(0, 4).value, rate(1, 4).value) == (None, 0.0, 0.25)


@pytest.mark.parametrize(("count", "total", "population"), [(-1, 3, None), (4, 3, None), (1, 3, 2)])
def test_counts_that_cannot_be(count: int, total: int, population: int | None) -> None:
    with pytest.raises(ValueError, match=f"{count} of {total} cases"):
        rate(count, total, population)


SAMPLE = st.integers(1, 3000).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total)))


@given(SAMPLE, st.none() | st.integers(0, 5000))
def test_bounds_hold_the_share_and_what_is_certain(sample: tuple[int, int], more: int | None) -> None:
    count, total = sample
    population = None if more is None else total + more
    found = rate(count, total, population)
    assert found.value is not None
    assert 0 <= found.low <= found.value <= found.high <= 1
    mirrored = rate(total - count, total, population)
    assert (mirrored.low, mirrored.high) == pytest.approx((1 - found.high, 1 - found.low))
    if population is not None:
        assert found.low >= count / population - 1e-12
        assert found.high <= 1 - (total - count) / population + 1e-12


@given(st.integers(1, 400), st.none() | st.integers(0, 500))
def test_more_cases_never_lower_a_bound(total: int, more: int | None) -> None:
    population = None if more is None else total + more
    rates = [rate(count, total, population) for count in range(total + 1)]
    for one, other in pairwise(rates):
        assert one.low <= other.low
        assert one.high <= other.high


@given(SAMPLE, st.integers(1, 5000))
def test_a_larger_part_of_the_population_never_widens(sample: tuple[int, int], more: int) -> None:
    count, total = sample
    whole, part = rate(count, total, total), rate(count, total, total + more)
    assert (whole.low, whole.high) == (count / total, count / total)
    assert part.low <= whole.low <= whole.high <= part.high


def coverage(rates: list[Rate], share: float, chances: list[float]) -> float:
    """Return the probability, over all samples, that the interval holds the true share."""
    return math.fsum(chance for chance, found in zip(chances, rates, strict=True) if found.low - 1e-12 <= share <= found.high + 1e-12)


def binomial(total: int, share: float) -> list[float]:
    return [math.comb(total, count) * share**count * (1 - share) ** (total - count) for count in range(total + 1)]


def hypergeometric(total: int, cases: int, population: int) -> list[float]:
    ways = math.comb(population, total)
    return [float(Fraction(math.comb(cases, count) * math.comb(population - cases, total - count), ways)) for count in range(total + 1)]


@pytest.mark.parametrize("total", [5, 10, 20, 30, 50, 100, 200, 400])
def test_samples_of_a_population_without_end_hold_the_truth_as_often_as_promised(total: int) -> None:
    rates = [rate(count, total) for count in range(total + 1)]
    covered = [coverage(rates, step / 400, binomial(total, step / 400)) for step in range(1, 400)]
    assert min(covered) >= (0.925 if total >= 50 else 0.915)
    assert math.fsum(covered) / len(covered) >= 0.95


@pytest.mark.parametrize(
    ("total", "population"), [(2, 20), (10, 20), (19, 20), (5, 50), (40, 50), (10, 100), (50, 100), (30, 300), (240, 300)]
)
def test_samples_of_a_small_population_hold_the_truth_as_often_as_promised(total: int, population: int) -> None:
    rates = [rate(count, total, population) for count in range(total + 1)]
    covered = [coverage(rates, cases / population, hypergeometric(total, cases, population)) for cases in range(population + 1)]
    assert min(covered) >= 0.93
    assert math.fsum(covered) / len(covered) >= 0.955
