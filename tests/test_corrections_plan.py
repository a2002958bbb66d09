"""What a plan takes up and what it leaves out, and says so."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from correcting import LABELLED, ROWS, Base, OnSQLite, counts
from fakes import KEY
from sqlalchemy import insert, select, text, update

from scanner.corrections import PlanSettings, make_plan, read_plan
from scanner.databases import NumberedLines, TableRequest
from scanner.errors import BusyError, InputError, SecretKeyError
from scanner.keys import SecretKey
from scanner.redaction import Redactor
from scanner.store.lock import job_lock
from scanner.store.schema import changes, decisions, jobs, plans, records, source_tables

TODAY = datetime.date.today()


class TestPlan(OnSQLite):
    def test_what_it_holds(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        planned = base.plan()
        assert planned.as_dict() == {
            "changes": {"quarantine": 1, "redact": 2},
            "entries": 3,
            "nothing_to_do": 0,
            "decisions_on_older_texts": 0,
            "refused": {},
            "half_done_plans": {},
        }
        texts = {row.others[1]: row.new_text for row in read_plan(base.out).changes}
        removed = f"[Commentaire retiré le {TODAY:%d/%m/%Y}, réf. {base.entry('3')['id']}]"
        assert texts == {'{"id": 1}': LABELLED, '{"id": 3}': removed, '{"id": 5}': LABELLED}
        facts = json.loads((base.out / "plan.json").read_text(encoding="utf-8"))
        assert {name: facts[name] for name in ("id", "job", "database", "by", "key_id", "mode")} == {
            "id": planned.plan_id,
            "job": "night",
            "database": base.url,
            "by": "dpo",
            "key_id": KEY.id,
            "mode": "label",
        }
        assert base.states() == {"1 NOTE": "planned", "3 NOTE": "planned", "5 NOTE": "planned"}
        assert base.logged()[-1] == ("plan-written", {"job": "night", "plan": planned.plan_id, "changes": 3, "entries": 3})

    def test_a_table_that_the_job_no_longer_reads_and_read_in_another_database(self, base: Base) -> None:
        other = Base("sqlite", f"sqlite:///{base.folder / 'autre.db'}", base.folder)
        other.make_notes()
        base.scan(url=other.url)
        other.close()
        base.run("CREATE TABLE memos (id INTEGER PRIMARY KEY, NOTE LONGTEXT)")
        base.run("INSERT INTO memos VALUES (:id, :NOTE)", *ROWS[:1])
        base.scan(TableRequest("memos", text_columns=("NOTE",)))
        planned = base.plan()
        assert (dict(planned.changes), {reason: len(ids) for reason, ids in planned.refused.items()}) == ({"redact": 1}, {"elsewhere": 3})
        assert counts(base.apply()) == (1, 0, 0)
        assert base.rows("memos") == [(1, LABELLED)]

    def test_the_store_holds_no_text(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        base.plan()
        base.store.close()
        content = b"".join(path.read_bytes() for path in base.folder.glob("state.sqlite*"))
        assert [word for word in ("depuis 2019", "dossier à suivre", "[SANTÉ]", "retiré") if word.encode() in content] == []

    def test_equal_texts_have_different_digests(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        base.plan()
        with base.store.connect() as connection:
            rows = connection.execute(select(changes.c.old_digest, changes.c.new_digest)).all()
        assert len({digest for row in rows for digest in row}) == 6

    def test_decisions(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        base.decide("1", "erase")
        base.decide("3", "redact")
        base.decide("5", "release")
        assert base.plan().changes == {"erase": 1, "redact": 1}
        texts = {row.others[1]: row.new_text for row in read_plan(base.out).changes}
        assert texts == {
            '{"id": 1}': f"[Commentaire effacé le {TODAY:%d/%m/%Y}, réf. {base.entry('1')['id']}]",
            '{"id": 3}': "[ADDICTION], [SANTÉ], [INFRACTION] : dossier à suivre",
        }

    def test_false_alarms(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        record_id = base.entry("1")["record_id"]
        with base.store.begin() as connection:
            row = {"record_id": record_id, "decision": "false_alarm", "who": "dpo", "at": "2999-01-01T00:00:00+00:00"}
            connection.execute(insert(decisions).values(entity="HEALTH", **row))
        planned = base.plan()
        assert (planned.changes, planned.nothing_to_do) == ({"quarantine": 1, "redact": 1}, 1)

    def test_a_decision_on_an_older_text_does_not_hold_for_the_new_one(self, base: Base) -> None:
        base.make_notes(ROWS[:1])
        base.scan()
        base.decide("1", "erase")
        with base.store.begin() as connection:
            connection.execute(update(decisions).values(at="2020-01-01T00:00:00+00:00"))
        planned = base.plan()
        assert (planned.changes, planned.old_decisions) == ({"redact": 1}, 1)

    def test_bytes_that_are_no_characters_are_left_to_people(self, base: Base) -> None:
        base.make_notes(ROWS[:1])
        base.run("UPDATE notes SET NOTE = CAST(x'63616E63657220819DFF' AS TEXT) WHERE id = 1")
        base.scan()
        assert base.plan().as_dict()["refused"] == {"undecodable": [base.entry("1")["id"]]}

    def test_damaged_originals(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        with base.store.begin() as connection:
            connection.execute(text("UPDATE vault SET sealed = zeroblob(40) WHERE record = '3'"))
        planned = base.plan()
        assert (planned.changes, planned.refused) == ({"redact": 2}, {"damaged": [base.entry("3")["id"]]})

    @pytest.mark.parametrize("changed", [{"version": ""}, {"key_values": ""}, {"action": "quarantine"}])
    def test_findings_of_another_text(self, base: Base, changed: dict[str, Any]) -> None:
        base.make_notes(ROWS[:1])
        base.scan()
        with base.store.begin() as connection:
            connection.execute(update(records).values(changed))
        assert base.plan().refused == {"scan-first": [base.entry("1")["id"]]}

    def test_a_held_original_that_a_newer_one_overtook(self, base: Base) -> None:
        base.make_notes(ROWS[:1])
        base.scan()
        base.hold("1")
        held = base.entry("1")["id"]
        base.run("UPDATE notes SET NOTE = 'un autre cancer' WHERE id = 1")
        base.scan()
        planned = base.plan()
        assert (planned.changes, planned.refused) == ({"redact": 1}, {"overtaken": [held]})
        assert [row.new_text for row in read_plan(base.out).changes] == ["un autre [SANTÉ]"]

    def test_half_done_plans_are_named(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        first = base.plan()
        with base.store.begin() as connection:
            connection.execute(update(changes).where(changes.c.key_values == '{"id": 3}').values(state="applying"))
        assert base.plan(out=base.folder / "next").half_done == {first.plan_id: 1}

    def test_nothing_to_plan(self, base: Base) -> None:
        base.make_notes(ROWS[1:2])
        base.scan()
        assert base.plan().changes == {}
        assert read_plan(base.out).changes == ()

    def test_many_originals(self, base: Base) -> None:
        base.make_notes([{"id": number, "NOTE": f"cancer {number}"} for number in range(1_203)])
        base.scan()
        base.plan()
        reviewed = read_plan(base.out)
        assert [row.new_text for row in reviewed.changes] == [f"[SANTÉ] {number}" for number in range(1_203)]
        assert base.apply().changed == 1_203

    def test_another_key_leaves_nothing_behind(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        with pytest.raises(SecretKeyError):
            make_plan(base.store, SecretKey(bytes(32)), PlanSettings(base.out, Redactor("mask", {}, {}), "dpo"))
        assert sorted(path.name for path in base.folder.iterdir() if "plan" in path.name) == []
        with base.store.connect() as connection:
            assert connection.execute(select(plans)).all() == []

    def test_jobs(self, base: Base, tmp_path: Path) -> None:
        settings = PlanSettings(tmp_path / "plan", Redactor("mask", {}, {}), "dpo", job="jour")
        with pytest.raises(InputError, match=r"^the state store knows no job jour; its jobs: none$"):
            make_plan(base.store, KEY, settings)
        base.make_notes()
        base.scan()
        with pytest.raises(InputError, match=r"^the state store knows no job jour; its jobs: night$"):
            make_plan(base.store, KEY, settings)
        with base.store.begin() as connection:
            connection.execute(insert(jobs).values(name="jour", created="2026-11-22T00:00:00+00:00"))
        with pytest.raises(InputError, match=r"^the state store has several jobs: name one with --job: jour, night$"):
            base.plan()
        with pytest.raises(InputError, match=r"^the state store does not say which database the job jour read: run its scan again, then"):
            make_plan(base.store, KEY, settings)

    def test_a_store_that_does_not_know_the_database(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        with base.store.begin() as connection:
            connection.execute(update(source_tables).values(database=""))
        with pytest.raises(InputError, match=r"^the state store does not say which database the job night read: run its scan again, then"):
            base.plan()

    def test_while_the_job_runs(self, base: Base) -> None:
        base.make_notes()
        base.scan()
        with job_lock(base.store, "night"), pytest.raises(BusyError):
            base.plan()
        assert not base.out.exists()

    def test_numbered_columns(self, base: Base) -> None:
        base.run("CREATE TABLE notes (id INTEGER PRIMARY KEY, LIG1 CHAR(11), LIG2 CHAR(11), LIG3 CHAR(11))")
        base.run("INSERT INTO notes VALUES (1, 'M. est alco', 'olique, voi', 'r la suite')")
        before = base.rows()
        base.scan(TableRequest("notes", text_columns=("LIG1", "LIG2", "LIG3")))
        assert base.plan().changes == {"redact": 2}
        base.apply()
        assert base.rows() == [(1, "M. est [ADDICTION]", ", voi", "r la suite")]
        base.undo()
        assert base.rows() == before

    def test_numbered_rows(self, base: Base) -> None:
        base.run("CREATE TABLE notes (dossier VARCHAR(9), no INTEGER, texte CHAR(11), PRIMARY KEY (dossier, no))")
        lines = ["M. est alco", "olique, voi", "r la suite"]
        base.run("INSERT INTO notes VALUES ('A', :no, :texte)", *({"no": no, "texte": line} for no, line in enumerate(lines, start=9)))
        base.run("INSERT INTO notes VALUES ('B', 9, 'rien')")
        before = base.rows()
        base.scan(TableRequest("notes", lines=NumberedLines(("dossier",), "no", "texte")))
        assert base.plan().changes == {"redact": 2}
        keys = [row.others[1] for row in read_plan(base.out).changes]
        assert keys == ['{"dossier": "A", "no": 9}', '{"dossier": "A", "no": 10}']
        base.apply()
        changed = [("A", 9, "M. est [ADDICTION]"), ("A", 10, ", voi"), ("A", 11, "r la suite"), ("B", 9, "rien")]
        assert base.rows() == sorted(changed, key=repr)
        base.undo()
        assert base.rows() == before
