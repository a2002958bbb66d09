"""The tables of an HTML page, as one user saw or saved it: what is hidden in it counts too, for it was sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from scanner.columns import column_names, recognised_headers
from scanner.errors import InputError
from scanner.exposure.settings import settings
from scanner.exposure.tables import HeldTable
from scanner.extras import packages_of
from scanner.sources.encoding import detect_encoding

_MAX_SPAN = 100
_INNERMOST = "//table[not(.//table)] | //*[@role='table' or @role='grid'][not(.//table)]"
_ROWS = ".//tr | .//*[@role='row']"
_CELLS = "./td | ./th | ./*[@role='cell' or @role='gridcell' or @role='columnheader' or @role='rowheader']"


def page_table(path: Path) -> HeldTable:
    """Return the tables of the page at ``path`` as one; columns of the same name are one column.

    Raises :class:`InputError` when the page holds no table with rows.
    """
    with packages_of("documents", "pages need"):
        from lxml import html as lxml_html  # type: ignore[import-untyped]
    text = path.read_bytes().decode(detect_encoding(path, None), "replace").removeprefix("\ufeff")
    root = lxml_html.document_fromstring(text.encode(), parser=lxml_html.HTMLParser(encoding="utf-8"))
    columns: dict[str, int] = {}
    cells: list[dict[int, str]] = []
    for table in root.xpath(_INNERMOST):
        rows = [row for row in map(_cells, table.xpath(_ROWS)) if any(row)]
        header, body = _parted(table, rows)
        for row in body:
            cells.append({columns.setdefault(name, len(columns)): cell for name, cell in zip(header, row, strict=False)})
    if not cells:
        raise InputError(f"{path}: the page holds no table with rows; save the page whole, or export what it shows as CSV")
    return HeldTable(path.name, tuple(columns), [[row.get(at, "") for at in range(len(columns))] for row in cells])


def _cells(row: Any) -> list[str]:
    """Return the texts of the cells of a row, one that spans several columns repeated as an empty one."""
    texts: list[str] = []
    for cell in row.xpath(_CELLS):
        span = cell.get("colspan", "1")
        texts.append(" ".join(cell.text_content().split()))
        texts += [""] * (min(int(span), _MAX_SPAN) - 1 if span.isdecimal() else 0)
    return texts


def _parted(table: Any, rows: list[list[str]]) -> tuple[tuple[str, ...], list[list[str]]]:
    """Return the names of the columns and the rows below: the first row names them when it is marked as heading or uses their words."""
    width = max(map(len, rows), default=0)
    if not rows:
        return (), []
    marked = bool(table.xpath(".//tr[1]/th | .//*[@role='columnheader']")) and not table.xpath(".//tr[1]/td")
    amounts = any(settings().amount.fullmatch(cell) for cell in rows[0])
    if marked or (recognised_headers(rows[0]) and not amounts):
        return column_names(rows[0] + [""] * (width - len(rows[0]))), rows[1:]
    return column_names([""] * width), rows
