"""The index and the screen: which texts a pattern is tried on, and which it is not."""

from __future__ import annotations

import pytest

from recognizers.batch import Batch, Vocabulary
from recognizers.document import Document
from recognizers.index import Index, build_index
from recognizers.pattern import PatternCompiler
from recognizers.screen import Screen
from recognizers.word_sets import SPREAD, WordSets

COMPILER = PatternCompiler({})


def index_of(*patterns: str) -> Index:
    return build_index([COMPILER.compile(pattern).node for pattern in patterns])


@pytest.mark.parametrize(
    ("text", "beginnings"),
    [
        ("Il boit trop", {0: {1}}),
        ("boit vraiment beaucoup trop", {0: {0}}),
        ("boit, vraiment, trop", {0: {0}}),
        ("boit un peu bien trop", {}),
        ("trop boit", {}),
        ("boit beaucoup", {}),
        ("très alcoolisé, boit trop", {0: {3}, 1: {0, 1}}),
        ("alcoolique", {1: {0}}),
        ("PICOLE.", {2: {0}}),
        ("Elle picole", {}),
        ("picole encore", {}),
        ("", {}),
    ],
)
def test_patterns_are_tried_only_where_all_their_words_stand(text: str, beginnings: dict[int, set[int]]) -> None:
    index = index_of("boit <2> trop", "[très] alcooli*", "^ picole $")
    tokens = Document(text).tokens
    assert index.beginnings(tokens, index.rows(tokens)) == beginnings


def test_a_partner_in_another_comment_does_not_count() -> None:
    index, vocabulary = index_of("boit <2> trop"), Vocabulary()
    texts = ["il boit", "trop", "boit trop", "trop boit"]
    assert Screen(index, vocabulary).rows(Batch(texts, vocabulary)) == {2: [(0, 0)]} == {2: index.rows(["boit", "trop"])}


def test_the_screen_takes_a_shortened_word_for_itself_too() -> None:
    index, vocabulary = index_of("DS", "dans la rue"), Vocabulary()
    texts = ["DS élu", "ds la rue", "rue"]
    rows = Screen(index, vocabulary).rows(Batch(texts, vocabulary))
    assert {at: set(index.beginnings(Document(texts[at]).tokens, found)) for at, found in rows.items()} == {0: {0}, 1: {0, 1}}


def test_sets_hold_their_codes_and_no_others() -> None:
    sets = {
        name: list(range(first, 5_000, step))
        for name, first, step in (("a", 1, 2), ("b", 2, 3), ("c", 7, 50), ("d", 9, 4_000), ("e", 8, 9_000))
    }
    table, keys = WordSets.build(sets, 5_000)
    assert {
        name: [code for code in range(1, 5_000) if table.places[(code * SPREAD ^ key) & (len(table.places) - 1)] == code]
        for name, key in keys.items()
    } == sets
