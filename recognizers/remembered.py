"""What is worked out once for each word and remembered, for so many words and no more: memory is bounded whatever texts hold."""

from __future__ import annotations

from typing import ClassVar, TypeVar

_Key = TypeVar("_Key", str, int)
_Value = TypeVar("_Value")


class Remembered(dict[_Key, _Value]):
    """For each word what :meth:`work_out` returns."""

    most: ClassVar[int] = 100_000
    """Words that are remembered."""

    def work_out(self, word: _Key) -> _Value:
        """Return what belongs to ``word``."""
        raise NotImplementedError

    def __missing__(self, word: _Key) -> _Value:
        value = self.work_out(word)
        if len(self) < self.most:
            self[word] = value
        return value
