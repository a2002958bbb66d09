"""Texts that reach the service are judged as a scan judges records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.judgement import Judgement, judge
from scanner.memos.reading import Reading, read_record
from scanner.policy import Policy
from scanner.recognition import find_in_readings
from scanner.records import Record
from scanner.service.errors import ApiError
from scanner.service.settings import Limits
from scanner.service.state import ServiceState


def judged(records: Sequence[Record], policy: Policy, shared: ServiceState) -> Iterator[tuple[Reading, Judgement]]:
    """Yield each of ``records`` as it was read, with its judgement; one that a recognizer failed on has the ``problem`` of its record set.

    Offsets of the judgement are those of the texts as read, without markup: :meth:`Reading.stored` brings them back to what was sent.
    """
    for reading, found in find_in_readings([read_record(record) for record in records], shared.detector):
        yield reading, judge(reading.record, found, policy, shared.catalogue)


def refuse_long(text: str, limits: Limits) -> None:
    """Raise :class:`ApiError` (413) when ``text`` is longer than a text may be."""
    if len(text) > limits.text_characters:
        message = f"a text has {len(text)} characters, more than {limits.text_characters}: cut it at a blank line and send the parts"
        raise ApiError(413, "text-too-long", message)
