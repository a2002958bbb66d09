"""How well the rules find remarks, measured on labelled comments that nobody working on the rules had read: ``data/quality.json``.

``make quality`` writes that file; reports print it with the date and the version of the rules that it was measured with. What is counted is
pairs of record and entity: right (found where labelled), wrong (found where not), missed; as :mod:`scanner.evaluate` defines them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner.clock import utc_now
from scanner.data_files import data_text
from scanner.intervals import Rate, rate
from scanner.json_files import write_json

if TYPE_CHECKING:
    from scanner.evaluate import Counts, Evaluation

QUALITY_FORMAT = "vigie-quality"
QUALITY_VERSION = 1

_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Measure:
    """What was right, wrong and missed of one entity or group."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> Rate:
        """The share of what was found that is right, with its interval of 95 %."""
        return rate(self.right, self.right + self.wrong)

    @property
    def recall(self) -> Rate:
        """The share of what was to be found that was found, with its interval of 95 %."""
        return rate(self.right, self.right + self.missed)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall; ``None`` where nothing was found nor to be found."""
        return None if self._shared.value is None else _f1_of(self._shared.value)

    @property
    def f1_low(self) -> float:
        """The lower bound of its interval of 95 %."""
        return _f1_of(self._shared.low)

    @property
    def f1_high(self) -> float:
        """The upper bound of its interval of 95 %."""
        return _f1_of(self._shared.high)

    @property
    def _shared(self) -> Rate:
        """The share that is right of all that was found or to be found. F1 grows with it and with nothing else (D. J. Hand, P. Christen,
        N. Kirielle, "F*: an interpretable transformation of the F-measure", Machine Learning 110, 2021): so does its interval.
        """
        return rate(self.right, self.right + self.wrong + self.missed)


@dataclass(frozen=True, slots=True)
class Quality:
    """Figures of one measurement.

    ``measured`` is the day (ISO), ``rules`` the digest of the rules measured, ``sample`` the file of labelled comments, ``comments`` how
    many it holds, ``clean`` how many of them have nothing sensitive. ``core`` are the four main entities together, ``sensitive`` all
    fourteen, ``identifiers`` the seven kinds of identifier; ``entities`` has each of these. ``false_alarms`` is the share of clean comments
    with a sensitive finding. ``leak`` is the share of sensitive characters that no finding covers; those of one remark go together, so no
    interval is given.
    """

    measured: str
    rules: str
    sample: str
    comments: int
    clean: int
    core: Measure
    sensitive: Measure
    identifiers: Measure
    entities: Mapping[str, Measure]
    false_alarms: Rate
    leak: float

    def matches(self, rules: str) -> bool:
        """Tell whether the figures are of the rules with this digest (:func:`recognizers.rulepack.rules_digest`, ``summary["rules"]``)."""
        return self.rules == rules


@cache
def measured_quality() -> Quality:
    """Return the figures that come with this version of Vigie."""
    content = json.loads(data_text("quality.json"))
    return Quality(
        measured=content["measured"],
        rules=content["rules"],
        sample=content["sample"],
        comments=content["comments"],
        clean=content["clean"],
        core=_measure_of(content["core"]),
        sensitive=_measure_of(content["sensitive"]),
        identifiers=_measure_of(content["identifiers"]),
        entities={entity: _measure_of(counts) for entity, counts in content["entities"].items()},
        false_alarms=rate(content["false_alarms"]["count"], content["clean"]),
        leak=content["leak"],
    )


def quality_of(evaluation: Evaluation, sample: str, rules: str) -> Quality:
    """Return the figures of ``evaluation``, made today on the file ``sample`` with the rules of the digest ``rules``."""
    groups = evaluation.groups()
    return Quality(
        measured=utc_now()[: len("2026-11-22")],
        rules=rules,
        sample=sample,
        comments=evaluation.records,
        clean=evaluation.clean,
        core=_measured(groups["core"]),
        sensitive=_measured(groups["sensitive"]),
        identifiers=_measured(groups["identifiers"]),
        entities={entity: _measured(counts) for entity, counts in evaluation.record_counts.items()},
        false_alarms=rate(evaluation.alarms, evaluation.clean),
        leak=round(evaluation.figures()["leak_rate"], _DIGITS),
    )


def write_quality(quality: Quality, path: Path) -> None:
    """Write ``quality`` to ``path``, the shares and their intervals beside the counts; raises :class:`OutputError` when it cannot."""
    write_json(path, quality_as_json(quality))
    path.chmod(0o644)


def quality_as_json(quality: Quality) -> dict[str, Any]:
    """Return ``quality`` as its file holds it: counts, and for people what follows from them (share, low, high)."""
    return {
        "format": QUALITY_FORMAT,
        "version": QUALITY_VERSION,
        "measured": quality.measured,
        "rules": quality.rules,
        "sample": quality.sample,
        "comments": quality.comments,
        "clean": quality.clean,
        "false_alarms": {"count": quality.false_alarms.count, "rate": _shares(quality.false_alarms)},
        "leak": quality.leak,
        "core": _as_json(quality.core),
        "sensitive": _as_json(quality.sensitive),
        "identifiers": _as_json(quality.identifiers),
        "entities": {entity: _as_json(measure) for entity, measure in quality.entities.items()},
    }


def _f1_of(shared: float) -> float:
    return 2 * shared / (1 + shared)


def _measured(counts: Counts) -> Measure:
    return Measure(counts.right, counts.wrong, counts.missed)


def _measure_of(content: Mapping[str, Any]) -> Measure:
    return Measure(content["right"], content["wrong"], content["missed"])


def _as_json(measure: Measure) -> dict[str, Any]:
    return {
        "right": measure.right,
        "wrong": measure.wrong,
        "missed": measure.missed,
        "precision": _shares(measure.precision),
        "recall": _shares(measure.recall),
        "f1": _rounded(measure.f1, measure.f1_low, measure.f1_high),
    }


def _shares(share: Rate) -> list[float | None]:
    return _rounded(share.value, share.low, share.high)


def _rounded(*values: float | None) -> list[float | None]:
    return [value if value is None else round(value, _DIGITS) for value in values]
