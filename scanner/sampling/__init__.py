"""Estimates from a simple random sample of the records: how it is drawn, how it is scanned, the rates that follow from it."""

from __future__ import annotations

from scanner.sampling.rates import SampleRates, sample_rates

__all__ = ["SampleRates", "sample_rates"]
