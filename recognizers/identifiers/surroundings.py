"""What stands around a word: what separates it from the next, whether a street, a firm or a verb is beside it."""

from __future__ import annotations

import re

from recognizers.identifiers.vocabulary import person_words
from recognizers.identifiers.words import Words

_PLACE_GAP = re.compile(r"[ '-]{1,2}|[a-z]?'")
_ABBREVIATION_GAP = re.compile(r"\. ?")
_BRAND_GAP = re.compile(r"[ -]")
_END_OF_NAME = re.compile(r"\s*(?:$|[,.;:)\n»\"<]|- )")
_STOP_AFTER_NAME = re.compile(r" ?[:(/\n\d+]| ?- |[.;]?\s*$|\.\s")
_VERB_GAP = re.compile(r" {1,2}(?:(?:[mtslnd]|qu)')?", re.IGNORECASE)
_MAX_STEPS = 6


class Surroundings:
    """The words of one text and what stands around them. Indices are positions in ``words``."""

    def __init__(self, words: Words) -> None:
        self.text = words.text
        self.words = words
        self._lists = person_words()

    def gap(self, i: int) -> str:
        """What separates the word at ``i`` from the next; a line break when it is the last."""
        return self.text[self.words[i].end : self.words[i + 1].start] if i + 1 < len(self.words) else "\n"

    def adjacent(self, i: int, gap: re.Pattern[str]) -> bool:
        """Whether a word follows the one at ``i`` with only ``gap`` between."""
        return i + 1 < len(self.words) and gap.fullmatch(self.text, *self.words.gap(i)) is not None

    def ends_phrase(self, i: int) -> bool:
        """Whether punctuation, a line end or the end of the text follows the word at ``i``."""
        return _END_OF_NAME.match(self.text, self.words[i].end) is not None

    def acts(self, i: int, *, comma: bool = False) -> bool:
        """Whether what follows the word at ``i`` follows persons' names: a verb or adverb, a colon or parenthesis, a number, the end.

        With ``comma``, a comma will do.
        """
        if comma and self.gap(i).startswith(","):
            return True
        if _STOP_AFTER_NAME.match(self.text, self.words[i].end):
            return True
        if not _VERB_GAP.fullmatch(self.gap(i)):
            return False
        after = self.words[i + 1].key
        return self._lists.is_verb(after) or after in self._lists.after_names or after.endswith("ment")

    def in_parentheses(self, i: int) -> bool:
        """Whether the word at ``i`` stands alone between parentheses."""
        word = self.words[i]
        return self.text[word.start - 1 : word.start] == "(" and self.text[word.end : word.end + 1] == ")"

    def is_place(self, i: int) -> bool:
        """Whether the name at ``i`` is that of a street, a building or a place ("rue du Docteur Jean Roux")."""
        lists = self._lists
        for j in range(i - 1, max(-1, i - _MAX_STEPS), -1):
            key = self.words[j].key
            short = len(key) <= 3 and self.adjacent(j, _ABBREVIATION_GAP)
            if not short and not self.adjacent(j, _PLACE_GAP):
                return False
            if key in lists.places:
                return True
            if key not in lists.place_links and not lists.is_known_name(key):
                return False
        return False

    def is_company(self, i: int) -> bool:
        """Whether the name at ``i`` is a firm's or a brand's, or part of it."""
        lists = self._lists
        before = self.words[i - 1].key if i > 0 and self.adjacent(i - 1, _BRAND_GAP) else ""
        after = self.words[i + 1].key if self.adjacent(i, _BRAND_GAP) else ""
        return self.words[i].key in lists.companies or before in lists.companies or after in lists.company_tails
