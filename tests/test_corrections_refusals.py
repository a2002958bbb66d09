"""What applying a plan refuses in one kind of database: accounts, locks, character sets, lengths, keys, damage."""

from __future__ import annotations

import json
from typing import Any

import pytest
from correcting import BEFORE, ROWS, Base, OnMariaDB, OnPostgreSQL, OnSQLite, conflicts, corrected, counts
from sqlalchemy import text

from scanner.corrections import read_plan
from scanner.errors import BusyError, InputError, SecretKeyError
from scanner.keys import SecretKey
from scanner.store.lock import job_lock


class TestSQLite(OnSQLite):
    def test_texts_with_a_character_that_ends_strings_in_c(self, base: Base) -> None:
        base.make_notes([{"id": 1, "NOTE": "avant\x00 cancer\x00"}])
        base.scan()
        base.plan()
        assert counts(base.apply()) == (1, 0, 0)
        assert base.rows() == [(1, "avant\x00 [SANTÉ]\x00")]

    def test_bytes_that_are_no_characters(self, base: Base) -> None:
        base.make_notes(ROWS[:1])
        base.scan()
        base.plan()
        base.run("UPDATE notes SET NOTE = CAST(x'E963616E636572' AS TEXT) WHERE id = 1")
        assert conflicts(base.apply()) == {"1": "undecodable"}

    def test_a_file_that_somebody_else_writes_to(self, base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
        base.make_notes(ROWS[:1])
        base.scan()
        base.plan()
        monkeypatch.setattr("scanner.corrections.connection._BUSY_SECONDS", 0)
        with base.engine.connect() as other:
            other.exec_driver_sql("BEGIN IMMEDIATE")
            with pytest.raises(InputError, match=r"another program locks the file$"):
                base.apply()
        assert (base.rows(), base.states()) == ([(1, ROWS[0]["NOTE"])], {"1 NOTE": "planned"})

    def test_another_database(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        base.plan()
        other = base.folder / "autre.db"
        other.touch()
        with pytest.raises(InputError) as error:
            base.apply(url=f"sqlite:///{other}")
        plan_id = read_plan(base.out).id
        assert str(error.value) == f"plan {plan_id} corrects {base.url}, not sqlite:///{other}"

    def test_another_key(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        base.plan()
        with pytest.raises(SecretKeyError) as error:
            base.apply(key=SecretKey(bytes(32)))
        plan_id = read_plan(base.out).id
        assert str(error.value) == (
            f"plan {plan_id} was made with key id 344e8717; the key given has id {SecretKey(bytes(32)).id}: plan again with this key"
        )

    def test_a_damaged_original_is_not_overwritten_at_the_source(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        base.plan()
        with base.store.begin() as connection:
            connection.execute(text("UPDATE vault SET sealed = zeroblob(length(sealed)) WHERE record = '1'"))
        outcome = base.apply()
        assert (counts(outcome), conflicts(outcome)) == ((2, 0, 1), {"1": "damaged"})
        assert base.rows() == [BEFORE[0], *corrected(base)[1:]]

    def test_while_the_job_runs(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        base.plan()
        with job_lock(base.store, "night"), pytest.raises(BusyError):
            base.apply()

    def test_a_plan_of_another_store(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        base.plan()
        facts = json.loads((base.out / "plan.json").read_text())
        (base.out / "plan.json").write_text(json.dumps({**facts, "id": "0" * 16}))
        with pytest.raises(InputError, match=r"^the state store has no plan 0{16}: name the store that `vigie plan` read$"):
            base.apply()


class TestPostgreSQL(OnPostgreSQL):
    def test_a_row_that_somebody_is_changing(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        base.plan()
        with base.engine.begin() as other:
            other.execute(text("UPDATE notes SET id = id WHERE id = 1"))
            assert conflicts(base.apply()) == {"1": "locked"}
        assert counts(base.apply()) == (1, 2, 0)
        assert base.rows() == corrected(base)

    def test_an_account_that_may_only_read(self, base: Base, postgres: Any) -> None:
        base.make_notes()
        base.scan()
        base.plan()
        database = base.engine.url.database
        postgres.psql(f"CREATE ROLE lecteur_{database} LOGIN PASSWORD 'lecture'")
        postgres.psql(f"GRANT SELECT ON notes TO lecteur_{database}", database)
        with pytest.raises(InputError) as error:
            base.apply(execute=False, url=postgres.url(database, f"lecteur_{database}", "lecture"))
        assert str(error.value) == (
            f"postgresql://127.0.0.1:{postgres.port}/{database}, table public.notes, column NOTE: "
            "this user may not change it: grant it SELECT and UPDATE"
        )

    def test_what_a_replica_read_is_corrected_on_the_primary(self, base: Base, postgres_pair: Any) -> None:
        primary, replica = postgres_pair
        base.make_notes()
        replica.catch_up(primary)
        database = base.engine.url.database
        base.scan(url=replica.url(database))
        base.plan()
        with pytest.raises(InputError, match=r"it is read-only: name the primary server, or a file that this user may write$"):
            base.apply(url=replica.url(database))
        assert counts(base.apply()) == (3, 0, 0)
        assert base.rows() == corrected(base)

    def test_a_character_set_that_lacks_a_character(self, base: Base, postgres: Any) -> None:
        database = postgres.new_database("ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
        latin = Base("postgresql", postgres.url(database), base.folder)
        latin.make_notes([{"id": 1, "NOTE": "cancer é"}, {"id": 2, "NOTE": "prison é"}])
        latin.scan()
        latin.plan()
        latin.edit(lambda rows: [*rows[:2], [*rows[2][:-1], "🏠 é"]])
        assert conflicts(latin.apply()) == {"2": "refused"}
        assert latin.rows() == [(1, "[SANTÉ] é"), (2, "prison é")]
        latin.close()

    def test_padded_columns(self, base: Base) -> None:
        base.make_notes([{"id": 1, "NOTE": "un cancer"}], "CREATE TABLE notes (id INTEGER PRIMARY KEY, NOTE CHAR(30))")
        base.scan()
        base.plan()
        assert counts(base.apply()) == (1, 0, 0)
        assert counts(base.apply()) == (0, 1, 0)
        assert base.rows() == [(1, f"{'un [SANTÉ]':30}")]
        assert counts(base.undo()) == (1, 0, 0)
        assert base.rows() == [(1, f"{'un cancer':30}")]

    def test_texts_that_are_too_long_for_their_column(self, base: Base) -> None:
        base.make_notes(ROWS[:3], "CREATE TABLE notes (id INTEGER PRIMARY KEY, NOTE VARCHAR(48))")
        base.scan()
        base.plan()
        with pytest.raises(InputError) as error:
            base.apply(execute=False)
        assert str(error.value) == (
            f"{base.out / 'changes.csv'}: nothing was changed: shorten these texts or delete their rows: "
            "line 3: the new text has 57 characters, column NOTE holds 48"
        )
        base.edit(lambda rows: [*rows[:2], [*rows[2][:-1], "[retiré]"]])
        assert counts(base.apply()) == (2, 0, 0)

    def test_columns_that_are_no_plain_text(self, base: Base) -> None:
        base.make_notes([{"id": 1, "NOTE": '{"x": "cancer"}'}], "CREATE TABLE notes (id INTEGER PRIMARY KEY, NOTE JSONB)")
        base.scan()
        base.plan()
        with pytest.raises(InputError, match=r"column NOTE: its type is JSONB, which is no plain text: correct it by hand$"):
            base.apply()

    def test_a_check_constraint(self, base: Base) -> None:
        base.make_notes(ROWS[:1], "CREATE TABLE notes (id INTEGER PRIMARY KEY, NOTE TEXT CHECK (NOTE NOT LIKE '%[%'))")
        base.scan()
        base.plan()
        assert conflicts(base.apply()) == {"1": "refused"}
        assert base.rows() == [(1, ROWS[0]["NOTE"])]

    def test_a_server_that_goes_away(self, base: Base, postgres: Any) -> None:
        base.make_notes()
        base.scan()
        base.plan()
        postgres.psql(
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS "
            "$$BEGIN IF NEW.id = 3 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NEW; END$$; "
            "CREATE TRIGGER t BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION f()",
            base.engine.url.database,
        )
        with pytest.raises(InputError, match=r"the server closed the connection$"):
            base.apply(batch=1)
        assert base.states() == {"1 NOTE": "applied", "3 NOTE": "planned", "5 NOTE": "planned"}
        postgres.psql("DROP TRIGGER t ON notes", base.engine.url.database)
        assert counts(base.apply()) == (2, 1, 0)
        assert base.rows() == corrected(base)


class TestMariaDB(OnMariaDB):
    def test_a_row_that_somebody_is_changing(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        base.plan()
        with base.engine.begin() as other:
            other.execute(text("SELECT * FROM notes WHERE id = 1 FOR UPDATE"))
            assert conflicts(base.apply()) == {"1": "locked"}
        assert counts(base.apply()) == (1, 2, 0)
        assert base.rows() == corrected(base)

    def test_an_account_that_may_only_read(self, base: Base, mariadb: Any) -> None:
        base.make_notes()
        base.scan()
        base.plan()
        database = base.engine.url.database
        mariadb.mariadb(f"CREATE USER lecteur_{database} IDENTIFIED BY 'lecture'; GRANT SELECT ON {database}.* TO lecteur_{database}")
        with pytest.raises(InputError) as error:
            base.apply(execute=False, url=mariadb.url(database, f"lecteur_{database}", "lecture"))
        assert str(error.value) == (
            f"mariadb://127.0.0.1:{mariadb.port}/{database}, table {database}.notes, column NOTE: "
            "this user may not change it: grant it SELECT and UPDATE"
        )

    @pytest.mark.parametrize(("options", "reason"), [("", "refused"), ("?sql_mode=NO_ENGINE_SUBSTITUTION", "altered")])
    def test_a_character_set_that_lacks_a_character(self, base: Base, options: str, reason: str) -> None:
        table = "CREATE TABLE notes (id INTEGER PRIMARY KEY, NOTE TEXT CHARACTER SET latin1)"
        base.make_notes([{"id": 1, "NOTE": "cancer é"}, {"id": 2, "NOTE": "prison é"}], table)
        base.scan()
        base.plan()
        base.edit(lambda rows: [*rows[:2], [*rows[2][:-1], "🏠 é"]])
        assert conflicts(base.apply(url=base.url + options)) == {"2": reason}
        assert base.rows() == [(1, "[SANTÉ] é"), (2, "prison é")]

    @pytest.mark.parametrize(("options", "reason"), [("", "refused"), ("?sql_mode=NO_ENGINE_SUBSTITUTION", "altered")])
    def test_a_text_that_does_not_fit_its_bytes(self, base: Base, options: str, reason: str) -> None:
        base.make_notes(ROWS[:1], "CREATE TABLE notes (id INTEGER PRIMARY KEY, NOTE TINYTEXT)")
        base.scan()
        base.plan()
        base.edit(lambda rows: [rows[0], [*rows[1][:-1], "é" * 200]])
        assert conflicts(base.apply(url=base.url + options)) == {"1": reason}
        assert base.rows() == BEFORE[:1]

    def test_a_table_without_transactions(self, base: Base) -> None:
        base.make_notes(ROWS[:1], "CREATE TABLE notes (id INTEGER PRIMARY KEY, NOTE TEXT) ENGINE=MyISAM")
        base.scan()
        base.plan()
        with pytest.raises(
            InputError, match=r"its storage engine MyISAM has no transactions: correct it by hand, or convert it to InnoDB$"
        ):
            base.apply()
