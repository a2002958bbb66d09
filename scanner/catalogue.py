"""What is known of each entity and rule: labels, severities, wordings and legal grounds, gathered from the lexicons."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from recognizers.finding import Finding
from recognizers.lexicon import Lexicon
from recognizers.rulepack import load_lexicons
from scanner.data_files import data_toml
from scanner.scoring import revealing_rules, severity_of, severity_table


@dataclass(frozen=True, slots=True)
class EntityInfo:
    """What people read about an entity, in French. ``legal`` are keys of ``legal.toml``; ``tag`` stands in redaction labels."""

    entity: str
    label: str
    tag: str
    legal: tuple[str, ...]
    why: str
    instead: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that the scanner says about entities and rules."""

    entities: Mapping[str, EntityInfo]
    severities: Mapping[str, int]
    revealing: frozenset[str]
    wordings: Mapping[str, str]

    @property
    def tags(self) -> dict[str, str]:
        """Return the label tag of every entity."""
        return {name: info.tag for name, info in self.entities.items()}

    @property
    def label_pattern(self) -> re.Pattern[str]:
        """What finds the labels that stand in place of redacted remarks: ``[SANTÉ]``, or ``[SANTÉ:1f3c…]`` with a digest."""
        return _label_pattern(tuple(self.tags.values()))

    def severity(self, finding: Finding) -> int:
        """Return the severity of ``finding``, 1 to 4."""
        return severity_of(finding, self.severities)

    def instead(self, finding: Finding) -> str:
        """Return the neutral wording for ``finding``: its rule's, else its entity's; empty when nothing should be written."""
        return self.wordings.get(finding.rule) or self.wordings.get(finding.entity, "")


@cache
def _label_pattern(tags: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\[(?:{'|'.join(map(re.escape, tags))})(?::[^\]\s]*)?\]")


def build_catalogue(lexicons: Iterable[Lexicon]) -> Catalogue:
    """Gather the catalogue of ``lexicons`` and of the identifiers."""
    lexicons = tuple(lexicons)
    infos = [EntityInfo(lex.entity, lex.label, lex.tag, lex.legal, lex.why, lex.instead) for lex in lexicons]
    identifiers = data_toml("identifiers.toml")
    infos += [EntityInfo(entity, d["label"], d["tag"], tuple(d["legal"]), d["why"], d["instead"]) for entity, d in identifiers.items()]
    wordings = {info.entity: info.instead for info in infos if info.instead}
    wordings |= {rule.id: rule.instead for lexicon in lexicons for rule in lexicon.rules if rule.instead}
    return Catalogue({info.entity: info for info in infos}, severity_table(lexicons), revealing_rules(lexicons), wordings)


@cache
def default_catalogue() -> Catalogue:
    """Return the catalogue of every lexicon that ships with the package."""
    return build_catalogue(load_lexicons())
