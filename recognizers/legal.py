"""The legal grounds of ``legal.toml``, which lexicons name by key and reports print with their date."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from recognizers.errors import LexiconError

LEGAL_FILE = Path(__file__).parent / "legal.toml"
_GROUND_KEYS = {"source", "title", "meaning", "as_of"}


@dataclass(frozen=True, slots=True)
class LegalGround:
    """One legal ground, in French. ``source`` is the official name of the text, ``url`` its address or ``""``, ``as_of`` the last check."""

    key: str
    title: str
    meaning: str
    source: str
    url: str
    as_of: datetime.date


@cache
def load_legal_grounds(path: Path = LEGAL_FILE) -> Mapping[str, LegalGround]:
    """Return the legal grounds of the file at ``path`` by key.

    Raises :class:`LexiconError` naming file, key and reason when the file is malformed.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise LexiconError(f"{path.name}: {error}") from None
    sources = data.get("sources", {})
    grounds = {key: _ground(key, values, sources, f"{path.name}, {key}") for key, values in data.get("grounds", {}).items()}
    return MappingProxyType(grounds)


def _ground(key: str, values: Mapping[str, Any], sources: Mapping[str, Mapping[str, str]], where: str) -> LegalGround:
    if set(values) != _GROUND_KEYS:
        raise LexiconError(f"{where}: keys must be {sorted(_GROUND_KEYS)}, not {sorted(values)}")
    if type(values["as_of"]) is not datetime.date:
        raise LexiconError(f"{where}: as_of must be a date without quotes")
    if values["source"] not in sources:
        raise LexiconError(f"{where}: unknown source {values['source']!r}; known: {sorted(sources)}")
    source = sources[values["source"]]
    return LegalGround(key, values["title"], values["meaning"], source["name"], source.get("url", ""), values["as_of"])


def legal_grounds(keys: Sequence[str]) -> tuple[LegalGround, ...]:
    """Return the legal grounds named by ``keys``, in their order; raises :class:`LexiconError` on an unknown key."""
    known = load_legal_grounds()
    unknown = [key for key in keys if key not in known]
    if unknown:
        raise LexiconError(f"unknown legal grounds {unknown}; known: {sorted(known)}")
    return tuple(known[key] for key in keys)
