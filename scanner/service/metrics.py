"""Figures about the service for Prometheus: how much, how fast, with which outcome. Nothing in them tells of a person."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class ServiceMetrics:
    """The metrics of one service, in a registry of its own. Labels come from closed lists: routes, statuses, verdicts, entities."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = self._counter("vigie_http_requests", "Requests answered.", "method", "route", "status")
        self.seconds = Histogram("vigie_http_request_seconds", "Time to answer.", ("route",), buckets=_SECONDS, registry=self.registry)
        self.checks = self._counter("vigie_checks", "Texts checked before they were saved.", "verdict", "purpose")
        self.findings = self._counter("vigie_check_findings", "Findings shown at data entry.", "entity")
        self.overrides = self._counter("vigie_overrides", "Texts saved in spite of the verdict.", "verdict", "purpose")
        self.override_findings = self._counter("vigie_override_findings", "Findings saved in spite of the verdict.", "entity")
        self.records = self._counter("vigie_scan_records", "Records of batches.", "outcome")
        self.policy_current = Gauge("vigie_policy_current", "0 when the policy's last change could not be read.", registry=self.registry)
        self.policy_current.set(1)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self.requests.labels(method, route, str(status)).inc()
        self.seconds.labels(route).observe(seconds)

    def checked(self, verdict: str, purpose: str, entities: Iterable[str]) -> None:
        """Count one text, and the ``entities`` of its findings, one for each finding."""
        self.checks.labels(verdict, purpose).inc()
        for entity in entities:
            self.findings.labels(entity).inc()

    def overridden(self, verdict: str, purpose: str, entities: Iterable[str]) -> None:
        """Count one text that was saved in spite of ``verdict``."""
        self.overrides.labels(verdict, purpose).inc()
        for entity in entities:
            self.override_findings.labels(entity).inc()

    def text(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self.registry)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(name, text, labels, registry=self.registry)
