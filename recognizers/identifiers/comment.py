"""A comment with what every identifier detector asks of it, computed once."""

from __future__ import annotations

from dataclasses import dataclass

from recognizers.identifiers.plain import fold


@dataclass(frozen=True, slots=True)
class Comment:
    """An undisguised text; its folded form, one ASCII character for each of the text; its folded words; how many digits it holds."""

    text: str
    folded: str
    words: list[str]
    digits: int

    @classmethod
    def of(cls, text: str) -> Comment:
        """The comment whose undisguised text is ``text``."""
        folded = fold(text).decode("ascii")
        return cls(text, folded, folded.split(), folded.count("9"))
