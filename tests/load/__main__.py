"""``make load``: ``/v1/check`` in process and over loopback, with ever more clients at once.

Prints tables, and writes them to ``RESULTS.md`` beside this file. Service and clients share the machine; figures of one that does something
else meanwhile are upper bounds, but for the CPU time of the service.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlsplit

from load.client import Answers, check_requests, load
from scanner.service import ServiceSettings
from scanner.service.check import checked
from scanner.service.state import make_state
from scanner.service.warming import warm_up

GOLD = Path(__file__).parent.parent.parent / "samples" / "gold"
RESULTS = Path(__file__).with_name("RESULTS.md")
CONNECTIONS = (1, 2, 4, 8, 16, 32, 64)
CHARACTERS = 120
TEXTS = 500
COMMAND = [sys.executable, "-c", "from scanner.cli import main; main()", "serve", "--no-auth", "--port", "0", "--rate", str(10**9)]


def main() -> None:
    arguments = argparse.ArgumentParser(prog="make load", description=__doc__)
    arguments.add_argument("--seconds", type=float, default=4.0, help="how long each number of clients asks (default: 4)")
    lines = []
    for text in tables(arguments.parse_args().seconds):
        print(text, flush=True)
        lines.append(text)
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


def tables(seconds: float) -> Iterator[str]:
    """Yield the lines of what was measured, as soon as each is known."""
    texts = comments()
    yield f"# `/v1/check` under load, {datetime.now(UTC):%d %B %Y}\n"
    yield f"{platform.machine()}, {len(os.sched_getaffinity(0))} cores, load of the machine before: {os.getloadavg()[0]:.1f}; Python"
    yield f"{platform.python_version()}. {TEXTS} comments of {CHARACTERS} characters in turn; `make load` measures again.\n"
    yield "| handler in process | p50 | p90 | p99 | longest |\n|---|---|---|---|---|"
    for clock, times in in_process(texts).items():
        yield f"| {clock} | {percentiles(times)} |"
    yield "\n| clients at once | answers/s | p50 | p90 | p99 | longest | CPU of the service for one | 200 | 429 | 503 | others |"
    yield "|---|---|---|---|---|---|---|---|---|---|---|"
    with served() as (host, port, process):
        requests = check_requests(texts, f"{host}:{port}")
        asyncio.run(load(host, port, requests, 4, seconds))  # to warm up
        for connections in CONNECTIONS:
            before = cpu_seconds(process)
            answers = asyncio.run(load(host, port, requests, connections, seconds))
            yield line(connections, answers, cpu_seconds(process) - before)


def comments() -> list[str]:
    """Return comments of the samples, those that are long enough, cut."""
    found = [json.loads(row)["text"] for path in sorted(GOLD.glob("*.jsonl")) for row in path.read_text(encoding="utf-8").splitlines()]
    long = [text for text in found if len(text) >= CHARACTERS]
    return [text[:CHARACTERS] for text in long[:: len(long) // TEXTS]][:TEXTS]


def in_process(texts: Sequence[str]) -> dict[str, list[float]]:
    """Return the seconds that the handler takes for each text, by the clock and of its CPU, once it has seen all of them."""
    state = make_state(ServiceSettings(auth=False))
    warm_up(state)
    policy = state.text_policy
    times: dict[str, list[float]] = {"by the clock": [], "CPU": []}
    for text in [*texts, *texts]:
        wall, cpu = time.perf_counter(), time.thread_time()
        checked(text, "COMMENTAIRE", policy, state)
        times["CPU"].append(time.thread_time() - cpu)
        times["by the clock"].append(time.perf_counter() - wall)
    return {clock: values[len(texts) :] for clock, values in times.items()}


@contextmanager
def served() -> Iterator[tuple[str, int, int]]:
    """Run ``vigie serve``, without keys and without limit of requests; yield its host, port and process."""
    with subprocess.Popen(COMMAND, stdout=subprocess.PIPE, text=True) as service:
        try:
            assert service.stdout is not None
            ready = re.search(r"http://\S+", service.stdout.readline())
            if ready is None:
                raise SystemExit("the service did not start")
            place = urlsplit(ready[0])
            assert place.hostname is not None
            assert place.port is not None
            yield place.hostname, place.port, service.pid
        finally:
            service.terminate()


def cpu_seconds(process: int) -> float:
    """Return the CPU seconds that ``process`` has taken (Linux)."""
    user, system = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def line(connections: int, answers: Answers, cpu: float) -> str:
    """Return the line of the table for so many ``connections``; ``cpu`` are the CPU seconds of the service."""
    statuses, count = answers.statuses, len(answers.seconds)
    others = sum(statuses.values()) - statuses[200] - statuses[429] - statuses[503]
    times = f"{percentiles(answers.seconds)} | {cpu / count * 1000:.2f} ms"
    counts = f"{statuses[200]:,} | {statuses[429]:,} | {statuses[503]:,} | {others:,}"
    return f"| {connections} | {count / answers.duration:,.0f} | {times} | {counts} |"


def percentiles(seconds: Sequence[float]) -> str:
    """Return median, 90th and 99th percentile and the longest, as cells of a table."""
    ranks = quantiles(seconds, n=100)
    return " | ".join(f"{value * 1000:.2f} ms" for value in (ranks[49], ranks[89], ranks[98], max(seconds)))


if __name__ == "__main__":
    main()
