"""Erasure and rectification asked for by a person: decided, planned, applied, undone; what is left out, and why."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from typing import Any

import pytest
from correcting import Base, OnPostgreSQL, OnSQLite, conflicts, counts
from fakes import KEY, POLICY, FakeDetector

from scanner.audit import AuditLog
from scanner.catalogue import default_catalogue
from scanner.databases import ReadSettings, TableRequest
from scanner.errors import InputError
from scanner.keys import pseudonym
from scanner.policy import load_policy
from scanner.subject.person import Person, person_asked
from scanner.subject.rectifications import Rectification
from scanner.subject.requests import RequestDesk, Requested, Settings
from scanner.subject.stream import DatabaseStream

NOTES = TableRequest("notes", text_columns=("NOTE", "obs"), tenant_column="locataire", name_columns=("nom",))
TABLE = "CREATE TABLE notes (id INTEGER PRIMARY KEY, locataire VARCHAR(9), nom VARCHAR(40), NOTE LONGTEXT, obs LONGTEXT)"
ROWS = [
    (1, "L1", "VALMONT Claire", "Mme a un cancer depuis 2019", "vue à la loge"),
    (2, "L1", "VALMONT Claire", "fuite sous l'évier", None),
    (3, "L2", "DURAS Simone", "se plaint de Mme Valmont, alcoolique", None),
    (4, "L3", "OKAFOR Ada", "ascenseur en panne", None),
]
TENANT = pseudonym("L1", KEY)


def made(base: Base, rows: Sequence[tuple[Any, ...]] = ROWS, policy: str = POLICY) -> Base:
    """Make the table and scan it."""
    base.run(TABLE)
    base.run("INSERT INTO notes VALUES (:id, :locataire, :nom, :NOTE, :obs)", *(named(row) for row in rows))
    base.scan(NOTES)
    return base


def named(row: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(("id", "locataire", "nom", "NOTE", "obs"), row, strict=True))


def desk(base: Base, **options: Any) -> RequestDesk:
    catalogue = default_catalogue()
    file = base.folder / "policy.toml"
    file.write_text(POLICY, encoding="utf-8")
    policy = load_policy(file, catalogue.entities, datetime.date(2026, 11, 21))
    settings = {"subject": "L1", "person": Person(), "who": "dpo", "why": "demande du 2 novembre", **options}
    return RequestDesk(base.store, KEY, policy, catalogue, Settings(**settings))


def stream(base: Base) -> DatabaseStream:
    return DatabaseStream(base.url, [NOTES], ReadSettings(), None)


def rectify(base: Base, *wanted: tuple[str, str, str], **options: Any) -> Requested:
    asked = [Rectification(*one, where=f"ligne {at}") for at, one in enumerate(wanted, start=1)]
    return desk(base, **options).rectify(stream(base), asked, FakeDetector())  # type: ignore[arg-type]


def texts(base: Base) -> list[tuple[Any, Any]]:
    return [(row[3], row[4]) for row in base.rows()]


BEFORE = [(row[3], row[4]) for row in ROWS]


class Requests:
    def test_an_erasure_takes_every_comment_of_the_person_and_nobody_else_s(self, base: Base) -> None:
        made(base)
        assert desk(base).erase(stream(base)) == Requested(["1", "2"], {}, access_answered=False)
        assert texts(base) == BEFORE
        planned = base.plan()
        assert (dict(planned.changes), planned.refused) == ({"erase": 3, "redact": 1}, {})
        assert counts(base.apply()) == (4, 0, 0)
        found = texts(base)
        erased = [cell for pair in found[:2] for cell in pair]
        assert [cell for cell in erased if cell and not cell.startswith("[Commentaire")] == []
        assert found[1][1] is None
        assert found[2:] == [("se plaint de Mme Valmont, [ADDICTION]", None), ("ascenseur en panne", None)]
        assert base.entries() == {"1": "erased", "2": "erased", "3": "redacted"}
        assert conflicts(base.undo()) == {"1": "erased", "2": "erased"}
        assert texts(base) == [*found[:2], *BEFORE[2:]]

    def test_a_rectification_is_applied_and_undone(self, base: Base) -> None:
        made(base)
        wanted = [("2", "NOTE", "fuite réparée le 3 mars"), ("3", "note", "signale du bruit")]
        assert rectify(base, *wanted) == Requested(["2", "3"], {}, access_answered=False)
        planned = base.plan()
        assert planned.refused == {}
        assert counts(base.apply()) == (3, 0, 0)
        assert texts(base) == [
            ("Mme a un [SANTÉ] depuis 2019", "vue à la loge"),
            ("fuite réparée le 3 mars", None),
            ("signale du bruit", None),
            ("ascenseur en panne", None),
        ]
        assert counts(base.undo()) == (3, 0, 0)
        assert texts(base) == BEFORE

    def test_what_changed_since_the_decision_is_left_alone(self, base: Base) -> None:
        made(base)
        desk(base).erase(stream(base))
        base.plan()
        base.run("UPDATE notes SET NOTE = 'tout autre chose' WHERE id = 2")
        outcome = base.apply()
        assert conflicts(outcome) == {"2": "changed"}
        assert texts(base)[1] == ("tout autre chose", None)


class TestOnSQLite(OnSQLite, Requests):
    pass


class TestOnPostgreSQL(OnPostgreSQL, Requests):
    pass


class TestRefusals(OnSQLite):
    def test_a_record_under_legal_hold_is_left_out(self, base: Base) -> None:
        made(base)
        base.hold("1")
        assert desk(base).erase(stream(base)) == Requested(["2"], {"held": ["1"]})
        assert base.entry("1")["state"] == "pending"

    def test_a_record_that_changed_since_the_scan_is_left_out_until_it_is_scanned(self, base: Base) -> None:
        made(base)
        base.run("UPDATE notes SET NOTE = 'fuite réparée' WHERE id = 2")
        assert desk(base).erase(stream(base)) == Requested(["1"], {"scan-first": ["2"]})
        base.scan(NOTES)
        assert desk(base).erase(stream(base)) == Requested(["1", "2"], {})

    def test_a_field_that_serves_litigation_is_kept_unless_asked(self, base: Base) -> None:
        made(base)
        base.run("UPDATE notes SET obs = 'commandement de payer' WHERE id = 2")
        purposed = TableRequest(**{**vars(NOTES), "purposes": {"obs": "litigation"}})
        base.scan(purposed)
        assert desk(base).erase(stream(base)) == Requested([], {"litigation": ["1", "2"]})
        assert desk(base, include_litigation=True).erase(stream(base)) == Requested(["1", "2"], {})

    def test_a_text_that_somebody_wrote_and_nobody_applied_yet_is_not_lost(self, base: Base) -> None:
        made(base)
        assert rectify(base, ("3", "NOTE", "signale du bruit"), subject="L2") == Requested(["3"], {})
        assert rectify(base, ("3", "NOTE", "signale un tapage"), subject="L2") == Requested(["3"], {})
        base.plan()
        base.apply()
        assert texts(base)[2] == ("signale un tapage", None)

    def test_a_decision_that_waits_on_fewer_cells_is_not_lost_to_a_rectification(self, base: Base) -> None:
        made(base)
        base.decide("1", "redact")
        assert rectify(base, ("1", "obs", "reçue à la loge")) == Requested([], {"waiting": ["1"]})
        assert desk(base).erase(stream(base)) == Requested(["1", "2"], {})

    def test_an_original_that_was_released_waits_again(self, base: Base) -> None:
        made(base)
        base.decide("3", "release")
        assert desk(base, subject="L2").erase(stream(base)) == Requested(["3"], {})
        assert base.entries() == {"1": "pending", "3": "pending"}
        assert dict(base.plan().changes) == {"erase": 1, "redact": 1}

    @pytest.mark.parametrize(
        ("wanted", "options", "reason"),
        [
            (("9", "NOTE", "x"), {}, "ligne 2: the database has no such record"),
            (("2", "MEMO", "x"), {}, "ligne 2: no column 'MEMO'"),
            (("2", "NOTE", "fuite sous l'évier"), {}, "ligne 2: the field holds that text already"),
            (("4", "NOTE", "x"), {}, "ligne 2: that record is neither of the person nor does it mention them"),
            (("2", "NOTE", "a un cancer"), {}, r"ligne 2: the new text still reveals something: Santé \(5-11\)"),
            (("2", "NOTE", "x"), {"why": " "}, "say why"),
            (("2", "NOTE", "x"), {"job": "day"}, "knows no job day"),
        ],
    )
    def test_a_rectification_that_cannot_be_is_refused_whole(
        self, base: Base, wanted: tuple[str, str, str], options: dict[str, Any], reason: str
    ) -> None:
        made(base)
        with pytest.raises(InputError, match=reason):
            rectify(base, ("1", "obs", "reçue"), wanted, **options)
        assert base.entries() == {"1": "pending", "3": "pending"}
        assert (base.plan().changes.total(), base.plan(out=base.folder / "again").entries) == (2, 2)

    def test_a_text_that_reveals_something_can_be_accepted(self, base: Base) -> None:
        made(base)
        assert rectify(base, ("2", "NOTE", "a un cancer"), accept=True) == Requested(["2"], {})

    def test_a_record_that_mentions_the_person_by_another_name_is_found_by_that(self, base: Base) -> None:
        made(base)
        with pytest.raises(InputError, match="neither of the person"):
            rectify(base, ("3", "NOTE", "signale du bruit"), subject="L3")
        named_so = person_asked(["VALMONT Claire"], (), ())
        assert rectify(base, ("3", "NOTE", "signale du bruit"), subject="L3", person=named_so) == Requested(["3"], {})

    def test_nobody_is_erased_by_mistake(self, base: Base) -> None:
        made(base)
        with pytest.raises(InputError, match="no record of this person"):
            desk(base, subject="L9").erase(stream(base))

    def test_a_table_that_no_scan_has_read_is_refused(self, base: Base) -> None:
        made(base)
        base.run("CREATE TABLE memos (id INTEGER PRIMARY KEY, locataire VARCHAR(9), texte VARCHAR(90))")
        base.run("INSERT INTO memos VALUES (1, 'L1', 'rendez-vous pris pour la chaudière')")
        memos = DatabaseStream(base.url, [TableRequest("memos", text_columns=("texte",))], ReadSettings(), None)
        with pytest.raises(InputError, match="has no scan of the table memos"):
            desk(base).erase(memos)

    def test_the_log_knows_a_pseudonym_and_whether_access_was_answered(self, base: Base) -> None:
        made(base)
        AuditLog(base.store, KEY, "dpo").add("subject-access", tenant=TENANT, comments=2)
        assert desk(base).erase(stream(base)) == Requested(["1", "2"], {}, access_answered=True)
        event, details = base.logged()[-1]
        assert (event, details["decision"], details["tenant"], len(details["entries"])) == ("decision-recorded", "erase", TENANT, 2)
        assert "Valmont" not in json.dumps(base.logged())
