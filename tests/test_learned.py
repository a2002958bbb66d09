"""What labelled comments taught beside the rules: where it is told, that many comments tell what each does, and that its table is whole."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recognizers.batch import Batch, Vocabulary
from recognizers.detector import Considered, Detector
from recognizers.document import Document
from recognizers.errors import ModelError
from recognizers.finding import Finding
from recognizers.judge import Judge
from recognizers.learned import (
    MAGIC,
    NORM,
    NUMBER,
    TABLE_FILE,
    WIDTH,
    Learned,
    Table,
    feature_tokens,
    load_learned,
    pair_row,
    read_table,
    word_hash,
    word_rows,
)
from recognizers.learned_screen import LearnedScreen
from recognizers.rulepack import load_lexicons, rule_files
from recognizers.weighing import SIGNS, Weighing, load_weighing
from scanner.catalogue import default_catalogue
from tests.conftest import ROOT

BITS = 16
BIAS = -5.0


WORDS_ALONE = Weighing(tuple(float(sign == "told") for sign in SIGNS), {"HEALTH": 0.0}, add=0.65, keep=0.0)
"""What all words together tell counts as it is, and nothing else does."""


def toy_table(words: dict[str, int], pairs: dict[tuple[str, str], int] | None = None) -> Table:
    """Return a table of HEALTH in which ``words`` and ``pairs`` have the weights given; everything else is silent."""
    rows = bytearray(WIDTH << BITS)
    places = {word_hash(word) & (1 << BITS) - 1: weight for word, weight in words.items()}
    places |= {pair_row(word_hash(a), word_hash(b), BITS): weight for (a, b), weight in (pairs or {}).items()}
    for row, weight in places.items():
        rows[row * WIDTH] = weight % 256
        rows[row * WIDTH + NORM] = 1
    return Table(("HEALTH",), (0.1,), (BIAS,), bytes(rows))


def toy(words: dict[str, int], pairs: dict[tuple[str, str], int] | None = None) -> Detector:
    return Detector(identifiers=False, learned=judge_of(toy_table(words, pairs)))


def judge_of(table: Table) -> Judge:
    return Judge(load_lexicons(), Learned(table), WORDS_ALONE)


def told(detector: Detector, text: str) -> list[tuple[str, str]]:
    return [(f.rule, text[f.start : f.end]) for f in detector.find(text)]


@pytest.fixture(scope="module")
def talkative() -> Detector:
    """The shipped weights, told of far more often than they should be."""
    return Detector(learned=Judge(load_lexicons(), load_learned(), replace(load_weighing(), add=0.02, keep=0.01)))


def test_a_comment_without_a_word_of_the_rules_tells() -> None:
    text = "Passage ce jour, Mme zorglub au 3e, clos."
    assert toy({"zorglub": 100}).find(text) == [
        Finding("HEALTH", 17, 34, 0.993, "HEALTH.learned", "affirmed", "tenant", ("learned", "tenant:mme"))
    ]
    assert Detector(identifiers=False, learned=False).find(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("zorglub", [("HEALTH.learned", "zorglub")]),
        ("Fuite, ZORGLUB hier, devis", [("HEALTH.learned", "ZORGLUB hier")]),
        ("Un mot. Une zorglub, schtroumpf aussi. Fin", [("HEALTH.learned", "Une zorglub, schtroumpf aussi")]),
        ("Une zorglub. Schtroumpf aussi", [("HEALTH.learned", "Une zorglub")]),
        ("Une zorglub, des travaux, schtroumpf aussi", [("HEALTH.learned", "Une zorglub")]),
        ("Une zorglub et le tralala", []),
        ("le bon moment", [("HEALTH.learned", "le bon moment")]),
        ("le bon, moment", [("HEALTH.learned", "le bon, moment")]),
        ("le moment bon", []),
        ("Un zorglub, sous chimio", [("HEALTH.cancer", "sous chimio")]),
        ("", []),
        (" , . ", []),
    ],
)
def test_where_it_is_told(text: str, found: list[tuple[str, str]]) -> None:
    detector = toy({"zorglub": 120, "schtroumpf": 40, "tralala": -100}, {("bon", "moment"): 100})
    assert told(detector, text) == found


def test_offsets_are_those_of_the_text_as_given() -> None:
    detector = toy({"zorglub": 100})
    text = "Relanc&eacute; ; M. Éloïse e\u0301tait <b>z\u00adorglub</b> !"
    assert [words for _, words in told(detector, text)] == ["M. Éloïse e\u0301tait <b>z\u00adorglub"]


def test_long_comments_tell_nothing() -> None:
    detector = toy({"zorglub": 100})
    assert told(detector, "un " * 149 + "zorglub") == [("HEALTH.learned", "un " * 149 + "zorglub")]
    assert told(detector, "un " * 150 + "zorglub") == []
    assert told(detector, "Fuite au plafond du hall. " * 1_000 + "Un zorglub.") == []


def test_explain_shows_what_was_learned() -> None:
    detector = toy({"zorglub": 100})
    text = "Mme zorglub"
    (finding,) = detector.find(text)
    assert detector.explain(text) == [Considered(finding, "found")]


def test_many_comments_tell_what_each_tells(talkative: Detector) -> None:
    paths = sorted((ROOT / "samples" / "gold").glob("*.jsonl"))
    texts = [json.loads(line)["text"] for path in paths for line in path.read_text(encoding="utf-8").splitlines()[::5]]
    found = talkative.find_many(texts)
    assert found == [talkative.find(text) for text in texts]
    assert sum(f.rule.endswith(".learned") for findings in found for f in findings) > 500


WORDS = (
    "Mme", "M.", "n'a", "plus", "de", "gaz", "l'eau", "12,50", "€", "%", "O.Q.T.F.", "dort", "malade", "crie", "seule", "enfants", "police",
    "<br>", "&nbsp;", "e\u0301", "\xad", "²", "½", "C.S.A.P.A.", "alc00l", "^", "$", "\x02",
)  # fmt: skip


@settings(max_examples=200)
@given(texts=st.lists(st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=8)), max_size=8).map(" ".join), min_size=16, max_size=20))
def test_many_random_comments_tell_what_each_tells(talkative: Detector, texts: list[str]) -> None:
    assert talkative.find_many(texts) == [talkative.find(text) for text in texts]


@given(text=st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=8)), max_size=8).map(" ".join))
def test_the_batch_has_the_words_of_the_document(text: str) -> None:
    vocabulary = Vocabulary()
    words = [vocabulary.words[number] for number in Batch([text], vocabulary).ids]
    assert words[1:-1] == list(feature_tokens(Document(text)))


def test_the_screen_stops_what_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recognizers.learned_screen._STEP", 2)
    vocabulary = Vocabulary()
    screen = LearnedScreen(toy_table({"zorglub": 100}, {("bon", "moment"): 100}), WORDS_ALONE, vocabulary)

    def alone(*texts: str) -> list[bool]:
        flags: list[bool] = screen.told(Batch(texts, vocabulary)).alone.tolist()
        return flags

    assert alone("un zorglub", "", "bon, moment", "bon") == [True, False, True, False]
    assert alone("moment bon", "bon", "moment", "ZORGLUB") == [False, False, False, True]


def test_cues_hold_no_free_word_of_the_comment(talkative: Detector) -> None:
    texts = ["Kolibrix zwxqua seule, ploufade crie", "kolibrix n'a plus de gaz, dort par terre, ploufade", "zwxqua enfants police kolibrix"]
    found = [f for text in texts for f in talkative.find(text) if f.rule.endswith(".learned")]
    assert len(found) >= len(texts)
    held = " ".join((*(cue for f in found for cue in f.cues), *(f.term for f in found))).casefold()
    assert [word for word in ("kolibrix", "zwxqua", "ploufade", "gaz") if word in held] == []


def test_it_tells_of_the_entities_of_the_lexicons_given_only() -> None:
    religion = [lexicon for lexicon in load_lexicons() if lexicon.entity == "RELIGION"]
    table = toy_table({"zorglub": 100})
    assert Detector(religion, identifiers=False, learned=Judge(religion, Learned(table), WORDS_ALONE)).find("zorglub") == []


def test_a_learned_finding_weighs_and_reads_as_its_entity() -> None:
    (finding,) = toy({"zorglub": 100}).find("zorglub")
    catalogue = default_catalogue()
    (health,) = (lexicon for lexicon in load_lexicons() if lexicon.entity == "HEALTH")
    assert (catalogue.severity(finding), catalogue.instead(finding)) == (health.severity, health.instead)


def test_the_shipped_table_is_a_rule_of_the_package() -> None:
    table = load_learned().table
    assert sorted(table.entities) == sorted(lexicon.entity for lexicon in load_lexicons())
    assert (len(table.scales), len(table.biases)) == (len(table.entities), len(table.entities))
    assert TABLE_FILE.stat().st_size < 2_500_000
    assert table.rows[:WIDTH] == bytes(WIDTH)
    assert ("learned.bin", TABLE_FILE) in rule_files()


def test_a_word_of_any_length_fits() -> None:
    assert len(word_rows("a" * 10_000, BITS)) == len(word_rows("a" * 40, BITS)) == 1 + 40 + 39 + 38
    assert word_rows(NUMBER, BITS) == [word_hash(NUMBER) & 0xFFFF, crc32(b"<#>") & 0xFFFF]


def test_a_table_reads_back(tmp_path: Path) -> None:
    table = toy_table({"zorglub": 100})
    path = tmp_path / "learned.bin"
    path.write_bytes(table.packed())
    assert read_table(path) == table


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[: len(MAGIC)],
        lambda content: content[:-1],
        lambda content: content + b"\0",
        lambda content: content[:-7] + b"\1" + content[-6:],
        lambda content: b"version https://git-lfs.github.com/spec/v1\n",
        lambda content: content.replace(b'"scales"', b'"scalez"'),
        lambda content: content.replace(b'"entities": [', b'"entities": 3, "x": ['),
    ],
)
def test_a_damaged_table_is_refused(tmp_path: Path, damage: object) -> None:
    path = tmp_path / "learned.bin"
    path.write_bytes(damage(toy_table({"zorglub": 100}).packed()))  # type: ignore[operator]
    with pytest.raises(ModelError, match=r"learned\.bin: the learned weights are damaged; install Vigie again, or run `make model`"):
        read_table(path)


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"learned\.bin: cannot be read \(No such file or directory\); install Vigie again"):
        read_table(tmp_path / "learned.bin")
