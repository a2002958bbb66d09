"""Learning what comments tell beside the rules: what labels teach, and that the same comments give the same table."""

from __future__ import annotations

import importlib.util
import json
from collections import Counter
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest

from models import train_learned
from models.lessons import Lesson, Place, comment_lessons, example_lessons
from models.lines import Lines
from models.train_learned import learn, rows_of
from recognizers.document import Document
from recognizers.learned import WIDTH, Learned, pair_row, word_hash, word_rows
from recognizers.network import Network
from recognizers.rulepack import load_lexicons
from recognizers.weighing import Evidence
from scanner.evaluate import SENSITIVE
from tests.conftest import ROOT

needs_scikit_learn = pytest.mark.skipif(
    importlib.util.find_spec("sklearn") is None, reason="scikit-learn is not installed: `make model` installs it"
)
needs_torch = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed: `make model` installs it")


def labels(**known: int) -> tuple[int, ...]:
    return tuple(known.get(entity, 0) for entity in SENSITIVE)


def test_labels_teach_what_they_say_and_no_more(tmp_path: Path) -> None:
    spans = [
        {"start": 0, "end": 3, "entity": "HEALTH"},
        {"start": 0, "end": 3, "entity": "OFFENCE", "or": ["JUDGEMENT"]},
        {"start": 4, "end": 7, "entity": "RELIGION", "optional": True},
        {"start": 4, "end": 7, "entity": "PHONE_NUMBER"},
    ]
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"id": "a-1", "text": "abc def", "spans": spans}) + "\n", encoding="utf-8")
    places = (
        Place(0, 3, labels(HEALTH=1)),
        Place(0, 3, labels(OFFENCE=-1, JUDGEMENT=-1)),
        Place(4, 7, labels(RELIGION=-1)),
        Place(4, 7, labels()),
    )
    taught = labels(HEALTH=1, OFFENCE=1, JUDGEMENT=-1, RELIGION=-1)
    assert comment_lessons([path]) == [Lesson("a-1", "a.jsonl", "abc def", taught, places)]


def test_comments_of_which_only_entities_are_named_have_no_places(tmp_path: Path) -> None:
    rows = [
        {"id": "b-1", "text": "abc", "entities": ["HEALTH"], "unsure": ["OFFENCE"]},
        {"id": "b-2", "text": "def", "entities": []},
        {"id": "b-3", "text": "ghi", "entities": [], "unsure": ["RELIGION"]},
    ]
    path = tmp_path / "b.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert comment_lessons([path]) == [
        Lesson("b-1", "b.jsonl", "abc", labels(HEALTH=1, OFFENCE=-1), None),
        Lesson("b-2", "b.jsonl", "def", labels(), ()),
        Lesson("b-3", "b.jsonl", "ghi", labels(RELIGION=-1), None),
    ]


