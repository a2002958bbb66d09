"""What the line-based formats share: opening a text so that every byte can be given back, reading it in blocks, writing it out."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TextIO

from scanner.sources.base import Chunk, NewTexts, RedactedWriter, output_errors
from scanner.sources.encoding import byte_errors

BLOCK_CHARACTERS = 1 << 20
BOM = "\ufeff"


def open_text(path: Path, encoding: str, line_end: str) -> TextIO:
    """Open ``path`` for reading lines that end with ``line_end`` (``""``: any), line ends kept, undecodable bytes recoverable."""
    return path.open(encoding=encoding, errors=byte_errors(encoding), newline=line_end)


def first_characters(path: Path, encoding: str) -> str:
    """Return the first block of the text, line ends kept, without the byte-order mark."""
    with open_text(path, encoding, "") as file:
        return file.read(BLOCK_CHARACTERS).removeprefix(BOM)


def line_blocks(file: TextIO) -> Iterator[list[str]]:
    """Yield the lines of ``file`` from where it stands, in lists of about ``BLOCK_CHARACTERS`` in all."""
    while lines := file.readlines(BLOCK_CHARACTERS):
        yield lines


class LineWriter(RedactedWriter[str]):
    """Writes rows as the text that they were read from, but for those that change."""

    def __init__(self, path: Path, original: Path, encoding: str, preface: str) -> None:
        """Open the copy and write ``preface``, what stands in front of the first row."""
        super().__init__(path, original)
        self._encoding = encoding
        self._errors = byte_errors(encoding)
        with output_errors(path):
            self._file = self.part.open("wb")
        self._write(preface)

    def write(self, chunk: Chunk[str], texts: NewTexts, drop: Collection[int] = ()) -> None:
        """Write the rows of ``chunk``."""
        rows = list(chunk.rows)
        first = chunk.records.first_row
        for row, changed in texts.items():
            rows[row - first] = self.edited(chunk, row - first, changed)
        for row in drop:
            rows[row - first] = ""
        self._write("".join(rows))

    @abstractmethod
    def edited(self, chunk: Chunk[str], index: int, texts: Mapping[str, str]) -> str:
        """Return the row at ``index`` of ``chunk`` with the columns in ``texts`` replaced."""

    def finish(self) -> None:
        """Close the file."""
        self._file.close()

    def abandon(self) -> None:
        """Close the file."""
        self._file.close()

    def _write(self, text: str) -> None:
        with output_errors(self.path):
            self._file.write(text.encode(self._encoding, self._errors))
