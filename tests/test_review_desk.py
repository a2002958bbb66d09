"""Decisions on records: what they change, what they leave, who must confirm them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from reviews import Bench, viewer
from sqlalchemy import select
from stores import KINDS, new_place
from vaults import audited, decided

from scanner.accounts import Perimeter
from scanner.errors import InputError, NotAllowedError, NotFoundError
from scanner.review.outcome import Outcome, ProposalOutcome
from scanner.review.proposals import proposal_page
from scanner.review.queue import QueueFilter
from scanner.review.record import record_view
from scanner.store.engine import open_store
from scanner.store.schema import findings
from scanner.vault import Vault, history_of

DPO = viewer()
OTHER = viewer("relecteur", "reviewer")
TWO = '[review]\nconfirm = ["erase"]\n'


@pytest.fixture(params=KINDS)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    with open_store(new_place(request.param, request, tmp_path)) as store:
        yield Bench(store, tmp_path)


@pytest.fixture
def four_eyes(tmp_path: Path) -> Iterator[Bench]:
    from fakes import POLICY

    with open_store(tmp_path / "state.sqlite") as store:
        yield Bench(store, tmp_path, POLICY + TWO)


def standing(bench: Bench, ref: str) -> list[tuple[str, str, bool]]:
    """Return field, entity and whether it stands of each finding of a record."""
    with bench.store.connect() as connection:
        columns = findings.c.field, findings.c.entity, findings.c.dismissed
        query = select(*columns).where(findings.c.record_id == bench.ids(ref)[0]).order_by(findings.c.id)
        return [(field, entity, dismissed is None) for field, entity, dismissed in connection.execute(query)]


def test_what_waits_in_the_queue_after_a_scan(bench: Bench) -> None:
    assert bench.queue() == ["L-2", "L-5", "L-6", "L-1", "L-3"]
    assert bench.queue(QueueFilter(state="")) == bench.queue()
    assert bench.state("L-4") == (None, "", "none", 0, "keep", [])
    assert bench.state("L-3") == ("open", "", "medium", 45, "warn", [])
    assert bench.state("L-1")[:2] + bench.state("L-1")[4:] == ("open", "", "redact", ["pending"])


def test_a_false_alarm_on_a_whole_record(bench: Bench) -> None:
    outcome = bench.desk.decide(DPO, bench.shown("L-1"), "false_alarm", why="nom d'une rue")
    (record_id,) = bench.ids("L-1")
    assert outcome == Outcome((record_id,))
    assert bench.state("L-1") == ("decided", "false_alarm", "none", 0, "keep", ["released"])
    assert (bench.queue(), bench.queue(QueueFilter(state="decided"))) == (["L-2", "L-5", "L-6", "L-3"], ["L-1"])
    assert bench.queue(QueueFilter(state="decided", entity="HEALTH")) == ["L-1"]
    assert decided(bench.store) == [(record_id, "false_alarm", "dpo", "nom d'une rue")]
    entry = bench.row("L-1").entry_id
    assert audited(bench.store)[-1] == ("decision-recorded", {"records": [record_id], "entries": [entry], "decision": "false_alarm"})
    with bench.store.connect() as connection:
        assert [(line.event, line.who, line.why) for line in history_of(connection, entry)][1:] == [("released", "dpo", "nom d'une rue")]


def test_a_false_alarm_on_one_category_weighs_the_rest_anew(bench: Bench) -> None:
    before = bench.state("L-2")
    bench.desk.decide(DPO, bench.shown("L-2"), "false_alarm", why="autre sens", field="note", entity="HEALTH")
    assert standing(bench, "L-2") == [
        ("note", "ADDICTION", True),
        ("note", "OFFENCE", True),
        ("note", "HEALTH", False),
        ("suivi", "FINANCIAL", True),
        ("suivi", "HEALTH", True),
    ]
    assert bench.state("L-2") == before  # the same rule stands in the other field: the risk counts it once
    bench.desk.decide(DPO, bench.shown("L-2"), "false_alarm", why="autre sens", entity="HEALTH")
    after = bench.state("L-2")
    assert (after[0], after[2] < before[2] or after[3] < before[3]) == ("open", True)
    assert bench.queue(QueueFilter(entity="HEALTH")) == ["L-5", "L-6", "L-1"]


def test_a_false_alarm_on_one_finding(bench: Bench) -> None:
    with bench.store.connect() as connection:
        view = record_view(connection, Perimeter.everything(), bench.ids("L-2")[0])
    assert view is not None
    (finding,) = (item for item in view.findings if item.entity == "OFFENCE")
    bench.desk.decide(DPO, bench.shown("L-2"), "false_alarm", why="rue de la Prison", finding=finding.id)
    assert [entity for _, entity, stands in standing(bench, "L-2") if not stands] == ["OFFENCE"]
    outcome = bench.desk.decide(DPO, bench.shown("L-1"), "false_alarm", why="rue", finding=finding.id)  # of another record
    assert outcome == Outcome(refused={bench.ids("L-1")[0]: "not-covered"})


def test_decisions_on_originals(bench: Bench) -> None:
    one, two, three = bench.ids("L-1", "L-5", "L-3")
    assert bench.desk.decide(DPO, bench.shown("L-1"), "redact", why="trop précis") == Outcome((one,))
    assert bench.state("L-1")[:2] + bench.state("L-1")[5:] == ("decided", "redact", ["pending"])
    assert bench.desk.decide(DPO, bench.shown("L-5"), "release", why="utile au suivi") == Outcome((two,))
    assert bench.state("L-5")[:2] + bench.state("L-5")[5:] == ("decided", "release", ["released"])
    assert bench.desk.decide(DPO, bench.shown("L-3"), "erase", why="excessif") == Outcome(refused={three: "no-original"})
    assert bench.desk.decide(DPO, bench.shown("L-3"), "release", why="utile") == Outcome((three,))
    assert bench.desk.decide(DPO, bench.shown("L-2"), "erase", why="excessif", entity="HEALTH").refused == {
        bench.ids("L-2")[0]: "whole-only"
    }
    bench.desk.decide(DPO, bench.shown("L-2"), "redact", why="trop", entity="HEALTH")
    assert bench.state("L-2")[0] == "open"  # the other findings still wait
    for entity in ("OFFENCE", "ADDICTION", "FINANCIAL"):
        bench.desk.decide(DPO, bench.shown("L-2"), "redact", why="trop", entity=entity)
    assert bench.state("L-2")[:2] == ("decided", "redact")


def test_the_command_line_decides_the_same(bench: Bench) -> None:
    entry = bench.row("L-1").entry_id
    from fakes import KEY

    Vault(bench.store, KEY).decide([entry], "release", who="root", why="utile")
    assert bench.state("L-1")[:2] + bench.state("L-1")[5:] == ("decided", "release", ["released"])
    assert bench.desk.undo(DPO, bench.shown("L-1"), why="erreur") == Outcome((bench.ids("L-1")[0],))
    assert bench.state("L-1")[:2] + bench.state("L-1")[5:] == ("open", "", ["pending"])


def test_many_at_once_and_each_told(bench: Bench) -> None:
    shown = bench.shown("L-1", "L-2", "L-3", "L-5")
    one, two, three, five = bench.ids("L-1", "L-2", "L-3", "L-5")
    bench.desk.decide(DPO, {five: shown[five]}, "redact", why="entre-temps")
    outcome = bench.desk.decide(DPO, {**shown, 999: "x"}, "redact", why="trop précis")
    assert outcome == Outcome((one, two), refused={999: "unknown", three: "no-original", five: "changed"})


def test_nobody_decides_on_what_they_do_not_see(bench: Bench) -> None:
    inside = viewer("lilas", "reviewer", ["Lilas"])
    five, six = bench.ids("L-5", "L-6")
    before = bench.snapshot()
    shown = bench.shown("L-5", "L-6")
    assert bench.desk.decide(inside, shown, "release", why="x").refused == {five: "unknown", six: "unknown"}
    assert bench.desk.undo(inside, shown, why="x").refused == {five: "unknown", six: "unknown"}
    assert bench.desk.hold(inside, shown, why="x").refused == {five: "unknown", six: "unknown"}
    assert bench.desk.masked(inside, five) == {}
    with pytest.raises(NotFoundError):
        bench.desk.reveal(inside, five, why="x")
    assert bench.desk.write_wording(inside, five, shown[five], {"note": "x"}, why="x").refusal == "unknown"
    desk = bench.desk
    for role in ("site_manager", "auditor"):
        nobody = viewer("x", role)
        asks = [lambda: desk.decide(nobody, shown, "release", why="x")]  # noqa: B023
        asks += [lambda ask=ask: ask(nobody, shown, why="x") for ask in (desk.undo, desk.hold, desk.free)]  # type: ignore[misc] # noqa: B023
        for ask in asks:
            with pytest.raises(NotAllowedError):
                ask()
        with pytest.raises(NotAllowedError):
            bench.desk.masked(viewer("x", role), five)
    assert bench.snapshot() == before


@pytest.mark.parametrize("why", ["", "  "])
def test_a_decision_has_a_reason(bench: Bench, why: str) -> None:
    with pytest.raises(InputError) as caught:
        bench.desk.decide(DPO, bench.shown("L-1"), "release", why=why)
    assert str(caught.value) == "say why: a decision is written down with its reason"


def test_a_legal_hold(bench: Bench) -> None:
    (one,) = bench.ids("L-1")
    assert bench.desk.hold(DPO, bench.shown("L-1"), why="contentieux") == Outcome((one,))
    assert bench.desk.decide(DPO, bench.shown("L-1"), "erase", why="excessif") == Outcome(refused={one: "held"})
    assert bench.desk.free(DPO, bench.shown("L-1"), why="jugé") == Outcome((one,))
    assert bench.desk.free(DPO, bench.shown("L-1"), why="jugé") == Outcome(refused={one: "not-held"})


def test_the_text_is_masked_until_it_is_revealed(bench: Bench) -> None:
    (one,) = bench.ids("L-1")
    masked = bench.desk.masked(DPO, one)
    assert {field: [(item.text, item.entity) for item in items] for field, items in masked.items()} == {
        "note": [("••••• •••• •• ", ""), ("[SANTÉ]", "HEALTH")]
    }
    logged = audited(bench.store)
    revealed = bench.desk.reveal(DPO, one, why="doute sur le sens")
    assert revealed.texts == {"note": "suivi pour un cancer"}
    assert [(item.text, item.label) for item in revealed.segments["note"]] == [("suivi pour un ", ""), ("cancer", "[SANTÉ]")]
    assert revealed.labelled == {"note": "suivi pour un [SANTÉ]"}
    entry = bench.row("L-1").entry_id
    assert audited(bench.store) == [*logged, ("original-shown", {"entries": [entry]})]
    with bench.store.connect() as connection:
        assert [(line.event, line.who, line.why) for line in history_of(connection, entry)][1:] == [("shown", "dpo", "doute sur le sens")]


class TestSecondPerson:
    def test_a_proposal_is_confirmed_by_another(self, four_eyes: Bench) -> None:
        bench = four_eyes
        (one,) = bench.ids("L-1")
        assert bench.desk.decide(OTHER, bench.shown("L-1"), "erase", why="excessif") == Outcome(proposed=(one,))
        assert bench.state("L-1")[0] == "proposed"
        assert bench.desk.decide(DPO, bench.shown("L-1"), "release", why="utile").refused == {one: "waiting"}
        with bench.store.connect() as connection:
            page = proposal_page(connection, Perimeter.everything())
            assert proposal_page(connection, Perimeter.of(["Tour"])).total == 0
        (proposal,) = page.rows
        assert (page.total, proposal.row.record, proposal.decision, proposal.who, proposal.why) == (
            1,
            "L-1",
            "erase",
            "relecteur",
            "excessif",
        )
        assert bench.desk.confirm(OTHER, [proposal.id], why="oui") == ProposalOutcome(refused={proposal.id: "own"})
        elsewhere = viewer("tour", "dpo", ["Tour"])
        assert bench.desk.confirm(elsewhere, [proposal.id], why="oui") == ProposalOutcome(refused={proposal.id: "unknown"})
        assert bench.desk.withdraw(DPO, [proposal.id], why="non") == ProposalOutcome(refused={proposal.id: "not-own"})
        assert bench.desk.confirm(DPO, [proposal.id], why="oui") == ProposalOutcome((proposal.id,))
        assert bench.state("L-1")[:2] + bench.state("L-1")[5:] == ("decided", "erase", ["pending"])
        with bench.store.connect() as connection:
            view = record_view(connection, Perimeter.everything(), one)
        assert view is not None
        assert [(item.decision, item.who, item.confirmed_by) for item in view.decisions] == [("erase", "relecteur", "dpo")]
        assert [(item.state, item.settled_by, item.settled_why) for item in view.proposals] == [("confirmed", "dpo", "oui")]
        assert bench.desk.refuse(DPO, [proposal.id], why="non") == ProposalOutcome(refused={proposal.id: "settled"})

    @pytest.mark.parametrize("how", ["refuse", "withdraw"])
    def test_a_proposal_that_comes_to_nothing(self, four_eyes: Bench, how: str) -> None:
        bench = four_eyes
        before = bench.snapshot()
        bench.desk.decide(OTHER, bench.shown("L-1", "L-2"), "erase", why="excessif")
        with bench.store.connect() as connection:
            ids = [item.id for item in proposal_page(connection, Perimeter.everything()).rows]
        outcome = bench.desk.refuse(DPO, ids, why="utile") if how == "refuse" else bench.desk.withdraw(OTHER, ids, why="erreur")
        assert sorted(outcome.done) == sorted(ids)
        assert bench.snapshot() == before

    def test_a_record_that_changes_overtakes_what_was_proposed(self, four_eyes: Bench) -> None:
        bench = four_eyes
        bench.desk.decide(OTHER, bench.shown("L-1"), "erase", why="excessif")
        bench.put({"L-1": ("Lilas", "T-1", "2026-10-01", "un cancer, et en prison", "rien")})
        bench.run()
        assert bench.state("L-1")[:2] == ("open", "")
        with bench.store.connect() as connection:
            assert proposal_page(connection, Perimeter.everything()).total == 0
            assert [item.settled_by[:4] for item in proposal_page(connection, Perimeter.everything(), state="overtaken").rows] == ["run "]

    def test_written_texts_wait_as_well(self, tmp_path: Path) -> None:
        from fakes import POLICY

        with open_store(tmp_path / "state.sqlite") as store:
            bench = Bench(store, tmp_path, POLICY + '[review]\nconfirm = ["redact"]\n')
            (two,) = bench.ids("L-2")
            texts = {"note": "situation à suivre", "suivi": "à revoir"}
            outcome = bench.desk.write_wording(OTHER, two, bench.shown("L-2")[two], texts, why="neutre")
            assert (outcome.done, outcome.waits, bench.state("L-2")[0]) == (False, True, "proposed")
            assert bench.desk.reveal(DPO, two, why="lecture").wordings == {}
            with store.connect() as connection:
                ids = [item.id for item in proposal_page(connection, Perimeter.everything()).rows]
            assert sorted(bench.desk.confirm(DPO, ids, why="oui").done) == sorted(ids)
            assert (bench.state("L-2")[:2], bench.desk.reveal(DPO, two, why="lecture").wordings) == (("decided", "redact"), texts)
