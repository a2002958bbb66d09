"""The exchange of texts between a production database and the vault, safe against a crash between their two transactions.

Each batch takes three steps. In the transaction of the production database the rows are locked, judged and changed. Before it commits, the
state store commits what is under way, with the digest of each text written. After it has committed, the store commits the end. Wherever a
process dies, the digests tell the next run on which side of the middle commit it died: the text is the old or the new one. An original
that may be needed stays in a state of the vault that no scan overwrites all the while.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import Connection

from scanner.corrections.cells import Cell
from scanner.corrections.connection import WritableDatabase
from scanner.corrections.ledger import Change, State
from scanner.corrections.outcome import Conflict, Outcome, Verdict
from scanner.store.engine import Store


@dataclass(frozen=True, slots=True)
class Move:
    """A change and the text to write for it."""

    change: Change
    new_text: str


class Transfer(ABC):
    """Carries changes out in batches. What applying and undoing do differently is left to them; ``done`` is the state that they lead to."""

    done: ClassVar[State]

    def __init__(self, database: WritableDatabase, store: Store) -> None:
        self._database = database
        self._store = store

    @abstractmethod
    def prepare(self, ledger: Connection, changes: Sequence[Change]) -> tuple[list[Move], list[Conflict]]:
        """Return what may be done about ``changes``, and those about which nothing may."""

    @abstractmethod
    def judge(self, move: Move, text: str) -> Verdict:
        """Say of the ``text`` that the cell of ``move`` holds whether it is ``ready``, ``already`` as asked, or what is wrong with it."""

    @abstractmethod
    def begin(self, ledger: Connection, moves: Sequence[Move], conflicts: Sequence[Change]) -> None:
        """Write down that ``moves`` are under way, and which changes are left in conflict."""

    @abstractmethod
    def end(self, ledger: Connection, moves: Sequence[Move], outcome: Outcome) -> None:
        """Write down that ``moves`` are done."""

    def run(self, changes: Sequence[Change], outcome: Outcome, batch: int) -> None:
        """Carry ``changes`` out, ``batch`` a transaction, or, in a dry run, look at what would be done; add to ``outcome``."""
        for at in range(0, len(changes), batch):
            self._run_batch(changes[at : at + batch], outcome)

    def _run_batch(self, changes: Sequence[Change], outcome: Outcome) -> None:
        with self._store.connect() as ledger:
            moves, conflicts = self.prepare(ledger, changes)
        with self._database.begin() as production:
            verdicts = [self._treat(production, move, execute=outcome.executed) for move in moves]
            judged = list(zip(moves, verdicts, strict=True))
            conflicts += [(move.change, verdict) for move, verdict in judged if verdict not in ("ready", "already")]
            to_note = [move for move, verdict in judged if verdict == "ready" or (verdict == "already" and move.change.state != self.done)]
            if outcome.executed:
                with self._store.begin() as ledger:
                    self.begin(ledger, to_note, [change for change, _ in conflicts])
            else:
                production.rollback()
        if outcome.executed:
            with self._store.begin() as ledger:
                self.end(ledger, to_note, outcome)
        outcome.changed += verdicts.count("ready")
        outcome.already += verdicts.count("already")
        outcome.conflicts += conflicts

    def _treat(self, production: Connection, move: Move, *, execute: bool) -> Verdict:
        def judge(text: str) -> Verdict:
            return self.judge(move, text)

        cell = Cell(self._database, move.change)
        return cell.exchange(production, judge, move.new_text) if execute else cell.look(production, judge)
