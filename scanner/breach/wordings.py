"""The words of the documents: ``breach_documents.toml``."""

from __future__ import annotations

from collections.abc import Mapping

from scanner.data_files import data_toml


def words(section: str) -> Mapping[str, str]:
    """Return the words of ``section`` by key."""
    section_words: Mapping[str, str] = data_toml("breach_documents.toml")[section]
    return section_words
