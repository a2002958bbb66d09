"""What a sample says of all records: rates with their confidence interval, made of the summary of a scan with ``--sample``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scanner.intervals import Rate, rate
from scanner.sampling.drawing import METHOD
from scanner.scoring import LEVELS


@dataclass(frozen=True, slots=True)
class SampleRates:
    """Shares of the records that could be judged, each as a :class:`Rate` for all records of the input.

    ``size`` records were drawn from ``population``, by the method ``method`` with the seed ``seed``. ``judged`` of them have a level: in
    the others nothing was found, but they could not be scanned in full, and every rate but ``not_scanned`` leaves them out. ``levels`` and
    ``entities`` are by name, the latter only those found; a record counts once for each of its entities.
    """

    size: int
    population: int
    seed: str
    method: str
    judged: int
    not_scanned: Rate
    with_findings: Rate
    levels: Mapping[str, Rate]
    entities: Mapping[str, Rate]

    @property
    def is_everything(self) -> bool:
        """Whether the sample holds every record of the input: then the figures are counts, not estimates."""
        return self.size == self.population

    def records(self, share: Rate) -> tuple[int, int]:
        """Return between how many records of the whole input ``share`` lies, the first and the last included."""
        return round(share.low * self.population), round(share.high * self.population)


def sample_facts(asked: int, size: int, population: int, without_key: int, seed: str) -> dict[str, Any]:
    """Return ``sample`` of the summary: ``size`` of ``population`` records were drawn where ``asked`` were to be.

    ``without_key`` rows could not be drawn.
    """
    return {"asked": asked, "size": size, "population": population, "without_key": without_key, "seed": seed, "method": METHOD}


def sample_rates(summary: Mapping[str, Any]) -> SampleRates | None:
    """Return the rates of a complete scan of a sample; ``None`` for any other scan, and for a sample that was not read to its end."""
    sample = summary.get("sample")
    if not sample or summary["status"] != "complete":
        return None
    size, population = sample["size"], sample["population"]
    judged = size - summary["rows_unsettled"]

    def of_judged(count: int) -> Rate:
        return rate(count, judged, population)

    return SampleRates(
        size=size,
        population=population,
        seed=sample["seed"],
        method=sample["method"],
        judged=judged,
        not_scanned=rate(summary["rows_not_scanned"], size, population),
        with_findings=of_judged(summary["records_with_findings"]),
        levels={level: of_judged(summary["levels"][level]) for level in LEVELS},
        entities={entity: of_judged(count) for entity, count in summary["entity_records"]},
    )
