"""A record as it is to be read: memos without their markup, numbered lines as one text, and the way back to the cells."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from recognizers.finding import Finding
from scanner.judgement import JudgedFinding, Judgement
from scanner.memos.layer import apply_edits
from scanner.memos.line_columns import LineGroup
from scanner.memos.lines import JoinedText, Place, join_lines
from scanner.memos.memo import Memo, may_be_memo, read_memo
from scanner.records import Record
from scanner.redaction import Redacted


@dataclass(frozen=True, slots=True)
class FieldText:
    """The text of one field: ``lines`` joined, or a single cell where they are not ``numbered``, and the ``memo`` that they hold."""

    lines: JoinedText
    memo: Memo
    numbered: bool

    def locate(self, start: int, end: int) -> list[Place]:
        """Return where the non-empty slice ``memo.text[start:end]`` stands, cell by cell."""
        return self.lines.locate(*self.memo.span(start, end))

    def span_back(self, line: str, start: int, end: int) -> tuple[int, int]:
        """Return the slice of the text that ``[start, end)`` of the cell ``line`` led to."""
        offset = self.lines.offset_of(line)
        return self.memo.span_back(offset + start, offset + end)


@dataclass(frozen=True, slots=True)
class Reading:
    """``record`` as it is to be read and ``cells`` as they are stored. ``fields`` holds those whose text is not simply their cell.

    Fields of ``record.texts`` are free-text columns, and groups of numbered lines under the name of the group.
    """

    record: Record
    cells: Mapping[str, str]
    fields: Mapping[str, FieldText]

    @property
    def second(self) -> Record | None:
        """The texts in which a word may have been cut at the end of a line, as they read if it was; ``None`` when there are none."""
        texts = {name: field.lines.glued for name, field in self.fields.items() if field.lines.doubtful}
        return replace(self.record, texts=texts) if texts else None

    def cells_of(self, field: str) -> dict[str, str]:
        """Return the cells that ``field`` is made of, by column, blank lines left out."""
        if field not in self.fields:
            return {field: self.cells[field]}
        return {place.line: self.cells[place.line] for place in self.fields[field].lines.lines}

    def only_in_second(self, field: str, findings: Sequence[Finding]) -> list[Finding]:
        """Return those of ``findings`` in a field of :attr:`second` whose words hold a doubtful place, as they stand in ``record``."""
        lines = self.fields[field].lines
        moved = [found.moved(lines.unglued) for found in findings]
        return [found for found in moved if bisect_left(lines.doubtful, found.words[0]) < bisect_left(lines.doubtful, found.words[1])]

    def stored(self, judgement: Judgement) -> Judgement:
        """Return ``judgement`` of the record with the offsets of each finding in its cell, and its line where there are several.

        Where its own words stand is not told.
        """
        if not self.fields:
            return judgement
        fields = {name: [self._stored(name, item) for item in items] for name, items in judgement.fields.items()}
        return replace(judgement, fields=fields)

    def _stored(self, name: str, item: JudgedFinding) -> JudgedFinding:
        if name not in self.fields:
            return item
        field = self.fields[name]
        first, *others = field.locate(item.finding.start, item.finding.end)
        finding = replace(item.finding, start=first.start, end=first.end, core=None)
        if not field.numbered:
            return replace(item, finding=finding)
        return replace(item, finding=finding, line=first.line, continued=tuple(others))

    def rewritten(self, field: str, redacted: Redacted) -> dict[str, str]:
        """Return the new cells, by column, that the redacted text of ``field`` makes; markup and structure stay as they are."""
        if field not in self.fields:
            return {field: redacted.text}
        source = self.fields[field]
        edits = [(span.start, span.end, redacted.text[span.new_start : span.new_end]) for span in redacted.spans]
        by_line = source.lines.edits(source.memo.edits(edits))
        return {line: apply_edits(self.cells[line], line_edits) for line, line_edits in by_line.items()}


def read_record(record: Record, groups: Sequence[LineGroup] = ()) -> Reading:
    """Return ``record`` as it is to be read; ``groups`` are the columns that hold numbered lines."""
    cells = record.texts
    if not groups and not any(map(may_be_memo, cells.values())):
        return Reading(record, cells, {})
    fields: dict[str, FieldText] = {}
    in_groups: dict[str, str] = {}
    for group in groups:
        name = group.name if group.name not in cells else f"{group.columns[0]}-{group.columns[-1]}"
        in_groups |= dict.fromkeys(group.columns, name)
        fields[name] = _read_lines([(column, cells.get(column, "")) for column in group.columns], group.width)
    texts: dict[str, str] = {}
    for column, cell in cells.items():
        if column in in_groups:
            texts[in_groups[column]] = fields[in_groups[column]].memo.text
            continue
        memo = read_memo(cell)
        texts[column] = memo.text
        if memo.layers:
            fields[column] = FieldText(JoinedText(cell, (Place(column, 0, len(cell)),)), memo, numbered=False)
    return Reading(replace(record, texts=texts), cells, fields)


def _read_lines(parts: Sequence[tuple[str, str]], width: int | None) -> FieldText:
    if any(may_be_memo(text) for _, text in parts):
        pieces = join_lines(parts, width, cut_anywhere=True)
        memo = read_memo(pieces.text)
        if memo.layers:
            return FieldText(pieces, memo, numbered=True)
    lines = join_lines(parts, width)
    return FieldText(lines, Memo(lines.text), numbered=True)
