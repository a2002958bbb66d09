"""What the documents of this package say, in French: ``data/subject.toml`` and the legal grounds that it names."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from recognizers.legal import legal_grounds
from scanner.documents.blocks import Bullets, Paragraph, Span
from scanner.french import day, number


@cache
def wordings() -> Mapping[str, Any]:
    """Return the wordings by group."""
    return tomllib.loads(resources.files("scanner").joinpath("data/subject.toml").read_text(encoding="utf-8"))


def say(key: str, **values: object) -> str:
    """Return the text ``key`` with ``values`` in its places."""
    text: str = wordings()["texts"][key]
    return text.format(**values)


def heading(key: str) -> str:
    """Return the heading ``key``."""
    text: str = wordings()["headings"][key]
    return text


def counted(count: int, noun: str, plural: str = "") -> str:
    """Return ``count`` with its ``noun``, in the plural, ``noun`` with an s when not told, from 2 on."""
    return f"{number(count)}\u00a0{noun if abs(count) < 2 else plural or noun + 's'}"


def law(group: str) -> list[Bullets | Paragraph]:
    """Return the legal grounds of ``group`` as a list, with their sources and the day on which they were last checked."""
    grounds = legal_grounds(wordings()["legal"][group])
    items: Sequence[Sequence[str | Span]] = [(Span(ground.title, "strong"), f". {ground.meaning}") for ground in grounds]
    sources = dict.fromkeys(ground.source for ground in grounds)
    checked = day(min(ground.as_of for ground in grounds).isoformat())
    return [Bullets(items), Paragraph(f"{' ; '.join(sources)}. Textes vérifiés le {checked}.", "note")]
