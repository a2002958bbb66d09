"""The fast path finds what the plain path finds: index, screens and token matching against one regular expression for each pattern."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from plain_path import plain_spans

from recognizers.batch import Batch, Vocabulary
from recognizers.choice import Choice
from recognizers.detector import Detector, default_detector
from recognizers.document import STOPS, Document, plain_word
from recognizers.frequency import BEGINNING, END
from recognizers.identifiers import find_identifiers, kinds
from recognizers.identifiers.screen import IdentifierScreen
from recognizers.index import Index
from recognizers.matcher import Matcher
from recognizers.needs import branches_of
from recognizers.rulepack import load_rulepack
from recognizers.screen import Screen

PATTERNS = [pattern for rule in load_rulepack().rules for pattern in rule.patterns]
STRIDE = 29  # of ten thousand patterns, every so many are tried on every text
FILLERS = ("le", "de", "pas", "porte", "12", ",", ".", "!", "(x)", "M.", "R.S.A.", "4,50", "€", "Dupont", "d'Abitbol", "<br>", "É")
NAMES = (("DUPONT", "Amina"), (), ("Lebœuf",), ("N'Guyen-Le Goff", "Éloi"))
TRICKY = (
    "M. Dupont", "mme", "O'Brien", "L'Hermitte", "J.-P. Roux", "A.B. Martin", "chez les Kervella", "voisin", "nom : Szabo",
    "les Marchand", "(Petit)", "06 12 34 56 78", "rob@site.fr", "jean arobase orange point fr", "code 1234A", "clé sous le pot",
    "zéro six douze trente-quatre", "badge", "12.50", "2.5 Marchand", "S.A.Petit", "œuvre", "sœur", "Lebœuf", "m² Roux", "\x80", "\x02",
    "\x00", "ﬁn", "e\u0301", "\xad", "\u200b", "Ã©", "&nbsp;", "<br>", "&", "’", "\n", "ç", "ß", "æ", "½", "\u0430", "DS", "ds", "S.S.",
    "“", "aaaalcool", "alc00l", "%", "€", "#12", "*",
)  # fmt: skip


@st.composite
def near_matches(draw: st.DrawFn) -> tuple[int, str]:
    """The number of a pattern, and a text with its words in their order, or nearly, and others between."""
    number = draw(st.integers(0, len(PATTERNS) - 1))
    pieces: list[str] = []
    for need in draw(st.sampled_from(branches_of(PATTERNS[number].node))).chain:
        words = [*sorted(need.words.words)[:3], *(prefix + "es" for prefix in need.words.prefixes[:2])]
        pieces += draw(st.lists(st.sampled_from(FILLERS), max_size=2))
        pieces += [] if draw(st.integers(0, 9)) == 0 else [draw(st.sampled_from(words))]
    text = " ".join(piece for piece in pieces if piece not in (BEGINNING, END))
    return number, text.upper() if draw(st.booleans()) else text


@st.composite
def comments(draw: st.DrawFn) -> str:
    """Texts with everything that is folded in a way of its own."""
    pieces = draw(
        st.lists(st.one_of(st.sampled_from(TRICKY), near_matches().map(lambda example: example[1]), st.text(max_size=6)), max_size=5)
    )
    text = draw(st.sampled_from([" ", "", ".", ", ", "'", "-", "\n", "("])).join(pieces)
    return draw(st.sampled_from([str, str.upper, str.title, str.lower]))(text)


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    rulepack = load_rulepack()
    return Matcher(rulepack.rules, rulepack.index, Choice(()))


@settings(max_examples=500)
@given(example=near_matches())
def test_patterns_match_where_their_regular_expressions_do(matcher: Matcher, example: tuple[int, str]) -> None:
    number, text = example
    doc = Document(text)
    chosen = {id(pattern): pattern for pattern in (*PATTERNS[::STRIDE], PATTERNS[number])}
    found = [(id(pattern), first, last) for _, pattern, first, last in matcher.matches(doc) if id(pattern) in chosen]
    assert sorted(found) == sorted((key, *span) for key, pattern in chosen.items() for span in plain_spans(pattern, doc))


@pytest.fixture(scope="module")
def index() -> Index:
    return load_rulepack().index


@settings(max_examples=300)
@given(texts=st.lists(comments(), min_size=1, max_size=6))
def test_a_batch_holds_the_words_of_its_comments(texts: list[str]) -> None:
    vocabulary = Vocabulary()
    batch = Batch(texts, vocabulary)
    words = list(vocabulary)
    found: list[list[str]] = [[] for _ in texts]
    for comment, word in zip(batch.comments.tolist(), batch.ids.tolist(), strict=True):
        found[comment].append(plain_word(words[word]))
    expected = [[BEGINNING, *(plain_word(token) for token in Document(text).tokens if token not in STOPS), END] for text in texts]
    assert found == expected


@settings(max_examples=300)
@given(texts=st.lists(comments(), min_size=1, max_size=6))
def test_the_screen_loses_no_row(index: Index, texts: list[str]) -> None:
    vocabulary = Vocabulary()
    found = Screen(index, vocabulary).rows(Batch(texts, vocabulary))
    assert [set(index.rows(Document(text).tokens)) - set(found.get(at, ())) for at, text in enumerate(texts)] == [set()] * len(texts)


@settings(max_examples=500)
@given(texts=st.lists(comments(), min_size=1, max_size=6), names=st.sampled_from(NAMES))
@example(texts=["0L'Hermitte", "3l'Hermitte2 b", "2x5L'hermitte", "a12N'Guyen", "1.5Guivarc'h", "N'Guyen2b"], names=())
@example(texts=["œx.Dupont", "3M.œBDupont"], names=())
@example(texts=["Secu0612345678 3", "DEUX'zero +33612345678", "badge Gb2985", "badge la-0500", "M. Roux, cle wep : 3x77a"], names=())
@example(
    texts=["m€d€p : x77a1", "clé 3sous € % € pot", "12cache la clé sous x", "00 1 O6 5O 23 45 67", "1 85 07 2A 123 456", "+1 2345678"],
    names=(),
)
@example(texts=["LE GARDIEN MARCHAND", "docteur de La Fuite", "M. A. Fuite", "MME A. FUITE", "J. Le Goff", "appel de Xi"], names=())
@example(texts=["docteur2Mmadi VON.", "A rue2Gilles MAISONNEUVE", "MENAGE IRIS", "AIT, VEUVE  JAN", "Rose-Marin Bidule"], names=())
def test_the_screen_of_identifiers_loses_none(texts: list[str], names: tuple[str, ...]) -> None:
    vocabulary = Vocabulary()
    wanted = IdentifierScreen(vocabulary).kinds(Batch(texts, vocabulary), [names] * len(texts))
    assert [find_identifiers(text, names, kind) for text, kind in zip(texts, wanted, strict=True)] == [
        find_identifiers(t, names) for t in texts
    ]


def test_the_screen_of_identifiers_stops_what_holds_none() -> None:
    nothing = [
        "Fuite sous évier, joint à changer",
        "PORTE BLOQUEE",
        "le 12/03/24, 3e relance le 14/05 et 16/05",
        "clé cassée hier, porte sur cour",
        "hall 2, porte 1234",
        "J+16 et J+18",
        "M. est parti",
    ]
    held = ["Mme Dupont", "tel 06 12 34 56 78", "a@b.fr", "code 1234", "zéro"]
    vocabulary = Vocabulary()
    wanted = IdentifierScreen(vocabulary).kinds(Batch([*nothing, *held], vocabulary))
    assert wanted == [kinds.NONE] * len(nothing) + [kinds.NAMES, kinds.NUMBERS, kinds.EMAILS, kinds.ACCESS_CODES, kinds.SPELLED_PHONES]


def test_the_screen_of_identifiers_stops_ordinary_words_where_names_stand() -> None:
    ordinary = ["Le gardien Demande un devis", "la voisine Fuite", "Un rosier, Rose fanée", "Appel de Mme : Fuite", "bât 12. Pompe HS"]
    named = ["Le gardien Loubet demande un devis", "vu J. Kravotek", "Rose Kravotek", "chez les Marchand"]
    vocabulary = Vocabulary()
    wanted = IdentifierScreen(vocabulary).kinds(Batch([*ordinary, *named], vocabulary))
    assert wanted == [kinds.NONE] * len(ordinary) + [kinds.NAMES] * len(named)


@settings(max_examples=100)
@given(texts=st.lists(comments(), min_size=16, max_size=20), names=st.sampled_from(NAMES))
def test_many_texts_give_what_each_text_gives(texts: list[str], names: tuple[str, ...]) -> None:
    detector = default_detector()
    assert detector.find_many(texts, [names] * len(texts)) == [detector.find(text, names) for text in texts]


def test_many_texts_give_what_each_text_gives_whatever_the_vocabulary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recognizers.screens._MAX_VOCABULARY", 5)
    monkeypatch.setattr("recognizers.screens._PIECE", 40)
    monkeypatch.setattr("recognizers.screen._STEP", 7)
    detector = Detector(load_rulepack().lexicons)
    texts = [f"Mme n° {at} est alcoolique, suivie au CSAPA, M. Dupont {at} fume des joints" for at in range(20)]
    assert detector.find_many(texts) == [detector.find(text) for text in texts]
