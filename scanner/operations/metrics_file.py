"""The file of metrics that node_exporter's textfile collector, or another collector, picks up."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

from prometheus_client import exposition, parser
from prometheus_client.core import CollectorRegistry, Metric
from prometheus_client.openmetrics import exposition as open_exposition
from prometheus_client.openmetrics import parser as open_parser
from prometheus_client.registry import Collector

from scanner.append_log import write_whole
from scanner.errors import InputError, OutputError
from scanner.operations.metrics import JOB_LABEL, LAST_SUCCESS

_log = logging.getLogger(__name__)

_MODE = 0o644
"""The collector runs as another user. Nothing in the file is secret."""
_FORMATS: dict[str, tuple[ModuleType, ModuleType]] = {
    ".prom": (exposition, parser),
    ".om": (open_exposition, open_parser),
    ".openmetrics": (open_exposition, open_parser),
}


class MetricsFile:
    """The metrics of one job in the file ``path``: Prometheus' text format (``.prom``) or OpenMetrics 1.0 (``.om``, ``.openmetrics``).

    ``last_success`` is what the file tells of earlier runs: seconds since 1970, 0 for none.

    Raises :class:`InputError` when the name has another ending or the file holds the metrics of another job, :class:`OutputError` when
    its folder does not exist: all of it before a long run, not after.
    """

    def __init__(self, path: Path, job: str) -> None:
        if path.suffix not in _FORMATS:
            raise InputError(f"{path}: the file of metrics must end in {', '.join(_FORMATS)}")
        if not path.parent.is_dir():
            raise OutputError(f"{path.parent}: no such folder; create it first")
        self._path = path
        self._exposition, self._parser = _FORMATS[path.suffix]
        self.last_success = self._read_last_success(job)

    def write(self, metrics: Iterable[Metric]) -> None:
        """Put ``metrics`` in place of what the file holds, whole or not at all, readable by everyone; raises :class:`OutputError`."""
        registry = CollectorRegistry()
        registry.register(_Ready(metrics))
        fresh = self._path.with_name(self._path.name + ".new")
        write_whole(fresh, self._exposition.generate_latest(registry))
        try:
            fresh.chmod(_MODE)
            fresh.replace(self._path)
        except OSError as error:
            raise OutputError(f"{self._path} cannot be written ({error.strerror})") from None

    def _read_last_success(self, job: str) -> float:
        try:
            content = self._path.read_text(encoding="utf-8")
            samples = [sample for family in self._parser.text_string_to_metric_families(content) for sample in family.samples]
        except FileNotFoundError:
            return 0.0
        except OSError as error:
            raise OutputError(f"{self._path} cannot be read ({error.strerror}); give this user the right, or name another file") from None
        except ValueError:
            _log.warning("%s is damaged: when the job was last complete is not known until it is again", self._path)
            return 0.0
        if others := sorted({sample.labels.get(JOB_LABEL, "") for sample in samples} - {job}):
            raise InputError(f"{self._path}: holds the metrics of {', '.join(others)}, not of {job}; name one file for each job")
        return max((float(sample.value) for sample in samples if sample.name == LAST_SUCCESS), default=0.0)


class _Ready(Collector):
    """A collector of metrics that are ready."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = list(metrics)

    def collect(self) -> Iterator[Metric]:
        return iter(self._metrics)
