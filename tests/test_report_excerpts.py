"""Masked excerpts: only what betrays can be read, only when somebody says why, and each reading is written down."""

from __future__ import annotations

import json

import pytest
from fakes import KEY, FakeDetector
from hypothesis import given
from hypothesis import strategies as st
from reports import document, part, words
from reviews import Bench
from running import vigie
from sqlalchemy import select

from recognizers.finding import Finding
from scanner.documents.blocks import Notice, Table
from scanner.errors import InputError
from scanner.evaluate import ENTITIES, SENSITIVE
from scanner.keys import pseudonym
from scanner.report.dossier import Excerpt, Excerpts
from scanner.report.excerpts import LONGEST, Request, excerpts_of_store, masked
from scanner.review.masking import BULLET
from scanner.store.engine import open_store
from scanner.store.schema import audit
from scanner.vault import EntryFilter, Vault, find_entries, history_of

EXPORT = (
    "ID;NOM;COMMENTAIRE\n"
    "L-1;Zébulondin;kolibrix alcoolique PLOUFADE, violence conjugale, sort de prison, voir Mme Zébulondin au 06 12 34 56 78\n"
    "L-2;Duprezo;ZWXQUA séropositif, alcoolique, interné en psychiatrie, sort de prison, bat sa femme\n"
    "L-3;Duprezo;fuite réparée\n"
)
REQUEST = Request(2, "dpo", "contrôle de la CNIL")


@pytest.fixture
def bench(tmp_path):
    with open_store(tmp_path / "state.sqlite") as store:
        yield Bench(store, tmp_path)


def finding(entity, text, words, core=None):
    start = text.index(words)
    place = (text.index(core), text.index(core) + len(core)) if core else None
    return Finding(entity, start, start + len(words), 0.9, f"{entity}.x", core=place)


def test_only_the_words_that_betray_can_be_read():
    text = "Mme Roc est suivie pour un cancer depuis mars 2024"
    assert (
        masked(text, [finding("HEALTH", text, "est suivie pour un cancer", "cancer")])
        == "••• ••• ••• •••••• •••• •• cancer •••••• •••• ••••"
    )


def test_names_and_numbers_are_masked_within_a_remark():
    text = "alcoolique Roc 0612345678 ivre"
    found = [finding("ADDICTION", text, text), finding("PERSON", text, "Roc"), finding("PHONE_NUMBER", text, "0612345678")]
    assert masked(text, found) == "alcoolique ••• •••••••••• ivre"
    assert masked("ivre 3 fois", [finding("ADDICTION", "ivre 3 fois", "ivre 3 fois")]) == "ivre • fois"


def test_what_holds_nothing_sensitive_has_no_excerpt():
    assert masked("voir Roc", [finding("PERSON", "voir Roc", "Roc")]) == ""
    assert masked("rien", []) == ""


def test_a_long_text_is_cut_around_the_remark():
    text = "a" * 500 + " alcoolique " + "b" * 500
    shown = masked(text, [finding("ADDICTION", text, "alcoolique")])
    assert shown == f"…{BULLET * 29} alcoolique {BULLET * 29}…"


@given(
    st.text(st.characters(codec="utf-8"), max_size=400),
    st.lists(st.tuples(st.sampled_from(ENTITIES), st.integers(0, 400), st.integers(1, 60)), max_size=6),
)
def test_nothing_else_can_ever_be_read(text, spans):
    found = [Finding(entity, start, min(start + length, len(text)), 0.9, "x") for entity, start, length in spans if start < len(text)]
    readable = {at for one in found if one.entity in SENSITIVE for at in range(one.start, one.end)}
    readable -= {at for one in found if one.entity not in SENSITIVE for at in range(one.start, one.end)}
    allowed = sum(text[at].isalnum() for at in readable)
    shown = masked(text, found)
    assert sum(char.isalnum() for char in shown) <= allowed
    assert len(shown) <= LONGEST + 2
    assert not any(char.isdigit() for char in shown)


