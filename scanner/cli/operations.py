"""Options of the commands that run at night."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scanner.operations.logs import LogFormat, LogLevel

MetricsOption = Annotated[
    Path | None,
    typer.Option("--metrics", help="File of metrics for Prometheus: .prom (node_exporter's textfile collector) or .om (OpenMetrics)."),
]
LogFormatOption = Annotated[LogFormat, typer.Option("--log-format", help="What standard error gets: lines for people, or JSON.")]
LogLevelOption = Annotated[
    LogLevel | None, typer.Option("--log-level", help="Least level that is logged; info for JSON, warning for text.", show_default=False)
]
