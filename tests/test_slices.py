"""Long texts: cut where no remark can stand, read whole, findings where they are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from recognizers.detector import Detector
from recognizers.slices import SLICE, slices


@given(st.lists(st.sampled_from(["mot", "Mot. ", " ", "\n", "x" * 700, "é" * 1500, "fin ! "]), max_size=60))
def test_slices_give_the_text_back(pieces: list[str]) -> None:
    text = "".join(pieces)
    parts = list(slices(text))
    assert "".join(part for _, part in parts) == text
    assert [offset for offset, _ in parts] == [sum(len(part) for _, part in parts[:at]) for at in range(len(parts))]
    assert all(len(part) <= SLICE for _, part in parts)


def test_a_text_without_any_break_is_cut_all_the_same() -> None:
    assert [len(part) for _, part in slices("x" * (2 * SLICE + 5))] == [SLICE, SLICE, 5]


def test_long_texts_are_cut_after_sentences() -> None:
    sentence = "Le joint de la baignoire est à refaire au 3e étage. "
    assert {part[-2:] for _, part in slices(sentence * 2_000)} == {". "}


def test_remarks_in_a_long_text_are_found_where_they_stand(detector: Detector) -> None:
    neutral = "Le joint de la baignoire est à refaire au 3e étage. "
    remark = "Mme sous chimiothérapie. "
    text = (neutral * 900 + remark) * 3
    assert len(text) > 3 * SLICE
    found = detector.find(text)
    assert [(text[f.start - 4 : f.end], text[slice(*f.words)]) for f in found] == [("Mme sous chimiothérapie", "sous chimiothérapie")] * 3
    assert detector.find_many(["", text, remark]) == [[], found, detector.find(remark)]
