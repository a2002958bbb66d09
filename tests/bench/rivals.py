"""What Vigie is compared with: stock Presidio, and the floors that no scanner can go below."""

from __future__ import annotations

import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from recognizers.examples import parse_example
from recognizers.finding import Finding
from recognizers.folding import fold_word
from recognizers.lexicon import lexicon_paths
from recognizers.pattern_syntax import expand
from recognizers.rulepack import load_lexicons

_SAMPLES = Path(__file__).parents[2] / "samples/gold"
_PLAIN = re.compile(r"[^\W\d_][\w'’ ()|-]+")
_PREFIX = re.compile(r"[^\W\d_]{4,}\*")
_EDS_HEALTH = (
    "aids", "cim10", "drugs", "cerebrovascular_accident", "ckd", "congestive_heart_failure", "connective_tissue_disease", "copd",
    "covid", "dementia", "diabetes", "hemiplegia", "leukemia", "liver_disease", "lymphoma",
    "myocardial_infarction", "peptic_ulcer_disease", "peripheral_vascular_disease", "solid_tumor", "suicide_attempt",
)  # fmt: skip
_EDS_ADDICTION = ("alcohol",)  # tobacco is optional in the annotation guide


def terms_by_entity(limit: int) -> dict[str, list[str]]:
    """Return up to ``limit`` distinct terms, the marked words of the lexicons' examples, taken in turn from every entity."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for lexicon in load_lexicons():
        for rule in lexicon.rules:
            for marked in rule.yes:
                text, spans = parse_example(marked)
                found[lexicon.entity] |= {text[start:end]: None for start, end in spans}
    return in_turn({entity: list(words) for entity, words in found.items()}, limit)


def in_turn(lists: Mapping[str, Sequence[str]], limit: int) -> dict[str, list[str]]:
    """Return up to ``limit`` of the terms of ``lists``, taken in turn from every entity."""
    chosen: dict[str, list[str]] = defaultdict(list)
    for place in range(max(map(len, lists.values()))):
        for entity, words in lists.items():
            if place < len(words) and sum(map(len, chosen.values())) < limit:
                chosen[entity].append(words[place])
    return dict(chosen)


def deny_lists() -> dict[str, list[str]]:
    """Return the terms of each entity that a deny list can hold: the plain words of sure rules, and the marked words of their examples.

    Of words with an open ending ("alcooli*") they are those that the labelled comments hold, as they are written there.
    """
    written: dict[str, set[str]] = defaultdict(set)
    for path in _SAMPLES.glob("*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            for word in re.findall(r"\w+", json.loads(line)["text"]):
                written[fold_word(word)].add(word.lower())
    lists: dict[str, set[str]] = defaultdict(set)
    for path in lexicon_paths():
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        for rule in data["rules"]:
            if rule.get("score", 0.8) >= 0.8 and "needs" not in rule:
                for term in rule["terms"]:
                    if _PLAIN.fullmatch(term):
                        lists[data["entity"]].update(*(written.get(form, {form}) for form in expand(term)))
                    elif _PREFIX.fullmatch(term):
                        lists[data["entity"]].update(*(forms for word, forms in written.items() if word.startswith(fold_word(term[:-1]))))
    for entity, terms in terms_by_entity(100_000).items():
        lists[entity].update(terms)
    return {entity: sorted(terms) for entity, terms in lists.items()}


def stock_presidio(terms: dict[str, list[str]]) -> Callable[[Sequence[str]], int]:
    """Return what analyses texts as Presidio's documentation does, one deny list for each entity, and counts its findings."""
    analyze = presidio_analyzer(terms)
    return lambda texts: sum(map(len, analyze(texts)))


def presidio_analyzer(terms: dict[str, list[str]]) -> Callable[[Sequence[str]], list[list[Finding]]]:
    """Return what analyses texts as Presidio's documentation does, one deny list for each entity."""
    import spacy
    from presidio_analyzer import AnalyzerEngine, PatternRecognizer, RecognizerRegistry
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    engine = SpacyNlpEngine(models=[{"lang_code": "fr", "model_name": "blank"}])
    engine.nlp = {"fr": spacy.blank("fr")}
    recognizers = [PatternRecognizer(supported_entity=entity, deny_list=words, supported_language="fr") for entity, words in terms.items()]
    registry = RecognizerRegistry(recognizers=recognizers, supported_languages=["fr"])
    analyzer = AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["fr"])
    return lambda texts: [
        [Finding(found.entity_type, found.start, found.end, found.score, "presidio") for found in analyzer.analyze(text, language="fr")]
        for text in texts
    ]


def eds_nlp() -> Callable[[Sequence[str]], list[list[Finding]]]:
    """Return what finds diseases and alcohol with EDS-NLP's own pipes, as its documentation does."""
    import edsnlp

    nlp = edsnlp.blank("eds")
    entities = {**dict.fromkeys(_EDS_HEALTH, "HEALTH"), **dict.fromkeys(_EDS_ADDICTION, "ADDICTION")}
    for pipe in ("normalizer", "sentences", *entities):
        nlp.add_pipe(f"eds.{pipe}")
    return lambda texts: [
        [
            Finding(entity, span.start_char, span.end_char, 1.0, "edsnlp")
            for name, entity in entities.items()
            for span in doc.spans.get(name, ())
        ]
        for doc in nlp.pipe(texts)
    ]


def bare_automaton(terms: dict[str, list[str]]) -> Callable[[Sequence[str]], int]:
    """Return what looks for the same terms in lower-cased texts with one automaton, without asking what they mean."""
    from ahocorasick_rs import AhoCorasick

    automaton = AhoCorasick([term.lower() for words in terms.values() for term in words])
    return lambda texts: sum(len(automaton.find_matches_as_indexes(text.lower())) for text in texts)


def bare_read(path: Path) -> Callable[[Sequence[str]], int]:
    """Return what reads the file at ``path`` with the csv module and does nothing else."""
    import csv

    def read(_: Sequence[str]) -> int:
        with path.open(encoding="cp1252", newline="") as file:
            return sum(1 for _ in csv.reader(file, delimiter=";"))

    return read
