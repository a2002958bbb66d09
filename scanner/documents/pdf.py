"""PDF/A-2a of a document, typeset by Typst: no network, fonts from the package."""

from __future__ import annotations

import json
import re
from datetime import datetime
from importlib import resources
from pathlib import Path

from scanner.documents.blocks import Document
from scanner.documents.plain import moment, plain
from scanner.documents.texts import REPLACEMENT

_USUAL = re.compile(r"[\n -~\u00a0-\u017f\u2010-\u2026\u202f\u20ac\u2610\u2612]+")
"""What French is written with: the fonts have it."""


def pdf(document: Document) -> bytes:
    """Return ``document`` as PDF/A-2a (ISO 19005-2) and PDF/UA-1 (ISO 14289-1), the same bytes for the same content.

    What none of the fonts can show (emoji, Chinese …) becomes U+FFFD. Raises :class:`ValueError` for a date that is not ISO.
    """
    from typst import TypstError

    content = json.dumps(plain(document), ensure_ascii=False)
    day = moment(document)
    with resources.as_file(resources.files("scanner").joinpath("templates", "documents")) as folder:
        try:
            return _compiled(folder / "document.typ", content, day)
        except TypstError:
            unusual = sorted(set(_USUAL.sub("", content)))
            shown = _replaced(content, _missing(folder / "probe.typ", unusual, day))
        try:
            return _compiled(folder / "document.typ", shown, day)
        except TypstError:  # characters that are only shown apart: a letter of one font with an accent of another
            return _compiled(folder / "document.typ", _replaced(content, unusual), day)


def _missing(probe: Path, characters: list[str], day: datetime) -> list[str]:
    """Return those of ``characters`` that no font shows: the list is halved where it cannot be shown as a whole."""
    from typst import TypstError

    if not characters:
        return []
    try:
        _compiled(probe, " ".join(characters), day)
    except TypstError:
        half = len(characters) // 2
        return _missing(probe, characters[:half], day) + _missing(probe, characters[half:], day) if half else characters
    return []


def _replaced(content: str, characters: list[str]) -> str:
    return content.translate(dict.fromkeys(map(ord, characters), REPLACEMENT))


def _compiled(template: Path, data: str, day: datetime) -> bytes:
    """Return what ``template`` makes of ``data``; it sees the files beside it and the fonts that come with Typst, and nothing else."""
    from typst import Compiler

    folder = template.parent
    compiler = Compiler(template, root=folder, ignore_system_fonts=True, package_path=folder, package_cache_path=folder)
    compiled = compiler.compile(format="pdf", sys_inputs={"data": data}, pdf_standards=["a-2a", "ua-1"], timestamp=day)
    assert isinstance(compiled, bytes)
    return compiled
