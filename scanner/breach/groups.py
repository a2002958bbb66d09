"""Groups of persons who get the same letter: those of whom the same was exposed, in the words of letters."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from scanner.breach.incident import Incident
from scanner.breach.knowledge import Topic, load_knowledge
from scanner.breach.people import UNKNOWN, Count, People, exactly
from scanner.exposed import Categories

REST = "generale"
"""Slug of the group of whom nothing was exposed that names a group."""


@dataclass(frozen=True, slots=True)
class Group:
    """Persons who get the letter ``slug``. ``topics`` were exposed of each of them, ``maybe`` of some, and nobody knows yet of whom.

    ``categories`` are all those that may concern them.
    """

    slug: str
    topics: tuple[Topic, ...]
    maybe: tuple[Topic, ...]
    categories: Categories
    persons: Count


def slug_of(categories: Collection[str]) -> str:
    """Return the slug of the group that a person belongs to of whom ``categories`` were exposed."""
    known = load_knowledge()
    here = {known.category(key).topic for key in categories}
    return "-".join(topic.slug for topic in known.topics.values() if topic.slug and topic.key in here) or REST


def families_of_all(incident: Incident) -> set[str]:
    """Return the families of data that concern every person."""
    total = incident.persons_total
    return {family.key for family in incident.families if family.everyone or (total is not None and family.persons == total)}


def groups_of(people: People, incident: Incident) -> tuple[Group, ...]:
    """Return the groups, the largest first: each person belongs to one. Where nothing is known of persons, everybody is one group.

    Families of data that concern everyone name the groups of all. Categories of records that name nobody, and families that concern a part
    of the persons, may concern any group.
    """
    for_all = families_of_all(incident)
    for_some = {family.key for family in incident.families} - for_all | people.untold
    members: dict[str, set[str]] = {}
    sizes: dict[str, Count] = {}
    common: dict[str, set[str]] = {}
    for categories, count in (people.partition or {(): UNKNOWN}).items():
        own = {*categories, *for_all}
        slug = slug_of(own)
        topics = _topics_of(own)
        sizes[slug] = sizes.get(slug, exactly(0)) + count
        members.setdefault(slug, set()).update(own)
        common[slug] = common.get(slug, topics) & topics
    made = [_group(slug, sizes[slug], common[slug], members[slug], for_some) for slug in sizes]
    return tuple(sorted(made, key=lambda group: (-group.persons.low, group.slug)))


def _group(slug: str, persons: Count, common: set[str], own: set[str], for_some: set[str]) -> Group:
    topics = load_knowledge().topics.values()
    maybe = (_topics_of(own) | _topics_of(for_some)) - common
    return Group(
        slug=slug,
        topics=tuple(topic for topic in topics if topic.key in common),
        maybe=tuple(topic for topic in topics if topic.key in maybe),
        categories=tuple(sorted(own | for_some)),
        persons=persons,
    )


def _topics_of(categories: Collection[str]) -> set[str]:
    known = load_knowledge()
    return {known.category(key).topic for key in categories}
