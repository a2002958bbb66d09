"""The network that reads comments: what it computes, where it finds what is told, and that its file is whole."""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognizers import blocks
from recognizers import network as module
from recognizers.document import Document
from recognizers.errors import ModelError
from recognizers.learned import load_learned, word_hash, word_pieces
from recognizers.network import Network, load_network, network_words
from recognizers.network_weights import AROUND, LOOKS, NETWORK_FILE, OFFSETS, REACHES, Weights, read_network
from recognizers.rulepack import rule_files
from tests.toys import BIAS, toy_weights

SIZE, FILTERS, NARROW, PIECES = 3, 2, 4, 8


def random_weights(seed: int) -> Weights:
    chance = np.random.default_rng(seed)
    words = sorted(map(word_hash, ("fuite", "gaz", ".")))

    def floats(*shape: int) -> np.ndarray:  # type: ignore[type-arg]
        return chance.normal(size=shape).astype(np.float32)

    return Weights(
        entities=np.array(["HEALTH", "RELIGION"]),
        words=np.array(words, np.uint32),
        word_rows=chance.integers(-127, 127, (len(words), SIZE)).astype(np.int8),
        piece_rows=chance.integers(-127, 127, (PIECES, SIZE)).astype(np.int8),
        scales=np.array([0.01, 0.02], np.float32),
        mix=floats(SIZE, FILTERS * len(OFFSETS)),
        mix_bias=floats(len(REACHES), FILTERS),
        tell=floats(FILTERS * len(REACHES), 2),
        tell_bias=floats(2),
        narrow=floats(FILTERS * len(REACHES), NARROW),
        narrow_bias=floats(NARROW),
        around=floats(LOOKS, AROUND * NARROW, NARROW),
        around_bias=floats(LOOKS, NARROW),
        whole=floats(LOOKS, 2 * NARROW, NARROW),
        tell_around=floats(LOOKS * NARROW, 2),
        sharpness=floats(2),
        offset=floats(2),
    )


