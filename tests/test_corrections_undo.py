"""Undoing a plan: the table as it was, but for what others have changed since."""

from __future__ import annotations

from pathlib import Path

import pytest
from correcting import BEFORE, LABELLED, ROWS, Base, OnMariaDB, OnPostgreSQL, OnSQLite, conflicts, counts
from fakes import KEY
from sqlalchemy import select, text

from scanner.corrections import read_plan
from scanner.databases import TableRequest
from scanner.errors import InputError, SecretKeyError
from scanner.keys import SecretKey
from scanner.store.schema import changes
from scanner.vault import Vault


class Undoing:
    """What holds for every database."""

    def test_the_table_is_as_before(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        base.plan()
        base.apply()
        applied = base.rows()
        assert counts(base.undo(execute=False)) == (3, 0, 0)
        assert base.rows() == applied
        assert counts(base.undo()) == (3, 0, 0)
        assert base.rows() == BEFORE
        assert base.states() == {"1 NOTE": "undone", "3 NOTE": "undone", "5 NOTE": "undone"}
        assert base.entries() == {"1": "pending", "3": "pending", "5": "pending"}
        assert counts(base.undo()) == (0, 0, 0)

    def test_what_somebody_changed_since_stays(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        base.plan()
        base.apply()
        base.run("UPDATE notes SET NOTE = 'Mme a un [SANTÉ], rappeler' WHERE id = 1")
        base.run("DELETE FROM notes WHERE id = 3")
        base.run("UPDATE notes SET NOTE = 'Mme a un cancer depuis 2019' WHERE id = 5")
        outcome = base.undo()
        assert (counts(outcome), conflicts(outcome)) == ((0, 1, 2), {"1": "changed", "3": "gone"})
        assert base.rows() == [(1, "Mme a un [SANTÉ], rappeler"), BEFORE[1], *BEFORE[3:]]
        assert base.states() == {"1 NOTE": "applied", "3 NOTE": "applied", "5 NOTE": "undone"}
        assert base.entries() == {"1": "redacted", "3": "redacted", "5": "pending"}

    def test_applied_again_after_it(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        base.plan()
        base.apply()
        applied = base.rows()
        base.undo()
        assert counts(base.apply()) == (3, 0, 0)
        assert base.rows() == applied
        assert counts(base.undo()) == (3, 0, 0)
        assert base.rows() == BEFORE


class TestPostgreSQL(OnPostgreSQL, Undoing):
    pass


class TestMariaDB(OnMariaDB, Undoing):
    pass


class TestSQLite(OnSQLite, Undoing):
    def test_a_few_changes_only(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        base.plan()
        base.apply()
        with base.store.connect() as connection:
            change_id = connection.scalar(select(changes.c.id).where(changes.c.key_values == '{"id": 1}'))
        outcome = base.undo([str(change_id)])
        assert (counts(outcome), outcome.left_out) == ((1, 0, 0), 2)
        assert [row for row in base.rows() if row in BEFORE] == [BEFORE[0], BEFORE[1], BEFORE[3], BEFORE[5]]
        with pytest.raises(InputError) as error:
            base.undo(["c0", str(change_id)])
        plan_id = read_plan(base.out).id
        assert str(error.value) == f"plan {plan_id} has applied no change c0, {change_id}; its report and changes.csv name them"

    def test_originals_of_two_columns_wait_again_once_both_are_back(self, base: Base) -> None:
        base.run("CREATE TABLE notes (id INTEGER PRIMARY KEY, NOTE TEXT, other TEXT)")
        base.run("INSERT INTO notes VALUES (1, 'cancer', 'prison')")
        base.scan(TableRequest("notes", text_columns=("NOTE", "other")))
        base.plan()
        base.apply()
        [(_, _, label)] = base.rows()
        base.run("UPDATE notes SET other = 'libre' WHERE id = 1")
        assert conflicts(base.undo()) == {"1": "changed"}
        assert (base.rows(), base.entries()) == ([(1, "cancer", "libre")], {"1": "redacted"})
        base.run("UPDATE notes SET other = :label WHERE id = 1", {"label": label})
        base.undo()
        assert (base.rows(), base.entries()) == ([(1, "cancer", "prison")], {"1": "pending"})

    def test_a_scan_in_between_loses_nothing(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        base.plan()
        base.apply()
        base.scan()
        base.undo()
        assert base.rows() == BEFORE
        summary = base.scan()
        assert summary["rows_skipped"] == 3
        assert base.entries() == {"1": "pending", "3": "pending", "5": "pending"}
        base.plan(out=base.folder / "next")
        base.out = base.folder / "next"
        assert counts(base.apply()) == (3, 0, 0)

    def test_a_plan_made_before_the_next_scan_waits_for_it(self, base: Base) -> None:
        base.make_notes(ROWS[:1])
        base.scan()
        base.plan()
        base.apply()
        base.undo()
        refused = base.plan(out=base.folder / "next").refused
        assert refused == {"scan-first": [base.entry("1")["id"]]}

    def test_an_erased_original(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        base.decide("1", "erase")
        base.plan()
        base.apply()
        applied = base.rows()
        outcome = base.undo()
        assert (counts(outcome), conflicts(outcome)) == ((2, 0, 1), {"1": "erased"})
        assert base.rows() == [applied[0], *BEFORE[1:]]

    def test_a_damaged_original(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        base.plan()
        base.apply()
        applied = base.rows()
        with base.store.begin() as connection:
            connection.execute(text("UPDATE vault SET nonce = zeroblob(12) WHERE record = '5'"))
        outcome = base.undo()
        assert (counts(outcome), conflicts(outcome)) == ((2, 0, 1), {"5": "damaged"})
        assert base.rows() == [*BEFORE[:4], applied[4], BEFORE[5]]

    def test_keys(self, base: Base) -> None:
        base.make_notes(ROWS[:1])
        base.scan()
        base.plan()
        base.apply()
        new = SecretKey(bytes(32))
        with pytest.raises(SecretKeyError) as error:
            base.undo(key=new)
        assert str(error.value) == (
            f"plan {read_plan(base.out).id} was made with key id {KEY.id}: give that key; where the vault was rotated since, give it with "
            "--plan-key-file, and the new one with --key-file"
        )
        Vault(base.store, KEY).rotate(new, who="dpo")
        with pytest.raises(SecretKeyError, match=f"^entry {base.entry('1')['id']} was sealed with key id {new.id}; the key given has id"):
            base.undo()
        assert base.rows() == [(1, LABELLED)]
        assert counts(base.undo(key=new, plan_key=KEY)) == (1, 0, 0)
        assert base.rows() == BEFORE[:1]

    def test_a_row_left_out_by_the_reviewer_was_never_applied(self, base: Base, tmp_path: Path) -> None:
        base.make_notes()
        base.scan()
        base.plan()
        base.edit(lambda rows: rows[:2])
        base.apply()
        assert counts(base.undo()) == (1, 0, 0)
        assert base.states() == {"1 NOTE": "undone", "3 NOTE": "planned", "5 NOTE": "planned"}
