"""The runs whose outputs a pack holds: their summaries, without ids of records unless these are asked for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scanner.errors import SecretKeyError
from scanner.evidence.known import what_is, wordings
from scanner.evidence.members import Member
from scanner.json_files import json_bytes
from scanner.keys import SecretKey, pseudonym
from scanner.outputs import SUMMARY


@dataclass(frozen=True, slots=True)
class PackedRun:
    """A run of which the folder ``at`` of the pack tells: its id, the digest of its rules and that of its policy (``""``: not told)."""

    at: str
    run: str
    rules: str
    policy: str


def packed_run(summary: Mapping[str, Any], at: str, key: SecretKey) -> PackedRun:
    """Return what identifies the run of ``summary``; raises :class:`SecretKeyError` when its pseudonyms were made with another key."""
    if summary["key_id"] != key.id:
        raise SecretKeyError(
            f"the run {summary['run']} was made with the key {summary['key_id']}, not {key.id}: give that key with --key-file"
        )
    return PackedRun(at, summary["run"], summary["rules"], summary.get("policy", ""))


def summary_member(original: bytes, at: str, key: SecretKey, *, with_ids: bool) -> Member:
    """Return summary.json as it is packed: pseudonyms stand for the ids of the records that could not be read, unless ``with_ids``.

    Then what it is tells the digest of the ``original`` as well, which reports name.
    """
    summary, what = json.loads(original), what_is(SUMMARY)
    if with_ids or not summary["not_scanned"]:
        return Member(f"{at}/{SUMMARY}", what, [original])
    told = {**summary, "not_scanned": [_without_id(row, key) for row in summary["not_scanned"]]}
    what = wordings().what["masked_summary"].format(what=what, sha256=hashlib.sha256(original).hexdigest())
    return Member(f"{at}/{SUMMARY}", what, [json_bytes(told)])


def _without_id(row: Mapping[str, Any], key: SecretKey) -> dict[str, Any]:
    return {**row, "record_id": pseudonym(row["record_id"], key) if row["record_id"] else ""}
