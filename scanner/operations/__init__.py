"""What a nightly run tells its operators: metrics for Prometheus, structured logs."""

from __future__ import annotations
