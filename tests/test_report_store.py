"""The report of a state store: its figures are the store's, whatever people decided, of a run or of a period."""

from __future__ import annotations

import pytest
from fakes import KEY
from reports import headings, part, words
from reviews import Bench, viewer
from sqlalchemy import insert, select, update

from scanner.audit import verify
from scanner.catalogue import default_catalogue
from scanner.documents.blocks import Facts, Table
from scanner.errors import InputError
from scanner.organisation import Organisation
from scanner.report.document import report_document
from scanner.report.dossier import Comparison, Decisions, Period, Standing
from scanner.report.finding_table import table_of_store
from scanner.report.from_store import Wanted, dossier_of_store
from scanner.store.account_tables import accounts
from scanner.store.engine import open_store
from scanner.store.schema import jobs, runs


@pytest.fixture
def bench(tmp_path):
    with open_store(tmp_path / "state.sqlite") as store:
        yield Bench(store, tmp_path)


def dossier(bench, **wanted):
    return dossier_of_store(bench.store, Wanted(**wanted), Organisation())


def document(bench, **wanted):
    return report_document(dossier(bench, **wanted), default_catalogue())


def test_what_stands_after_decisions_is_what_the_tables_hold(bench):
    bench.desk.decide(viewer(), bench.shown("L-3"), "false_alarm", why="loyer payé")
    bench.desk.decide(viewer(), bench.shown("L-1"), "redact", why="santé")
    made = dossier(bench)
    assert made.store.standing == Standing(records=4, findings=10 - 1, false_alarms=1, allowed=0)
    assert made.store.decisions == Decisions(
        taken={("false_alarm", ""): 1, ("redact", ""): 1},
        months=made.store.decisions.months,
        roles={"": 2},
        confirmed=0,
        undone=0,
        overtaken=0,
        states={"decided": 2, "open": 3},
        waiting=0,
        exceptions=0,
    )
    assert sum(made.store.decisions.months.values()) == 2
    assert made.summary["findings"] == 10  # at the end of the run


def test_decisions_are_told_by_role_and_never_by_name(bench):
    account = {"id": "a" * 16, "login": "zwxlogin", "name": "Zébulon", "role": "reviewer", "password": "-", "created": "", "changed": ""}
    with bench.store.begin() as connection:
        connection.execute(insert(accounts).values(account))
    bench.desk.decide(viewer("zwxlogin", "reviewer"), bench.shown("L-1", "L-5"), "redact", why="zwxwhy", entity="HEALTH")
    blocks = part(document(bench), "Décisions et corrections")
    taken, by_role, *_ = (block for block in blocks if isinstance(block, Table))
    assert ([column.title for column in taken.columns], taken.rows) == (["Catégorie", "Masquer"], [["Santé", 2]])
    assert by_role.rows == [("Réviseur", 2)]
    said = words(document(bench)).casefold()
    assert [word for word in ("zwxlogin", "zébulon", "zwxwhy", "dpo@", "l-1") if word in said] == []


def test_undone_and_confirmed_decisions_are_counted(bench):
    bench.desk.decide(viewer(), bench.shown("L-1"), "redact", why="santé")
    bench.desk.undo(viewer(), bench.shown("L-1"), why="non")
    facts = next(block for block in part(document(bench), "Décisions et corrections") if isinstance(block, Facts))
    assert facts.rows == [
        ("Confirmées par une seconde personne", "0"),
        ("En attente d'une seconde personne", "0"),
        ("Annulées", "1"),
        ("Dépassées, la fiche ayant changé", "0"),
        ("Exceptions en vigueur", "0"),
    ]


