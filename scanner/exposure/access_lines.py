"""Lines of an access log as numbers: who, what, when. What cannot be understood is told, not dropped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scanner.errors import InputError
from scanner.exposure.columns import find_roles, require
from scanner.exposure.moments import Clock
from scanner.exposure.records import NONE, RecordSet, fold_value
from scanner.exposure.tables import Rows, Table
from scanner.exposure.unjudged import Unjudged
from scanner.sources.base import Problem

Numbers = NDArray[np.int64]
_MEMO = 1_000_000
_TARGETS = ("record", "account")


@dataclass(frozen=True, slots=True)
class Lines:
    """Accesses in the order of the log, four parallel arrays: user, target, seconds since 1970, local day."""

    users: Numbers
    targets: Numbers
    seconds: Numbers
    days: Numbers


class Targets:
    """What a line can name: a record by its id, or all records of an account. Each has a number."""

    def __init__(self, records: RecordSet) -> None:
        account = records.dimensions.get("account")
        self._dimensions = {"record": records.ids} | ({"account": account} if account else {})
        self._offsets = {"record": 0, "account": len(records.ids.labels)}
        rows = [dimension.rows(code) for dimension in self._dimensions.values() for code in range(len(dimension.labels))]
        self._starts = np.cumsum([0, *map(len, rows)])
        self._rows = np.concatenate(rows) if rows else np.empty(0, dtype=np.int64)

    def __len__(self) -> int:
        return len(self._starts) - 1

    def number(self, name: str, value: str) -> int:
        """Return the number of what ``value`` of the dimension ``name`` (record or account) names, ``NONE`` when there is no such thing."""
        dimension = self._dimensions.get(name)
        code = dimension.code(value) if dimension else NONE
        return code + self._offsets[name] if code != NONE else NONE

    def records(self, targets: Numbers) -> tuple[Numbers, Numbers]:
        """Return the records that ``targets`` name, one target after the other, and where those of each begin."""
        starts, sizes = self._starts[targets], self._starts[targets + 1] - self._starts[targets]
        begins = np.cumsum(sizes) - sizes
        return self._rows[np.repeat(starts - begins, sizes) + np.arange(int(sizes.sum()))], begins


class _Memo(dict[str, int]):
    """Answers of a slow function, as many as memory should hold."""

    def __init__(self, ask: Callable[[str], int]) -> None:
        super().__init__()
        self._ask = ask

    def __missing__(self, text: str) -> int:
        answer = self._ask(text)
        if len(self) < _MEMO:
            self[text] = answer
        return answer


class LineReader:
    """Reads the lines of a log. ``users`` maps folded ids to numbers; those of whom the perimeter is unknown are in ``without``."""

    def __init__(
        self,
        table: Table,
        asked: Mapping[str, str],
        pattern: str,
        targets: Targets,
        users: Mapping[str, int],
        without: Mapping[str, str],
        clock: Clock,
        unjudged: Unjudged,
    ) -> None:
        self._table = table
        self._roles = find_roles("accesses", table, asked)
        require("accesses", table, self._roles, "user")
        require("accesses", table, self._roles, "time")
        require("accesses", table, self._roles, *_TARGETS, "page")
        self._target = next(role for role in (*_TARGETS, "page") if role in self._roles)
        self._pattern = _page_pattern(pattern) if self._target == "page" else None
        self._targets = targets
        self._clock = clock
        self._unjudged = unjudged
        self._without = without
        self._user_memo = _Memo(lambda text: users.get(fold_value("account", text), NONE))
        self._target_memo = _Memo(self._target_number)

    def read(self) -> Iterator[Lines]:
        """Yield the lines that name a known user, a known record and a time, block by block."""
        for rows in self._table.rows():
            yield self._block(rows)

    def _block(self, rows: Rows) -> Lines:
        cells, numbers = rows.cells, list(range(rows.first, rows.first + len(rows.cells)))
        if any(rows.problems):
            sound = []
            for at, problem in enumerate(rows.problems):
                if problem:
                    self._unjudged.add("row", problem.replace("-", "_"), "", self._table.name, rows.first + at)
                if problem != Problem.FIELD_COUNT:
                    sound.append(at)
            cells, numbers = [cells[at] for at in sound], [rows.first + at for at in sound]
        who, what, when = (self._column(cells, role) for role in ("user", self._target, "time"))
        users = np.fromiter(map(self._user_memo.__getitem__, who), np.int64, len(cells))
        targets = np.fromiter(map(self._target_memo.__getitem__, what), np.int64, len(cells))
        moments = [moment or (0, NONE) for moment in map(self._clock.read, when)]
        seconds, days = np.array(moments, dtype=np.int64).reshape(-1, 2).T
        known = (users != NONE) & (targets != NONE) & (days != NONE)
        for at in np.flatnonzero(~known).tolist():
            self._tell(who[at], what[at], users[at] == NONE, targets[at] == NONE, numbers[at])
        return Lines(users[known], targets[known], seconds[known], days[known])

    def _column(self, cells: Sequence[Sequence[str]], role: str) -> list[str]:
        at = self._roles[role]
        return [row[at] for row in cells]

    def _tell(self, user: str, target: str, no_user: bool, no_target: bool, number: int) -> None:
        """Tell why a line could not be judged: its first reason counts."""
        if no_user:
            reason, value = self._without.get(fold_value("account", user), "unknown_user"), user
        elif no_target:
            reason, value = "unknown_record", target
        else:
            reason, value = "unreadable_time", ""
        self._unjudged.add("access", reason, value.strip(), self._table.name, number)

    def _target_number(self, text: str) -> int:
        if self._pattern is None:
            return self._targets.number(self._target, text)
        if match := self._pattern.search(text):
            for name, value in match.groupdict().items():
                if value:
                    return self._targets.number(name, value)
        return next((number for name in _TARGETS if (number := self._targets.number(name, text)) != NONE), NONE)


def _page_pattern(pattern: str) -> re.Pattern[str]:
    if not pattern:
        return re.compile(r"(?!)")
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise InputError(f"--page-pattern: not a regular expression ({error})") from None
    if not compiled.groupindex or not set(compiled.groupindex) <= set(_TARGETS):
        raise InputError("--page-pattern: name what it finds, as in '/accounts/(?P<account>[^/?]+)'; the names are record and account")
    return compiled
