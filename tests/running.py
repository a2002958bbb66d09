"""Running the command ``vigie`` as a user does: in this process, or in one of its own."""

from __future__ import annotations

import base64
import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from fakes import KEY

from scanner.cli import main

COMMAND = [sys.executable, "-c", "from scanner.cli import main; main()"]
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith(("VIGIE_", "XDG_"))},
    "VIGIE_KEY": base64.b64encode(KEY.master).decode(),
    "COLUMNS": "200",
    "PYTHONPATH": str(Path(__file__).parent.parent),
}


class Result(NamedTuple):
    """What a command left: its exit code and what it printed."""

    code: int
    out: str
    err: str


def vigie(*arguments: object, stdin: bytes = b"", env: dict[str, str] | None = None) -> Result:
    """Run ``vigie`` with ``arguments`` in this process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    code: Any = 0
    with (
        mock.patch.dict(os.environ, ENVIRONMENT if env is None else env, clear=True),
        mock.patch.object(sys, "argv", ["vigie", *map(str, arguments)]),
        mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin))),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as error:
            code = error.code
    return Result(code, *(stream.buffer.getvalue().decode() for stream in (out, err)))  # type: ignore[attr-defined]


def start(*arguments: object, **options: Any) -> subprocess.Popen[str]:
    """Start ``vigie`` with ``arguments`` in a process of its own."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "env": ENVIRONMENT}
    return subprocess.Popen([*COMMAND, *map(str, arguments)], **{**pipes, **options})


def finish(process: subprocess.Popen[str]) -> Result:
    """Wait for a process that :func:`start` started."""
    out, err = process.communicate(timeout=60)
    return Result(process.returncode, out or "", err or "")
