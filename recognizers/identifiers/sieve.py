"""Cheap test that spares most titles, roles and ambiguous surnames the search for a name."""

from __future__ import annotations

from recognizers.identifiers.vocabulary import person_words
from recognizers.identifiers.words import Words


def names_nobody(words: Words, i: int, *, first_names_about: bool) -> bool:
    """Whether what stands beside the word at ``i`` shows at once that it starts and announces no name: never True for one that does.

    A title needs a word that is not ordinary, a role one with a capital, an ambiguous surname a parenthesis or "les" before it.
    ``first_names_about`` says that the comment holds a first name, beside which any surname counts.
    """
    lists = person_words()
    start, key = words.raw(i)
    if key in lists.only_surnames_also_words:
        text = words.text
        return not first_names_about and text[start - 1 : start] != "(" and text[max(0, start - 4) : start].lower() != "les "
    if i + 1 == len(words):
        return key in lists.only_titles or key in lists.only_roles
    after_start, after = words.raw(i + 1)
    if not words.text[after_start].islower() or " " in after or after in lists.surnames:
        return False
    if key in lists.only_roles:
        return after not in lists.role_links
    return key in lists.only_titles and (after in lists.ordinary_words or after in lists.verb_forms) and after not in lists.particles
