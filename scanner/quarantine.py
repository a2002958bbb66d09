r"""The quarantine: rows taken out of the cleaned export, encrypted, until somebody with the key decides.

The file is an append-only log of JSON lines. The first names the format, its version and the key id. An ``added`` line holds in clear only
the pseudonym of the record, its entities and level, the day, the run, the nonce and the key id; the whole row is encrypted (AES-256-GCM)
and bound to that clear part, so that neither can be altered unseen. A ``released`` line marks an entry as given back. A line that a crash
cut short is reported as damaged; the others stay readable.
"""

from __future__ import annotations

import base64
import csv
import datetime
import io
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any

from scanner.append_log import AppendLog, write_whole
from scanner.errors import InputError, OutputError, SecretKeyError
from scanner.keys import SecretKey, pseudonym
from scanner.scoring import Level
from scanner.sealing import BrokenSealError, new_nonce, seal, unseal
from scanner.sources.base import Scalar

FORMAT = "vigie-quarantine"
VERSION = 1
ID_CHARS = 12

Row = Mapping[str, Scalar]

_CLEAR_KEYS = ("version", "key_id", "record", "entities", "level", "created", "run", "nonce")


@dataclass(frozen=True, slots=True)
class QuarantinedRecord:
    """A record to put away: ``row`` holds every column of the export, free text included."""

    record_id: str
    row: Row
    entities: tuple[str, ...]
    level: Level


@dataclass(frozen=True, slots=True)
class Entry:
    """What can be read of a quarantined record without the key.

    ``record`` is the pseudonym of its id, ``created`` and ``released`` are ISO days (``released`` is ``""`` while it is held), ``line`` is
    its line in the file at ``path``, from 1. ``nonce`` is in hexadecimal, ``data`` is the encrypted row in base64.
    """

    path: Path
    line: int
    version: int
    key_id: str
    record: str
    entities: tuple[str, ...]
    level: str
    created: str
    run: str
    nonce: str
    data: str
    released: str = ""

    @property
    def id(self) -> str:
        """What a user types to name the entry: the first 12 digits of its nonce."""
        return self.nonce[:ID_CHARS]

    def bound_data(self) -> bytes:
        """Return the clear part, as the bytes that the encrypted row is bound to."""
        return _json({key: getattr(self, key) for key in _CLEAR_KEYS})


@dataclass(frozen=True, slots=True)
class Quarantine:
    """The content of a quarantine file: its entries in order, and the numbers of the lines that cannot be read."""

    key_id: str
    entries: tuple[Entry, ...]
    damaged_lines: tuple[int, ...]


class QuarantineWriter:
    """Append records to the quarantine at ``path``, made when absent; for one process at a time.

    ``flush`` puts what was added safely on disk: call it before an export that lacks these records is published. Raises
    :class:`SecretKeyError` when the file was written with another key, :class:`OutputError` when it cannot be written.
    """

    def __init__(self, path: Path, key: SecretKey, run: str, today: datetime.date) -> None:
        self._key = key
        self._run = run
        self._created = today.isoformat()
        self._path = path
        if path.exists() and path.stat().st_size:
            with path.open("rb") as file:
                _check_key(_header_key_id(file.readline(), path), key)
        else:
            write_whole(path, _json({"format": FORMAT, "version": VERSION, "key_id": key.id}) + b"\n")
        self._log = AppendLog(path)

    def __enter__(self) -> QuarantineWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def add(self, record: QuarantinedRecord) -> Entry:
        """Encrypt ``record``, append it and return its entry."""
        entry = Entry(
            path=self._path,
            line=self._log.lines + 1,
            version=VERSION,
            key_id=self._key.id,
            record=pseudonym(record.record_id, self._key),
            entities=record.entities,
            level=record.level,
            created=self._created,
            run=self._run,
            nonce=new_nonce().hex(),
            data="",
        )
        sealed = seal(self._key.derive("quarantine"), bytes.fromhex(entry.nonce), _json(dict(record.row)), entry.bound_data())
        entry = replace(entry, data=base64.b64encode(sealed).decode("ascii"))
        self._log.append(_json({"event": "added", **{key: getattr(entry, key) for key in (*_CLEAR_KEYS, "data")}}))
        return entry

    def flush(self) -> None:
        """Wait until everything added so far is on disk."""
        self._log.flush()

    def close(self) -> None:
        """Flush and close the file."""
        self._log.close()


