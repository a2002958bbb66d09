"""The part of ``vigie scan`` that estimates from a random sample."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner.cli.scan_progress import shown_progress
from scanner.errors import InputError

if TYPE_CHECKING:
    from scanner.cli.scan_database import DatabaseJob, DatabaseOptions
    from scanner.sampling.frames import Frame
    from scanner.scan import ScanPlan


@dataclass(frozen=True, slots=True)
class SampleOptions:
    """How many records to draw, ``None``: all are scanned, and with which seed, ``None``: one that nobody chose."""

    size: int | None
    seed: str | None

    @property
    def drawn_with(self) -> str:
        """The seed that is given, else a new one."""
        from scanner.sampling.drawing import new_seed

        return new_seed() if self.seed is None else self.seed

    def refuse_lone_seed(self) -> None:
        """Raise :class:`InputError` when a seed is given without a sample."""
        if self.size is None and self.seed is not None:
            raise InputError("--seed says which records --sample draws: give both, or leave it out")

    def refuse_what_does_not_fit(self, inputs: list[str], out: Path | None, database: DatabaseOptions, **others: object) -> None:
        """Raise :class:`InputError` when a seed is given without a sample, or with a sample what only a whole scan can do."""
        self.refuse_lone_seed()
        if self.size is None:
            return
        for name, value in {"state": database.state, "job": database.job, **others}.items():
            if value:
                raise InputError(f"--{name} is not for samples: nothing is redacted, and an estimate is no run of a job; leave it out")
        if inputs[0].endswith(".toml") and out is None:
            raise InputError("name a folder of the sample's own with --out: that of the job holds the results of its runs")


def sample_exports(plan: ScanPlan, sample: SampleOptions, *, quiet: bool) -> dict[str, Any]:
    """Draw from the exports of ``plan`` and scan what was drawn, showing how far it is unless ``quiet``; then write the report."""
    from scanner.sampling.frames import ExportFrame

    return _scan(plan, sample, ExportFrame(plan.inputs, plan.options, plan.policy), quiet=quiet)


def sample_tables(job: DatabaseJob, plan: ScanPlan, sample: SampleOptions, *, quiet: bool) -> dict[str, Any]:
    """Do the same for the tables of ``job``; of ``plan``, rules and outputs are used."""
    from scanner.databases import open_database
    from scanner.sampling.frames import DatabaseFrame

    with open_database(job.url, job.settings, job.password) as database:
        return _scan(plan, sample, DatabaseFrame(database, job.tables, plan.policy), quiet=quiet)


def _scan(plan: ScanPlan, sample: SampleOptions, frame: Frame, *, quiet: bool) -> dict[str, Any]:
    from scanner.sampling.scanning import SamplePlan, scan_sample

    assert sample.size is not None
    drawing = SamplePlan(
        frame=frame,
        size=sample.size,
        seed=sample.drawn_with,
        out=plan.out,
        detector=plan.detector,
        catalogue=plan.catalogue,
        policy=plan.policy,
        key=plan.key,
        workers=plan.workers,
    )
    with shown_progress(quiet=quiet) as progress:
        return scan_sample(drawing, progress)
