"""Texts written by hand: checked, sealed with the original, written by ``vigie plan``."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import KEY
from reviews import Bench, viewer
from sqlalchemy import select
from stores import KINDS, new_place
from vaults import OTHER

from scanner.catalogue import default_catalogue
from scanner.corrections import PlanSettings, make_plan
from scanner.redaction import Redactor
from scanner.review.outcome import Outcome, Remaining, WordingOutcome
from scanner.store.engine import open_store
from scanner.store.review_tables import wordings
from scanner.vault import Vault

DPO = viewer()
WRITTEN = "suivi à domicile"


@pytest.fixture(params=KINDS)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    with open_store(new_place(request.param, request, tmp_path)) as store:
        yield Bench(store, tmp_path)


def write(bench: Bench, ref: str, texts: dict[str, str], *, accept: bool = False) -> WordingOutcome:
    (record_id,) = bench.ids(ref)
    return bench.desk.write_wording(DPO, record_id, bench.shown(ref)[record_id], texts, why="plus neutre", accept_remaining=accept)


def planned(bench: Bench, name: str = "plan") -> dict[tuple[str, str], str]:
    """Return the new text by record and field that a plan writes."""
    catalogue = default_catalogue()
    redactor = Redactor("label", catalogue.tags, catalogue.severities, catalogue.wordings)
    make_plan(bench.store, KEY, PlanSettings(bench.folder / name, redactor, "dpo"))
    with (bench.folder / name / "changes.csv").open(encoding="utf-8-sig", newline="") as file:
        return {(row["key"], row["column"]): row["new_text"].removeprefix("'") for row in csv.DictReader(file, delimiter=";")}


def kept(bench: Bench) -> int:
    with bench.store.connect() as connection:
        return len(connection.execute(select(wordings)).all())


def test_a_plan_writes_what_people_decided_and_nothing_else(bench: Bench) -> None:
    assert write(bench, "L-1", {"note": WRITTEN}) == WordingOutcome(True)
    bench.desk.decide(DPO, bench.shown("L-2"), "false_alarm", why="rue", entity="OFFENCE")
    bench.desk.decide(DPO, bench.shown("L-2"), "redact", why="trop précis")
    bench.desk.decide(DPO, bench.shown("L-5"), "release", why="utile")
    assert bench.state("L-1")[:2] == ("decided", "redact")
    texts = planned(bench)
    assert {key[0]: text for key, text in texts.items() if "L-1" in key[0]} == {'{"ref": "L-1"}': WRITTEN}
    assert {key[1]: text for key, text in texts.items() if "L-2" in key[0]} == {
        "note": "[ADDICTION] et sorti de prison, [SANTÉ]",
        "suivi": "[FINANCES] ancienne, [SANTÉ]",
    }
    assert {key[0] for key in texts} == {'{"ref": "L-1"}', '{"ref": "L-2"}', '{"ref": "L-6"}'}


def test_a_text_that_still_reveals_something(bench: Bench) -> None:
    remaining = (Remaining("note", "OFFENCE", 8, 14, "OFFENCE.prison", "prison"),)
    assert write(bench, "L-1", {"note": "sort de prison"}) == WordingOutcome(False, "still-reveals", remaining)
    assert (kept(bench), bench.state("L-1")[0]) == (0, "open")
    assert write(bench, "L-1", {"note": "sort de prison"}, accept=True) == WordingOutcome(True, "", remaining)
    assert bench.desk.reveal(DPO, bench.ids("L-1")[0], why="lecture").wordings == {"note": "sort de prison"}


@pytest.mark.parametrize(
    ("ref", "texts", "refusal"),
    [
        ("L-1", {"note": "suivi pour un cancer"}, "same-text"),
        ("L-1", {"ailleurs": "x"}, "no-field"),
        ("L-3", {"note": "x"}, "no-original"),
    ],
)
def test_what_is_refused(bench: Bench, ref: str, texts: dict[str, str], refusal: str) -> None:
    assert (write(bench, ref, texts).refusal, kept(bench)) == (refusal, 0)


def test_the_last_decision_counts(bench: Bench) -> None:
    (one,) = bench.ids("L-1")
    write(bench, "L-1", {"note": "premier texte"})
    write(bench, "L-1", {"note": WRITTEN})
    assert bench.desk.reveal(DPO, one, why="lecture").wordings == {"note": WRITTEN}
    bench.desk.undo(DPO, bench.shown("L-1"), why="retour")
    assert bench.desk.reveal(DPO, one, why="lecture").wordings == {"note": "premier texte"}
    bench.desk.decide(DPO, bench.shown("L-1"), "redact", why="par étiquette")
    assert planned(bench)['{"ref": "L-1"}', "note"] == "suivi pour un [SANTÉ]"


def test_neutral_wordings_of_many_at_once(bench: Bench) -> None:
    one, three = bench.ids("L-1", "L-3")
    outcome = bench.desk.decide(DPO, bench.shown("L-1", "L-3"), "redact", why="neutre", mode="neutral")
    assert outcome == Outcome((one,), refused={three: "no-original"})
    revealed = bench.desk.reveal(DPO, one, why="lecture")
    assert revealed.wordings == revealed.neutral
    assert planned(bench)['{"ref": "L-1"}', "note"] == revealed.neutral["note"]


def test_a_written_text_is_sealed_and_goes_with_the_original(bench: Bench) -> None:
    write(bench, "L-1", {"note": WRITTEN})
    with bench.store.connect() as connection:
        assert WRITTEN.encode() not in connection.execute(select(wordings.c.sealed)).scalar_one()
    vault, entry = Vault(bench.store, KEY), bench.row("L-1").entry_id
    vault.rotate(OTHER, who="root")
    assert kept(bench) == 1
    Vault(bench.store, OTHER).transition([entry], "erased", who="dpo", why="demande")
    assert kept(bench) == 0


def test_a_text_that_changed_drops_what_was_written_for_it(bench: Bench) -> None:
    write(bench, "L-1", {"note": WRITTEN})
    bench.put({"L-1": ("Lilas", "T-1", "2026-10-01", "un cancer, et en prison", "rien")})
    bench.run()
    assert (kept(bench), bench.state("L-1")[0]) == (0, "open")
