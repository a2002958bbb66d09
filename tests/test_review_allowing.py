"""The allow-list of the store: at once, by later runs, and over."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes import KEY
from reviews import Bench, viewer
from sqlalchemy import select, update
from stores import KINDS, new_place
from vaults import OTHER, audited

from scanner.accounts import Perimeter
from scanner.errors import InputError, NotAllowedError, NotFoundError, SecretKeyError
from scanner.review import allowing
from scanner.review.allow_rows import policy_with_store
from scanner.review.allowing import AllowOutcome, NewAllowance, allowances
from scanner.store.engine import open_store
from scanner.store.review_tables import allow_entries
from scanner.vault import Vault

DPO = viewer()
UNTIL = datetime.date(2030, 1, 31)
TODAY = datetime.date(2026, 11, 22)
RULE = NewAllowance("rue de la Prison", UNTIL, rule="OFFENCE.prison")


@pytest.fixture(params=KINDS)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    with open_store(new_place(request.param, request, tmp_path)) as store:
        yield Bench(store, tmp_path)


def listed(bench: Bench, perimeter: Perimeter | None = None, *, ended: bool = False) -> list[tuple[Any, ...]]:
    with bench.store.connect() as connection:
        found = allowances(connection, perimeter or Perimeter.everything(), KEY, TODAY, ended=ended)
    return [
        (item.what.term or item.what.rule or item.what.record, item.author, item.in_force, item.findings, item.ended_why) for item in found
    ]


def test_a_rule_is_applied_at_once(bench: Bench) -> None:
    before = bench.state("L-2")
    outcome = bench.allow.add(DPO, RULE)
    assert outcome == AllowOutcome(outcome.id, 2, 2, 0)
    assert bench.state("L-5")[0] == "open"  # another finding stands in it
    assert bench.state("L-2")[3] < before[3]
    assert listed(bench) == [("OFFENCE.prison", "dpo", True, 2, "")]
    assert audited(bench.store)[-1] == ("allowed", {"entry": outcome.id, "findings": 2, "records": 2, "later": 0})
    ended = bench.allow.end(DPO, outcome.id, why="trop large")
    assert ended == AllowOutcome(outcome.id, 2, 2, 0)
    assert bench.state("L-2") == before
    assert (listed(bench), listed(bench, ended=True)) == ([], [("OFFENCE.prison", "dpo", False, 0, "trop large")])
    with pytest.raises(NotFoundError):
        bench.allow.end(DPO, outcome.id, why="encore")


def test_scope_narrows(bench: Bench) -> None:
    assert bench.allow.add(DPO, replace(RULE, rule="HEALTH.cancer", site="Lilas", field="note")).findings == 2
    assert bench.allow.add(DPO, replace(RULE, rule="", record="L-5", entity="OFFENCE")).findings == 1
    assert bench.allow.add(DPO, replace(RULE, rule="HEALTH.cancer", source="ailleurs")).findings == 0
    assert bench.queue() == ["L-2", "L-6", "L-5", "L-3"]
    assert bench.state("L-1") == ("decided", "allowed", "none", 0, "keep", ["released"])


def test_what_is_left_over_is_applied_by_the_next_run(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowing, "AT_ONCE", 1)
    outcome = bench.allow.add(DPO, RULE)
    assert outcome == AllowOutcome(outcome.id, 1, 1, 1)
    assert bench.run()["rows_scanned"] == 1
    assert listed(bench) == [("OFFENCE.prison", "dpo", True, 2, "")]


def test_a_term_is_looked_for_by_the_next_run_in_the_records_it_may_concern(bench: Bench) -> None:
    outcome = bench.allow.add(DPO, NewAllowance("nom d'un soin", UNTIL, term="Cancer du sein", entity="HEALTH"))
    assert outcome == AllowOutcome(outcome.id, 0, 0, 4)
    assert bench.run()["rows_scanned"] == 4
    assert (bench.state("L-6")[:2], bench.state("L-1")[0]) == (("decided", "allowed"), "open")
    assert listed(bench) == [("Cancer du sein", "dpo", True, 1, "")]
    bench.put({"L-7": ("Tour", "T-7", "2026-10-07", "pour un cancer du sein", "")})
    bench.run()
    assert (bench.state("L-7")[:2], listed(bench)[0][3]) == (("decided", "allowed"), 2)
    assert bench.run()["rows_scanned"] == 0


def test_no_term_is_kept_in_clear_and_rotation_keeps_it(bench: Bench) -> None:
    bench.allow.add(DPO, NewAllowance("nom", UNTIL, term="Zwxqua Kolibri"))
    with bench.store.connect() as connection:
        (row,) = connection.execute(select(allow_entries)).all()
        assert b"zwxqua" not in str(tuple(row)).lower().encode() + bytes(row.term).lower()
        with pytest.raises(SecretKeyError):
            allowances(connection, Perimeter.everything(), OTHER, TODAY)
    Vault(bench.store, KEY).rotate(OTHER, who="root")
    with bench.store.connect() as connection:
        assert [item.what.term for item in allowances(connection, Perimeter.everything(), OTHER, TODAY)] == ["Zwxqua Kolibri"]


def test_an_entry_that_expired_lets_findings_stand_again(bench: Bench) -> None:
    before = bench.state("L-2")
    bench.allow.add(DPO, RULE)
    with bench.store.begin() as connection:
        connection.execute(update(allow_entries).values(expires="2026-11-01"))
    bench.run()
    assert bench.state("L-2") == before
    assert listed(bench) == []


def test_the_policy_of_the_service_has_the_entries(bench: Bench) -> None:
    bench.allow.add(DPO, NewAllowance("nom", UNTIL, term="rue de la Prison"))
    with bench.store.connect() as connection:
        policy = policy_with_store(bench.policy, connection, KEY, TODAY)
    assert [(entry.term, entry.author, entry.expires) for entry in policy.allow.active] == [("rue de la Prison", "dpo", UNTIL)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rule": ""}, "an entry of the allow-list names a term, a rule or a record"),
        ({"term": ".,"}, "the term holds no word"),
        ({"reason": " "}, "say why: an entry of the allow-list has a reason"),
        ({"expires": datetime.date(2020, 1, 1)}, "the entry would be over already: give a later day"),
    ],
)
def test_entries_that_are_refused(bench: Bench, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        bench.allow.add(DPO, replace(RULE, **changes))
    assert (str(caught.value), listed(bench)) == (message, [])


def test_who_may_allow_where(bench: Bench) -> None:
    inside = viewer("lilas", "dpo", ["Lilas"])
    for nobody, new in ((viewer("x", "reviewer"), RULE), (inside, RULE), (inside, replace(RULE, site="Tour"))):
        with pytest.raises(NotAllowedError):
            bench.allow.add(nobody, new)
    outcome = bench.allow.add(inside, replace(RULE, site="Lilas"))
    assert outcome.findings == 1
    everywhere = bench.allow.add(DPO, replace(RULE, site="Tour"))
    assert [item[3] for item in listed(bench, Perimeter.of(["Lilas"]))] == [1]
    with pytest.raises(NotAllowedError):
        bench.allow.end(inside, everywhere.id, why="non")
