"""Does the log still say what was written, all of it and in order?"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from scanner.audit.anchors import Anchor
from scanner.audit.chain import GENESIS, Entry, read_entries
from scanner.errors import SecretKeyError
from scanner.keys import SecretKey
from scanner.store.engine import Store
from scanner.store.schema import runs

_KEY_ID = re.compile("[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome. ``first`` and ``last`` are the numbers of the first and the last entry whose digests hold, 0 when there is none.

    ``broken`` is the number of the first entry with which something is wrong, ``None`` when all is well, and ``reason`` says what.
    """

    first: int
    last: int
    broken: int | None = None
    reason: str = ""


def verify(store: Store, keys: Sequence[SecretKey], anchors: Sequence[Anchor] = ()) -> Verification:
    """Read the whole log of ``store`` and return the first thing wrong with it: an entry altered, inserted, removed or moved.

    ``keys`` are the key in use and those used before it. Only ``anchors`` can show that entries were cut off at the end. Raises
    :class:`SecretKeyError` when an entry or an anchor was written with none of the keys.
    """
    by_id = {key.id: key for key in keys}
    for anchor in anchors:
        if anchor.signature and anchor.signature != anchor.computed_signature(
            _key(by_id, anchor.key_id, f"the anchor in line {anchor.line}")
        ):
            return Verification(0, 0, anchor.seq, f"has an altered anchor, in line {anchor.line}")
    with store.connect() as connection:
        return _verify_entries(connection, by_id, anchors)


def _verify_entries(connection: Connection, keys: Mapping[str, SecretKey], anchors: Sequence[Anchor]) -> Verification:
    anchored = {anchor.seq for anchor in anchors}
    begins = must_begin = (1, GENESIS)
    macs: dict[int, str] = {}
    last: Entry | None = None
    for entry in read_entries(connection):
        if last is None:
            begins = entry.seq, entry.previous
        seq, previous = (last.seq + 1, last.mac) if last else begins
        if reason := "is missing" if entry.seq != seq else fault_of(entry, previous, keys):
            return Verification(begins[0] if last else 0, last.seq if last else 0, seq, reason)
        if entry.event == "log-pruned":
            details = json.loads(entry.details)
            must_begin = details["first_kept"], details["removed_mac"]
        if entry.seq in anchored:
            macs[entry.seq] = entry.mac
        last = entry
    found = Verification(begins[0], last.seq) if last else Verification(0, 0)
    if begins[0] > must_begin[0] or (last is None and connection.execute(select(runs.c.id).limit(1)).first()):
        return replace(found, broken=must_begin[0], reason="is missing")
    if begins != must_begin:
        return replace(found, broken=begins[0], reason="is from before the entries that were kept")
    return _verify_anchors(found, {**macs, begins[0] - 1: begins[1]}, anchors)


def _verify_anchors(found: Verification, macs: Mapping[int, str], anchors: Sequence[Anchor]) -> Verification:
    for anchor in sorted(anchors, key=lambda anchor: anchor.seq):
        if anchor.seq > found.last:
            return replace(found, broken=found.last + 1, reason=f"is missing: line {anchor.line} of the anchors names entry {anchor.seq}")
        if macs.get(anchor.seq, anchor.mac) != anchor.mac:
            return replace(found, broken=anchor.seq, reason=f"is not the one that line {anchor.line} of the anchors names")
    return found


def fault_of(entry: Entry, previous: str, keys: Mapping[str, SecretKey]) -> str:
    """Return what is wrong with ``entry``, which follows the entry of the keyed digest ``previous``; ``""`` when nothing is.

    Raises :class:`SecretKeyError` when it was written with none of ``keys``, which are given by their ids.
    """
    if not _KEY_ID.fullmatch(str(entry.key_id)) or entry.mac != entry.computed_mac(_key(keys, entry.key_id, f"entry {entry.seq}")):
        return "was altered, inserted or moved"
    return "" if entry.previous == previous else "does not follow the entry before it"


def _key(keys: Mapping[str, SecretKey], key_id: str, what: str) -> SecretKey:
    if key_id not in keys:
        raise SecretKeyError(
            f"{what} was written with the key {key_id}, or altered; given: {', '.join(keys)}. After a rotation give the old key as well"
        )
    return keys[key_id]
