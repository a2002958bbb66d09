"""Who is looked for: surnames, first names, telephone numbers and addresses, from the person's own records and from who asks."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from recognizers.folding import fold_word
from recognizers.identifiers.vocabulary import person_words
from scanner.columns import fold_header
from scanner.errors import InputError

Words = tuple[str, ...]
"""The folded words of a name, hyphens taken for spaces: ``("de", "la", "tour")``."""

_WORD = re.compile(r"[^\W\d_]+")
_FIRST_NAME_HEADER = re.compile(r"(.*_)?(prenoms?|first_name|given_name)(_.*)?")
_OTHERS_HEADER = re.compile(r"(.*_)?(conjoint|cotitulaire|coloc|colocataire|epoux|epouse|garant|caution)s?(_.*)?")


@dataclass(frozen=True)
class Person:
    """Everything that a person is looked for by. ``phones`` are in E.164 form, ``emails`` in lower case."""

    surnames: tuple[Words, ...] = ()
    first_names: tuple[Words, ...] = ()
    phones: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()

    @cached_property
    def first_words(self) -> frozenset[str]:
        """The words of the first names."""
        return frozenset(word for name in self.first_names for word in name)

    @cached_property
    def initials(self) -> frozenset[str]:
        """How the first names begin: ``j`` and ``jp`` for Jean-Pierre."""
        return frozenset({name[0][0] for name in self.first_names} | {"".join(word[0] for word in name) for name in self.first_names})

    @cached_property
    def words(self) -> frozenset[str]:
        """All words of the names but particles."""
        return frozenset(word for name in (*self.surnames, *self.first_names) for word in name) - person_words().particles

    @property
    def shown(self) -> tuple[str, ...]:
        """The names as documents print them, surnames in capitals."""
        surnames = (" ".join(words).upper() for words in self.surnames)
        return (*surnames, *(" ".join(words).title() for words in self.first_names))

    def with_names(self, other: Person) -> Person:
        """Return the person under the names of ``other`` as well."""
        surnames = tuple(dict.fromkeys((*self.surnames, *other.surnames)))
        first_names = tuple(dict.fromkeys((*self.first_names, *other.first_names)))
        return Person(surnames, first_names, self.phones | other.phones, self.emails | other.emails)


def person_asked(names: Sequence[str], phones: Sequence[str], emails: Sequence[str]) -> Person:
    """Return who is asked for: ``names`` as « Nom Prénom » (or with the surname in capitals), numbers and addresses as people write them.

    Raises :class:`InputError` on a name without letters, a telephone number or an address that is none; it does not repeat them.
    """
    person = Person(phones=frozenset(map(_e164, phones)), emails=frozenset(map(_address, emails)))
    for name in names:
        full = full_name(name)
        if not full.surnames:
            raise InputError('a --name holds no word: write it as "Nom Prénom"')
        person = person.with_names(full)
    return person


def named_in(columns: Sequence[str], cells: Sequence[str]) -> Person:
    """Return the names of the person in the name columns of one record, those of a spouse or co-tenant left out.

    ``cells`` are parallel to ``columns`` where none is empty; else the empty ones are taken for the last where columns are of a spouse,
    whose name must not pass for the person's, and nothing is known of the columns where there are none.
    """
    headers = [fold_header(column) for column in columns]
    of_others = [bool(_OTHERS_HEADER.fullmatch(header)) for header in headers]
    if len(headers) != len(cells) and not any(of_others):
        headers, of_others = [""] * len(cells), [False] * len(cells)
    own = [(header, cell) for header, cell, other in zip(headers, cells, of_others, strict=False) if not other]
    first = [cell for header, cell in own if _FIRST_NAME_HEADER.fullmatch(header)]
    others = [cell for header, cell in own if not _FIRST_NAME_HEADER.fullmatch(header)]
    if first:
        return Person(tuple(filter(None, map(_words, others))), tuple(filter(None, map(_words, first))))
    person = Person()
    for cell in [" ".join(others)] if 1 < len(others) == sum(len(_words(cell)) == 1 for cell in others) else others:
        person = person.with_names(full_name(cell))
    return person


def full_name(text: str) -> Person:
    """Return the surname and the first name in ``text``.

    Words in capitals beside others are the surname; else known first names at the end, or at the beginning, are the first name; else the
    last word is, where there are two words or more. Titles do not count.
    """
    lists = person_words()
    written = [word for word in _WORD.findall(text) if fold_word(word) not in lists.titles]
    words = [fold_word(word) for word in written]
    shouted = [len(word) > 1 and word.isupper() for word in written]
    if any(shouted) and not all(shouted):
        return _person([w for w, s in zip(words, shouted, strict=True) if s], [w for w, s in zip(words, shouted, strict=True) if not s])
    if len(words) < 2:
        return _person(words, [])
    at = len(words) - _first_names_at_end(words)
    if at < len(words):
        return _person(words[: max(at, 1)], words[max(at, 1) :])
    leading = _first_names_at_end(words[::-1])
    if leading:
        leading = min(leading, len(words) - 1)
        return _person(words[leading:], words[:leading])
    return _person(words[:-1], words[-1:])


def _first_names_at_end(words: Sequence[str]) -> int:
    known = person_words().first_names
    return next((at for at, word in enumerate(reversed(words)) if word not in known), len(words))


def _person(surname: Collection[str], first_name: Collection[str]) -> Person:
    return Person((tuple(surname),) if surname else (), (tuple(first_name),) if first_name else ())


def _words(cell: str) -> Words:
    titles = person_words().titles
    return tuple(word for word in map(fold_word, _WORD.findall(cell)) if word not in titles)


def same_phone(written: str, phones: Iterable[str]) -> bool:
    """Tell whether ``written`` is one of ``phones``, which are in E.164 form."""
    try:
        return _e164(written) in frozenset(phones)
    except InputError:
        return False


def same_email(written: str, emails: Collection[str]) -> bool:
    """Tell whether ``written`` is one of ``emails``, which are in lower case."""
    return re.sub(r"\s", "", written).casefold() in emails


def _e164(written: str) -> str:
    import phonenumbers

    try:
        number = phonenumbers.parse(re.sub(r"(?i)o", "0", written), "FR")
    except phonenumbers.NumberParseException:
        raise InputError("a --phone is no telephone number: write it as 06 12 34 56 78, or with +33") from None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _address(written: str) -> str:
    address = written.strip().casefold()
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address):
        raise InputError("an --email is no address: write it as nom@domaine.fr")
    return address
