"""Applying a plan, on real servers: what changes, what never does, and what each refusal says."""

from __future__ import annotations

import datetime
import json
import re

import pytest
from correcting import BEFORE, LABELLED, ROWS, Base, OnMariaDB, OnPostgreSQL, OnSQLite, conflicts, corrected, counts
from sqlalchemy import create_engine, text

from scanner.corrections import read_plan
from scanner.corrections.plan_files import CHANGES_SQL
from scanner.databases import TableRequest
from scanner.databases.url import parse_url
from scanner.errors import InputError


class Applying:
    """What holds for every database."""

    def test_a_dry_run_changes_nothing(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        base.plan()
        logged = base.logged()
        outcome = base.apply(execute=False)
        assert outcome.as_dict() == {
            "executed": False,
            "changed": 3,
            "already": 0,
            "left_out": 0,
            "originals_erased": 0,
            "originals_held": 0,
            "conflicts": 0,
            "conflicts_by_reason": {},
        }
        assert base.rows() == BEFORE
        assert base.states() == {"1 NOTE": "planned", "3 NOTE": "planned", "5 NOTE": "planned"}
        assert base.entries() == {"1": "pending", "3": "pending", "5": "pending"}
        assert base.logged() == logged

    @pytest.mark.parametrize("batch", [1, 2, 500])
    def test_exactly_the_planned_cells_change(self, base: Base, batch: int) -> None:
        base.make_notes()
        base.scan()
        base.plan()
        assert counts(base.apply(batch=batch)) == (3, 0, 0)
        assert base.rows() == corrected(base)
        assert base.states() == {"1 NOTE": "applied", "3 NOTE": "applied", "5 NOTE": "applied"}
        assert base.entries() == {"1": "redacted", "3": "redacted", "5": "redacted"}

    def test_applied_again_it_does_nothing(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        base.plan()
        base.apply()
        after = base.rows()
        assert counts(base.apply()) == (0, 3, 0)
        assert base.rows() == after
        base.scan()
        assert base.plan(out=base.folder / "next").changes == {}

    def test_rows_changed_since_the_scan_are_left_alone(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        base.plan()
        base.run("UPDATE notes SET NOTE = 'Mme a un cancer, rappeler' WHERE id = 1")
        base.run("DELETE FROM notes WHERE id = 3")
        base.run("UPDATE notes SET NOTE = NULL WHERE id = 5")
        edited = base.rows()
        assert conflicts(base.apply(execute=False)) == {"1": "changed", "3": "gone", "5": "changed"}
        outcome = base.apply()
        assert (counts(outcome), conflicts(outcome)) == ((0, 0, 3), {"1": "changed", "3": "gone", "5": "changed"})
        assert base.rows() == edited
        assert base.states() == {"1 NOTE": "conflict", "3 NOTE": "conflict", "5 NOTE": "conflict"}
        assert base.entries() == {"1": "pending", "3": "pending", "5": "pending"}
        base.run("UPDATE notes SET NOTE = 'Mme a un cancer depuis 2019' WHERE id = 1")
        outcome = base.apply()
        assert (counts(outcome), conflicts(outcome)) == ((1, 0, 2), {"3": "gone", "5": "changed"})
        assert base.states() == {"1 NOTE": "applied", "3 NOTE": "conflict", "5 NOTE": "conflict"}

    def test_a_conflict_does_not_hold_up_the_others(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        base.plan()
        base.run("UPDATE notes SET NOTE = 'autre' WHERE id = 1")
        outcome = base.apply()
        assert (counts(outcome), conflicts(outcome)) == ((2, 0, 1), {"1": "changed"})
        assert base.rows() == [(1, "autre"), *corrected(base)[1:]]

    def test_keys_of_several_columns_and_types(self, base: Base) -> None:
        base.run("CREATE TABLE notes (site VARCHAR(20), day DATE, NOTE LONGTEXT, PRIMARY KEY (site, day))")
        rows = [
            {"site": 'l\'Île "B"; --', "day": "2026-01-02", "NOTE": "un cancer"},
            {"site": 'l\'Île "B"; --', "day": "2026-01-03", "NOTE": "rien"},
            {"site": "é%s :x", "day": "2026-01-02", "NOTE": "alcoolique"},
        ]
        base.run("INSERT INTO notes VALUES (:site, :day, :NOTE)", *rows)
        base.scan()
        base.plan()
        before = base.rows()
        assert counts(base.apply()) == (2, 0, 0)
        assert [row[2] for row in base.rows()] == ["un [SANTÉ]", "rien", "[ADDICTION]"]
        base.undo()
        assert base.rows() == before

    @pytest.mark.parametrize(
        "note",
        [
            "=cmd|' /C calc'!A0 cancer",
            "'cancer' ; \"cité\" ; 'fin",
            "+33 cancer\r\nligne\n\ttab ; fin ",
            "🏠 cancer — « été » \u2028 fin",
            "0612 cancer",
            "cancer\\' OR 1=1 --%s :id {x}",
            "x" * 300_000 + " cancer " + "é" * 300_000,
        ],
        ids=["formula", "quotes", "breaks", "emoji", "digits", "sql", "long"],
    )
    def test_hard_texts_pass_through_the_file(self, base: Base, note: str) -> None:
        base.make_notes([{"id": 1, "NOTE": note}, {"id": 2, "NOTE": "cancer"}])
        base.scan()
        base.plan()
        base.edit(lambda rows: rows)  # as a program writes it back
        assert counts(base.apply()) == (2, 0, 0)
        assert base.rows() == [(1, note.replace("cancer", "[SANTÉ]")), (2, "[SANTÉ]")]
        assert counts(base.undo()) == (2, 0, 0)
        assert base.rows() == [(1, note), (2, "cancer")]

    def test_a_reviewer_edits_and_deletes_rows(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        base.plan()

        def review(rows: list[list[str]]) -> list[list[str]]:
            header, first, second, _ = rows
            return [header, second, [*first[:-1], "Mme est suivie ; rappeler"]]

        base.edit(review)
        reviewed = read_plan(base.out)
        assert reviewed.edited
        outcome = base.apply()
        assert (counts(outcome), outcome.left_out) == ((2, 0, 0), 1)
        assert base.rows() == [(1, "Mme est suivie ; rappeler"), *corrected(base)[1:4], *BEFORE[4:]]
        assert base.entries() == {"1": "redacted", "3": "redacted", "5": "pending"}
        assert base.logged()[-1][1]["file"] == reviewed.sha256

    def test_a_spreadsheet_that_rewrites_line_breaks_edits_nothing(self, base: Base) -> None:
        base.make_notes([{"id": 1, "NOTE": "un cancer\r\nrappeler\r\nfin"}])
        base.scan()
        base.plan()
        base.edit(lambda rows: [[cell.replace("\r\n", "\n") for cell in row] for row in rows])
        assert counts(base.apply()) == (1, 0, 0)
        assert base.rows() == [(1, "un [SANTÉ]\r\nrappeler\r\nfin")]

    def test_an_edit_after_the_change_was_applied_is_a_conflict(self, base: Base) -> None:
        base.make_notes(ROWS[:1])
        base.scan()
        base.plan()
        base.apply()
        base.edit(lambda rows: [rows[0], [*rows[1][:-1], "autre texte"]])
        assert conflicts(base.apply()) == {"1": "edited-after"}
        assert base.rows() == [(1, LABELLED)]
        assert base.states() == {"1 NOTE": "applied"}

    def test_the_trigger_of_another_application_changes_the_text(self, base: Base) -> None:
        base.make_notes(ROWS[:1])
        triggers = {
            "sqlite": "CREATE TRIGGER t AFTER UPDATE ON notes BEGIN UPDATE notes SET NOTE = NOTE || ' !' WHERE id = NEW.id; END",
            "mariadb": "CREATE TRIGGER t BEFORE UPDATE ON notes FOR EACH ROW SET NEW.NOTE = CONCAT(NEW.NOTE, ' !')",
            "postgresql": "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS "
            "$$BEGIN NEW.NOTE = NEW.NOTE || ' !'; RETURN NEW; END$$; "
            "CREATE TRIGGER t BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION f()",
        }
        base.run(triggers[base.kind])
        base.scan()
        base.plan()
        assert conflicts(base.apply()) == {"1": "altered"}
        assert (base.rows(), base.entries()) == ([(1, ROWS[0]["NOTE"])], {"1": "pending"})

    def test_a_view_that_cannot_be_changed(self, base: Base) -> None:
        base.make_notes()
        base.run("CREATE VIEW v AS SELECT DISTINCT id, NOTE FROM notes")
        base.scan(TableRequest("v", id_column="id", text_columns=("NOTE",)))
        base.plan()
        with pytest.raises(InputError) as error:
            base.apply(execute=False)
        database = json.loads((base.out / "plan.json").read_text())["database"]
        source = {"sqlite": "v", "postgresql": "public.v"}.get(base.kind) or f"{base.engine.url.database}.v"
        assert str(error.value) == (
            f"{database}, table {source}, column NOTE: it is a view that the database cannot change: plan and apply on the table beneath it"
        )
        assert base.rows() == BEFORE

    def test_a_table_that_is_gone(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        base.plan()
        base.run("DROP TABLE notes")
        with pytest.raises(InputError, match=r", table [\w.]*notes: no such table; `vigie discover` lists those there are$"):
            base.apply()

    def test_a_column_that_is_gone(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        base.plan()
        base.run("ALTER TABLE notes RENAME COLUMN NOTE TO note2")
        with pytest.raises(InputError, match=r"column NOTE: the column is not there any more$"):
            base.apply()

    def test_what_is_decided_after_the_plan_counts(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        base.plan()
        base.decide("1", "release")
        outcome = base.apply()
        assert (counts(outcome), conflicts(outcome)) == ((2, 0, 1), {"1": "settled"})
        assert base.rows() == [BEFORE[0], *corrected(base)[1:]]

    def test_a_scan_that_seals_another_text_overtakes_the_plan(self, base: Base) -> None:
        base.make_notes(ROWS[:1])
        base.scan()
        base.plan()
        base.run("UPDATE notes SET NOTE = 'cancer et prison' WHERE id = 1")
        base.scan()
        base.run(f"UPDATE notes SET NOTE = '{ROWS[0]['NOTE']}' WHERE id = 1")
        assert conflicts(base.apply()) == {"1": "overtaken"}
        assert base.rows() == [(1, ROWS[0]["NOTE"])]

    def test_two_plans_do_not_correct_twice(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        base.plan()
        second = base.folder / "second"
        base.plan(out=second, mode="mask")
        base.apply()
        after, base.out = base.rows(), second
        assert conflicts(base.apply()) == {"1": "settled", "3": "settled", "5": "settled"}
        assert base.rows() == after

    def test_erased_originals(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        base.decide("1", "erase")
        base.plan()
        outcome = base.apply()
        assert (counts(outcome), outcome.erased, outcome.held) == ((3, 0, 0), 1, 0)
        assert base.entries() == {"1": "erased", "3": "redacted", "5": "redacted"}
        entry = base.entry("1")
        assert (entry["sealed"], entry["wrapped_key"]) == (None, None)
        today = datetime.date.today()
        assert base.rows()[0] == (1, f"[Commentaire effacé le {today:%d/%m/%Y}, réf. {entry['id']}]")
        assert counts(base.apply()) == (0, 3, 0)

    def test_a_hold_keeps_what_was_to_be_erased(self, base: Base) -> None:
        base.make_notes(ROWS[:1])
        base.scan()
        base.decide("1", "erase")
        base.plan()
        base.hold("1")
        outcome = base.apply()
        assert (counts(outcome), outcome.erased, outcome.held) == ((1, 0, 0), 0, 1)
        assert base.entries() == {"1": "redacted"}
        assert counts(base.undo()) == (1, 0, 0)
        assert base.rows() == BEFORE[:1]

    def test_originals_of_two_columns_are_erased_once_both_are_corrected(self, base: Base) -> None:
        base.run("CREATE TABLE notes (id INTEGER PRIMARY KEY, NOTE LONGTEXT, other LONGTEXT)")
        base.run("INSERT INTO notes VALUES (1, 'cancer', 'prison')")
        base.scan(TableRequest("notes", text_columns=("NOTE", "other")))
        base.decide("1", "erase")
        base.plan()
        base.run("UPDATE notes SET other = 'libre' WHERE id = 1")
        assert conflicts(base.apply(batch=1)) == {"1": "changed"}
        assert base.entries() == {"1": "redacted"}
        base.run("UPDATE notes SET other = 'prison' WHERE id = 1")
        assert counts(base.apply(batch=1)) == (1, 1, 0)
        assert base.entries() == {"1": "erased"}


class ByScript:
    """Databases that can compute the digests of changes.sql."""

    def test_the_statements_of_the_script_do_the_same(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        base.plan()
        base.run("UPDATE notes SET NOTE = 'autre' WHERE id = 1")
        assert run_script(base) == [0, 1, 1]
        assert base.rows() == [(1, "autre"), *corrected(base)[1:]]
        outcome = base.apply()
        assert (counts(outcome), conflicts(outcome)) == ((0, 2, 1), {"1": "changed"})
        assert base.entries() == {"1": "pending", "3": "redacted", "5": "redacted"}


class TestSQLite(OnSQLite, Applying):
    pass


class TestPostgreSQL(OnPostgreSQL, Applying, ByScript):
    pass


class TestMariaDB(OnMariaDB, Applying, ByScript):
    pass


def run_script(base: Base) -> list[int]:
    """Run changes.sql as an administrator would, and return how many rows each line of values changed."""
    statements: dict[str, str] = {}
    changed = []
    lines = (base.out / CHANGES_SQL).read_text(encoding="utf-8").splitlines()
    engine = create_engine(parse_url(base.url)[0])
    with engine.begin() as connection:
        for at, line in enumerate(lines):
            if named := re.fullmatch(r"-- statement (\d+)", line):
                statements[named[1]] = lines[at + 1].removesuffix(";")
            elif values := re.fullmatch(r"-- (\d+) (\{.*\})", line):
                changed.append(connection.execute(text(statements[values[1]]), json.loads(values[2])).rowcount)
    engine.dispose()
    return changed
