"""Cue files of ``context/``: words near a remark that tell how it is meant, compiled."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recognizers.choice import Choice
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

    def cue(self, patterns: Sequence[str]) -> Choice:
        """Compile ``patterns`` to what matches any of them."""
        try:
            return self.compiler.cue(patterns)
        except LexiconError as error:
            raise LexiconError(f"context: {error}") from None


def label(cue: Sequence[str]) -> str:
    """Name a cue by its first and last word: what lies between may be free words of the comment."""
    words = [token for token in cue if token != ","]
    return " ".join(words) if len(words) <= 2 else f"{words[0]} … {words[-1]}"
