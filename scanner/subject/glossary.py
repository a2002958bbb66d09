"""Codes and abbreviations of the trade, explained to the person whose comments hold them: ``data/glossary.toml``."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path

from recognizers.folding import fold, fold_word
from scanner.config_file import Table, parse_toml, read_toml


@dataclass(frozen=True, slots=True)
class Code:
    """A code and what it may mean, in French. ``house``: only who wrote it knows. ``words``: an expression, whatever its case."""

    code: str
    meanings: tuple[str, ...]
    house: bool = False
    words: bool = False

    @property
    def ambiguous(self) -> bool:
        """Whether the context decides what it means."""
        return len(self.meanings) > 1


@dataclass(frozen=True)
class Glossary:
    """Codes by how they are written, where they come from, and when that was last checked."""

    codes: Mapping[str, Code]
    source: str
    as_of: datetime.date

    def codes_in(self, text: str) -> list[Code]:
        """Return the codes that stand in ``text``, each once, in order of appearance."""
        found = [(match.start(), self.codes[match.group().replace(".", "")]) for match in self._capitals.finditer(text)]
        folded, offsets = fold(text)
        for pattern, code in self._phrases:
            if phrase := pattern.search(folded):
                found.append((phrase.start() if offsets is None else offsets[phrase.start()], code))
        return list(dict.fromkeys(code for _, code in sorted(found, key=lambda item: item[0])))

    @cached_property
    def _capitals(self) -> re.Pattern[str]:
        written = [r"\.?".join(map(re.escape, code.code)) for code in self.codes.values() if not code.words]
        return re.compile(rf"(?<!\w)(?:{'|'.join(sorted(written, key=len, reverse=True))})(?!\w)")

    @cached_property
    def _phrases(self) -> list[tuple[re.Pattern[str], Code]]:
        words = [code for code in self.codes.values() if code.words]
        return [(re.compile(rf"(?<![a-z0-9]){re.escape(fold_word(code.code))}(?![a-z0-9])"), code) for code in words]


def load_glossary(path: Path | None = None) -> Glossary:
    """Return the glossary of the package, completed by the file at ``path``, whose codes win.

    Raises :class:`ConfigError` naming file, line and reason.
    """
    text = resources.files("scanner").joinpath("data/glossary.toml").read_text(encoding="utf-8")
    root = parse_toml(text, "glossary.toml")
    codes = dict(_codes(root))
    if path:
        own = read_toml(path)
        codes |= dict(_codes(own))
    return Glossary(codes, root.required("source"), root.date("as_of"))


def _codes(root: Table) -> Iterable[tuple[str, Code]]:
    root.refuse_unknown(("as_of", "source", "codes"))
    for table in root.tables("codes"):
        table.refuse_unknown(("code", "meanings", "house", "words"))
        code = Code(table.required("code"), table.texts("meanings"), table.flag("house"), table.flag("words"))
        if not code.meanings:
            raise table.error("'meanings' is missing or empty", "meanings" if "meanings" in table.values else None)
        if not code.words and not re.fullmatch(r"[A-Z0-9]{2,12}", code.code):
            raise table.error("'code' must be 2 to 12 capitals or digits without dots; for other expressions say words = true", "code")
        yield code.code, code
