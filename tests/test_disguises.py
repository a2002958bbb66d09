"""Every entity in every disguise: the same remarks are found, on the same words, wherever these stand in the disguised text."""

from __future__ import annotations

import pytest

from recognizers.detector import Detector
from recognizers.document import Document
from recognizers.examples import parse_example
from recognizers.lexicon import Lexicon
from recognizers.rulepack import load_lexicons
from tests.test_folding import DISGUISES

KEEPS_CASE = {"capitals without accents"}  # acronyms need a second cue there, and names of their own tests


def _found(detector: Detector, text: str) -> list[tuple[str, list[str]]]:
    return [(f.rule, Document(text[f.start : f.end]).tokens) for f in detector.find(text)]


@pytest.mark.parametrize("disguise", sorted(set(DISGUISES) - KEEPS_CASE))
@pytest.mark.parametrize("lexicon", load_lexicons(), ids=lambda lexicon: lexicon.entity)
def test_disguised_examples_are_found_on_the_same_words(lexicon: Lexicon, disguise: str) -> None:
    has_lines = "\n" in DISGUISES[disguise](" ")  # of which one that begins with a capital ends the reach
    detector = Detector([lexicon], identifiers=False, reach=not has_lines, learned=False)
    examples = [text for rule in lexicon.rules for text, _ in [parse_example(rule.yes[0])] if _plain(text)]
    assert len(examples) >= 5
    for text in examples:
        assert _found(detector, DISGUISES[disguise](text)) == _found(detector, text), text


def _plain(text: str) -> bool:
    """Tell whether ``text`` is words only: hyphens put between sentences, say, would join them."""
    return all(char.isalpha() or char in " '" for char in text)
