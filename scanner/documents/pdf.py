"""PDF/A-2a of a document, typeset by Typst: no network, fonts from the package."""

from __future__ import annotations

from scanner.documents.blocks import Document


def pdf(document: Document) -> bytes:
    """Return ``document`` as PDF/A-2a (ISO 19005-2), tagged, the same bytes for the same content."""
    raise NotImplementedError
