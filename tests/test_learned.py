"""What labelled comments taught beside the rules: where it is told, that many comments tell what each does, and that its table is whole."""

from __future__ import annotations

import json
from dataclasses import replace
from math import sqrt
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
from recognizers.learned import MAGIC, NUMBER, TABLE_FILE, WIDTH, Learned, feature_tokens, load_learned, read_table, word_hash, word_rows
from recognizers.learned_screen import LearnedScreen
from recognizers.network import Network
from recognizers.rulepack import load_lexicons, rule_files
from recognizers.weighing import load_weighing
from scanner.catalogue import default_catalogue
from tests.conftest import ROOT
from tests.toys import BITS, READ_ALONE, toy_detector, toy_table, toy_weights


def told(detector: Detector, text: str) -> list[tuple[str, str]]:
    return [(f.rule, text[f.start : f.end]) for f in detector.find(text)]


@pytest.fixture(scope="module")
def talkative() -> Detector:
    """The shipped weights, told of far more often than they should be."""
    return Detector(learned=Judge(load_lexicons(), load_learned(), weighing=replace(load_weighing(), add=0.02, keep=0.01)))


def test_a_comment_without_a_word_of_the_rules_tells() -> None:
    text = "Passage ce jour, Mme zorglub au 3e, clos."
    assert toy_detector({"zorglub": 100}).find(text) == [
        Finding("HEALTH", 17, 34, 0.993, "HEALTH.learned", "affirmed", "tenant", ("learned", "tenant:mme"), core=(21, 28))
    ]
    assert Detector(identifiers=False, learned=False).find(text) == []


def test_what_all_words_tell() -> None:
    learned = Learned(toy_table({"zorglub": 30, "tralala": -20}, {("bon", "moment"): 10}))
    texts = (
        "Un zorglub",
        "Zorglub, tralala !",
        "le bon moment",
        "le bon, moment",
        "moment bon",
        "Fuite",
        "",
        " , . ",
        "un " * 150 + "zorglub",
    )
    odds = [learned.told(Document(text)) for text in texts]
    assert odds == [(-2.0,), (pytest.approx(1 / sqrt(2) - 5),), (-4.0,), (-4.0,), (-5.0,), (-5.0,), (), (), ()]


def test_what_is_found_may_be_told_again_elsewhere() -> None:
    detector = toy_detector({"zorglub": 100})
    text = "Mme a un cancer. Gardien prévenu ce jour. Toujours zorglub, dit-on. Clés rendues hier. Encore zorglub"
    assert told(detector, text)[1:] == [("HEALTH.learned", "Toujours zorglub"), ("HEALTH.learned", "Encore zorglub")]
    assert detector.find(text) == [c.finding for c in detector.explain(text) if c.fate == "found"]
    of_the_dog = "Mme a un cancer. Gardien prévenu ce jour. Son chien a un cancer"
    assert len(told(toy_detector({"cancer": 100}), of_the_dog)) == 1


def test_what_no_word_tells_of_is_not_read() -> None:
    words = {"zorglub": 100}
    blind = Judge(load_lexicons(), Learned(toy_table({})), Network(toy_weights(words)), READ_ALONE)
    assert told(Detector(identifiers=False, learned=blind), "Mme zorglub") == []
    assert told(toy_detector(words), "Mme zorglub") == [("HEALTH.learned", "zorglub")]


def test_long_comments_tell_nothing() -> None:
    detector = toy_detector({"zorglub": 100})
    assert told(detector, "zorglub " * 150) == [("HEALTH.learned", ("zorglub " * 150).strip())]
    assert told(detector, "zorglub " * 151) == []
    assert told(detector, "Fuite au plafond du hall. " * 1_000 + "Un zorglub.") == []


def test_explain_shows_what_was_learned() -> None:
    detector = toy_detector({"zorglub": 100})
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
    screen = LearnedScreen(toy_table({"zorglub": 100}, {("bon", "moment"): 100}), vocabulary)

    def alone(*texts: str) -> list[bool]:
        flags: list[bool] = screen.told(Batch(texts, vocabulary)).alone.tolist()
        return flags

    assert alone("un zorglub", "", "bon, moment", "bon") == [True, False, True, False]
    assert alone("moment bon", "bon", "moment", "ZORGLUB") == [False, False, False, True]


def test_cues_hold_no_free_word_of_the_comment(talkative: Detector) -> None:
    texts = ["ploufade ne sort plus, kolibrix mange seule", "zwxqua ne sort plus, ploufade mange seule, gaz coupé"]
    found = [f for text in texts for f in talkative.find(text) if f.rule.endswith(".learned")]
    assert found
    held = " ".join((*(cue for f in found for cue in f.cues), *(f.term for f in found))).casefold()
    assert [word for word in ("kolibrix", "zwxqua", "ploufade", "gaz") if word in held] == []


def test_it_tells_of_the_entities_of_the_lexicons_given_only() -> None:
    religion = [lexicon for lexicon in load_lexicons() if lexicon.entity == "RELIGION"]
    words = {"zorglub": 100}
    judge = Judge(religion, Learned(toy_table(words)), Network(toy_weights(words)), READ_ALONE)
    assert Detector(religion, identifiers=False, learned=judge).find("zorglub") == []


def test_a_learned_finding_weighs_and_reads_as_its_entity() -> None:
    (finding,) = toy_detector({"zorglub": 100}).find("zorglub")
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