def read_quarantine(path: Path) -> Quarantine:
    """Read the clear part of the quarantine at ``path``; no key is needed.

    Raises :class:`InputError` when the file is missing, not a quarantine or of a later version.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise InputError(f"quarantine {path} cannot be read ({error.strerror})") from None
    key_id = _header_key_id(lines[0], path)
    entries: dict[str, Entry] = {}
    damaged = []
    for number, line in enumerate(lines[1:], start=2):
        if not line:
            continue
        try:
            event = json.loads(line)
            if event["event"] == "released":
                entries[event["nonce"]] = replace(entries[event["nonce"]], released=str(event["on"]))
            elif event["nonce"] not in entries:
                entries[event["nonce"]] = _entry(path, number, event)
            else:
                damaged.append(number)
        except (ValueError, KeyError, TypeError):
            damaged.append(number)
    return Quarantine(key_id, tuple(entries.values()), tuple(damaged))


def open_entry(entry: Entry, key: SecretKey) -> dict[str, Scalar]:
    """Return the whole row of ``entry``.

    Raises :class:`SecretKeyError` when ``key`` is another one, :class:`InputError` naming the line when the entry was altered.
    """
    _check_key(entry.key_id, key)
    try:
        sealed = base64.b64decode(entry.data, validate=True)
        row: dict[str, Scalar] = json.loads(unseal(key.derive("quarantine"), bytes.fromhex(entry.nonce), sealed, entry.bound_data()))
    except (BrokenSealError, ValueError, TypeError):
        raise InputError(f"{entry.path}, line {entry.line}: the entry was altered or damaged and cannot be opened") from None
    return row


def release(path: Path, ids: Collection[str], key: SecretKey, out: Path, today: datetime.date) -> int:
    """Write the rows of the entries ``ids`` to ``out``, mark them as released and return how many they are.

    ``out`` is a new file, JSON Lines (``.jsonl``) or CSV (``.csv``: UTF-8 with BOM, semicolons, values unchanged). Nothing is written
    unless every entry can be opened. Raises :class:`InputError` on an unknown, released or altered entry, :class:`SecretKeyError` on
    another key, :class:`OutputError` when ``out`` exists or a file cannot be written.
    """
    held = {entry.id: entry for entry in read_quarantine(path).entries}
    for entry_id in ids:
        if entry_id not in held:
            raise InputError(f"{path} has no entry {entry_id}; `vigie quarantine list` shows them")
        if held[entry_id].released:
            raise InputError(f"entry {entry_id} was released on {held[entry_id].released}; `vigie quarantine show` still reads it")
    chosen = [entry for entry in held.values() if entry.id in ids]
    rows = [open_entry(entry, key) for entry in chosen]
    if out.exists():
        raise OutputError(f"{out} exists: choose another name")
    write_whole(out, _rows_as(out.suffix, rows))
    log = AppendLog(path)
    for entry in chosen:
        log.append(_json({"event": "released", "nonce": entry.nonce, "on": today.isoformat()}))
    log.close()
    return len(chosen)


def _entry(path: Path, line: int, event: Mapping[str, Any]) -> Entry:
    bytes.fromhex(event["nonce"])
    fields = {key: event[key] for key in (*_CLEAR_KEYS, "data")}
    return Entry(path=path, line=line, **{**fields, "entities": tuple(fields["entities"])})


def _header_key_id(line: bytes, path: Path) -> str:
    try:
        header = json.loads(line)
        known, version, key_id = header["format"] == FORMAT, int(header["version"]), str(header["key_id"])
    except (ValueError, KeyError, TypeError):
        raise InputError(f"{path} is not a quarantine of Vigie, or its first line is damaged") from None
    if not known or version != VERSION:
        raise InputError(f"{path} is not a quarantine of version {VERSION}: read it with the version of Vigie that wrote it")
    return key_id


def _check_key(written_with: str, key: SecretKey) -> None:
    if written_with != key.id:
        raise SecretKeyError(f"this quarantine was written with key id {written_with}; the key given has id {key.id}")


def _json(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode("ascii")


def _rows_as(suffix: str, rows: Sequence[Row]) -> bytes:
    if suffix == ".jsonl":
        return b"".join(_json(row) + b"\n" for row in rows)
    if suffix != ".csv":
        raise InputError(f"rows can be released to .jsonl or .csv, not to {suffix or 'a name without suffix'}")
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, _columns(rows), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig", "surrogatepass")


def _columns(rows: Iterable[Row]) -> list[str]:
    return list(dict.fromkeys(column for row in rows for column in row))
