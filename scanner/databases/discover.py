"""Which columns of a database hold free text, judged by their names, types and a sample of each table; no value leaves this module."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL
from sqlalchemy.types import NullType

from scanner.columns import Requested, detect_roles
from scanner.databases.catalog import TableInfo, all_tables
from scanner.databases.connection import Connector
from scanner.databases.errors import ReadingStoppedError
from scanner.databases.sampling import holding_text, sample_rows
from scanner.errors import InputError

_SHARE_DIGITS = 3


@dataclass(frozen=True, slots=True)
class ColumnReport:
    """A column. ``filled`` is the share of the ``sampled`` cells that are not blank, ``distinct`` that of the filled ones that differ, both
    in [0, 1]; ``mean_length`` is in characters, of the filled cells, of which the first 400 count.
    """

    table: str
    column: str
    type: str
    sampled: int
    filled: float
    mean_length: float
    distinct: float
    free_text: bool
    why: str


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found. ``without_key`` are the tables whose rows nothing identifies, ``unreadable`` those that were refused, with why."""

    columns: Sequence[ColumnReport]
    without_key: frozenset[str]
    unreadable: Mapping[str, str]

    @property
    def free_texts(self) -> Mapping[str, Sequence[ColumnReport]]:
        """The free-text columns by table."""
        found = [column for column in self.columns if column.free_text]
        return {table: [column for column in found if column.table == table] for table in dict.fromkeys(column.table for column in found)}


def discover(connector: Connector, schema: str | None = None) -> Discovery:
    """Look at every table and view of ``schema``, or of all schemas that are not the system's own.

    Raises :class:`InputError` when there is no such schema, :class:`ReadingStoppedError` when the connection is lost for good.
    """
    infos = connector.run(lambda connection: all_tables(connection, connector.dialect, schema))
    columns: list[ColumnReport] = []
    unreadable: dict[str, str] = {}
    for info in infos:
        try:
            columns += _columns(connector, info)
        except ReadingStoppedError:
            raise
        except InputError as error:
            unreadable[info.name] = str(error)
    return Discovery(columns, frozenset(info.name for info in infos if not info.keys), unreadable)


def job_file_text(discovery: Discovery, url: URL) -> str:
    """Return a job file that scans the free-text columns of ``discovery``; passwords are left out of ``url``."""
    url = url.set(password=None).difference_update_query([name for name in url.query if "pass" in name])
    lines = [
        "# A job to start from: read it, complete it, then give it to `vigie scan`.",
        "[job]",
        f"name = {_quoted(Path(url.database or 'vigie').stem)}",
        f"url = {_quoted(url.render_as_string())}",
        '# password_file = "…"  or  password_env = "VARIABLE"; else VIGIE_DB_PASSWORD',
        'state = "state.sqlite"',
        'out = "out"',
    ]
    for table, columns in discovery.free_texts.items():
        lines += ["", "[[tables]]", f"name = {_quoted(table)}"]
        if table in discovery.without_key:
            lines.append('# id = "…"  needed: no key is known; name a column that identifies the rows')
        lines.append(f"texts = [{', '.join(_quoted(column.column) for column in columns)}]")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a JSON string is a TOML string


def _columns(connector: Connector, info: TableInfo) -> list[ColumnReport]:
    sample = connector.run(lambda connection: sample_rows(connection, connector.dialect, info), f"table {info.name}")
    texts = holding_text(connector.dialect, info, sample, detect_roles(info.columns, sample, Requested()).texts)
    return [_report(info, name, [row[at] for row in sample], name in texts) for at, name in enumerate(info.columns)]


def _report(info: TableInfo, name: str, cells: Sequence[str], is_free_text: bool) -> ColumnReport:
    filled = [cell for cell in cells if cell.strip()]
    kind = info.types[name]
    return ColumnReport(
        table=info.name,
        column=name,
        type="unknown" if isinstance(kind, NullType) else str(kind),
        sampled=len(cells),
        filled=_share(len(filled), len(cells)),
        mean_length=round(sum(map(len, filled)) / len(filled), 1) if filled else 0.0,
        distinct=_share(len(set(filled)), len(filled)),
        free_text=is_free_text,
        why=_why(name, filled, is_free_text),
    )


def _share(part: int, whole: int) -> float:
    return round(part / whole, _SHARE_DIGITS) if whole else 0.0


def _why(name: str, filled: Sequence[str], is_free_text: bool) -> str:
    by_name = ["its name"] if detect_roles((name,), [], Requested()).texts else []
    if not is_free_text:
        return "its cells repeat a few codes" if by_name and filled else "neither its name nor its cells say so"
    if not filled:
        return "by its name; empty so far" if by_name else "empty so far: remarks may stand further down"
    by_cells = ["its cells"] if detect_roles(("col1",), [(cell,) for cell in filled], Requested()).texts else []
    return f"by {' and '.join(by_name + by_cells)}"
