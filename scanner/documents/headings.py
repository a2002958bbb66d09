"""Levels and numbers of headings, the same in every form of a document."""

from __future__ import annotations

from scanner.documents.blocks import Block, Document, Heading

NUMBERED = 2
"""The deepest level that carries a number."""


def numbered(document: Document) -> list[tuple[Block, int, str]]:
    """Return the blocks with the level and the number of those that are headings; 0 and ``""`` for all others.

    A heading is one level below the last one above it, so that no step is missing where a page is read aloud (WCAG 2.2, 1.3.1). Only the
    parts of a report are numbered: ``1``, ``1.1``. A heading without a word is left out.
    """
    above: list[int] = []
    counts = [0] * NUMBERED
    found: list[tuple[Block, int, str]] = []
    for block in document.blocks:
        if not isinstance(block, Heading):
            found.append((block, 0, ""))
        elif block.text.strip():
            above = [*(level for level in above if level < block.level), block.level]
            level = len(above)
            number = ""
            if document.kind == "report" and level <= NUMBERED:
                counts[level - 1] += 1
                counts[level:] = [0] * (NUMBERED - level)
                number = ".".join(str(count) for count in counts[:level])
            found.append((block, level, number))
    return found
