"""Decides which words of a text make up a name, and where it ends."""

from __future__ import annotations

import re

from recognizers.dictionary import load_dictionary
from recognizers.identifiers.surroundings import Surroundings
from recognizers.identifiers.vocabulary import MIN_UNKNOWN, is_unheard, person_words, sounds_unheard
from recognizers.identifiers.words import Word, Words

_TITLE_GAP = re.compile(r"\.? {0,2}(?:[dDlL]')?|\. ?\n ?")
_LONG_TITLE_GAP = re.compile(r" {1,2}(?:[dDlL]')?")
_NAME_GAP = re.compile(r" {1,2}|-")
_CHAIN_GAP = re.compile(r" {1,2}(?:[dDlL]')?|-|\. ?")
_ROLE_GAP = re.compile(r" ?[ :,(\"«»'-]{1,3}(?:[dDlL]')?")
_PLAIN_ROLE_GAP = re.compile(r" | ?: ?")
_LIST_GAP = re.compile(r" ?[,/&] ?| ")
_INITIAL_GAP = re.compile(r"\.(?: ?-? ?)")
_MEASURE = re.compile(r"\d ?$")
_ACRONYM = 3
_SHORTEST_LOWER = 2
_MAX_WORDS = 4
_MAX_LINKS = 4
_FIRM_REACH = 5
_CALLS = frozenset({"appelle", "appeler"})
_CALLED = frozenset({"se", "fait", "me", "te"})
_OF_STAFF = frozenset({"syndic", "cs", "secteur", "chantier", "cadet", "aine", "ex"})
_TO = frozenset({"a", "avec", "pour"})
COUNTED = frozenset({"deux", "trois", "quatre", "cinq", "jeunes", "petits", "freres", "soeurs"})
_SUBJECTS = frozenset({"il", "elle", "on", "ca", "sa", "qui", "ki", "ils", "elles", "ne", "n", "y", "je", "tu", "c", "s", "vous", "nous"})
_PLAIN_TITLES = frozenset({"mme", "mr", "mlle"})
_BEFORE_UNKNOWN = frozenset({("chez", "les"), ("nom", "de"), *((role, "de") for role in ("appel", "mail", "sms", "message", "courrier"))})


