"""The stories of ``samples/stories``: their commands as their README gives them, and what is in the documents."""

from __future__ import annotations

import contextlib
import csv
import io
import re
import shlex
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import pypdfium2
import pytest
from running import Result, vigie

STORIES = Path(__file__).parent.parent / "samples" / "stories"


def commands(story: str) -> list[str]:
    """Return the commands of a story, one a line, as its README gives them."""
    text = (STORIES / story / "README.md").read_text(encoding="utf-8")
    return [line for block in re.findall(r"```sh\n(.*?)```", text, re.S) for line in block.replace("\\\n", " ").splitlines() if line]


def tell(story: str, codes: list[int], factory: pytest.TempPathFactory) -> Path:
    """Run the commands of a story in its folder, which must exit with ``codes``, and return the folder that they wrote into."""
    out = factory.mktemp("story")
    results = told(story, out)
    assert [result.code for result in results] == codes, results
    return out


def told(story: str, out: Path) -> list[Result]:
    """Run the commands of a story in its folder, writing into ``out``, and return what each left."""
    lines = [line.replace("$OUT", str(out)) for line in commands(story)]
    with contextlib.chdir(STORIES / story):
        return [vigie(*shlex.split(line)[1:]) for line in lines]


def rows(story: str, name: str, encoding: str = "cp1252") -> list[dict[str, str]]:
    """Return the rows of an export of a story."""
    with (STORIES / story / name).open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def pages(pdf: Path | bytes) -> list[str]:
    """Return the text of each page, with plain spaces and apostrophes, and words that a line end cuts put together."""
    with pypdfium2.PdfDocument(pdf) as document:
        found = [page.get_textpage().get_text_bounded() for page in document]
    return [re.sub(r"\s+", " ", re.sub("[\u00a0\u202f]", " ", text.replace("\ufffe", ""))).replace("’", "'") for text in found]


def texts(folder: Path) -> dict[str, str]:
    """Return every file below ``folder`` with all that can be read in it, whatever its form."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): text_of(path.name, path.read_bytes()) for path in files}


def text_of(name: str, content: bytes) -> str:
    """Return all that can be read in a file; of an evidence pack, in every file of it but the rules."""
    if name.endswith(".pdf"):
        return " ".join(pages(content))
    if name.endswith((".docx", ".xlsx", ".zip")):
        with zipfile.ZipFile(io.BytesIO(content)) as container:
            inside = [text_of(part, container.read(part)) for part in container.namelist() if not part.startswith("regles/")]
        return re.sub(r"<[^>]+>", "" if name.endswith(".docx") else " ", " ".join(inside))
    return content.decode("utf-8", "replace").replace("’", "'")


def names_of(story: str, name: str, *columns: str) -> set[str]:
    """Return the surnames and first names of an export of a story."""
    return {row[column] for row in rows(story, name) for column in columns or ("NOM", "PRENOM")}


def leaks(documents: Mapping[str, str], planted: Iterable[str]) -> list[tuple[str, str]]:
    """Return which document holds which of the planted words, as words of their own, whatever the case."""
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(planted, key=len, reverse=True)))})(?!\w)", re.IGNORECASE)
    return [(name, found) for name, text in documents.items() for found in dict.fromkeys(pattern.findall(text))]
