"""What the servers share: folders, ports and users of their own."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 60.0


def run_as(user: str) -> dict[str, str]:
    """Return the options of ``subprocess`` that run a program as ``user``, when this one runs as root: servers refuse that."""
    return {"user": user, "group": user} if os.geteuid() == 0 else {}


def run(user: str, *command: object) -> str:
    """Run a program as ``user`` and return what it prints; raise ``AssertionError`` with its complaint when it fails."""
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, stdin=subprocess.DEVNULL, cwd="/", **run_as(user), check=False
    )
    assert done.returncode == 0, f"{command[0]} failed: {done.stderr}"
    return done.stdout


@contextmanager
def folder_of(user: str) -> Iterator[Path]:
    """Give a new folder of ``user`` with a short path, as Unix sockets need; remove it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="vigie-"))
    if os.geteuid() == 0:
        entry = pwd.getpwnam(user)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """Return a port of the loopback interface that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Wait until ``condition`` holds."""
    end = time.monotonic() + START_SECONDS
    while not condition():
        assert time.monotonic() < end, f"{what}: not within {START_SECONDS:.0f} s"
        time.sleep(0.05)
