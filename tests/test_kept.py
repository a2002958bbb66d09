"""What is compiled once and kept: it comes back as it was, and is made again when it is out of date or damaged."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from recognizers import kept as module
from recognizers.choice import Choice
from recognizers.kept import kept
from recognizers.lazy import LazySequence
from recognizers.nodes import Number, Word
from recognizers.word_set import WordSet

Compiled = tuple[int, LazySequence[Choice]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(module, "_FOLDER", tmp_path / "cache")
    return tmp_path / "cache"


def compiling() -> Callable[[], Compiled]:
    """Return what compiles a value, which tells how often that was done before."""
    calls = count()
    return lambda: (next(calls), LazySequence([Choice((Number(), Word(WordSet(frozenset({"mot", "\u2014"}), ()), is_acronym=False)))]))


def plain(value: Compiled) -> tuple[int, list[object]]:
    number, choices = value
    return number, [(type(choice.nodes[0]), choice.nodes[1].set) for choice in choices]  # type: ignore[attr-defined]


def test_it_is_compiled_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = compiling()
    first, again = kept("toy", compiled), kept("toy", compiled)
    assert plain(first) == plain(again) == (0, [(Number, WordSet(frozenset({"mot", "\u2014"}), ()))])
    assert len(list(folder.iterdir())) == 1
    monkeypatch.setattr(module, "_stamp", lambda: [("changed.toml", 1, 1)])
    assert [kept("toy", compiled)[0], kept("toy", compiled)[0], kept("other", compiled)[0]] == [1, 1, 2]


@pytest.mark.parametrize(
    "damage",
    [lambda content: content[:0], lambda content: content[:4], lambda content: content[:40], lambda content: content[:-1],
     lambda content: content[8:], lambda content: bytes(8) + content, lambda content: content[::-1]],
)  # fmt: skip
def test_a_damaged_file_is_made_again(folder: Path, damage: Callable[[bytes], bytes]) -> None:
    compiled = compiling()
    kept("toy", compiled)
    (path,) = folder.iterdir()
    path.write_bytes(damage(path.read_bytes()))
    assert [plain(kept("toy", compiled))[0], plain(kept("toy", compiled))[0]] == [1, 1]


def test_where_nothing_can_be_written_it_is_compiled_each_time(folder: Path) -> None:
    folder.write_text("a file where a folder should be")
    compiled = compiling()
    assert [kept("toy", compiled)[0], kept("toy", compiled)[0]] == [0, 1]
