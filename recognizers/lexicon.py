"""Load the lexicons: everything that is particular to an entity, from its TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from recognizers.choice import Choice
from recognizers.errors import LexiconError
from recognizers.finding import Assertion
from recognizers.lazy import Lazy
from recognizers.pattern import Compiled, PatternCompiler

LEXICON_DIR = Path(__file__).parent / "lexicons"
DEFAULT_WINDOW = 6
_ENTITY_KEYS = {"entity", "label", "tag", "severity", "legal", "why", "instead", "classes", "rules"}
_RULE_KEYS = {
    "id", "score", "terms", "unless", "unless_near", "unless_anywhere", "needs", "needs_anywhere", "window", "instead", "severity",
    "assertion", "reveals_when_negated", "yes", "no",
}  # fmt: skip
LEARNED = "learned"
"""What ends the ids of the rules that no file holds: what labelled comments taught of an entity."""
_CUE_KEYS = ("unless", "unless_near", "unless_anywhere", "needs", "needs_anywhere")


@dataclass(frozen=True, slots=True)
class Wording:
    """What the words of a rule are, and the cues that cancel it or that it needs."""

    patterns: tuple[Compiled, ...]
    unless: Choice | None
    unless_near: Choice | None
    unless_anywhere: Choice | None
    needs: Choice | None
    needs_anywhere: Choice | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a lexicon, compiled.

    ``score`` is in [0, 1], ``severity`` 1 to 4, its entity's unless the rule has its own; ``pattern_count`` is the number of patterns in
    its ``wording``.
    """

    id: str
    entity: str
    score: float
    wording: Lazy[Wording]
    pattern_count: int
    window: int = DEFAULT_WINDOW
    instead: str = ""
    severity: int = 1
    assertion: Assertion | None = None
    reveals_when_negated: bool = False
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()

    @property
    def patterns(self) -> tuple[Compiled, ...]:
        """The patterns, in the order of the file."""
        return self.wording().patterns


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The data of one entity. ``severity`` is 1 to 4 (CNIL impact scale); ``legal`` are keys of ``legal.toml``."""

    entity: str
    label: str
    tag: str
    severity: int
    legal: tuple[str, ...]
    why: str
    instead: str
    rules: tuple[Rule, ...] = field(default=())


def _require(condition: object, where: str, problem: str) -> None:
    if not condition:
        raise LexiconError(f"{where}: {problem}")


def shared_classes() -> dict[str, list[str]]:
    """Return the word classes that every lexicon and cue file may use."""
    with (LEXICON_DIR / "classes.toml").open("rb") as file:
        classes: dict[str, list[str]] = tomllib.load(file)["classes"]
    return classes


def _cue(compiler: PatternCompiler, patterns: list[str]) -> Choice | None:
    return compiler.cue(patterns) if patterns else None


def _rule(data: Mapping[str, Any], entity: str, severity: int, compiler: PatternCompiler, where: str) -> Rule:
    where = f"{where}, rule {data.get('id', '?')}"
    unknown = set(data) - _RULE_KEYS
    _require(not unknown, where, f"unknown keys {sorted(unknown)}; known: {sorted(_RULE_KEYS)}")
    _require(data.get("id") and data.get("terms"), where, "needs an id and terms")
    score = float(data.get("score", 0.8))
    _require(0 < score <= 1, where, f"score {score} is not in (0, 1]")
    _require(data.get("yes"), where, "needs at least one `yes` example")
    assertion = data.get("assertion")
    _require(assertion is None or assertion in get_args(Assertion), where, f"unknown assertion {assertion!r}")
    compiled = []
    for pattern in data["terms"]:
        try:
            compiled.append(compiler.compile(pattern))
        except LexiconError as error:
            raise LexiconError(f"{where}: {error}") from None
    try:
        cues = {key: _cue(compiler, data.get(key, [])) for key in _CUE_KEYS}
    except LexiconError as error:
        raise LexiconError(f"{where}: {error}") from None
    return Rule(
        id=f"{entity}.{data['id']}",
        entity=entity,
        score=score,
        wording=Lazy(Wording(tuple(compiled), **cues)),
        pattern_count=len(compiled),
        window=int(data.get("window", DEFAULT_WINDOW)),
        instead=data.get("instead", ""),
        severity=int(data.get("severity", severity)),
        assertion=assertion,
        reveals_when_negated=bool(data.get("reveals_when_negated", False)),
        yes=tuple(data["yes"]),
        no=tuple(data.get("no", ())),
    )


def load_lexicon(path: Path, shared: Mapping[str, list[str]] | None = None) -> Lexicon:
    """Load and compile one lexicon file.

    Raises :class:`LexiconError` naming file, rule and reason when the file is malformed.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise LexiconError(f"{path.name}: {error}") from None
    where = path.name
    unknown = set(data) - _ENTITY_KEYS
    _require(not unknown, where, f"unknown keys {sorted(unknown)}; known: {sorted(_ENTITY_KEYS)}")
    for key in sorted(_ENTITY_KEYS - {"classes", "rules"}):
        _require(key in data, where, f"missing key {key!r}")
    compiler = PatternCompiler({**(shared_classes() if shared is None else shared), **data.get("classes", {})})
    rules = tuple(_rule(rule, data["entity"], int(data["severity"]), compiler, where) for rule in data.get("rules", []))
    ids = [rule.id for rule in rules]
    _require(len(ids) == len(set(ids)), where, f"rule ids are used twice: {sorted({i for i in ids if ids.count(i) > 1})}")
    return Lexicon(
        entity=data["entity"],
        label=data["label"],
        tag=data["tag"],
        severity=int(data["severity"]),
        legal=tuple(data["legal"]),
        why=data["why"],
        instead=data["instead"],
        rules=rules,
    )


def lexicon_paths() -> list[Path]:
    """Return the lexicon files that ship with the package, in a stable order."""
    return sorted(p for p in LEXICON_DIR.glob("*.toml") if p.name != "classes.toml")


def learned_rule(lexicon: Lexicon) -> Rule:
    """Return what stands for a rule where no words of the lexicon but the comment as a whole tells of its entity."""
    wording = Wording((), None, None, None, None, None)
    return Rule(f"{lexicon.entity}.{LEARNED}", lexicon.entity, 1.0, Lazy(wording), 0, severity=lexicon.severity)
