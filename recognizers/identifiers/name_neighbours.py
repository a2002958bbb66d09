"""Names that no list knows, told by what stands beside them: "Rivoal et Szabo", "Kadiri Samy", "Vauclin 06 …", "Carême, prénom Luc"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from recognizers.identifiers.name_shapes import Names
from recognizers.identifiers.surroundings import Surroundings
from recognizers.identifiers.vocabulary import person_words
from recognizers.identifiers.words import Words

_JOINING = frozenset({"et", "ou", "non", "pas", "puis"})
_PHRASES = (("a", "la", "place", "de"), ("au", "lieu", "de"))
_SIGN = re.compile(r" ?[/&+] ?")
_NUMBER = re.compile(r" ?[:,(]? ?(?:\+[0-9]{2}|0[1-9](?:[ .\-]?[0-9]{2}){4})")
_FIRST_NAME_FOLLOWS = re.compile(r"(?:,| \() ?pr[ée]nom\b", re.IGNORECASE)
_SENTENCE_START = re.compile(r"(?:^|[.!?\n])[\s\-«\"]*$")
_NEAR = 60
"""Characters before the first word of a sentence in which this starts: looking further would take longer for every word of a long text."""
_MAX_JOINING = 3
_ACRONYM = 4


class Neighbours:
    """The words of one comment, asked where a word is a name because of its neighbours. Indices are positions in ``words``."""

    def __init__(self, words: Words, names: Names) -> None:
        self._words = words
        self._names = names
        self._around = Surroundings(words)

    def joined(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """First and last word of the names that "et", "ou", "et non" or a sign joins to the name from ``first`` to ``last``."""
        before = self._across_joint(first, -1)
        if before is not None and self._may_be_name(before, like=first):
            yield before, before
        after = self._across_joint(last, 1)
        if after is not None and self._may_be_name(after, like=first):
            yield after, self._names.end_of_chain(after)

    def before_first_name(self, i: int) -> int | None:
        """The surname right before the first name at ``i``, with a capital and inside a sentence."""
        lists, first_name = person_words(), self._words[i]
        plain = lists.is_first_name(first_name.key) and first_name.key not in lists.first_names_also_words
        if i == 0 or not plain or first_name.style == "upper":
            return None
        if first_name.style == "lower":
            before = self._words[i - 1]
            return i - 1 if before.style == "lower" and lists.is_surname(before.key) and self._around.gap(i - 1) == " " else None
        inside = self._around.gap(i - 1) == " " and (not self._starts_sentence(i - 1) or self._names.sounds_unheard(i - 1))
        return i - 1 if inside and self._may_be_name(i - 1, like=i) else None

    def before_detail(self) -> Iterator[tuple[int, int]]:
        """First and last word of the names that a telephone number or "prénom" follows."""
        if not _NUMBER.search(self._words.text) and not _FIRST_NAME_FOLLOWS.search(self._words.text):
            return
        for i in range(len(self._words)):
            word = self._words[i]
            if word.style == "lower":
                continue
            if _FIRST_NAME_FOLLOWS.match(self._words.text, word.end):
                named = self._may_be_name(i, like=i)
            else:
                number_follows = _NUMBER.match(self._words.text, word.end) is not None
                named = number_follows and self._is_named_before_number(i)
            if named:
                yield i, i

    def _is_named_before_number(self, i: int) -> bool:
        """Whether the word at ``i``, right before a telephone number, is a name: inside a sentence, or one that no dictionary has."""
        if not self._may_be_name(i, like=i):
            return False
        if self._words[i].shouted and not self._names.sounds_unheard(i):
            lists = person_words()
            before = self._words[i - 1].key if i > 0 else ""
            return self._words[i].key in lists.surnames_also_words or before in lists.titles or before in lists.strong_roles
        if self._words[i].style == "upper" and not self._words[i].shouted and len(self._words[i].key) <= _ACRONYM:
            return False
        return not self._starts_sentence(i) or (self._around.gap(i).startswith(",") and self._names.sounds_unheard(i))

    def _across_joint(self, i: int, step: int) -> int | None:
        """Position of the word that a joint separates from the one at ``i``, None without a joint."""
        words = self._words
        if step < 0 and i == 0:
            return None
        if _SIGN.fullmatch(self._around.gap(min(i, i + step))):
            return i + step
        for joint in _PHRASES:
            j = i + 1 if step > 0 else i - len(joint)
            if j > 0 and j + len(joint) < len(words) and words.keys(j, j + len(joint)) == joint:
                return j + len(joint) if step > 0 else j - 1
        for count in range(_MAX_JOINING):
            if not 0 <= i + step < len(words) or self._around.gap(min(i, i + step)) != " ":
                return None
            i += step
            if words[i].key not in _JOINING:
                return i if count else None
        return None

    def _starts_sentence(self, i: int) -> bool:
        start = self._words[i].start
        return _SENTENCE_START.search(self._words.text, max(0, start - _NEAR), start) is not None

    def _may_be_name(self, i: int, *, like: int) -> bool:
        """Whether the word at ``i`` has a capital, in the way of the name at ``like``, and is no other word that is known."""
        word = self._words[i]
        if word.style != self._words[like].style or word.style == "lower":
            return False
        lists = person_words()
        ambiguous = word.key in lists.surnames_also_words and not lists.is_ordinary(word.key)
        if lists.is_never(word.key) or word.key in lists.roles:
            return False
        if not ambiguous and not lists.may_be_unknown_surname(word.key):
            return False
        return not self._around.is_place(i) and not self._around.is_company(i)
