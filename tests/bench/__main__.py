"""``make bench``: Vigie and stock Presidio on the same file in the same run, alternated, with the stages of a scan and the floors.

Writes ``RESULTS.md`` beside this file. Figures of a machine that does something else meanwhile are upper bounds; ratios are what counts.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from bench.corpus import Mix, write_export
from bench.goals import cold_start, cost_of_accents, cost_of_terms, latencies, pattern_count
from bench.rivals import bare_automaton, bare_read, deny_lists, in_turn, stock_presidio, terms_by_entity
from bench.stages import stage_seconds
from bench.worst import PIECES, worst_case
from recognizers.rulepack import load_lexicons
from scanner.keys import KEY_VARIABLE, generate_key
from scanner.sources import ReadOptions, open_source

RESULTS = Path(__file__).with_name("RESULTS.md")
COMMAND = [sys.executable, "-c", "from scanner.cli import main; main()"]
VIGIE = str(Path(sys.executable).with_name("vigie"))
_FEWER = 5
"""How many times fewer rows stock Presidio analyses with the many terms: it takes that much longer for each."""
_LARGER = 5
"""How many times more rows the larger export has: there starting counts for less."""


class Run(NamedTuple):
    """One run of ``vigie scan``: seconds by the clock, CPU seconds of its first process, peak memory of that in MB."""

    wall: float
    cpu: float
    peak: float


def scan(export: Path, workers: int) -> Run:
    """Scan ``export`` with every output, as a user does."""
    with tempfile.TemporaryDirectory() as out:
        environment = {**os.environ, KEY_VARIABLE: generate_key()}
        command = [*COMMAND, "scan", str(export), "--out", out, "--workers", str(workers)]
        began = time.perf_counter()
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        if os.waitstatus_to_exitcode(status) not in (0, 1):
            raise SystemExit(f"vigie scan ended with status {status}")
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def seconds(work: Callable[[], object]) -> float:
    """Return the seconds by the clock that ``work`` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


class Work(NamedTuple):
    """What is compared: its name, what it does, and with how many texts."""

    name: str
    do: Callable[[], object]
    texts: int


