"""DOCX of a document, to be finished in a word processor."""

from __future__ import annotations

from scanner.documents.blocks import Document


def docx(document: Document) -> bytes:
    """Return ``document`` as DOCX (ISO/IEC 29500)."""
    raise NotImplementedError
