"""A choice tries only the parts that may begin with the word at hand."""

from __future__ import annotations

from recognizers import choice as module
from recognizers.choice import Choice
from recognizers.nodes import AnyWord, Chain, Maybe, Number, Word
from recognizers.word_set import WordSet

NUMBERED = tuple(f"n{number}" for number in range(50))


def word(*listed: str, prefixes: tuple[str, ...] = ()) -> Word:
    return Word(WordSet(frozenset(listed), prefixes))


def test_parts_are_tried_by_the_word_that_they_begin_with() -> None:
    few, many, begun, number = word("a", "b"), word(*NUMBERED), word(prefixes=("n1", "z")), Number()
    after = Chain((Maybe(word("a")), word("c")))
    inner = Choice((word("d"), many))
    choice = Choice((few, many, begun, number, after, inner))
    assert {each: choice.openings[each] for each in ("a", "c", "d", "n1", "n2", "zoo", "12", "x", "")} == {
        "a": (few, after), "c": (after,), "d": (inner,), "n1": (many, begun, inner), "n2": (many, inner), "zoo": (begun,),
        "12": (number,), "x": (), "": (),
    }  # fmt: skip
    anything = Choice((few, AnyWord(), Maybe(many)))
    assert {each: anything.openings[each] for each in ("a", "x")} == {"a": anything.nodes, "x": anything.nodes[1:]}
    assert list(choice.matches(["x", "a", "c", "12", "n2", "zoo", "d"], 0, 7)) == [(1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 7)]


def test_words_that_are_met_are_remembered_up_to_a_limit(monkeypatch) -> None:
    monkeypatch.setattr(module, "_MAX_REMEMBERED", 10)
    few, number = word("a", "b"), Number()
    openings = Choice((few, number)).openings
    for at in range(40):
        assert (openings[f"x{at}"], openings[f"{at + 100}"]) == ((), (number,))
    assert len(openings) == 12
    assert (openings["a"], openings["b"]) == ((few,), (few,))
