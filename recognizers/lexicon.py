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
from recognizers.lazy import LazySequence
from recognizers.pattern import Compiled, PatternCompiler

LEXICON_DIR = Path(__file__).parent / "lexicons"
DEFAULT_WINDOW = 6
_ENTITY_KEYS = {"entity", "label", "tag", "severity", "legal", "why", "instead", "classes", "rules"}
_RULE_KEYS = {
    "id", "score", "terms", "unless", "unless_near", "unless_anywhere", "needs", "needs_anywhere", "window", "instead", "severity",
    "assertion", "reveals_when_negated", "certain", "yes", "no",
}  # fmt: skip
LEARNED = "learned"
"""What ends the ids of the rules that no file holds: what labelled comments taught of an entity."""
_CUE_KEYS = ("unless", "unless_near", "unless_anywhere", "needs", "needs_anywhere")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a lexicon, compiled.

    ``patterns`` are in the order of the file; ``cues`` cancel it, or it needs them, as ``cue_keys`` tell of each. ``score`` is in [0, 1],
    ``severity`` 1 to 4, its entity's unless the rule has its own; what is ``certain`` is not outweighed by what was learnt.
    """

    id: str
    entity: str
    score: float
    patterns: LazySequence[Compiled]
    cues: LazySequence[Choice] = field(default_factory=LazySequence)
    cue_keys: tuple[str, ...] = ()
    window: int = DEFAULT_WINDOW
    instead: str = ""
    severity: int = 1
    assertion: Assertion | None = None
    reveals_when_negated: bool = False
    certain: bool = False
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()

    def cue(self, key: str) -> Choice | None:
        """Return the cue under ``key``, if the rule has one."""
        return self.cues[self.cue_keys.index(key)] if key in self.cue_keys else None


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
        cues = {key: compiler.cue(data[key]) for key in _CUE_KEYS if data.get(key)}
    except LexiconError as error:
        raise LexiconError(f"{where}: {error}") from None
    return Rule(
        id=f"{entity}.{data['id']}",
        entity=entity,
        score=score,
        patterns=LazySequence(compiled),
        cues=LazySequence(cues.values()),
        cue_keys=tuple(cues),
        window=int(data.get("window", DEFAULT_WINDOW)),
        instead=data.get("instead", ""),
        severity=int(data.get("severity", severity)),
        assertion=assertion,
        reveals_when_negated=bool(data.get("reveals_when_negated", False)),
        certain=bool(data.get("certain", False)),
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
    return Rule(f"{lexicon.entity}.{LEARNED}", lexicon.entity, 1.0, LazySequence(), severity=lexicon.severity)
