"""All lexicons of the package, compiled once and kept, as Python keeps compiled modules.

Compiling some ten thousand patterns takes a second; reading them back takes a few hundredths. The compiled form lies in a ``__pycache__``
folder beside the lexicons, is trusted as ``.pyc`` files there are, and is made again whenever a file of the package changes.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from recognizers.index import Index, build_index
from recognizers.lexicon import LEXICON_DIR, Lexicon, Rule, lexicon_paths, load_lexicon, shared_classes

_PACKAGE = Path(__file__).parent
_KEPT = LEXICON_DIR / "__pycache__" / f"lexicons.{sys.implementation.cache_tag}.pickle"


@dataclass(frozen=True, slots=True)
class Rulepack:
    """Lexicons, and the index of all their patterns in the same order."""

    lexicons: tuple[Lexicon, ...]
    index: Index

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule, in the order of the lexicons."""
        return tuple(rule for lexicon in self.lexicons for rule in lexicon.rules)


@lru_cache(maxsize=16)
def pack(lexicons: tuple[Lexicon, ...]) -> Rulepack:
    """Index ``lexicons``."""
    return Rulepack(lexicons, build_index([pattern.node for lexicon in lexicons for rule in lexicon.rules for pattern in rule.patterns]))


@cache
def load_rulepack() -> Rulepack:
    """Return every lexicon that ships with the package, in the order of their files, indexed."""
    stamp = _stamp()
    with suppress(OSError, pickle.PickleError, EOFError, ValueError, TypeError, AttributeError, ImportError):
        kept_stamp, kept = pickle.loads(_KEPT.read_bytes())
        if kept_stamp == stamp:
            rulepack: Rulepack = kept
            return rulepack
    shared = shared_classes()
    rulepack = pack(tuple(load_lexicon(path, shared) for path in lexicon_paths()))
    with suppress(OSError):  # a read-only installation works as well, only slower to start
        _KEPT.parent.mkdir(exist_ok=True)
        part = _KEPT.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(pickle.dumps((stamp, rulepack), pickle.HIGHEST_PROTOCOL))
        part.replace(_KEPT)
    return rulepack


def load_lexicons() -> tuple[Lexicon, ...]:
    """Return every lexicon that ships with the package, in the order of their files."""
    return load_rulepack().lexicons


def _stamp() -> list[tuple[str, int, int]]:
    """Return name, size and time of change of every file that the compiled form may depend on."""
    files = [*sorted(LEXICON_DIR.glob("*.toml")), *sorted(p for kind in ("*.py", "*.toml", "*.txt") for p in _PACKAGE.glob(kind))]
    return [(path.name, (stat := path.stat()).st_size, stat.st_mtime_ns) for path in files]


@cache
def rules_digest() -> str:
    """Return 16 hexadecimal digits that change whenever a rule of any kind does, in data or in code: the version of the rules."""
    digest = hashlib.sha256()
    for path in sorted((*_PACKAGE.rglob("*.toml"), *_PACKAGE.rglob("*.py"))):
        digest.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
