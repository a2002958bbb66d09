"""All lexicons of the package, compiled and indexed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from recognizers.choice import Choice
from recognizers.index import Index, build_index
from recognizers.kept import PACKAGE, kept
from recognizers.lazy import close_together
from recognizers.lexicon import Lexicon, Rule, lexicon_paths, load_lexicon, shared_classes
from recognizers.pattern import PatternCompiler

_TOLD = frozenset({PACKAGE / "legal.toml", PACKAGE / "legal.py"})


@dataclass(frozen=True, slots=True)
class Rulepack:
    """Lexicons, the index of all their patterns in the same order, and the cue of a person."""

    lexicons: tuple[Lexicon, ...]
    index: Index
    person: Choice

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule, in the order of the lexicons."""
        return tuple(rule for lexicon in self.lexicons for rule in lexicon.rules)


@lru_cache(maxsize=16)
def pack(lexicons: tuple[Lexicon, ...]) -> Rulepack:
    """Index ``lexicons``."""
    patterns = [pattern.node for lexicon in lexicons for rule in lexicon.rules for pattern in rule.patterns]
    return Rulepack(lexicons, build_index(patterns), PatternCompiler(shared_classes()).cue(["{person}"]))


@cache
def load_rulepack() -> Rulepack:
    """Return every lexicon that ships with the package, in the order of their files, indexed."""
    return kept("rulepack", _compile)


def _compile() -> Rulepack:
    shared = shared_classes()
    rulepack = pack(tuple(load_lexicon(path, shared) for path in lexicon_paths()))
    close_together(parts for rule in rulepack.rules for parts in (rule.patterns, rule.cues))
    return rulepack


def load_lexicons() -> tuple[Lexicon, ...]:
    """Return every lexicon that ships with the package, in the order of their files."""
    return load_rulepack().lexicons


@cache
def rules_digest() -> str:
    """Return 16 hexadecimal digits that change whenever a rule of any kind does, in data or in code: the version of the rules.

    Legal grounds are told of findings and decide none: a new reference is no reason to read a database again.
    """
    return digest_of((name, path.read_bytes()) for name, path in rule_files())


def rule_files() -> list[tuple[str, Path]]:
    """Return the files that :func:`rules_digest` covers, in its order, each with its path within the package, written with ``/``."""
    paths = sorted(path for kind in ("*.toml", "*.py", "*.bin", "*.npz") for path in PACKAGE.rglob(kind))
    return [(path.relative_to(PACKAGE).as_posix(), path) for path in paths if path not in _TOLD]


def digest_of(files: Iterable[tuple[str, bytes]]) -> str:
    """Return the digest of rule files, given as :func:`rule_files` names and orders them, with their contents."""
    digest = hashlib.sha256()
    for name, content in files:
        digest.update(name.encode() + b"\0" + content + b"\0")
    return digest.hexdigest()[:16]
