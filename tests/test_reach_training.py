"""Learning how far remarks reach: what is learnt from which words, and that weights say what was learnt."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from models.train_reach import AUTHORS, FREQUENT, SEEN, Lesson, frequent_words, learn, lessons, read_comments, train, written
from recognizers.reach import Signs, WordSigns, word_classes

TEXT = "Rdv à 9 h, Mme a une sclérose sévère depuis peu, rappeler Paul."
REMARK = "une sclérose sévère"


def gold(path: Path, texts: list[str], remark: str = REMARK) -> Path:
    spans = [[{"start": text.index(remark), "end": text.index(remark) + len(remark), "entity": "HEALTH"}] for text in texts]
    rows = [{"id": f"{path.stem}-{at}", "text": text, "spans": spans[at]} for at, text in enumerate(texts)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("gold")
    paths = [gold(folder / f"{author}.jsonl", [f"{TEXT} Bâtiment {author}"] * FREQUENT) for author in range(AUTHORS)]
    return written(learn(read_comments(paths)))


def test_a_remark_teaches_the_words_that_were_labelled_and_the_next(tmp_path: Path) -> None:
    comments = read_comments([gold(tmp_path / "a.jsonl", [TEXT])])
    signs = WordSigns(word_classes(), {"a", "depuis", "une"})
    right, left = list(lessons(comments, signs, "right")), list(lessons(comments, signs, "left"))
    assert right == [(Signs("-e", "-e", "depuis", "3,"), True), (Signs("depuis", "-e", "-u", "2,"), False)] * 2
    assert left == [(Signs("une", "-e", "a", "3,"), True), (Signs("a", "une", "{person}", "2,"), False)] * 2


def test_words_of_one_author_get_no_weight(tmp_path: Path) -> None:
    paths = [gold(tmp_path / f"{author}.jsonl", [TEXT] * FREQUENT) for author in range(AUTHORS)]
    shared = frequent_words(read_comments(paths))
    assert frequent_words(read_comments(paths[:-1])) == frozenset()
    assert {"une", "depuis"} <= shared
    assert "9" not in shared


def test_train_gives_weight_to_what_tells() -> None:
    taken, left = Signs("du", "-x", "-e", "2."), Signs("et", "-x", "-e", "2.")
    taught = [Lesson(taken, True), Lesson(left, False)] * SEEN + [Lesson(Signs("rare", "-x", "-e", "2."), True)]
    tables = train(taught)
    assert set(tables["word"]) == {"du", "et"}
    assert tables["word"]["du"] > 100
    assert tables["word"]["et"] < -100


def test_the_same_comments_give_the_same_weights(weights: str, tmp_path: Path) -> None:
    paths = [gold(tmp_path / f"{author}.jsonl", [f"{TEXT} Bâtiment {author}"] * FREQUENT) for author in range(AUTHORS)]
    assert written(learn(read_comments(paths))) == weights
    assert set(tomllib.loads(weights)["left"]) == {"bias", *Signs._fields}