def as_defined(weights: Weights, words: list[str]) -> tuple[list[float], list[list[float]]]:
    """Return what the network tells of ``words`` and of each, computed word by word as the module says."""
    known = weights.words.tolist()
    vectors = []
    for word in words:
        pieces = [weights.piece_rows[piece % PIECES].astype(float) for piece in word_pieces(word)]
        vector = sum(pieces) / len(pieces) * float(weights.scales[0])
        if word_hash(word) in known:
            vector = vector + weights.word_rows[known.index(word_hash(word))].astype(float) * float(weights.scales[1])
        vectors.append(vector)
    mix = weights.mix.reshape(SIZE, len(OFFSETS), FILTERS).astype(float)
    sights = []
    for at in range(len(words)):
        seen = weights.mix_bias.astype(float).copy()
        for number, (reach, offset) in enumerate(OFFSETS):
            if 0 <= at + offset < len(words):
                seen[REACHES.index(reach)] += vectors[at + offset] @ mix[:, number]
        sights.append(np.maximum(seen, 0).reshape(-1))
    rows = [np.maximum(sight @ weights.narrow.astype(float) + weights.narrow_bias, 0) for sight in sights]
    looks = []
    for look in range(LOOKS):
        of_comment = [max(column) for column in zip(*rows, strict=True)] + [sum(column) / len(words) for column in zip(*rows, strict=True)]
        parts, seen_then = weights.around[look].reshape(AROUND, NARROW, NARROW).astype(float), []
        for at in range(len(words)):
            around = weights.around_bias[look] + np.array(of_comment) @ weights.whole[look].astype(float)
            for part, beside in zip(parts, range(at - AROUND // 2, at + AROUND), strict=False):
                if 0 <= beside < len(words):
                    around = around + rows[beside] @ part
            seen_then.append(np.maximum(around, 0))
        rows = seen_then
        looks.append(rows)
    places = []
    for sight, *further in zip(sights, *looks, strict=True):
        told = sight @ weights.tell.astype(float) + weights.tell_bias + np.concatenate(further) @ weights.tell_around.astype(float)
        places.append(told.tolist())
    together = np.logaddexp.reduce(np.array(places), axis=0)
    return (together * weights.sharpness + weights.offset).tolist(), places


@given(
    seed=st.integers(0, 1000),
    text=st.lists(st.sampled_from(["Fuite", "de", "gaz", "zorglub", "12", ".", ","]), min_size=1).map(" ".join),
    small=st.booleans(),
)
def test_it_computes_what_it_says(seed: int, text: str, small: bool) -> None:
    weights, doc = random_weights(seed), Document(text)
    with patch.object(blocks, "_ONE_THREAD", 60) if small else nullcontext():
        reading = Network(weights).read(doc)
    odds, places = as_defined(weights, network_words(doc))
    assert list(reading.odds) == pytest.approx(odds, rel=1e-4, abs=1e-3)
    assert reading.places == pytest.approx(np.array(places), rel=1e-4, abs=1e-3)


def test_a_reading_depends_on_nothing_read_before(monkeypatch: pytest.MonkeyPatch) -> None:
    doc = Document("Mme ne dort plus, le voisin crie la nuit. Odeur de gaz")
    fresh = Network(load_network()._weights).read(doc)
    monkeypatch.setattr(module, "_MAX_REMEMBERED", 16)
    network = Network(load_network()._weights)
    for text in ("la nuit", "Odeur de gaz, Mme", "dort"):
        network.read(Document(text))
    again = network.read(doc)
    assert (again.odds, again.places.tolist()) == (fresh.odds, fresh.places.tolist())


@pytest.mark.parametrize("together", [1, 7, 512])
def test_many_read_together_read_as_each_alone(monkeypatch: pytest.MonkeyPatch, together: int) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", together)
    docs = [Document(text) for text in ("Fuite", "Mme ne dort plus, gaz.", "12", "le voisin " * 40, "cancer", "Odeur, la nuit, de gaz")]
    weights = load_network()._weights
    alone = [Network(weights).read(doc) for doc in docs]
    many = Network(weights).read_many(docs)
    assert [(one.odds, one.places.tolist()) for one in many] == [(one.odds, one.places.tolist()) for one in alone]
    assert Network(weights).read_many([]) == []


def test_words_whose_vectors_failed_are_worked_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    doc = Document("Mme ne dort plus")
    network, vectors_of = Network(load_network()._weights), Network._vectors_of
    failing = iter([True])

    def fails_once(self: Network, tokens: list[str]) -> object:
        if next(failing, False):
            raise MemoryError
        return vectors_of(self, tokens)

    monkeypatch.setattr(Network, "_vectors_of", fails_once)
    with pytest.raises(MemoryError):
        network.read(doc)
    assert network.read(doc).odds == Network(load_network()._weights).read(doc).odds


def test_threads_may_share_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MAX_REMEMBERED", 40)
    monkeypatch.setattr(module, "_AT_ONCE", 30)
    docs = [Document(f"le mot{number} et mot{number * 7 % 90} au {number * 13 % 70}e") for number in range(90)] * 5
    weights = load_network()._weights
    alone = [Network(weights).read(doc).odds for doc in docs[:90]] * 5
    shared = Network(weights)
    with ThreadPoolExecutor(8) as threads:
        assert [reading.odds for reading in threads.map(shared.read, docs)] == alone
        runs = [docs[at : at + 9] for at in range(0, len(docs), 9)]
        assert [reading.odds for readings in threads.map(shared.read_many, runs) for reading in readings] == alone


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("zorglub", "zorglub"),
        ("Fuite, ZORGLUB hier, devis", "ZORGLUB"),
        ("Un mot. Une zorglub, schtroumpf aussi. Fin", "zorglub"),
        ("Une zorglub. Schtroumpf aussi", "zorglub"),
        ("Une zorglub de la schtroumpf", "zorglub de la schtroumpf"),
        ("Une zorglub de la petite schtroumpf", "zorglub de la petite schtroumpf"),
        ("Une zorglub de la toute petite schtroumpf", "zorglub"),
        ("schtroumpf de zorglub", "schtroumpf de zorglub"),
    ],
)
def test_where_it_is_told(text: str, told: str) -> None:
    doc = Document(text)
    first, last = Network(toy_weights({"zorglub": 100, "schtroumpf": 60})).read(doc).place(doc, "HEALTH", ())
    assert text[doc.starts[first] : doc.ends[last - 1]] == told


def test_what_a_rule_found_is_widened() -> None:
    text = "Le zorglub de Mme cancer zorglub 0639980000 zorglub. Un zorglub"
    doc = Document(text)
    phone = text.index("0639980000")
    reading = Network(toy_weights({"zorglub": 100})).read(doc)
    cancer = doc.tokens.index("cancer")
    assert reading.widened(doc, ["HEALTH"], [(cancer, cancer + 1)], [(phone, phone + 10)], ()) == [(1, cancer + 2)]
    assert reading.widened(doc, ["HEALTH"], [(cancer, cancer + 1)], [], {1}) == [(cancer, doc.tokens.index("."))]
    beside = [(3, 4), (cancer, cancer + 1)]
    assert reading.widened(doc, ["HEALTH", "HEALTH"], beside, [], ()) == [(1, 4), (cancer, doc.tokens.index("."))]
    assert reading.widened(doc, ["HEALTH"], [(cancer, cancer + 1)], [], (), {cancer - 1}) == [(cancer, doc.tokens.index("."))]
    assert reading.widened(doc, [], [], [], ()) == []


