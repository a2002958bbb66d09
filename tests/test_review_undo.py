"""What is taken back is as it was, and what cannot be taken back says so."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import KEY
from hypothesis import given, settings
from hypothesis import strategies as st
from reviews import Bench, viewer
from sqlalchemy import insert
from stores import KINDS, new_place
from vaults import audited

from scanner.accounts import Perimeter
from scanner.review.outcome import Outcome
from scanner.review.record import record_view
from scanner.store.engine import open_store
from scanner.store.schema import changes, plans
from scanner.vault import Vault

DPO = viewer()


@pytest.fixture(params=KINDS)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    with open_store(new_place(request.param, request, tmp_path)) as store:
        yield Bench(store, tmp_path)


PARTS = st.sampled_from(({}, {"field": "note"}, {"entity": "HEALTH"}, {"field": "suivi", "entity": "FINANCIAL"}))
STEPS = st.lists(
    st.tuples(st.sampled_from(("L-1", "L-2", "L-3", "L-5")), st.sampled_from(("false_alarm", "redact", "release", "erase")), PARTS)
)


@settings(max_examples=25)
@given(steps=STEPS)
def test_every_decision_can_be_taken_back(steps: list[tuple[str, str, dict[str, str]]]) -> None:
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "state.sqlite") as store:
        bench = Bench(store, Path(folder))
        done: list[str] = []
        before = [bench.snapshot()]
        for ref, decision, part in steps:
            if bench.desk.decide(DPO, bench.shown(ref), decision, why="essai", **part).done:  # type: ignore[arg-type]
                done.append(ref)
                before.append(bench.snapshot())
        for ref in reversed(done):
            assert bench.snapshot() == before.pop()
            assert bench.desk.undo(DPO, bench.shown(ref), why="retour") == Outcome(tuple(bench.ids(ref)))
        assert bench.snapshot() == before.pop()


def test_an_undo_is_written_down(bench: Bench) -> None:
    (one,) = bench.ids("L-1")
    bench.desk.decide(DPO, bench.shown("L-1"), "false_alarm", why="nom de rue")
    entry = bench.row("L-1").entry_id
    bench.desk.undo(viewer("relecteur", "reviewer"), bench.shown("L-1"), why="c'était bien cela")
    assert audited(bench.store)[-1] == ("decision-undone", {"records": [one], "entries": [entry]})
    with bench.store.connect() as connection:
        view = record_view(connection, Perimeter.everything(), one)
    assert view is not None
    assert [(item.how_ended, item.ended_by, item.ended_why) for item in view.decisions] == [("undone", "relecteur", "c'était bien cela")]
    assert [(line.event, line.who, line.why) for line in view.history][1:] == [
        ("released", "dpo", "nom de rue"),
        ("restored", "relecteur", "c'était bien cela"),
    ]
    assert (view.can_undo, view.cannot_undo) == (False, "nothing-to-undo")


def test_what_was_erased_is_gone(bench: Bench) -> None:
    (one,) = bench.ids("L-1")
    vault, entry = Vault(bench.store, KEY), bench.row("L-1").entry_id
    bench.desk.decide(DPO, bench.shown("L-1"), "erase", why="excessif")
    vault.transition([entry], "redacted", who="x", why="plan")
    assert bench.state("L-1")[:2] == ("corrected", "erase")
    assert bench.desk.undo(DPO, bench.shown("L-1"), why="retour") == Outcome(refused={one: "applied"})
    vault.transition([entry], "erased", who="x", why="plan")
    assert bench.desk.undo(DPO, bench.shown("L-1"), why="retour") == Outcome(refused={one: "erased"})


def test_what_is_being_applied_is_not_taken_back(bench: Bench) -> None:
    (one,) = bench.ids("L-1")
    bench.desk.decide(DPO, bench.shown("L-1"), "redact", why="trop")
    with bench.store.begin() as connection:
        row = {"id": "p", "job_id": 1, "database": "", "key_id": "", "who": "", "created": ""}
        connection.execute(insert(plans).values(row))
        facts = {"id": "c", "plan_id": "p", "vault_id": bench.row("L-1").entry_id, "source": "", "key_values": "", "field": "note"}
        digests = {"old_digest": b"", "new_digest": b"", "action": "redact", "state": "applying", "changed": ""}
        connection.execute(insert(changes).values(**facts, **digests))
    assert bench.desk.undo(DPO, bench.shown("L-1"), why="retour") == Outcome(refused={one: "applied"})


def test_an_original_past_its_retention_is_sealed_again_by_the_next_run(bench: Bench) -> None:
    bench.desk.decide(DPO, bench.shown("L-1"), "false_alarm", why="nom de rue")
    with bench.store.begin() as connection:
        from scanner.vault.states import erase_entries

        erase_entries(connection, [bench.row("L-1").entry_id], who="purge", why="retention", now="2026-11-22T00:00:00+00:00")
    bench.desk.undo(DPO, bench.shown("L-1"), why="retour")
    assert bench.state("L-1")[0] == "open"
    assert bench.run()["rows_scanned"] == 1
    assert bench.state("L-1")[5] == ["erased", "pending"]