def test_the_lessons_that_ship_are_whole() -> None:
    paths = sorted((ROOT / "samples" / "lessons").glob("*.jsonl"))
    rows = [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(rows) > 20_000
    assert {frozenset(row) for row in rows} <= {frozenset(("id", "text", "entities", *more)) for more in ((), ("unsure",))}
    assert len({row["id"] for row in rows}) == len({row["text"].casefold() for row in rows}) == len(rows)
    assert [row["id"] for row in rows if not {*row["entities"], *row.get("unsure", ())} <= {*SENSITIVE}] == []
    assert [row["id"] for row in rows if {*row["entities"]} & {*row.get("unsure", ())} or not row["text"].strip()] == []


def test_examples_tell_of_their_own_entity_only() -> None:
    lessons = example_lessons()
    assert len(lessons) == sum(len(rule.yes) + len(rule.no) for lexicon in load_lexicons() for rule in lexicon.rules)
    assert {len([label for label in lesson.labels if label >= 0]) for lesson in lessons} == {1}
    assert not any("{{" in lesson.text for lesson in lessons)


def test_rows_are_those_that_run() -> None:
    bits = train_learned.BITS
    assert rows_of("Dort, mal !") == [
        *word_rows("dort", bits),
        *word_rows("mal", bits),
        pair_row(word_hash("dort"), word_hash("mal"), bits),
    ]
    assert rows_of(" . ") == []


def test_some_comments_are_joined_with_others() -> None:
    told = {"mal": labels(HEALTH=1), "fuite": labels(), "prie ici": labels(RELIGION=1, HEALTH=-1)}
    whole = [Lesson("", "a", text, own, (Place(0, len(text), own),)) for text, own in told.items()] * 40
    examples = [Lesson("", "", "exemple", tuple([-1] * len(SENSITIVE)), None)] * 40
    lessons, words = [*whole, *examples], {"mal": 1, "fuite": 2, "prie": 3, "ici": 4, "exemple": 5, ".": 6}
    lines = Lines(lessons, [Document(lesson.text) for lesson in lessons], dict(words))
    before = deepcopy(lines)
    joined = lines.joined(np.random.default_rng(1))
    for name in ("words", "places", "comments", "lengths"):
        assert (getattr(lines, name) == getattr(before, name)).all()
    names = {number: word for word, number in words.items()}
    said = [" ".join(names[word] for word in row[:length].tolist()) for row, length in zip(joined.words, joined.lengths, strict=True)]
    assert {text for text in said if " . " not in text} == {"mal", "fuite", "prie ici", "exemple"}
    assert 15 < len([text for text in said if " . " in text]) < 50
    assert {text for text in said if "exemple" in text} == {"exemple"}
    health, religion = SENSITIVE.index("HEALTH"), SENSITIVE.index("RELIGION")
    for at, text in enumerate(said):
        parts = text.split(" . ")
        sick, pious = "mal" in parts, "prie ici" in parts
        if text != "exemple":
            assert (joined.comments[at, health], joined.comments[at, religion]) == (1 if sick else -1 if pious else 0, int(pious))
            places = [told["prie ici" if word in ("prie", "ici") else word][religion] if word != "." else -1 for word in text.split()]
            assert joined.places[at, : joined.lengths[at], religion].tolist() == places


def test_comments_without_places_are_joined_as_well_but_none_beyond_what_is_learnt() -> None:
    lessons = [Lesson("", "a", "mot " * 30, labels(HEALTH=1), None)] * 60 + [Lesson("", "a", "mot " * 40, labels(), ())] * 60
    lines = Lines(lessons, [Document(lesson.text) for lesson in lessons], {})
    joined = lines.joined(np.random.default_rng(2))
    health = SENSITIVE.index("HEALTH")
    assert set(joined.lengths.tolist()) == {30, 40, 61}
    for at in np.flatnonzero(joined.lengths == 61):
        assert (joined.comments[at, health], set(joined.places[at].ravel().tolist())) == (1, {-1})


def zorglub_lessons() -> list[Lesson]:
    texts = [f"{who} {what} {when}" for who in ("Mme", "M.", "le fils") for what in ("zorglub", "lampe") for when in ("hier", "le 12", "x")]
    return [Lesson("", "a", text, labels(HEALTH=int("zorglub" in text)), None) for text in texts]


@needs_scikit_learn
def test_the_same_comments_give_the_same_table() -> None:
    lessons = zorglub_lessons()
    table = learn(lessons)
    assert table == learn(lessons)
    assert (table.entities, table.rows[:WIDTH]) == (SENSITIVE, bytes(WIDTH))
    told = [Learned(table).told(Document(text))[SENSITIVE.index("HEALTH")] > 0 for text in ("Hier, mme zorglub.", "Hier, mme lampe.")]
    assert told == [True, False]


@needs_torch
def test_the_same_comments_give_the_same_network() -> None:
    from models.train_network import learn_network

    lessons = zorglub_lessons() * 120
    weights = learn_network(lessons)
    assert [array.tolist() for array in weights] == [array.tolist() for array in learn_network(lessons)]
    told, silent = (Network(weights).read(Document(f"Hier, mme {what}.")).odds[SENSITIVE.index("HEALTH")] for what in ("zorglub", "lampe"))
    assert told > silent + 1


@needs_scikit_learn
@needs_torch
def test_weighing_is_learnt_from_authors_left_out_and_the_rest_from_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from models import train

    monkeypatch.setattr(train, "example_lessons", list)
    paths = [tmp_path / f"{author}.jsonl" for author in ("a", "b", "c")]
    for path in paths:
        rows = [
            {"id": f"{path.stem}-{at}", "text": lesson.text, "entities": ["HEALTH"] if any(lesson.labels) else []}
            for at, lesson in enumerate(zorglub_lessons() * 8)
        ]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    phrases = tmp_path / "phrases.jsonl"
    phrases.write_text(json.dumps({"phrase": "{a|voit} zorglub", "entities": ["HEALTH"]}) + "\n", encoding="utf-8")
    lessons = comment_lessons(paths)
    evidence = {lesson.id: {"HEALTH": Evidence(0.9, 1)} if any(lesson.labels) else {} for lesson in lessons}
    taught, weighing, training = train.learn_from(paths, [phrases], evidence)
    own = learn(lessons)
    assert taught.table._replace(biases=()) == own._replace(biases=())
    assert taught.table.biases == pytest.approx(own.biases)  # sums of other threads differ in their last digits
    assert {name: training[name] for name in ("comments", "composed", "examples", "evidence")} == {
        "comments": 432,
        "composed": 2,
        "examples": 0,
        "evidence": 432,
    }
    assert sorted(training["files"]) == ["a.jsonl", "b.jsonl", "c.jsonl", "phrases.jsonl"]
    assert set(weighing.biases) == set(SENSITIVE)
    told, quiet = (
        weighing.likelihoods(("HEALTH",), [odds], [odds], {"HEALTH": found} if found else {}, 12)["HEALTH"]
        for odds, found in ((3.0, Evidence(0.9, 1)), (-2.5, None))
    )
    assert told > 0.5 > quiet


@needs_torch
def test_what_runs_computes_what_was_learnt() -> None:
    import torch

    from models import train_network as module

    docs = [Document(text) for text in ("Mme zorglub hier, lampe.", "lampe", "le fils zorglub. Mme lampe le 12", "zorglub lampe hier")]
    lines = Lines([Lesson("", "a", doc.text, labels(), ()) for doc in docs], docs, vocabulary := {})
    torch.manual_seed(1)
    net = module._Net(vocabulary, Counter(dict.fromkeys(vocabulary, module.SEEN))).eval()
    torch.nn.init.normal_(net.tell_around.weight)
    weights = module._weights(net, vocabulary, Counter(dict.fromkeys(vocabulary, module.SEEN)))
    with torch.no_grad():
        for rows, scale in zip((net.rows.of_pieces.weight, net.rows.of_words.weight), weights.scales.tolist(), strict=True):
            rows.copy_((rows / scale).round() * scale)  # as they are written
        odds, places = net(torch.tensor(lines.words))
    for at, reading in enumerate(Network(weights).read_many(docs)):
        assert list(reading.odds) == pytest.approx(odds[at].tolist(), rel=1e-4, abs=1e-4)
        assert reading.places == pytest.approx(places[at, : len(docs[at].tokens)].numpy(), rel=1e-4, abs=1e-4)
