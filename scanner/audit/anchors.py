"""Anchors: the head of the log at some moment, in a file kept where whoever could cut the log's end cannot write."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scanner.append_log import AppendLog
from scanner.audit.chain import mac_of
from scanner.audit.log import Head
from scanner.clock import utc_now
from scanner.errors import InputError, OutputError
from scanner.keys import SecretKey

_SIGNED = ("seq", "mac", "at", "key_id")


@dataclass(frozen=True, slots=True)
class Anchor:
    """The head of the log: ``seq`` and ``mac`` of its newest entry ``at`` a moment (UTC, ISO), signed with the key ``key_id``.

    ``line`` is that of the anchor file, from 1. The head that a ``summary.json`` holds has no signature.
    """

    seq: int
    mac: str
    at: str = ""
    key_id: str = ""
    signature: str = ""
    line: int = 1

    def computed_signature(self, key: SecretKey) -> str:
        """Return what ``signature`` is when the anchor is as it was written."""
        return mac_of(key, "anchor", *(getattr(self, name) for name in _SIGNED))


def append_anchor(path: Path, head: Head, key: SecretKey) -> None:
    """Append a signed anchor to the file at ``path``, made when absent. Raises :class:`OutputError` when it cannot be written."""
    anchor = Anchor(**head, at=utc_now(), key_id=key.id)
    values = {name: getattr(anchor, name) for name in _SIGNED} | {"signature": anchor.computed_signature(key)}
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    except OSError as error:
        raise OutputError(f"{path} cannot be written ({error.strerror})") from None
    file = AppendLog(path)
    try:
        file.append(json.dumps(values).encode("ascii"))
    finally:
        file.close()


def read_anchors(path: Path) -> list[Anchor]:
    """Return the anchors of an anchor file, or the head of the log that the ``summary.json`` of a run holds.

    Raises :class:`InputError` when the file is neither.
    """
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read ({getattr(error, 'strerror', None) or 'not UTF-8'})") from None
    summary = _json(content)
    if isinstance(summary, dict) and "audit" in summary:
        return [_anchor(summary["audit"], ("seq", "mac"), 1, path)]
    lines = enumerate(content.splitlines() or [""], start=1)
    return [_anchor(_json(line), (*_SIGNED, "signature"), number, path) for number, line in lines]


def _json(content: str) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None


def _anchor(values: Any, names: Sequence[str], line: int, path: Path) -> Anchor:
    if isinstance(values, dict) and set(values) == set(names) and type(values["seq"]) is int:
        return Anchor(**values, line=line)
    raise InputError(f"{path}, line {line}: no anchor; give a file that `vigie audit anchor` wrote, or the summary.json of a run")
