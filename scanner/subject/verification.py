"""The list on which somebody says which mentions are of the person: ``mentions-<pseudonym>.csv``, filled in, then given back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from scanner.errors import InputError
from scanner.french import day
from scanner.spreadsheets import csv_chunks
from scanner.subject.access_file import AccessFile, Answer, OthersComment
from scanner.subject.csv_files import read_filled_in
from scanner.subject.wording import wordings

HEADER = ("mention", "décision", "pourquoi", "citée par", "source", "fiche", "champ", "date", "passage")
_ANSWERS: Mapping[str, Answer] = {"oui": "yes", "o": "yes", "non": "no", "n": "no"}


def verification_list(file: AccessFile) -> bytes:
    """Return the list of the mentions that wait, and of those that somebody has decided on, so that no decision is lost, as CSV."""
    said: Mapping[Answer, str] = {"yes": "oui", "no": "non"}
    rows = [_row(mention, "") for mention in file.to_verify] + [_row(mention, said[answer]) for mention, answer in file.verified]
    return b"".join(csv_chunks(HEADER, rows))


def read_answers(path: Path) -> dict[str, Answer]:
    """Return what the list at ``path`` says, by mention; those without decision are left out.

    Raises :class:`InputError`, naming the line, when it is no such list, or a decision is neither « oui » nor « non ».
    """
    return dict(_answers(path))


def _answers(path: Path) -> Iterator[tuple[str, Answer]]:
    for where, cells in read_filled_in(path, HEADER[:2]):
        if len(cells) < 2 or not cells[1]:
            continue
        answer = _ANSWERS.get(cells[1].casefold())
        if answer is None or not re.fullmatch(r"[0-9a-f]{16}", cells[0]):
            raise InputError(f"{where}: write oui or non, and leave the first column as it is")
        yield cells[0], answer


def _row(mention: OthersComment, decision: str) -> tuple[str, ...]:
    said, comment = wordings(), mention.comment
    ways = ", ".join(said["ways"][way] for way in mention.ways)
    date = day(comment.date) if comment.date else ""
    doubt = said["doubts"].get(mention.doubt, "")
    return mention.id, decision, doubt, ways, comment.source, comment.record, comment.field, date, comment.text
