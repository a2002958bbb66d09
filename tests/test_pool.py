"""Values that are closed until they are asked for, with what they share kept once."""

from __future__ import annotations

import pickle

import pytest

from recognizers.choice import Choice
from recognizers.lazy import LazySequence, close_together
from recognizers.nodes import AnyWord, Chain, Gap, Maybe, Node, Number, Word
from recognizers.pool import pooled
from recognizers.rulepack import load_lexicons
from recognizers.word_set import WordSet

MANY = tuple(f"mot{number}" for number in range(20))


def words(*listed: str, prefixes: tuple[str, ...] = (), is_acronym: bool = False) -> Word:
    return Word(WordSet(frozenset(listed), prefixes), is_acronym)


def shape(node: object) -> object:
    """Return all that tells of a part of a pattern."""
    if isinstance(node, Word):
        return "word", node.set, node.is_acronym
    if isinstance(node, Chain | Choice):
        return type(node), *map(shape, node.nodes)
    if isinstance(node, Maybe):
        return "maybe", shape(node.node)
    return (type(node), node.size) if isinstance(node, Gap) else type(node)


def cue(*more: Node) -> Choice:
    """Return a choice that is made anew each time."""
    return Choice((words(*MANY), Chain((AnyWord(), Gap(2), Maybe(words("a", "b")), Number())), *more))


def test_what_is_shared_is_opened_once() -> None:
    values = [(cue(), "x"), (Chain((Number(), cue())), cue(words("c"))), (words(*MANY[:4]), words(*MANY[:4]))]
    pool, at = pooled(values)
    first, second, third = map(pool.value, range(at, at + 3))
    assert first[1] == "x"
    assert [shape(part) for part in (first[0], *second, *third)] == [shape(part) for part in (values[0][0], *values[1], *values[2])]
    assert second[0].nodes[1] is first[0]
    assert second[1] is not first[0]
    assert second[1].nodes[0].set is first[0].nodes[0].set
    assert third[0].set is not third[1].set  # small sets are written where they stand


def test_likeness_is_that_of_every_part() -> None:
    alike = [
        Choice((words("a"),)),
        Choice((words("a", is_acronym=True),)),
        Choice((words(prefixes=("a",)),)),
        Choice((Maybe(words("a")),)),
        Choice((Gap(1), words("a"))),
        Choice((Gap(2), words("a"))),
        Choice((AnyWord(), words("a"))),
        Choice((Number(), words("a"))),
        Choice((Chain((Number(), words("a"))),)),
        Choice((Choice((Number(), words("a"))),)),
    ]
    pool, at = pooled([*alike, *alike])
    opened = [pool.value(number) for number in range(at, at + 20)]
    assert [shape(part) for part in opened] == [shape(part) for part in (*alike, *alike)]
    assert [opened.index(part) for part in opened] == [*range(10), *range(10)]


def test_lazy_values_come_back_from_a_pickle() -> None:
    lazy = [LazySequence([(cue(), number), (cue(), -number)]) for number in range(3)]
    close_together(lazy)
    copies = pickle.loads(pickle.dumps(lazy))
    assert [[number for _, number in values] for values in copies] == [[0, 0], [1, -1], [2, -2]]
    assert copies[0][0][0] is copies[2][1][0]
    assert lazy[1][1] is lazy[1][1]
    assert [shape(part) for part, _ in lazy[1]] == [shape(part) for part, _ in lazy[1][:]] == [shape(cue())] * 2
    alone: LazySequence[Choice] = pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(LazySequence([cue()])))))
    assert list(map(shape, alone)) == [shape(cue())]
    assert list(pickle.loads(pickle.dumps(LazySequence()))) == list(LazySequence()) == []
    for values in (alone, LazySequence("ab"), pickle.loads(pickle.dumps(LazySequence("ab")))):
        with pytest.raises(IndexError):
            values[len(values)]


def test_rules_share_what_they_have_in_common() -> None:
    cues = [cue for lexicon in load_lexicons() for rule in lexicon.rules for cue in rule.cues]
    assert len({id(cue) for cue in cues}) == len({shape(cue) for cue in cues}) < len(cues)
