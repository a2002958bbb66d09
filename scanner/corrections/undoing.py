"""``vigie undo``: the originals, written back from the vault where the texts are still the ones that were applied."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from scanner.corrections.applying import WriteSettings
from scanner.corrections.connection import WritableDatabase
from scanner.corrections.digests import TextDigests
from scanner.corrections.ledger import Change, PlanRow, State, changes_by_entry, changes_in_states, find_plan, mark
from scanner.corrections.outcome import Conflict, Outcome, Verdict
from scanner.corrections.sealed import NoOriginalError, Sealed
from scanner.corrections.targets import check_database, check_targets
from scanner.corrections.transfer import Move, Transfer
from scanner.errors import InputError, SecretKeyError
from scanner.keys import SecretKey
from scanner.store.engine import Store
from scanner.store.lock import job_lock

_WRITTEN: tuple[State, ...] = ("applying", "applied", "undoing")


def undo_plan(
    database: WritableDatabase,
    store: Store,
    key: SecretKey,
    plan_id: str,
    settings: WriteSettings,
    only: Collection[str] = (),
    plan_key: SecretKey | None = None,
) -> tuple[PlanRow, Outcome]:
    """Undo what was applied of a plan, all of it or the changes ``only``, or tell what that would do; return the plan and the outcome.

    ``plan_key`` is the key that the plan was made with, where the vault was rotated to ``key`` since. Raises :class:`InputError` when the
    plan or a change is unknown, the database is another one, or it fails, :class:`SecretKeyError` when a key is not the one needed.
    """
    with store.connect() as connection:
        plan = find_plan(connection, plan_id)
        changes = changes_in_states(connection, plan.id, _WRITTEN)
    if (plan_key or key).id != plan.key_id:
        raise SecretKeyError(
            f"plan {plan.id} was made with key id {plan.key_id}: give that key; where the vault was rotated since, give it with "
            "--plan-key-file, and the new one with --key-file"
        )
    check_database(plan, database)
    if unknown := sorted(set(only) - {change.id for change in changes}):
        raise InputError(f"plan {plan.id} has applied no change {', '.join(unknown)}; its report and changes.csv name them")
    chosen = [change for change in changes if not only or change.id in only]
    outcome = Outcome(settings.execute, left_out=len(changes) - len(chosen))
    digests = TextDigests(plan_key or key)
    sealed = Sealed(store, key, digests, settings.who, plan.id)
    with job_lock(store, plan.job):
        check_targets(database, chosen)
        _Undo(database, store, digests, sealed).run(chosen, outcome, settings.batch)
        if outcome.executed:
            sealed.log("plan-undone", plan.job, outcome)
    return plan, outcome


class _Undo(Transfer):
    """Takes changes from applied over undoing to undone, and their originals from redacted back to pending."""

    done = "undone"

    def __init__(self, database: WritableDatabase, store: Store, digests: TextDigests, sealed: Sealed) -> None:
        super().__init__(database, store)
        self._digests = digests
        self._sealed = sealed

    def prepare(self, ledger: Connection, changes: Sequence[Change]) -> tuple[list[Move], list[Conflict]]:
        """Fetch the originals."""
        entries = self._sealed.entries(ledger, changes)
        moves: list[Move] = []
        conflicts: list[Conflict] = []
        for change in changes:
            try:
                moves.append(Move(change, self._sealed.original(ledger, change, entries[change.vault_id])))
            except NoOriginalError as error:
                conflicts.append((change, error.verdict))
        return moves, conflicts

    def judge(self, move: Move, text: str) -> Verdict:
        """Tell the text that was applied, which is ready, from the original and from any other."""
        found = self._digests.of(text, move.change.id)
        if found == move.change.new_digest:
            return "ready"
        return "already" if found == move.change.old_digest else "changed"

    def begin(self, ledger: Connection, moves: Sequence[Move], conflicts: Sequence[Change]) -> None:
        """Leave the originals out of the reach of scans until the texts are back."""
        mark(ledger, [move.change.id for move in moves], "undoing")

    def end(self, ledger: Connection, moves: Sequence[Move], outcome: Outcome) -> None:
        """Let an original wait for a decision again, once no cell of its record holds an applied text."""
        mark(ledger, [move.change.id for move in moves], "undone")
        siblings = changes_by_entry(ledger, [move.change for move in moves])
        entries = self._sealed.entries(ledger, [move.change for move in moves]).values()
        back = [entry for entry in entries if not any(change.state in _WRITTEN for change in siblings[entry.id])]
        self._sealed.restore(ledger, [entry for entry in back if entry.state == "redacted"])
