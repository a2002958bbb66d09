"""Values that are worked out once for each word, for so many words and no more."""

from __future__ import annotations

from recognizers.remembered import Remembered


class Backwards(Remembered[str, str]):
    most = 2

    def __init__(self) -> None:
        super().__init__()
        self.worked_out: list[str] = []

    def work_out(self, word: str) -> str:
        self.worked_out.append(word)
        return word[::-1]


def test_so_many_words_are_remembered_and_no_more() -> None:
    backwards = Backwards()
    words = ["ab", "cd", "ab", "ef", "cd", "ef"]
    assert [backwards[word] for word in words] == ["ba", "dc", "ba", "fe", "dc", "fe"]
    assert (backwards.worked_out, dict(backwards)) == (["ab", "cd", "ef", "ef"], {"ab": "ba", "cd": "dc"})