def test_a_run_is_held_against_the_one_before(bench):
    bench.put({"L-1": ("Lilas", "T-1", "2026-10-01", "plus rien", ""), "L-7": ("Tour", "T-7", "2026-10-07", "prison", "")})
    bench.run()
    made = dossier(bench)
    (comparison,) = made.comparisons
    assert (comparison.obstacles, comparison.changes) == ((), (1, 1, 9))
    assert [(line.number, line.findings, line.new, line.gone) for line in made.series] == [(1, 10, None, None), (2, 10, 1, 1)]
    by_entity = [block for block in part(document(bench), headings(document(bench))[10]) if isinstance(block, Table)][-1]
    assert by_entity.rows == [
        ["Addictions", 1, 1, "0"],
        ["Situation financière", 2, 2, "0"],
        ["Santé", 4, 3, "−1"],
        ["Infractions et condamnations", 2, 3, "+1"],
    ]
    assert dossier(bench, run=1).store.standing is None
    assert table_of_store(bench.store, dossier(bench, run=1), KEY).total == 0


def test_runs_of_other_rules_do_not_compare(bench):
    bench.run()
    with bench.store.begin() as connection:
        first = connection.execute(select(runs.c.summary).where(runs.c.number == 1)).scalar_one()
        connection.execute(update(runs).where(runs.c.number == 1).values(summary=first.replace(bench.summary["rules"], "0" * 16)))
    (comparison,) = dossier(bench).comparisons
    assert comparison.obstacles == ("obstacle-rules",)
    assert "les règles de détection ont changé" in words(document(bench))


def test_a_period_is_told_by_its_first_and_last_run(bench):
    ends = {1: "2026-01-15T02:00:00+00:00", 2: "2026-02-15T02:00:00+00:00", 3: "2026-03-31T23:59:59+00:00", 4: "2026-04-01T00:00:00+00:00"}
    bench.put({"L-7": ("Tour", "T-7", "2026-10-07", "prison", "")})
    for _ in range(3):
        bench.run()
    with bench.store.begin() as connection:
        for number, ended in ends.items():
            connection.execute(update(runs).where(runs.c.number == number).values(ended=ended))
    made = dossier(bench, period=Period("2026-01-01", "2026-03-31"))
    assert [line.number for line in made.series] == [1, 2, 3]
    (comparison,) = made.comparisons
    assert isinstance(comparison, Comparison)
    assert (comparison.before.number, comparison.after.number, comparison.changes) == (1, 3, None)
    assert made.store.standing is None
    assert [line.number for line in dossier(bench, period=Period("2026-02-01", "")).series] == [2, 3, 4]
    assert "Période du 01/01/2026 au 31/03/2026" in report_document(made, default_catalogue()).subtitle
    with pytest.raises(InputError, match="no run of job 'night' ended in this period"):
        dossier(bench, period=Period("2025-01-01", "2025-12-31"))


def test_decisions_outside_the_period_are_not_of_it(bench):
    bench.desk.decide(viewer(), bench.shown("L-1"), "redact", why="santé")
    today = dossier(bench).made[:10]
    assert sum(dossier(bench, period=Period(today, today)).store.decisions.taken.values()) == 1
    with bench.store.begin() as connection:
        connection.execute(update(runs).values(ended="2020-05-05T00:00:00+00:00"))
    assert dossier(bench, period=Period("2020-01-01", "2020-12-31")).store.decisions.taken == {}


def test_what_is_not_there_is_named(bench):
    for wanted, reason in (
        ({"job": "day"}, "the state store knows no job day; its jobs: night"),
        ({"run": 7}, "job 'night' has no run 7 that ended"),
    ):
        with pytest.raises(InputError, match=reason):
            dossier(bench, **wanted)
    with bench.store.begin() as connection:
        connection.execute(insert(jobs).values(name="day", created="2026-01-01T00:00:00+00:00"))
    with pytest.raises(InputError, match="several jobs: name one with --job: day, night"):
        dossier(bench)
    with pytest.raises(InputError, match="no run of job 'day' ended yet"):
        dossier(bench, job="day")


def test_a_store_without_a_job_says_so(tmp_path):
    with open_store(tmp_path / "empty.sqlite") as store, pytest.raises(InputError, match="its jobs: none"):
        dossier_of_store(store, Wanted(), Organisation())


def test_the_head_of_the_audit_log_is_told(bench):
    made = dossier(bench)
    assert made.store.audit[0] == verify(bench.store, [KEY]).last > 0
    assert f"entrée n° {made.store.audit[0]}, code d'authentification {made.store.audit[1]}" in words(part(document(bench), "Preuves"))
