"""Write documents into a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from scanner.append_log import write_whole
from scanner.documents.blocks import Document
from scanner.extras import packages_of

Form = Literal["pdf", "docx", "html"]


def write_document(document: Document, folder: Path, name: str, form: Form) -> Path:
    """Write ``document`` as ``name`` with the suffix of ``form`` into ``folder``, whole or not at all, and return its path.

    Readable by its owner only. Raises :class:`OutputError` when it cannot be written, and
    :class:`InputError`, saying what to install, when the packages for ``form`` are missing.
    """
    path = folder / f"{name}.{form}"
    with packages_of("documents", "documents need"):
        content = _content(document, form)
    write_whole(path, content)
    return path


def _content(document: Document, form: Form) -> bytes:
    if form == "html":
        from scanner.documents.html import html

        return html(document).encode("utf-8", "replace")
    if form == "docx":
        from scanner.documents.docx import docx

        return docx(document)
    from scanner.documents.pdf import pdf

    return pdf(document)
