"""Cue files of ``context/``: words near a remark that tell how it is meant, compiled to regular expressions."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recognizers.errors import LexiconError
from recognizers.lexicon import shared_classes
from recognizers.pattern import PatternCompiler

CONTEXT_DIR = Path(__file__).parent / "context"


@dataclass(frozen=True, slots=True)
class CueFile:
    """A cue file: its tables, and a compiler that knows the shared word classes and its own."""

    data: Mapping[str, Any]
    compiler: PatternCompiler

    @classmethod
    def load(cls, name: str) -> CueFile:
        """Load ``context/name``, whose ``[classes]`` come on top of the shared ones."""
        data = tomllib.loads((CONTEXT_DIR / name).read_text(encoding="utf-8"))
        return cls(data, PatternCompiler({**shared_classes(), **data.get("classes", {})}))

    def source(self, patterns: list[str]) -> str:
        """Return the source of one regular expression that matches any of ``patterns``, from the beginning of a word."""
        try:
            return self.compiler.cue(patterns)
        except LexiconError as error:
            raise LexiconError(f"context: {error}") from None

    def regex(self, patterns: list[str]) -> re.Pattern[str] | None:
        """Compile ``patterns``; ``None`` when there are none."""
        return re.compile("(?<= )" + self.source(patterns)) if patterns else None


def label(cue: str) -> str:
    """Name a cue by its first and last word: what lies between may be free words of the comment."""
    words = cue.replace(",", " ").split()
    return " ".join(words) if len(words) <= 2 else f"{words[0]} … {words[-1]}"