class Names:
    """The words of one text, asked where names stand. Indices are positions in ``words``; returned ends are inclusive."""

    def __init__(self, words: Words) -> None:
        self._text = words.text
        self._words = words
        self._lists = person_words()
        self._around = Surroundings(words)

    def after_title(self, title: int) -> list[tuple[int, int]]:
        """Names that the title at ``title`` announces: one, or several after a plural title."""
        lists = self._lists
        word = self._words[title]
        short = word.key in lists.short_titles
        if not self._around.adjacent(title, _TITLE_GAP if short else _LONG_TITLE_GAP):
            return []
        if word.key in lists.place_titles and (
            self._around.is_place(title) or (word.style == "upper" and not (word.shouted and self.sounds_unheard(title + 1)))
        ):
            return []
        if word.key == "m" and word.style == "lower" and _MEASURE.search(self._text, max(0, word.start - 2), word.start):
            return []
        last = self._name_from(title + 1, title=word)
        if last is None:
            return []
        spans = [(title + 1, last)]
        if word.key in lists.plural_titles:
            spans.extend(self._listed_after(last, title=word))
        return spans

    def full_name(self, i: int) -> int | None:
        """End of a first name and surname, in either order, that start at ``i``."""
        word = self._words[i]
        lists = self._lists
        if not self._around.adjacent(i, _NAME_GAP):
            return None
        after = self._words[i + 1]
        if not (lists.is_first_name(word.key) or lists.is_first_name(after.key)) or self._around.is_place(i):
            return None
        if f"{word.key} {after.key}" in lists.famous:
            return None
        if lists.is_first_name(word.key) and self._can_follow_first_name(word, i + 1):
            return self.end_of_chain(i + 1)
        surname_first = (
            word.style == "upper" and len(word.key) >= _ACRONYM and lists.is_first_name(after.key) and not self._lists.is_refused(word.key)
        )
        alone = lists.is_surname(word.key) or (after.key not in lists.first_names_also_words and self.sounds_unheard(i))
        if surname_first and ((not word.shouted and after.style == "capital") or alone):
            return self.end_of_chain(i + 1)
        return None

    def after_initial(self, i: int) -> tuple[int, int] | None:
        """An initial and the surname after it ("J. Martin", "Th. Roux", "M.-C. Aubry")."""
        word = self._words[i]
        if not self._around.adjacent(i, _INITIAL_GAP) or (len(word.key) == 2 and word.style != "capital"):
            return None
        if (word.key in self._lists.titles and "-" not in self._around.gap(i)) or self._around.is_place(i):
            return None
        surname = i + 1
        if len(self._words[surname].key) == 1 and self._around.adjacent(surname, _INITIAL_GAP):
            surname += 1
        after = self._words[surname]
        if self._lists.is_never(after.key) or after.key in self._lists.places:
            return None
        known = self._lists.is_surname(after.key)
        if word.style == "lower" or after.style == "lower":
            return (i, surname) if known and word.style == after.style else None
        if (
            known
            or (after.key in self._lists.surnames_also_words and not after.shouted)
            or (self._around.ends_phrase(surname) and self._lists.may_be_unknown_surname(after.key))
            or self.is_unheard(surname)
        ):
            return i, self.end_of_chain(surname)
        return None

    def after_role(self, role: int) -> tuple[int, int] | None:
        """The name that a role or an introducing word announces ("le gardien Loubet", "au nom de Costa")."""
        lists = self._lists
        i = role
        while self._around.adjacent(i, _ROLE_GAP) and i - role < _MAX_LINKS:
            i += 1
            if self._words[i].key not in lists.role_links:
                return (i, self.end_of_chain(i)) if self._is_name_after_role(role, i) else None
        return None

    def lone_surname(self, i: int) -> int | None:
        """End of a surname that stands with a capital and no other cue than the list, or alone between parentheses, or after "les"."""
        word = self._words[i]
        listed = self._lists.is_surname(word.key)
        signed = word.key in self._lists.surnames_also_words and not self._lists.is_ordinary(word.key) and self._is_singled_out(i)
        if word.style == "lower" or not (listed or signed) or self._lists.is_never(word.key):
            return None
        if word.key.startswith(("saint-", "sainte-", "notre-")):
            return None
        return None if self._around.is_place(i) or self._around.is_company(i) else self.end_of_chain(i)

    def _is_singled_out(self, i: int) -> bool:
        """Whether the word at ``i`` stands alone between parentheses, or is a family's name: "les Marchand"."""
        if self._around.in_parentheses(i):
            return True
        word = self._words[i]
        return (
            i > 0
            and word.style == "capital"
            and self._words[i - 1].key == "les"
            and word.key[-1] not in "sx"
            and self._around.gap(i - 1) == " "
        )

    def stands_for_a_name(self, i: int) -> bool:
        """Whether a word of the record's names is meant as one: not an ordinary word in ordinary use, not a street."""
        word = self._words[i]
        if self._around.is_place(i):
            return False
        if word.style != "lower" and not word.shouted:
            return True
        lists = self._lists
        ordinary = word.key in lists.surnames_also_words or word.key in lists.first_names_also_words or lists.is_ordinary(word.key)
        return not ordinary or (i > 0 and self._words[i - 1].key in lists.titles)

    def end_of_chain(self, i: int) -> int:
        """Last word of the name whose word at ``i`` is settled: further surnames, first names and particles are taken in."""
        last = i
        while last - i < _MAX_WORDS and self._around.adjacent(last, _CHAIN_GAP):
            if "." in self._around.gap(last) and len(self._words[last].key) > 1:
                break
            after = self._words[last + 1]
            if after.key in self._lists.particles and self._around.adjacent(last + 1, _NAME_GAP) and self._continues(last + 2, i):
                last += 2
            elif self._continues(last + 1, i):
                last += 1
            else:
                break
        return last

    def _continues(self, j: int, i: int) -> bool:
        """Whether the word at ``j`` belongs to the name that holds the word at ``i``."""
        lists = self._lists
        word = self._words[j]
        if self._lists.is_refused(word.key):
            return False
        if word.style == "lower" or word.shouted:
            plain_first_name = lists.is_first_name(word.key) and word.key not in lists.first_names_also_words
            initial = len(word.key) == 1 and word.style != "lower" and self._text[word.end : word.end + 1] == "."
            return (word.style == self._words[i].style and (lists.is_surname(word.key) or plain_first_name)) or initial
        if len(word.key) == 1:
            return self._text[word.end : word.end + 1] == "."
        if word.style == "upper" and not lists.is_known_name(word.key):
            return len(word.key) > _ACRONYM and not lists.is_ordinary(word.key)
        return lists.is_known_name(word.key) or not lists.is_ordinary(word.key)

    def _listed_after(self, last: int, *, title: Word) -> list[tuple[int, int]]:
        """Further names of a list joined by commas and "et"."""
        spans: list[tuple[int, int]] = []
        while self._around.adjacent(last, _LIST_GAP):
            i = last + 1
            if self._words[i].key == "et" and self._around.adjacent(i, _NAME_GAP):
                i += 1
            end = self._name_from(i, title=title)
            if end is None or self._words[i].style == "lower":
                break
            spans.append((i, end))
            last = end
        return spans

    def _name_from(self, i: int, *, title: Word) -> int | None:
        """End of the name that starts at ``i``, right after a title; None when the word there is no name."""
        word = self._words[i]
        initial = len(word.key) == 1 and word.style == "capital" and self._around.adjacent(i, _INITIAL_GAP)
        if initial and self._words[i + 1].style != "lower":
            i += 1
        elif word.key in self._lists.particles and self._around.adjacent(i, _NAME_GAP):
            return self._particle_name_from(i, title=title)
        return self.end_of_chain(i) if self._is_name_after_title(i, title=title) else None

    def _particle_name_from(self, i: int, *, title: Word) -> int | None:
        """End of a name that starts with particles ("Le Goff", "de la Tour")."""
        words, lists = self._words, self._lists
        start = i
        while words[i].key in lists.particles and self._around.adjacent(i, _NAME_GAP) and i - start < 3:
            i += 1
        if " ".join(words.keys(start, i + 1)) in lists.particle_names:
            return i
        word = words[i]
        if self._lists.is_refused(word.key):
            return None
        if lists.is_surname(word.key):
            return self.end_of_chain(i)
        foreign = words[start].key in lists.foreign_particles
        strong = title.key not in lists.weak_titles - {"m"} and title.key not in lists.place_titles
        if word.style == "lower" or word.shouted:
            told = (foreign and not lists.is_ordinary(word.key)) or self.sounds_unheard(i)
            return self.end_of_chain(i) if told and strong else None
        noble = words[start].style != "lower" or strong
        return self.end_of_chain(i) if (foreign or noble) and words[start].key != "du" and len(word.key) > 1 else None

    def _is_name_after_title(self, i: int, *, title: Word) -> bool:
        lists = self._lists
        word = self._words[i]
        weak = title.key in lists.weak_titles and not (title.key == "m" and self._around.gap(i - 1).startswith("."))
        telling = word.style == "capital" or (word.style == "upper" and not word.shouted)
        if lists.is_surname(word.key):
            return telling or word.shouted or not weak or (title.key == "m" and not self._is_object(i - 1))
        if self._lists.is_never(word.key) or word.key in lists.titles or len(word.key) < 2 or (weak and word.style == "lower"):
            return False
        known = word.key in lists.surnames_also_words or lists.is_first_name(word.key)
        if telling:
            if word.style == "upper" and not known and (len(word.key) <= _ACRONYM or weak):
                return False
            if weak:
                return known or not lists.is_ordinary(word.key) or self.sounds_unheard(i)
            return known or word.style == "capital" or word.key not in lists.ordinary_words
        if lists.is_ordinary(word.key) and not (word.style == "upper" and self.is_unheard(i)):
            return False
        if known or weak:
            told = title.key != "me" and not (title.key == "m" and self._is_object(i - 1))
            return known or (told and (self.sounds_unheard(i) or self._sounds_new(i)))
        unknown_expected = word.style == "upper" or title.key in lists.short_titles
        if (
            self.sounds_unheard(i)
            or self._sounds_new(i)
            or (word.style == "upper" and self.is_unheard(i) and self._around.acts(i, comma=True))
        ):
            return True
        return (
            unknown_expected
            and self._lists.may_be_unknown_surname(word.key)
            and (word.style == "upper" or not load_dictionary().holds(word.key))
            and self._around.acts(i, comma=word.style == "upper" or title.key in _PLAIN_TITLES)
        )

    def _is_name_after_role(self, role: int, i: int) -> bool:
        lists = self._lists
        word = self._words[i]
        if (
            word.style == "lower"
            or len(word.key) < 2
            or self._lists.is_refused(word.key)
            or self._around.is_place(i)
            or self._around.is_company(i)
        ):
            return False
        if lists.is_surname(word.key):
            return True
        if word.shouted:
            at_home = (
                self._words[role].key == "chez"
                and i == role + 1
                and self._around.gap(role) == " "
                and lists.may_be_unknown_surname(word.key)
                and self._around.acts(i, comma=True)
            )
            return at_home or (self.sounds_unheard(i) and self._introduces_unknown_names(role, i))
        written = self._text[word.start : word.end]
        with_apostrophe = "'" in written and self._words[role].key in lists.strong_roles and self._introduces_unknown_names(role, i)
        if with_apostrophe or (word.style == "capital" and self.is_unheard(i) and self._introduces_unknown_names(role, i)):
            return True
        if lists.is_ordinary(word.key):
            return False
        if self._words[role].key in lists.unheard_roles and not self.is_unheard(i):
            return False
        if lists.is_first_name(word.key) and word.key not in lists.first_names_also_words and word.style == "capital":
            return not (self._words[role].key in _CALLS and self._is_called_so(role))
        if not self._introduces_unknown_names(role, i):
            return False
        spelled = word.style == "capital" or (len(word.key) > MIN_UNKNOWN and self._around.acts(i, comma=True))
        return word.key in lists.surnames_also_words or (spelled and self._lists.may_be_unknown_surname(word.key))

    def _introduces_unknown_names(self, role: int, i: int) -> bool:
        """Whether a name that no list knows is expected at ``i``: "le gardien …", "chez les …", "au nom de …"."""
        between = self._words.keys(role, i)
        if between[0] == "chez" and not self._lists.firm_cues.isdisjoint(self._words.keys(max(0, role - _FIRM_REACH), role)):
            return False
        if len(between) == 2 and between[1] == "de" and between[0] in self._lists.kin:
            return self.sounds_unheard(i)
        if between in _BEFORE_UNKNOWN:
            return self.sounds_unheard(i) or not self._words[i].key.endswith("s") or self._is_full_unheard_name(i)
        if between[0] in self._lists.unheard_roles:
            particle = len(between) == 2 and between[1] in ("le", "la") and self._words[role + 1].style == "capital"
            return (len(between) == 1 or particle) and self.is_unheard(i)
        if between == ("par",):
            return role > 0 and self._words[role - 1].key in self._lists.signers and not self._lists.is_firm(self._words[i].key)
        if len(between) > 1 and between[-1] in _OF_STAFF:
            return between[0] in self._lists.strong_roles and self.sounds_unheard(i)
        return len(between) == 1 and between[0] in self._lists.strong_roles and self._around.adjacent(role, _PLAIN_ROLE_GAP)

    def _is_called_so(self, role: int) -> bool:
        """Whether the verb at ``role`` tells how somebody is called: "il s'appelle", "se fait appeler"."""
        start = self._words[role].start
        return self._text[start - 1 : start] == "'" or (role > 0 and self._words[role - 1].key in _CALLED)

    def _is_object(self, i: int) -> bool:
        """Whether the "m" at ``i`` is what is left of "me": "il m énerve"."""
        return i > 0 and self._words[i - 1].key in _SUBJECTS and self._around.gap(i - 1) == " "

    def _is_full_unheard_name(self, i: int) -> bool:
        """Whether two names that no dictionary has stand at ``i``, a first name and a surname."""
        if not self._around.adjacent(i, _NAME_GAP):
            return False
        return self._words[i + 1].style == "capital" and self.is_unheard(i) and self.is_unheard(i + 1)

    def is_announced(self, i: int) -> bool:
        """Whether an unheard word at ``i`` is a family, or who signed: "les Vautrelle", "les deux Lukaschek", "signé par Kowalyk"."""
        words = self._words
        if i == 0 or self._around.gap(i - 1) != " ":
            return False
        if self._text[max(0, words[i].start - 6) : words[i].start].lower() == "c'est ":
            return self.sounds_unheard(i)
        if words[i - 1].key == "par":
            return i > 1 and words[i - 2].key in self._lists.signers
        if words[i - 1].key in _TO:
            return i > 1 and words[i - 2].key in self._lists.givers and self.sounds_unheard(i)
        if words[i - 1].key == "de":
            return i > 1 and words[i - 2].key in self._lists.of_persons and self.sounds_unheard(i)
        first = i - 2 if i > 1 and words[i - 1].key in COUNTED else i - 1
        family = words[first].key == "les" or (words[first].key == "des" and self.sounds_unheard(i))
        plural = words[i].key.endswith(("s", "x"))
        return family and (not plural or ((first < i - 1 or words[first - 1].key == "chez") and self.sounds_unheard(i)))

    def is_unheard(self, i: int) -> bool:
        """Whether no list and no dictionary has the word at ``i``, written with nothing but letters and hyphens."""
        word = self._words[i]
        return len(word.key) == word.end - word.start and is_unheard(word.key)

    def sounds_unheard(self, i: int) -> bool:
        """Whether the word at ``i`` is unheard, and sounds like no other word; one written as names are may have any ending."""
        word = self._words[i]
        if not self.is_unheard(i):
            return False
        if word.style == "capital" and not word.shouted:
            return not self._lists.sounds_ordinary(word.key.partition("-")[0])
        return sounds_unheard(word.key)

    def _sounds_new(self, i: int) -> bool:
        """Whether the word in capitals at ``i`` is unheard and sounds like no other word, whatever its ending."""
        word = self._words[i]
        return word.style == "upper" and self.is_unheard(i) and not self._lists.sounds_ordinary(word.key.partition("-")[0])

    def _can_follow_first_name(self, first_name: Word, i: int) -> bool:
        """Whether the word at ``i`` is a surname after ``first_name``."""
        lists = self._lists
        word = self._words[i]
        plain = first_name.key not in lists.first_names_also_words
        if word.key in lists.particles and self._around.adjacent(i, _NAME_GAP) and self._words[i + 1].style == "capital":
            return plain and first_name.style == "capital" and self._can_follow_first_name(first_name, i + 1)
        known = lists.is_surname(word.key)
        if first_name.style == "lower" or word.style == "lower":
            named = known or (lists.is_known_name(word.key) and not lists.is_ordinary(word.key))
            return first_name.style == word.style and named and plain and len(word.key) > _SHORTEST_LOWER
        if len(word.key) == 1:
            return not first_name.shouted and plain and self._text[word.end : word.end + 1] == "."
        if known:
            return True
        told = word.style == "capital" and self.is_unheard(i)
        if self._lists.is_refused(word.key) or (lists.is_ordinary(word.key) and not told):
            return False
        if first_name.shouted:
            return plain and (word.key in lists.surnames_also_words or self._lists.may_be_unknown_surname(word.key))
        return True
