"""What Vigie is compared with: stock Presidio, and the floors that no scanner can go below."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from recognizers.examples import parse_example
from recognizers.rulepack import load_lexicons


def terms_by_entity(limit: int) -> dict[str, list[str]]:
    """Return up to ``limit`` distinct terms, the marked words of the lexicons' examples, taken in turn from every entity."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for lexicon in load_lexicons():
        for rule in lexicon.rules:
            for marked in rule.yes:
                text, spans = parse_example(marked)
                found[lexicon.entity] |= {text[start:end]: None for start, end in spans}
    queues = {entity: list(words) for entity, words in found.items()}
    chosen: dict[str, list[str]] = defaultdict(list)
    for place in range(max(map(len, queues.values()))):
        for entity, words in queues.items():
            if place < len(words) and sum(map(len, chosen.values())) < limit:
                chosen[entity].append(words[place])
    return dict(chosen)


def stock_presidio(terms: dict[str, list[str]]) -> Callable[[Sequence[str]], int]:
    """Return what analyses texts as Presidio's documentation does, one deny list for each entity, and counts its findings."""
    import spacy
    from presidio_analyzer import AnalyzerEngine, PatternRecognizer, RecognizerRegistry
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    engine = SpacyNlpEngine(models=[{"lang_code": "fr", "model_name": "blank"}])
    engine.nlp = {"fr": spacy.blank("fr")}
    recognizers = [PatternRecognizer(supported_entity=entity, deny_list=words, supported_language="fr") for entity, words in terms.items()]
    registry = RecognizerRegistry(recognizers=recognizers, supported_languages=["fr"])
    analyzer = AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["fr"])
    return lambda texts: sum(len(analyzer.analyze(text, language="fr")) for text in texts)


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
