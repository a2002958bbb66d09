"""The words of the documents: ``breach_documents.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources


@cache
def words(section: str) -> Mapping[str, str]:
    """Return the words of ``section`` by key."""
    section_words: Mapping[str, str] = _file()[section]
    return section_words


@cache
def _file() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(resources.files("scanner").joinpath("data/breach_documents.toml").read_text(encoding="utf-8"))