def test_words_beside_a_remark_tell_about_as_much_as_its_own() -> None:
    doc = Document("plouf schtroumpf zorglub schtroumpf plouf")
    for plouf, reach in ((76, (0, 5)), (74, (1, 4))):
        reading = Network(toy_weights({"zorglub": 100, "schtroumpf": 90, "plouf": plouf})).read(doc)
        assert reading.widened(doc, ["HEALTH"], [(2, 3)], [], ()) == [reach]


def test_further_remarks_tell_about_as_much_and_stand_apart() -> None:
    doc = Document("Un zorglub, vu. Une petite schtroumpf de plouf hier, zorglub ou mieux encore. Fin schtroumpf")

    def further(taken: list[tuple[int, int]], bare: Collection[int] = (), **weights: int) -> list[str]:
        reading = Network(toy_weights({"zorglub": 100, "plouf": 60, **weights})).read(doc)
        return [" ".join(doc.tokens[slice(*found)]) for found in reading.further(doc, "HEALTH", taken, bare)]

    zorglub, again = doc.tokens.index("zorglub"), doc.tokens.index("zorglub", 5)
    first, last = (zorglub, zorglub + 1), (again, again + 1)
    assert further([first, last]) == []
    assert further([first]) == ["zorglub"]
    assert further([]) == ["zorglub", "zorglub"]
    assert further([first], schtroumpf=86) == ["schtroumpf de plouf", "zorglub", "schtroumpf"]
    assert further([first], schtroumpf=84) == ["zorglub"]
    assert further([first], {again}, schtroumpf=86) == ["schtroumpf de plouf", "schtroumpf"]
    une = doc.tokens.index("une")
    assert further([(une, une + 1)], schtroumpf=86) == ["zorglub", "zorglub", "schtroumpf"]
    assert further([], zorglub=49, plouf=0) == []


def test_offsets_are_those_of_the_text_as_given() -> None:
    text = "Relanc&eacute; ; M. Éloïse e\u0301tait <b>z\u00adorglub</b> !"
    doc = Document(text)
    first, last = Network(toy_weights({"zorglub": 100})).read(doc).place(doc, "HEALTH", ())
    assert text[doc.starts[first] : doc.ends[last - 1]] == "z\u00adorglub"


def test_a_silent_network_tells_its_bias() -> None:
    reading = Network(toy_weights({})).read(Document("fuite"))
    assert (reading.odds, reading.places.tolist()) == ((BIAS,), [[BIAS]])


def test_the_shipped_network_reads_the_entities_of_the_table() -> None:
    assert load_network().entities == load_learned().table.entities
    assert NETWORK_FILE.stat().st_size < 7_000_000
    assert ("network.npz", NETWORK_FILE) in rule_files()


def stored(path: Path, weights: Weights) -> Path:
    with path.open("wb") as file:
        np.savez(file, **weights._asdict())
    return path


def test_a_network_reads_back(tmp_path: Path) -> None:
    weights = random_weights(1)
    read = read_network(stored(tmp_path / "network.npz", weights))
    assert [array.tolist() for array in read] == [array.tolist() for array in weights]


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:200],
        lambda content: content[:-40],
        lambda content: content[: (at := content.rindex(b"NUMPY") + 130)] + b"\1\2\3" + content[at + 3 :],  # numbers of the last array
        lambda content: b"version https://git-lfs.github.com/spec/v1\n",
        lambda content: content.replace(b"mix_bias", b"mix_bios"),
    ],
)
def test_a_damaged_network_is_refused(tmp_path: Path, damage: object) -> None:
    path = stored(tmp_path / "network.npz", random_weights(1))
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    with pytest.raises(ModelError, match=r"network\.npz: the weights of the network are damaged; install Vigie again, or run `make model`"):
        read_network(path)


@pytest.mark.parametrize("field", [field for field in Weights._fields if field not in ("words", "scales")])
def test_arrays_that_do_not_fit_are_refused(tmp_path: Path, field: str) -> None:
    weights = random_weights(1)
    path = stored(tmp_path / "network.npz", weights._replace(**{field: getattr(weights, field)[:-1]}))
    with pytest.raises(ModelError, match="damaged"):
        read_network(path)


@pytest.mark.parametrize("field", [field for field in Weights._fields if field not in ("words", "scales")])
@pytest.mark.parametrize("misshape", [lambda array: array[..., None], lambda array: array.flat[0]])
def test_arrays_of_other_dimensions_are_refused(tmp_path: Path, field: str, misshape: object) -> None:
    weights = random_weights(1)
    path = stored(tmp_path / "network.npz", weights._replace(**{field: misshape(getattr(weights, field))}))  # type: ignore[operator]
    with pytest.raises(ModelError, match="damaged"):
        read_network(path)


def test_a_missing_network_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"network\.npz: cannot be read \(No such file or directory\); install Vigie again"):
        read_network(tmp_path / "network.npz")
