"""Changes of state of entries, each written into their history. All the entries of a call change, or none does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from sqlalchemy import Connection, case, delete, func, insert, select, update

from scanner.errors import InputError
from scanner.store.review_states import overtake_proposals, sync_states
from scanner.store.review_tables import wordings
from scanner.store.schema import decisions, vault, vault_events
from scanner.vault.entries import BATCH, TRANSITIONS, Entry, State, lock_entries, log_event

Decision = Literal["release", "redact", "erase"]

_TARGETS: Mapping[Decision, State] = {"release": "released", "redact": "redacted", "erase": "erased"}
_ERASED: Mapping[str, Any] = {"state": "erased", "wrapped_key": None, "nonce": None, "sealed": None}


def transition(connection: Connection, ids: Sequence[str], state: State, *, who: str, why: str, now: str) -> None:
    """Turn the entries ``ids`` into ``state``.

    Raises :class:`InputError` when one of them is unknown, cannot turn into it, or must not be erased because it is held.
    """
    entries = lock_entries(connection, ids)
    _check(entries, state)
    move(connection, entries, state, who=who, why=why, now=now)
    sync_states(connection, _records(entries))


def decide(
    connection: Connection, ids: Sequence[str], decision: Decision, *, who: str, why: str, now: str, confirmed_by: str = ""
) -> list[str]:
    """Write ``decision`` down, for ``vigie plan`` and later scans, and return the ids of the entries whose state it changes at once.

    ``release`` changes the state at once. The source must be corrected before an entry counts as redacted or erased: ``vigie apply``
    turns the state. Where nothing is left to correct (the source is redacted, or the record gone), ``erase`` erases at once. A decision is
    never dated before its text, whatever the clock says. What was proposed on the records is overtaken. ``confirmed_by`` is the second
    person.

    Raises :class:`InputError` as :func:`transition` does.
    """
    entries = lock_entries(connection, ids)
    _check(entries, _TARGETS[decision])
    at_once = [entry for entry in entries if decision == "release" or (decision == "erase" and not _to_correct(entry))]
    if gone := [entry.id for entry in entries if entry not in at_once and entry.record_id is None]:
        raise InputError(f"the record of entry {', '.join(gone)} is gone from the source, nothing is left to redact: erase or release it")
    rows = [
        {
            "record_id": entry.record_id,
            "decision": decision,
            "who": who,
            "at": max(now, entry.changed),
            "why": why,
            "confirmed_by": confirmed_by,
        }
        for entry in entries
        if entry.record_id is not None
    ]
    if rows:
        connection.execute(insert(decisions), rows)
    move(connection, at_once, _TARGETS[decision], who=who, why=why, now=now)
    if not confirmed_by:
        overtake_proposals(connection, _records(entries), who)
    sync_states(connection, _records(entries))
    return [entry.id for entry in at_once]


def hold(connection: Connection, ids: Sequence[str], *, who: str, reason: str, now: str) -> None:
    """Put the entries ``ids`` under legal hold: nothing erases or overwrites them. Raises :class:`InputError` on erased ones."""
    entries = lock_entries(connection, ids)
    _refuse([entry for entry in entries if entry.state == "erased"], "was erased: nothing is left to hold")
    _set_held(connection, entries, reason)
    log_event(connection, [entry.id for entry in entries], "held", who=who, why=reason, now=now)


def free(connection: Connection, ids: Sequence[str], *, who: str, why: str, now: str) -> None:
    """End the legal hold of the entries ``ids``. Raises :class:`InputError` on those that are not held."""
    entries = lock_entries(connection, ids)
    _refuse([entry for entry in entries if not entry.held], "is not held")
    _set_held(connection, entries, "")
    log_event(connection, [entry.id for entry in entries], "freed", who=who, why=why, now=now)


def erase_entries(connection: Connection, ids: Sequence[str], *, who: str, why: str, now: str) -> None:
    """Destroy the keys, the sealed texts and the wordings of the entries ``ids``, whatever their state: nothing opens them after that."""
    drop_wordings(connection, ids)
    _update(connection, ids, {**_ERASED, "changed": _not_before(now)})
    log_event(connection, ids, "erased", who=who, why=why, now=now)


def drop_wordings(connection: Connection, ids: Sequence[str]) -> None:
    """Delete what people wrote in place of the texts of the entries ``ids``: another text is sealed there, or none."""
    for at in range(0, len(ids), BATCH):
        connection.execute(delete(wordings).where(wordings.c.vault_id.in_(ids[at : at + BATCH])))


def move(connection: Connection, entries: Sequence[Entry], state: State, *, who: str, why: str, now: str) -> None:
    """Put ``entries`` into ``state``, which follows from theirs (:data:`TRANSITIONS`), and write that into their history."""
    if state == "erased":
        erase_entries(connection, [entry.id for entry in entries], who=who, why=why, now=now)
        return
    _update(connection, [entry.id for entry in entries], {"state": state, "changed": _not_before(now)})
    for entry in entries:
        log_event(connection, [entry.id], TRANSITIONS[entry.state][state], who=who, why=why, now=now)


def reopen(connection: Connection, entries: Sequence[Entry], *, who: str, why: str, now: str) -> None:
    """Let released ``entries`` wait for a decision again, since when their text was sealed: what was decided of it before still counts."""
    for entry in entries:
        sealed = vault_events.c.vault_id == entry.id, vault_events.c.event.in_(("added", "replaced"))
        since = connection.execute(select(func.max(vault_events.c.at)).where(*sealed)).scalar()
        _update(connection, [entry.id], {"state": "pending", "changed": since or entry.created})
    log_event(connection, [entry.id for entry in entries], "restored", who=who, why=why, now=now)


def _check(entries: Sequence[Entry], state: State) -> None:
    for entry in entries:
        if state not in TRANSITIONS[entry.state]:
            raise InputError(f"entry {entry.id} is {entry.state}: it cannot become {state}")
    if state == "erased":
        _refuse([entry for entry in entries if entry.held], "is under legal hold: end that first with `vigie quarantine free`")


def _refuse(entries: Sequence[Entry], reason: str) -> None:
    if entries:
        raise InputError(f"entry {', '.join(entry.id for entry in entries)} {reason}")


def _records(entries: Sequence[Entry]) -> list[int]:
    return [entry.record_id for entry in entries if entry.record_id is not None]


def _to_correct(entry: Entry) -> bool:
    return entry.state == "pending" and entry.record_id is not None


def _set_held(connection: Connection, entries: Sequence[Entry], reason: str) -> None:
    _update(connection, [entry.id for entry in entries], {"held": reason})


def _not_before(now: str) -> Any:
    """Return ``now``, or the last change where that is later: the clock may have been set back."""
    return case((vault.c.changed > now, vault.c.changed), else_=now)


def _update(connection: Connection, ids: Sequence[str], values: Mapping[str, Any]) -> None:
    for at in range(0, len(ids), BATCH):
        connection.execute(update(vault).where(vault.c.id.in_(ids[at : at + BATCH])).values(values))
