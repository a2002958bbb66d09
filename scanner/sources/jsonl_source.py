"""JSON Lines: one object per line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from scanner.errors import InputError
from scanner.records import Record
from scanner.sources.base import (
    SAMPLE_ROWS,
    Chunk,
    Layout,
    Problem,
    RecordBuilder,
    Scalar,
    Source,
    cell_text,
    readable,
    readable_rows,
    resolve_roles,
)
from scanner.sources.batch import RecordBatch
from scanner.sources.lines import BOM, LineWriter, line_blocks, open_text
from scanner.sources.options import ReadOptions

_LINE_END = "\n"
_SPACE = " \t\r\n"
_DECODER = json.JSONDecoder(strict=False)
_LATE_TEXT_WORDS = 3


class JsonLinesSource(Source[str]):
    """A JSON Lines file. Columns are the keys of the first objects; text under a key that only later objects have is scanned too."""

    def __init__(self, path: Path, name: str, options: ReadOptions, encoding: str) -> None:
        with open_text(path, encoding, _LINE_END) as file:
            lines = next(line_blocks(file))
        self._preface = BOM if lines[0].startswith(BOM) else ""
        lines[0] = lines[0].removeprefix(BOM)
        objects = [parsed for line in lines[: 4 * SAMPLE_ROWS] if (parsed := _parse(line))][:SAMPLE_ROWS]
        if not objects:
            raise InputError(f'{path}: no line holds a JSON object; JSON Lines needs one object per line, such as {{"id": 1, "text": "…"}}')
        columns = tuple(dict.fromkeys(key for parsed in objects for key in parsed))
        roles, purposes = resolve_roles(path, columns, [_cells(parsed, columns) for parsed in objects], options)
        super().__init__(path, (Layout(name, "jsonl", columns, roles, purposes, encoding, line_end=_LINE_END),))
        self._chunk_size = options.chunk_size
        self._known = frozenset(columns)

    def chunks(self) -> Iterator[Chunk[str]]:
        """Yield the records in file order; blank lines belong to a row beside them."""
        builder = RecordBuilder(self.layout)
        row = 0
        with open_text(self.path, self.layout.encoding, _LINE_END) as file:
            file.read(len(self._preface))
            for block in line_blocks(file):
                lines = _without_blank_lines(block)
                for start in range(0, len(lines), self._chunk_size):
                    part = lines[start : start + self._chunk_size]
                    yield Chunk(self.layout, self._records(builder, part, row), part)
                    row += len(part)

    def row_values(self, chunk: Chunk[str], index: int) -> dict[str, Scalar]:
        """Return the object of one line; a line that holds none stands whole in the first free-text column."""
        parsed = _parse(chunk.rows[index])
        return dict(chunk.records[index].texts) if parsed is None else parsed

    def writer(self, path: Path) -> JsonLinesWriter:
        """Return a writer of the redacted copy at ``path``: only the strings that change are written anew."""
        return JsonLinesWriter(path, self.path, self.layout, self._preface)

    def _records(self, builder: RecordBuilder, lines: list[str], first_row: int) -> RecordBatch:
        objects = [_parse(line) for line in lines]
        rows, problems = readable_rows([_cells(parsed or {}, self.layout.columns) for parsed in objects])
        records = builder.build(rows, first_row, problems)
        odd: dict[int, Record] = {}
        for index, parsed in enumerate(objects):
            if parsed is None:
                odd[index] = builder.build_whole(readable(lines[index].strip(_SPACE)), first_row + index, Problem.INVALID_JSON)
            elif not parsed.keys() <= self._known:
                late = {key: readable(_cell(value)) for key, value in parsed.items() if key not in self._known and _may_be_remark(value)}
                odd[index] = replace(records[index], texts={**records[index].texts, **late})
        return records.with_odd(odd) if odd else records


class JsonLinesWriter(LineWriter):
    """Writes the redacted copy of a :class:`JsonLinesSource`."""

    def __init__(self, path: Path, original: Path, layout: Layout, preface: str) -> None:
        super().__init__(path, original, layout.encoding, preface)
        self._layout = layout

    def edited(self, chunk: Chunk[str], index: int, texts: Mapping[str, str]) -> str:
        """Return the line at ``index`` of ``chunk`` with the strings under the keys in ``texts`` replaced."""
        line = chunk.rows[index]
        if chunk.records.problems[index] == Problem.INVALID_JSON:
            whole = texts.get(self._layout.roles.texts[0])
            body = line.strip(_SPACE)
            return line if whole is None else line.replace(body, whole, 1)
        pieces: list[str] = []
        done = 0
        for key, start, end in _members(line):
            if key in texts:
                pieces += (line[done:start], _written(texts[key], line[start], line.isascii()))
                done = end
        return "".join((*pieces, line[done:]))


def _parse(line: str) -> dict[str, Any] | None:
    """Return the object that ``line`` holds, an empty one for a blank line, ``None`` when it holds none."""
    if not line.strip(_SPACE):
        return {}
    try:
        parsed = _DECODER.decode(line)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def _cells(parsed: Mapping[str, object], columns: tuple[str, ...]) -> list[str]:
    return [_cell(parsed.get(column)) for column in columns]


def _cell(value: object) -> str:
    """Return ``value`` as text; a list or an object as JSON, so that remarks inside it are scanned too."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else cell_text(value)


def _may_be_remark(value: object) -> bool:
    return len(_cell(value).split()) >= _LATE_TEXT_WORDS


def _written(text: str, old_beginning: str, ascii_only: bool) -> str:
    """Return ``text`` as the JSON to write in place of a value that began with ``old_beginning``: a list stays a list where it can."""
    if old_beginning in "[{":
        try:
            json.loads(text)
        except ValueError:
            pass
        else:
            return text
    return json.dumps(text, ensure_ascii=ascii_only)


def _members(line: str) -> Iterator[tuple[str, int, int]]:
    """Yield the key of each member of the object that ``line`` holds, and where its value begins and ends."""
    at = line.index("{") + 1
    while True:
        at = _after_space(line, at)
        if line[at] == "}":
            return
        key, at = _DECODER.raw_decode(line, at)
        start = _after_space(line, _after_space(line, at) + 1)
        _, end = _DECODER.raw_decode(line, start)
        yield key, start, end
        at = _after_space(line, end)
        if line[at] == ",":
            at += 1


def _after_space(line: str, at: int) -> int:
    while line[at] in _SPACE:
        at += 1
    return at


def _without_blank_lines(lines: list[str]) -> list[str]:
    """Return ``lines`` with each blank one put at the end of the line before or, at the start, in front of the first."""
    kept: list[str] = []
    for line in lines:
        if kept and not (line.strip(_SPACE) and kept[-1].strip(_SPACE)):
            kept[-1] += line
        else:
            kept.append(line)
    return kept
