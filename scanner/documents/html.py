"""HTML of a document: one page that needs nothing else."""

from __future__ import annotations

from scanner.documents.blocks import Document


def html(document: Document) -> str:
    """Return ``document`` as one self-contained page: styles inside, no script, no address."""
    raise NotImplementedError
