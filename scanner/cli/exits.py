"""Exit codes that scripts rely on."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the command's exit status says."""

    CLEAN = 0
    FINDINGS = 1
    ERROR = 2
    NOT_SCANNED = 3
