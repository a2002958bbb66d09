"""Word lists of the identifier detectors, read from the TOML files of this folder on first use."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from recognizers.dictionary import load_dictionary
from recognizers.kept import kept

MIN_UNKNOWN = 4
"""Letters of the shortest surname that is taken for one without being listed."""
MIN_UNHEARD = 5
"""Letters of the shortest surname that is told by the dictionary alone."""
_ELIDED, _VOWELS = "ldjmtscn", "aeiouyh"
_PREFIXES = ("pre", "anti", "auto", "super", "inter", "mono", "multi")
_FOLDER = Path(__file__).parent


def _lists(name: str) -> dict[str, str]:
    with (_FOLDER / name).open("rb") as file:
        return tomllib.load(file)


@dataclass(frozen=True, slots=True)
class PersonWords:
    """Folded words that tell names from other words; see person.toml and names.toml for what each list means.

    ``starts`` are the words that may start or announce a name, ``lower_starts`` those that may do so in lower case,
    hyphenated ones with a space too, as `fold` leaves them. ``only_…`` are the words of a list that are on no other list of these.
    """

    titles: frozenset[str]
    plural_titles: frozenset[str]
    weak_titles: frozenset[str]
    place_titles: frozenset[str]
    short_titles: frozenset[str]
    roles: frozenset[str]
    strong_roles: frozenset[str]
    unheard_roles: frozenset[str]
    signers: frozenset[str]
    closings: frozenset[str]
    givers: frozenset[str]
    letter_words: frozenset[str]
    done: frozenset[str]
    of_persons: frozenset[str]
    kin: frozenset[str]
    firm_beginnings: tuple[str, ...]
    firm_endings: tuple[str, ...]
    role_links: frozenset[str]
    firm_cues: frozenset[str]
    particles: frozenset[str]
    foreign_particles: frozenset[str]
    after_names: frozenset[str]
    verb_forms: frozenset[str]
    particle_names: frozenset[str]
    never_names: frozenset[str]
    never_suffixes: tuple[str, ...]
    ordinary_words: frozenset[str]
    ordinary_suffixes: tuple[str, ...]
    technical_suffixes: tuple[str, ...]
    places: frozenset[str]
    towns: frozenset[str]
    place_links: frozenset[str]
    companies: frozenset[str]
    company_tails: frozenset[str]
    famous: frozenset[str]
    first_names: frozenset[str]
    first_names_also_words: frozenset[str]
    surnames: frozenset[str]
    surnames_also_words: frozenset[str]
    starts: frozenset[str]
    lower_starts: frozenset[str]
    only_titles: frozenset[str]
    only_roles: frozenset[str]
    only_surnames_also_words: frozenset[str]

    def is_ordinary(self, word: str) -> bool:
        """Whether a word written without a telling capital is an ordinary word: listed, a verb form, or by its suffix."""
        if word in self.ordinary_words or self.is_verb(word):
            return True
        return word.endswith(self.ordinary_suffixes) and word not in self.first_names

    def is_verb(self, word: str) -> bool:
        """Whether a word is a verb form, third person and participles most of all."""
        return word in self.verb_forms

    def is_firm(self, word: str) -> bool:
        """Whether an unknown word is made up like the name of a firm or a product."""
        return word.startswith(self.firm_beginnings) or word.endswith(self.firm_endings)

    def is_surname(self, word: str) -> bool:
        """Whether a surname, or a hyphenated name with a known part, is on the list of surnames that are nothing else."""
        return word in self.surnames or ("-" in word and any(len(part) > 3 and part in self.surnames for part in word.split("-")))

    def is_known_name(self, word: str) -> bool:
        """Whether a word is a surname or first name, ordinary words included."""
        return self.is_surname(word) or word in self.surnames_also_words or self.is_first_name(word)

    def is_first_name(self, word: str) -> bool:
        """Whether a word, or each part of a hyphenated one, is a first name."""
        return word in self.first_names or ("-" in word and all(part in self.first_names for part in word.split("-")))

    def is_never(self, word: str) -> bool:
        """Whether a word is never a name, even after a title."""
        return (word in self.never_names or word.endswith(self.never_suffixes)) and word not in self.surnames

    def is_refused(self, word: str) -> bool:
        """Whether a word is a title, a role, a place or never a name."""
        return self.is_never(word) or word in self.places or word in self.roles or word in self.titles

    def may_be_unknown_surname(self, word: str) -> bool:
        """Whether an unlisted word may be a surname: long enough, not ordinary, no place, firm, role or first name."""
        return self.may_be_surname(word) and not self.is_ordinary(word)

    def may_be_surname(self, word: str) -> bool:
        """The same, but that a suffix makes no word an ordinary one."""
        return (
            len(word) >= MIN_UNKNOWN
            and not self.is_refused(word)
            and word not in self.companies
            and word not in self.particles
            and not self.is_first_name(word)
            and word not in self.towns
            and word not in self.ordinary_words
            and not self.is_verb(word)
        )

    def sounds_ordinary(self, word: str) -> bool:
        """Whether a word sounds like one of the dictionary, is an ordinary one with a plural ending, or one that is run into an article.

        One with "re" or the like before it counts as well.
        """
        dictionary = load_dictionary()
        if (
            dictionary.hears(word)
            or (word.startswith("re") and dictionary.hears(word[2:]))
            or (word[-1] in "sx" and self.is_ordinary(word[:-1]))
        ):
            return True
        article = word[0] in _ELIDED and word[1] in _VOWELS and len(word) > MIN_UNHEARD and dictionary.holds(word[1:])
        return article or any(word.startswith(prefix) and dictionary.holds(word[len(prefix) :]) for prefix in _PREFIXES)


@lru_cache(maxsize=50_000)
def is_unheard(word: str) -> bool:
    """Whether a word may be an unknown surname, and no dictionary has it; of a hyphenated one, its first part."""
    lists, first = person_words(), word.partition("-")[0]
    return (
        len(first) >= MIN_UNHEARD
        and lists.may_be_surname(first)
        and not first.endswith(lists.technical_suffixes)
        and not load_dictionary().holds(first)
        and (first == word or lists.may_be_surname(word))
    )


@lru_cache(maxsize=50_000)
def sounds_unheard(word: str) -> bool:
    """Whether a word is unheard, and no misspelled word either: none sounds like it."""
    first = word.partition("-")[0]
    return is_unheard(word) and not person_words().is_ordinary(first) and not person_words().sounds_ordinary(first)


@cache
def person_words() -> PersonWords:
    """The lists of person.toml and names.toml."""
    return kept("person_words", _compile)


def _compile() -> PersonWords:
    person, names = _lists("person.toml"), _lists("names.toml")
    first_names = frozenset(names["first_names"].split())
    conjugated = (stem + ending for stem in person["verb_stems"].split() for ending in person["verb_endings"].split())
    titles, roles = frozenset(person["titles"].split()), frozenset(person["roles"].split())
    surnames, surnames_also_words = frozenset(names["surnames"].split()), frozenset(names["surnames_also_words"].split())
    names_of_all_kinds = first_names | surnames | surnames_also_words
    lower_starts = first_names | titles | roles
    lower_starts |= {word.replace("-", " ") for word in lower_starts if "-" in word}
    return PersonWords(
        titles=titles,
        plural_titles=frozenset(person["plural_titles"].split()),
        weak_titles=frozenset(person["weak_titles"].split()),
        place_titles=frozenset(person["place_titles"].split()),
        short_titles=frozenset(person["short_titles"].split()),
        roles=roles,
        strong_roles=frozenset(person["strong_roles"].split()),
        unheard_roles=frozenset(person["unheard_roles"].split()),
        signers=frozenset(person["signers"].split()),
        closings=frozenset(person["closings"].split()),
        role_links=frozenset(person["role_links"].split()),
        firm_cues=frozenset(person["firm_cues"].split()),
        particles=frozenset((person["particles"] + person["foreign_particles"]).split()),
        foreign_particles=frozenset(person["foreign_particles"].split()),
        after_names=frozenset(person["after_names"].split()),
        verb_forms=frozenset(person["verb_forms"].split()) | frozenset(conjugated),
        particle_names=_phrases(person["particle_names"]),
        never_names=frozenset(person["never_names"].split()),
        never_suffixes=tuple(person["never_suffixes"].split()),
        ordinary_words=frozenset((person["ordinary_words"]).split()),
        ordinary_suffixes=tuple(person["ordinary_suffixes"].split()),
        towns=frozenset(person["towns"].split()),
        technical_suffixes=tuple(person["technical_suffixes"].split()),
        givers=frozenset(person["givers"].split()),
        letter_words=frozenset(person["letter_words"].split()),
        done=frozenset(person["done"].split()),
        of_persons=frozenset((person["of_persons"] + " " + person["kin"]).split()),
        kin=frozenset(person["kin"].split()),
        firm_beginnings=tuple(person["firm_beginnings"].split()),
        firm_endings=tuple(person["firm_endings"].split()),
        places=frozenset(person["places"].split()),
        place_links=frozenset(person["place_links"].split()),
        companies=frozenset(person["companies"].split()),
        company_tails=frozenset(person["company_tails"].split()),
        famous=_phrases(person["famous"]),
        first_names=first_names,
        first_names_also_words=frozenset(names["first_names_also_words"].split()),
        surnames=surnames,
        surnames_also_words=surnames_also_words,
        starts=lower_starts | surnames | surnames_also_words,
        lower_starts=lower_starts,
        only_titles=titles - names_of_all_kinds,
        only_roles=roles - titles - names_of_all_kinds,
        only_surnames_also_words=surnames_also_words - surnames - first_names - titles - roles,
    )


def _phrases(block: str) -> frozenset[str]:
    return frozenset(" ".join(phrase.split()) for phrase in block.replace("\n", "").split("|"))
