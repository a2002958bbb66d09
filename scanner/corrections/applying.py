"""``vigie apply``: the reviewed change set, written to the production database where the texts are still the scanned ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from scanner.corrections.connection import WritableDatabase
from scanner.corrections.digests import TextDigests
from scanner.corrections.ledger import Change, PlanRow, State, changes_by_entry, count_changes, find_changes, find_plan, mark, mark_written
from scanner.corrections.outcome import Conflict, Outcome, Verdict
from scanner.corrections.plan_files import CHANGES_CSV, ReviewedChange, ReviewedPlan, check_row
from scanner.corrections.sealed import NoOriginalError, Sealed
from scanner.corrections.targets import check_database, check_lengths, check_targets
from scanner.corrections.transfer import Move, Transfer
from scanner.errors import InputError, SecretKeyError
from scanner.keys import SecretKey
from scanner.store.engine import Store
from scanner.store.lock import job_lock
from scanner.vault import Entry

_BEGUN: frozenset[State] = frozenset({"applying", "applied", "undoing"})
"""States of a change whose text may have been written: its original is out of the reach of scans."""


@dataclass(frozen=True, slots=True)
class WriteSettings:
    """Who asks, whether to ``execute`` or only look, and how many rows one transaction changes."""

    who: str
    execute: bool = False
    batch: int = 500


def apply_plan(
    database: WritableDatabase, store: Store, key: SecretKey, reviewed: ReviewedPlan, settings: WriteSettings
) -> tuple[PlanRow, Outcome]:
    """Apply ``reviewed``, or tell what that would do, and return the plan and the outcome. Applied again, it does the rest.

    Raises :class:`InputError`, before anything is changed, when the plan is not of this store or database, a row was edited where it must
    not be, a new text is too long, or a table cannot be changed; and when the database fails: what was committed until then is written
    down. Raises :class:`SecretKeyError` when the plan was made with another key.
    """
    with store.connect() as connection:
        plan = find_plan(connection, reviewed.id)
        changes = find_changes(connection, plan.id, [row.id for row in reviewed.changes])
        total = count_changes(connection, plan.id)
    if plan.key_id != key.id:
        raise SecretKeyError(f"plan {plan.id} was made with key id {plan.key_id}; the key given has id {key.id}: plan again with this key")
    check_database(plan, database)
    digests = TextDigests(key)
    moves = [_move(reviewed, row, changes.get(row.id), digests) for row in reviewed.changes]
    outcome = Outcome(settings.execute, left_out=total - len(moves))
    sealed = Sealed(store, key, digests, settings.who, plan.id)
    with job_lock(store, plan.job):
        check_targets(database, [move.change for move in moves])
        lines = [row.line for row in reviewed.changes]
        texts = [(line, move.change, move.new_text) for line, move in zip(lines, moves, strict=True)]
        check_lengths(database, reviewed.folder / CHANGES_CSV, texts)
        new_texts = {move.change.id: move.new_text for move in moves}
        _Apply(database, store, digests, sealed, new_texts).run([move.change for move in moves], outcome, settings.batch)
        if outcome.executed:
            sealed.log("plan-applied", plan.job, outcome, file=reviewed.sha256)
        if outcome.erased:
            sealed.forget()
    return plan, outcome


def _move(reviewed: ReviewedPlan, row: ReviewedChange, change: Change | None, digests: TextDigests) -> Move:
    where = f"{reviewed.folder / CHANGES_CSV}, line {row.line}"
    if change is None:
        raise InputError(f"{where}: the plan has no change {row.id}: rows may be deleted and new texts edited, nothing else")
    check_row(reviewed.folder, row, change)
    new_text = _with_its_breaks(row.new_text, change, digests)
    if digests.of(new_text, change.id) == change.old_digest:
        raise InputError(f"{where}: the new text is the old one: delete the row to leave the text as it is")
    return Move(change, new_text)


def _with_its_breaks(text: str, change: Change, digests: TextDigests) -> str:
    """Return the text as it was planned where it differs in nothing but line breaks, which spreadsheets rewrite."""
    for line_break in ("\r\n", "\n", "\r"):
        candidate = text.replace("\r\n", "\n").replace("\n", line_break)
        if digests.of(candidate, change.id) == change.new_digest:
            return candidate
    return text


class _Apply(Transfer):
    """Takes changes from planned, conflict or undone over applying to applied, and their originals from pending to redacted or erased."""

    done = "applied"

    def __init__(
        self, database: WritableDatabase, store: Store, digests: TextDigests, sealed: Sealed, new_texts: Mapping[str, str]
    ) -> None:
        super().__init__(database, store)
        self._digests = digests
        self._sealed = sealed
        self._new_texts = new_texts

    def prepare(self, ledger: Connection, changes: Sequence[Change]) -> tuple[list[Move], list[Conflict]]:
        """Keep from changes whose original was settled otherwise, or could not be restored."""
        siblings = changes_by_entry(ledger, changes)
        entries = self._sealed.entries(ledger, changes)
        moves: list[Move] = []
        conflicts: list[Conflict] = []
        for change in changes:
            entry = entries[change.vault_id]
            begun = any(sibling.state in _BEGUN or sibling.state == "conflict" for sibling in siblings[entry.id])
            try:
                if change.state not in _BEGUN:
                    if entry.state != "pending" and not (entry.state == "redacted" and begun):
                        raise NoOriginalError("settled")
                    self._sealed.original(ledger, change, entry)
                moves.append(Move(change, self._new_texts[change.id]))
            except NoOriginalError as error:
                conflicts.append((change, error.verdict))
        return moves, conflicts

    def judge(self, move: Move, text: str) -> Verdict:
        """Tell a scanned text, which is ready, from one that was written already and from any other."""
        change = move.change
        found, asked = self._digests.of(text, change.id), self._digests.of(move.new_text, change.id)
        if found == asked:
            return "already"
        if found == change.old_digest:
            return "ready"
        return "edited-after" if change.state in _BEGUN and found == change.new_digest else "changed"

    def begin(self, ledger: Connection, moves: Sequence[Move], conflicts: Sequence[Change]) -> None:
        """Put the originals out of the reach of scans, which erase those of clean records."""
        mark(ledger, [change.id for change in conflicts if change.state != "applied"], "conflict")
        mark_written(ledger, {move.change.id: self._digests.of(move.new_text, move.change.id) for move in moves}, "applying")
        self._sealed.move(ledger, [entry for entry in self._entries(ledger, moves) if entry.state == "pending"], "redacted")

    def end(self, ledger: Connection, moves: Sequence[Move], outcome: Outcome) -> None:
        """Erase the originals of which people asked that, once every cell of the record that is to change has changed."""
        mark(ledger, [move.change.id for move in moves], "applied")
        to_erase = [move for move in moves if move.change.action == "erase"]
        siblings = changes_by_entry(ledger, [move.change for move in to_erase])
        finished = {
            vault_id
            for vault_id, changes in siblings.items()
            if all(change.state == "applied" for change in changes if change.id in self._new_texts)
        }
        entries = [entry for entry in self._entries(ledger, to_erase) if entry.id in finished and entry.state == "redacted"]
        erasable = [entry for entry in entries if not entry.held]
        self._sealed.move(ledger, erasable, "erased")
        outcome.erased += len(erasable)
        outcome.held += len(entries) - len(erasable)

    def _entries(self, ledger: Connection, moves: Sequence[Move]) -> Sequence[Entry]:
        return list(self._sealed.entries(ledger, [move.change for move in moves]).values())
