"""No text makes the search slow: the work, counted in words looked at, grows with the length of the text and no faster."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from recognizers.choice import Choice
from recognizers.detector import Detector
from recognizers.nodes import AnyWord, Chain, Gap, Number, Word
from recognizers.rulepack import load_rulepack
from recognizers.word_set import WordSet

SHORT, LONG = 300, 1_200


def busiest_words(count: int) -> list[str]:
    """Return the words that the most rows of the index are filed under."""
    rulepack = load_rulepack()
    index, words = rulepack.index, {word for rule in rulepack.rules for pattern in rule.patterns for word in pattern.anchor.words}
    return sorted(words, key=lambda word: (index.first[index.codes[word]] - index.first[index.codes[word] + 1], word))[:count]


PIECES = {
    **{word: word + " " for word in (*busiest_words(4), "alcoolique")},
    "busy words": " ".join(busiest_words(40)) + " ",
    "commas": "x, , ",
    "nested candidates": "il a a dit que il dit que si il ne est pas pas ",
    "gaps": "canettes de de biere plein de plein branche sur le la les notre ",
    "no space": "alcool",
    "numbers": "12.5",
    "acronyms": "a.b.",
    "opened tags": "<b &amp ",
    "invisible": "e\u0301\u200b",
}


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts how often a part of a pattern looks at a word."""
    counts: Counter[str] = Counter()

    def counting(method: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any) -> Any:
            counts["looks"] += 1
            return method(*arguments)

        return counted

    for node, name in ((Word, "end"), (AnyWord, "end"), (Number, "end"), (Chain, "end"), (Choice, "end"), (Gap, "ends")):
        monkeypatch.setattr(node, name, counting(getattr(node, name)))
    return counts


@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES)
def test_work_grows_with_the_length_and_no_faster(looks: Counter[str], piece: str) -> None:
    detector = Detector(load_rulepack().lexicons, identifiers=False)
    work = []
    for length in (SHORT, LONG):
        looks.clear()
        detector.find(piece * (length // len(piece.split())))
        work.append(looks["looks"])
    assert work[1] <= 1.2 * (LONG / SHORT) * work[0] + 100


def test_a_part_is_tried_once_from_each_place(looks: Counter[str]) -> None:
    a, b = (Word(WordSet(frozenset(word))) for word in "ab")
    chain = Chain((a, Gap(6), a, Gap(6), a, Gap(6), a, Gap(6), a, Gap(6), b))
    tokens = ["a"] * 100
    assert chain.end(tokens, 0, len(tokens)) == -1
    assert looks["looks"] < 300  # tried from every place by every way there, it would be above 16,000
