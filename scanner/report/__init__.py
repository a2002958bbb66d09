"""The report of a scan: one self-contained French HTML page, made of the summary alone."""

from __future__ import annotations

from scanner.report.page import write_report

__all__ = ["write_report"]
