"""Everything that is written about a person: the comments of their own records, and where those of others mention them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from recognizers.detector import Detector
from recognizers.finding import Finding
from recognizers.folding import fold_word
from scanner.clock import utc_now
from scanner.errors import InputError
from scanner.keys import SecretKey, keyed_digest, pseudonym
from scanner.policy import Policy
from scanner.records import Record
from scanner.subject.access_file import AccessFile, Answer, Comment, Doubt, OthersComment
from scanner.subject.glossary import Glossary
from scanner.subject.masking import mask
from scanner.subject.mentions import Finder, Mention
from scanner.subject.person import Person, named_in
from scanner.subject.retention_judge import RetentionJudge
from scanner.subject.stream import Item, Stream


@dataclass(frozen=True, slots=True)
class Means:
    """What the gathering uses."""

    detector: Detector
    glossary: Glossary
    policy: Policy
    key: SecretKey
    received: datetime.date | None = None
    judge: RetentionJudge | None = None
    answers: Mapping[str, Answer] = field(default_factory=dict)


def gather(stream: Stream, subject: str, asked: Person, means: Means) -> AccessFile:
    """Read ``stream`` twice, for the names of ``subject``, then for what is written about them, and return it.

    Raises :class:`InputError` when ``subject`` has no record and no name, number or address is ``asked`` for.
    """
    person, sites, own_records = asked, set[str](), 0
    for item in stream.items():
        if stream.is_of(item, subject):
            own_records += 1
            person = person.with_names(named_in(item.layout.roles.names, item.record.names))
            sites.add(item.record.site)
    if not own_records and asked == Person():
        raise InputError(
            "no record of this person: check the id, or name the column that holds it with --tenant-column; "
            'with --name "Nom Prénom" the comments of others are searched all the same'
        )
    file = AccessFile(subject, pseudonym(subject, means.key), person, utc_now(), means.received)
    _Gathering(file, means, sites - {""}).run(stream)
    file.facts = tuple(stream.facts.values())
    return file


class _Gathering:
    def __init__(self, file: AccessFile, means: Means, sites: set[str]) -> None:
        self._file = file
        self._means = means
        self._sites = sites
        self._finder = Finder(file.person)
        self._surnames = {"".join(name) for name in file.person.surnames}
        self._homonyms: set[tuple[str, str]] = set()
        self._homonym_sites: set[str] = set()
        self._unsettled: list[tuple[OthersComment, Record]] = []

    def run(self, stream: Stream) -> None:
        for item in stream.items():
            if stream.is_of(item, self._file.subject):
                self._add_own(item)
            else:
                self._add_homonym(item)
                self._add_mentions(item)
        self._file.homonyms = len(self._homonyms)
        for mention, record in self._unsettled:
            self._settle(replace(mention, doubt=self._doubt(mention, record)))

    def _add_own(self, item: Item) -> None:
        kept = {one.field: one for one in self._means.judge.judged(item)} if self._means.judge else {}
        for name, text in item.reading.record.texts.items():
            if text.strip():
                comment = self._comment(item, name, text, self._mentions(item, name, text), own=True)
                self._file.comments.append(comment)
                if name in kept:
                    self._file.kept.append((comment, kept[name]))

    def _add_homonym(self, item: Item) -> None:
        record = item.record
        if self._surnames and record.names and self._bears_the_name(item):
            self._homonyms.add((record.source, record.tenant or record.id))
            self._homonym_sites.add(record.site)

    def _bears_the_name(self, item: Item) -> bool:
        compact = fold_word("".join(item.record.names)).replace(" ", "").replace("-", "").replace("'", "")
        if not any(surname in compact for surname in self._surnames):
            return False
        return not self._surnames.isdisjoint("".join(name) for name in named_in(item.layout.roles.names, item.record.names).surnames)

    def _add_mentions(self, item: Item) -> None:
        for name, text in item.reading.record.texts.items():
            if text and (mentions := self._mentions(item, name, text)):
                comment = self._comment(item, name, text, mentions, own=False)
                place = "\0".join((comment.source, comment.record, name, text))
                ways = tuple(dict.fromkeys(mention.way for mention in mentions))
                mention_id = keyed_digest(place, self._means.key, "pseudonym")
                self._unsettled.append((OthersComment(mention_id, comment, ways, ""), item.record))

    def _mentions(self, item: Item, name: str, text: str) -> list[Mention]:
        """Return the mentions in ``text``, with those that the end of a line has cut in two."""
        found = self._finder.find(text)
        second = item.reading.second
        if second and name in second.texts:
            unglued = item.reading.fields[name].lines.unglued
            cut = [Mention(*unglued(one.start, one.end), one.way) for one in self._finder.find(second.texts[name])]
            found += [one for one in cut if not any(one.start < other.end and other.start < one.end for other in found)]
        return sorted(found, key=lambda one: one.start)

    def _found(self, item: Item, name: str, text: str) -> list[Finding]:
        """Return what the scan finds in ``text``, with what the end of a line has cut in two."""
        names, second = item.record.names, item.reading.second
        found = self._means.detector.find(text, names)
        if second and name in second.texts:
            found += item.reading.only_in_second(name, self._means.detector.find(second.texts[name], names))
        return found

    def _doubt(self, mention: OthersComment, record: Record) -> Doubt:
        """Return why a mention is to be verified; a number of the person's own leaves no doubt."""
        if not {"phone", "email"}.isdisjoint(mention.ways):
            return ""
        if (record.source, record.tenant or record.id) in self._homonyms or record.site in self._homonym_sites - {""}:
            return "homonym"
        if record.site not in self._sites:
            return "homonym" if self._homonyms else "site"
        return "spelling" if set(mention.ways) == {"misspelt"} else ""

    def _settle(self, mention: OthersComment) -> None:
        answer = self._means.answers.get(mention.id)
        if answer:
            self._file.verified.append((mention, answer))
        if answer == "yes" or not (answer or mention.doubt):
            self._file.mentions.append(mention)
        elif not answer:
            self._file.to_verify.append(mention)

    def _comment(self, item: Item, name: str, text: str, mentions: Sequence[Mention], *, own: bool) -> Comment:
        means, record = self._means, item.record
        found = self._found(item, name, text)
        masked = mask(text, found, mentions, self._file.person, own=own)
        policy = means.policy.with_purposes(item.layout.purposes, item.layout.roles.lines)
        return Comment(
            source=record.source,
            record=record.id,
            field=name,
            date=record.date,
            author_group=record.author_group,
            site=record.site,
            purpose=policy.purpose_of(name),
            text=masked.text,
            codes=tuple(means.glossary.codes_in(masked.text)),
            masked=dict(masked.counts),
            found=tuple(found),
        )
