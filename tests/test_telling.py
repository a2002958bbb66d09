"""Which cues may stand among some words: never without one that does, and rarely with one that does not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from recognizers.choice import Choice
from recognizers.cues import CueFile
from recognizers.lexicon import shared_classes
from recognizers.needs import branches_of
from recognizers.pattern import PatternCompiler
from recognizers.telling import tell

FILE = CueFile.load("assertion.toml")
CUES = [FILE.cue(section[part]) for section in FILE.data["cues"] for part in ("before", "inside", "next", "after") if section.get(part)]
TELLING = tell(CUES)
WORDS = sorted(
    {
        word
        for cue in CUES
        for branch in branches_of(cue)
        for need in branch.chain
        for word in (*sorted(need.words.words)[:3], *(prefix + "e" for prefix in need.words.prefixes[:2]))
    }
)


def cue(*patterns: str) -> Choice:
    return PatternCompiler(shared_classes()).cue(patterns)


@given(tokens=st.lists(st.sampled_from([*WORDS, ",", "le", "12"]), max_size=8))
def test_no_cue_that_matches_is_left_out(tokens: list[str]) -> None:
    matching = {at for at, each in enumerate(CUES) if any(each.matches(tokens, 0, len(tokens)))}
    told = TELLING.of(tokens)
    assert {at for at in matching if not told >> at & 1} == set()


def test_a_cue_is_told_by_the_rarest_word_of_each_of_its_branches() -> None:
    telling = tell([cue("ne <3> pas", "jamais"), None, cue("selon *", "d apres"), cue("[ne] *"), cue("[ne] #")])
    found = {words: telling.of(words.split()) for words in ("le", "de ne", "jamais", "selon lui", "apres", "jamais selon", "le 12")}
    assert found == {
        "le": 0b1000,
        "de ne": 0b1001,
        "jamais": 0b1001,
        "selon lui": 0b1100,
        "apres": 0b1100,
        "jamais selon": 0b1101,
        "le 12": 0b11000,
    }


def test_beginnings_of_words_tell_too() -> None:
    telling = tell([cue("alcooli*"), cue("suspect*", "le suspect")])
    assert [telling.of([word]) for word in ("alcoolique", "alcool", "suspecte", "sus")] == [0b01, 0, 0b10, 0]
