"""Shares with their confidence interval of 95 %.

The interval is Wilson's (E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22, 1927), which L. D.
Brown, T. T. Cai and A. DasGupta recommend ("Interval estimation for a binomial proportion", Statistical Science 16, 2001), with what they
propose for the ends (section 4.1.1): where no more than three cases are there, or are missing, Wilson's bound excludes too much, and that
of a Poisson distribution stands in its place. So 92 % of samples or more hold the true share whatever it is, 95 % in the mean; the tests
count that out.

Of a population of which a large part was drawn, less is left unknown. The variance of a share then shrinks by ``(N - n) / (N - 1)``, which
is what a larger sample would do: Wilson's formula gets ``n (N - 1) / (N - n)`` cases (B. O'Neill, "Mathematical properties and
finite-population correction for the Wilson score interval", 2021). Bounds are rounded outwards to whole cases of the population, and what
was seen is certain: there cannot be fewer cases than were seen, nor more than all but the others seen. Where everything was drawn, the
share is known.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

_Z = 1.959963984540054
"""The normal distribution lies below it with a probability of 97.5 %: 95 % lie between it and its opposite."""
_POISSON = (0.051293, 0.355362, 0.817691)
"""Mean of a Poisson distribution of which 95 % lie below 1, 2 and 3 cases: half the 5 % quantile of chi-square with 2, 4 and 6 degrees."""


@dataclass(frozen=True, slots=True)
class Rate:
    """``count`` of ``total`` cases, and the bounds, in [0, 1], between which the share lies; 0 and 1 where there was no case."""

    count: int
    total: int
    low: float
    high: float

    @property
    def value(self) -> float | None:
        """The share, in [0, 1]; ``None`` where there was no case."""
        return self.count / self.total if self.total else None


def rate(count: int, total: int, population: int | None = None) -> Rate:
    """Return ``count`` of ``total`` cases with their interval; ``population`` is what they were drawn from, ``None``: without end.

    Raises :class:`ValueError` unless ``0 <= count <= total <= population``.
    """
    if not 0 <= count <= total or (population is not None and population < total):
        raise ValueError(f"{count} of {total} cases out of {population}")
    if not total:
        return Rate(0, 0, 0.0, 1.0)
    if population == total:
        return Rate(count, total, count / total, count / total)
    return Rate(count, total, _low(count, total, population), 1 - _low(total - count, total, population))


def _low(count: int, total: int, population: int | None) -> float:
    """Return the lower bound of a share, of which the sample leaves some doubt; the upper one is what that of all other cases leaves."""
    if count == 0:
        return 0.0
    if population is None:
        return _wilson_low(count, total, total)
    bound = _wilson_low(count, total, total * (population - 1) / (population - total))
    return max(count, math.floor(bound * population)) / population


def _wilson_low(count: int, total: int, worth: float) -> float:
    """Return Wilson's lower bound of the share of ``count`` in ``total`` cases, which count as ``worth`` of a population without end."""
    share = count / total
    centre = share + _Z**2 / (2 * worth)
    spread = _Z * math.sqrt(share * (1 - share) / worth + _Z**2 / (4 * worth**2))
    bound = (centre - spread) / (1 + _Z**2 / worth)
    return min(bound, _POISSON[count - 1] / worth) if count <= len(_POISSON) else bound