def measure(rows: int, presidio_rows: int, terms: int, rounds: int) -> list[str]:
    """Return the lines of the results."""
    load = os.getloadavg()[0]
    few, many = terms_by_entity(terms), in_turn(deny_lists(), pattern_count(load_lexicons()))
    with tempfile.TemporaryDirectory() as folder:
        export, small, large = (Path(folder) / f"{name}.csv" for name in ("export", "small", "large"))
        write_export(export, rows)
        write_export(small, rows // 4)
        write_export(large, _LARGER * rows)
        records = [record for chunk in open_source(export, ReadOptions()).chunks() for record in chunk.records]
        texts = [text for record in records for text in record.texts.values() if text]
        stocks = [_stock(few, texts[:presidio_rows]), _stock(many, texts[: presidio_rows // _FEWER])]
        others = [
            *stocks,
            Work("bare automaton", partial(bare_automaton(few), texts), rows),
            Work("csv.reader", partial(bare_read(export), texts), rows),
        ]
        scans: dict[int, list[Run]] = {1: [], 2: []}
        waits: dict[str, list[float]] = {work.name: [] for work in others}
        for _ in range(rounds):
            for workers, runs in scans.items():
                runs.append(scan(export, workers))
            for work in others:
                waits[work.name].append(seconds(work.do))
        larger = {workers: scan(large, workers) for workers in (1, 2)}
        at_once = seconds(partial(_side_by_side, export))
        stages = stage_seconds(small)
    ends = {workers: Run(*(statistics.median(values) for values in zip(*runs, strict=True))) for workers, runs in scans.items()}
    rates = {f"vigie scan, all outputs, processes: {workers}": rows / run.wall for workers, run in ends.items()}
    rates |= {f"… of {_LARGER * rows:,} rows, processes: {workers}": _LARGER * rows / run.wall for workers, run in larger.items()}
    rates |= {work.name: work.texts / statistics.median(waits[work.name]) for work in others}
    references = [rates[stock.name] for stock in stocks]
    mean = sum(map(len, texts)) / len(texts)
    return [
        f"Measured on {datetime.date.today()} by `make bench`: {rows:,} rows ({len(texts):,} comments, {mean:.0f} characters on average,",
        f"{100 * Mix().sensitive:.0f} % with a sensitive remark), cp1252 CSV, medians of {rounds} alternated runs, load {load:.1f} before.",
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()},",
        f"presidio-analyzer {version('presidio-analyzer')}, spaCy {version('spacy')}.",
        f"Vigie has {pattern_count(load_lexicons()):,} patterns; stock Presidio is given as many terms, and far fewer.",
        "",
        f"| what | records/s | {' | '.join(f'against Presidio, {_size(chosen):,} terms' for chosen in (few, many))} |",
        "|---|---|---|---|",
        *(_line(name, rate, references) for name, rate in rates.items()),
        "",
        f"Two processes are {ends[1].wall / ends[2].wall:.2f} times as fast as one, which takes {ends[1].cpu:.1f} s of CPU;",
        f"with {_LARGER} times the rows {larger[1].wall / larger[2].wall:.2f} times as fast, against {larger[1].cpu:.1f} s.",
        f"Two scans at once, nothing shared, are done {2 * ends[1].wall / at_once:.2f} times as fast as one after the other.",
        f"Peak memory of one: {ends[1].peak:.0f} MB, with {_LARGER} times the rows {larger[1].peak:.0f} MB.",
        "",
        *_goals(texts[:8_000], terms),
        "",
        f"Stages, CPU microseconds a record, warm, {rows // 4:,} rows (recognize holds fold and screen):",
        "",
        "| stage | µs |",
        "|---|---|",
        *(f"| {name} | {1e6 * spent / (rows // 4):.1f} |" for name, spent in stages.items()),
    ]


def _side_by_side(export: Path) -> None:
    """Scan ``export`` twice at the same time, in one process each."""
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(scan, (export, export), (1, 1)))


def _stock(chosen: dict[str, list[str]], texts: list[str]) -> Work:
    presidio = stock_presidio(chosen)
    presidio(texts[:50])  # its expressions compile at their first use
    return Work(f"stock Presidio, analyse only, {_size(chosen):,} terms", partial(presidio, texts), len(texts))


def _goals(texts: list[str], terms: int) -> list[str]:
    median, late = latencies(texts, 2_000)
    cost = cost_of_terms(texts, terms)
    worst = worst_case(" ".join(texts[:1_000]))
    check, help_ = (cold_start([VIGIE, *words]) for words in (["check", "Mme absente"], ["--help"]))
    return [
        f"One comment of 120 characters, warm: median {median:.2f} ms, 99 % within {late:.2f} ms.",
        f"From a cold shell `vigie check` takes {check:.2f} s, `vigie --help` {help_:.2f} s.",
        f"{cost.every:,} patterns cost {cost.all_ratio:.1f} times what {cost.few:,} do, with all that they find;",
        f"the few with {cost.every - cost.few:,} more that no comment holds, {cost.unmet_ratio:.2f} times.",
        f"Texts full of accents cost {cost_of_accents(texts):.2f} times what the same without any do.",
        f"A character of an ordinary text takes {worst.ordinary:.1f} µs, of the slowest hostile one {worst.hostile:.1f}",
        f"({worst.piece!r} over and over; of {len(PIECES)} pieces, alone and mixed).",
    ]


def _size(chosen: dict[str, list[str]]) -> int:
    return sum(map(len, chosen.values()))


def _line(name: str, rate: float, references: list[float]) -> str:
    return f"| {name} | {rate:,.0f} | {' | '.join(f'{rate / reference:.1f} ×' for reference in references)} |"


def main() -> None:
    """Measure and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=40_000)
    parser.add_argument("--presidio-rows", type=int, default=2_000)
    parser.add_argument("--terms", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    lines = measure(options.rows, options.presidio_rows, options.terms, options.rounds)
    RESULTS.write_text("# Speed\n\n" + "\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
