"""The records that a rectification is about: found by their ids, refused where they have nothing to do with the person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from scanner.columns import find_column
from scanner.databases import DatabaseTable
from scanner.errors import InputError
from scanner.record_scan import StoredRecord
from scanner.subject.mentions import Finder
from scanner.subject.person import Person, named_in
from scanner.subject.rectifications import Rectification
from scanner.subject.stream import DatabaseStream, Item


@dataclass(frozen=True, slots=True)
class Chosen:
    """A record of ``table`` and the rectifications of its fields, which are named as its reading names them."""

    table: DatabaseTable
    stored: StoredRecord
    rectifications: tuple[Rectification, ...]


def chosen_records(stream: DatabaseStream, subject: str, person: Person, wanted: Sequence[Rectification]) -> list[Chosen]:
    """Return the records that ``wanted`` names, in the order of the database.

    Raises :class:`InputError`, naming the place in the file, when a record does not exist, or is several, has no such field, holds the new
    text already, or is neither of the person nor mentions them.
    """
    ids = {one.record for one in wanted}
    found: list[tuple[DatabaseTable, StoredRecord, Item]] = []
    for table, stored in stream.stored():
        item = stream.item(table, stored)
        if stream.is_of(item, subject):
            person = person.with_names(named_in(item.layout.roles.names, item.record.names))
        if item.record.id in ids:
            found.append((table, stored, item))
    finder = Finder(person)
    chosen: list[Chosen] = []
    for table, stored, item in found:
        mine = tuple(_named(one, item) for one in wanted if one.record == item.record.id)
        if not stream.is_of(item, subject) and not any(finder.find(text) for text in item.reading.record.texts.values()):
            raise InputError(f"{mine[0].where}: that record is neither of the person nor does it mention them; if it does, add --name")
        chosen.append(Chosen(table, stored, mine))
    _check_found(wanted, [item for _, _, item in found])
    return chosen


def _named(one: Rectification, item: Item) -> Rectification:
    texts = item.reading.record.texts
    try:
        field = find_column(list(texts), one.field)
    except InputError as error:
        raise InputError(f"{one.where}: {error}") from None
    if texts[field] == one.text:
        raise InputError(f"{one.where}: the field holds that text already")
    return replace(one, field=field)


def _check_found(wanted: Sequence[Rectification], found: Sequence[Item]) -> None:
    ids = [item.record.id for item in found]
    for one in wanted:
        if ids.count(one.record) != 1:
            several = "several tables have such a record: name one with --table" if one.record in ids else "the database has no such record"
            raise InputError(f"{one.where}: {several}")