def test_originals_of_a_store_are_read_in_order_of_risk_and_that_is_written_down(bench):
    found = excerpts_of_store(bench.store, "night", REQUEST, KEY, FakeDetector())
    assert (found.by, found.why) == (pseudonym("dpo", KEY), "contrôle de la CNIL")
    assert [(one.record, one.field, one.entities, one.text) for one in found.items] == [
        (pseudonym("L-2", KEY), "note", ("Addictions", "Infractions et condamnations", "Santé"), "alcoolique •• ••••• •• prison, cancer"),
        (pseudonym("L-5", KEY), "note", ("Infractions et condamnations",), "••••• •• prison"),
    ]
    with bench.store.connect() as connection:
        shown = [json.loads(row.details) for row in connection.execute(select(audit).where(audit.c.event == "original-shown"))]
        histories = [history_of(connection, details["entries"][0]) for details in shown]
    assert [(line[-1].event, line[-1].who, line[-1].why) for line in histories] == [("shown", "dpo", "contrôle de la CNIL")] * 2


def test_what_was_erased_is_not_read(bench):
    with bench.store.connect() as connection:
        ids = [entry.id for entry in find_entries(connection, EntryFilter())]
    Vault(bench.store, KEY).transition(ids, "erased", who="dpo", why="fin de conservation")
    assert excerpts_of_store(bench.store, "night", REQUEST, KEY, FakeDetector()).items == ()


@pytest.mark.parametrize(("count", "why"), [(0, "x"), (51, "x"), (1, " ")])
def test_a_request_has_a_reason_and_a_limit(count, why):
    with pytest.raises(InputError):
        Request(count, "dpo", why)


def test_the_report_says_that_it_holds_excerpts_and_for_whom():
    excerpt = Excerpt("1122334455667788", "critical", "NOTE", ("Santé",), "••• cancer")
    made = document({"excerpts": Excerpts("aabb", "2026-11-22T10:00:00+00:00", "contrôle", (excerpt,))})
    (notice,) = (block for block in part(made, "Synthèse") if isinstance(block, Notice))
    assert notice.text.startswith("Ce rapport contient 1\u00a0extrait masqué, à la demande de aabb, le 22/11/2026, pour le motif suivant")
    assert made.confidentiality == "Confidentiel – contient des extraits masqués"
    (table,) = (block for block in part(made, "Extraits masqués") if isinstance(block, Table))
    assert words(table.rows[0]) == "1122334455667788 code critique NOTE Santé ••• cancer"
    assert "contient des extraits" not in words(document())


def test_excerpts_of_an_export_come_from_its_quarantine(tmp_path):
    (tmp_path / "export.csv").write_text(EXPORT, encoding="utf-8")
    vigie("scan", tmp_path / "export.csv", "--out", tmp_path / "out")
    result = vigie("report", tmp_path / "out", "--form", "json", "--form", "html", "--excerpts", "5", "--by", "dpo", "--why", "contrôle")
    assert (result.code, result.out.splitlines()[-1]) == (
        0,
        "they hold excerpts of comments: only you can read these files; hand them on with care",
    )
    told = json.loads((tmp_path / "out" / "report.json").read_text())["excerpts"]
    assert [(item["record"], item["field"]) for item in told["items"]] == [(pseudonym(one, KEY), "COMMENTAIRE") for one in ("L-2", "L-1")]
    said = (tmp_path / "out" / "report.html").read_text() + json.dumps(told, ensure_ascii=False)
    assert [
        word for word in ("Zébulondin", "Duprezo", "kolibrix", "PLOUFADE", "ZWXQUA", "06 12", "L-1", "L-2", "dpo") if word in said
    ] == []
    assert all(BULLET in item["text"] for item in told["items"])


def test_excerpts_need_the_key(tmp_path):
    (tmp_path / "export.csv").write_text(EXPORT, encoding="utf-8")
    vigie("scan", tmp_path / "export.csv", "--out", tmp_path / "out")
    (tmp_path / "other.key").write_text("0" * 64)
    (tmp_path / "other.key").chmod(0o600)
    arguments = ("--excerpts", "1", "--why", "contrôle", "--key-file", tmp_path / "other.key")
    result = vigie("report", tmp_path / "out", "--out", tmp_path / "made", *arguments)
    assert (result.code, (tmp_path / "made").exists()) == (2, False)
