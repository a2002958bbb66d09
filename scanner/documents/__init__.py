"""Documents for people, in French: one content (:mod:`scanner.documents.blocks`), written as PDF, DOCX or HTML."""

from __future__ import annotations
