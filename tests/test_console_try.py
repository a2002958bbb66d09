"""Trying a text: what is found and considered is told, nothing of the text is kept, and markup in it stays text."""

from __future__ import annotations

import html
import logging
from typing import get_args

import pytest
from consoles import Site
from html_pages import tables_of, words_of
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import inspect, select
from vaults import audited

from recognizers.detector import default_detector
from recognizers.fates import Fate
from scanner.cli.explain import FATES
from scanner.console.trial import Piece, pieces, try_text
from scanner.console.wordings import wordings
from scanner.french import typeset
from scanner.policy import PURPOSES
from scanner.report.labels import ASSERTIONS
from scanner.store.metadata import metadata

TEXT = "Mme alcoolique, ne parle pas français, joint de robinet. Le kwzolibri est vert"
HOSTILE = """alcoolique </textarea><script>alert("zq")</script><img src=x onerror=alert(1)> {{ 7*7 }} '"&amp;"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with Site(tmp_path_factory.mktemp("try")) as site:
        yield site


def tried(site: Site, text: str, login: str = "dpo") -> str:
    answer = site.client(login).submit("/console/try", {"text": text})
    assert answer.status_code == 200
    return answer.text


def test_tells_what_was_found_and_why(site):
    page = tried(site, TEXT)
    words = words_of(page)
    (shown,) = try_text(TEXT, site.app.state.vigie).findings
    assert (shown.words, shown.judged.finding.entity, shown.judged.severity) == ("alcoolique", "ADDICTION", 4)
    assert f"1 constat, risque {try_text(TEXT, site.app.state.vigie).risk.value}/100" in words
    for told in (
        "1. Addictions : alcoolique",
        shown.info.why,
        f"gravité 4/4 · certitude {round(100 * shown.judged.finding.score)} % · {ASSERTIONS[shown.judged.finding.assertion]}",
        "ADDICTION.alcoholic",
        *(ground.title for ground in shown.grounds),
    ):
        assert " ".join(typeset(told).split()) in words
    assert '<mark class="critical">alcoolique<sup>' in page


def test_tells_what_the_policy_makes_of_it_for_each_purpose(site):
    by_purpose, _ = tables_of(tried(site, TEXT))
    policy = site.app.state.vigie.policy
    labels = {"keep": "admis", "warn": "signalé", "redact": "à masquer", "quarantine": "à retirer"}
    trial = try_text(TEXT, site.app.state.vigie)
    finding = trial.findings[0].judged.finding
    asked = policy.with_purposes({purpose: purpose for purpose in PURPOSES})
    expected = [[PURPOSES[p], labels[asked.decide(finding, trial.risk.level, p).action]] for p in PURPOSES]
    assert [row[:2] for row in by_purpose[1:]] == expected
    assert {row[1] for row in expected} == {"admis", "à masquer"}  # the purposes do make a difference


def test_tells_what_was_considered_and_set_aside(site):
    *_, aside = tables_of(tried(site, TEXT))
    considered = [c for c in default_detector().explain(TEXT) if c.fate != "found"]
    assert [row[0] for row in aside[1:]] == [f"« {TEXT[c.finding.start : c.finding.end]} »" for c in considered]
    assert "« pas français »" in [row[0] for row in aside[1:]]
    assert [row[2] for row in aside[1:]] == [c.finding.rule for c in considered]


def test_what_the_rules_say_has_typographic_apostrophes_and_the_text_its_own(site):
    page = site.client("dpo").submit("/console/try", {"text": "j'ai su : cancer"}).text
    told = html.unescape(page)
    assert ("j'ai su" in told, "Ces mots révèlent l’état de santé" in told, "l'état" in told) == (True, True, False)


def test_nothing_to_find_says_so(site):
    page = tried(site, "Le robinet de la cuisine goutte.")
    assert "Rien à signaler" in words_of(page)
    assert "<mark" not in page


def test_empty_text_shows_the_form_again(site):
    assert "Rien à signaler" not in tried(site, "  \r\n ")


def test_markup_in_a_text_stays_text(site):
    page = tried(site, HOSTILE)
    assert '</textarea><script>alert("zq")</script>' in words_of(page)  # in the form; the result is of the text that it marks up
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "{{ 7*7 }}" in page
    assert 'a < 3 & "b" > alcoolique constat 1' in words_of(tried(site, 'a < 3 & "b" > alcoolique'))


def test_text_is_kept_nowhere(site, caplog):
    def rows() -> dict[str, list]:
        with site.store.connect() as connection:
            names = set(inspect(connection).get_table_names())
            kept = {name: table for name, table in metadata.tables.items() if name in names and name not in ("sessions", "audit")}
            return {name: connection.execute(select(table)).all() for name, table in kept.items()}

    client = site.client("dpo")
    client.csrf()
    before, events = rows(), len(audited(site.store))
    with caplog.at_level(logging.DEBUG):
        answer = client.submit("/console/try", {"text": TEXT})
    assert answer.headers["cache-control"] == "no-store"
    assert rows() == before
    assert len(audited(site.store)) == events
    assert "kwzolibri" not in caplog.text
    assert "kwzolibri" not in str(client.cookies)


def test_long_text_is_refused_in_words(site):
    answer = site.client("dpo").submit("/console/try", {"text": "a" * 20_001})
    assert (answer.status_code, "L’envoi est trop volumineux" in answer.text) == (413, True)


@pytest.mark.parametrize("login", ["site_manager", "auditor.all"])
def test_does_not_exist_without_the_permission(site, login):
    client = site.client(login)
    assert client.get("/console/try").status_code == 404
    assert client.submit("/console/try", {"text": TEXT}).status_code == 404


def test_needs_the_token_of_the_form(site):
    assert site.client("dpo").post("/console/try", data={"text": TEXT}).status_code == 403


def test_overlapping_findings_share_their_words(site):
    class Found:
        def __init__(self, number: int, start: int, end: int, severity: int) -> None:
            self.number, self.mark = number, {4: "critical", 2: "medium"}[severity]
            self.judged = type("J", (), {"severity": severity, "finding": type("F", (), {"start": start, "end": end})})

    assert pieces("abcdef", [Found(1, 1, 4, 2), Found(2, 3, 5, 4)]) == [
        Piece("a", "", []),
        Piece("bc", "medium", []),
        Piece("d", "critical", [1]),
        Piece("e", "critical", [2]),
        Piece("f", "", []),
    ]


@given(
    text=st.text(max_size=80)
    | st.lists(st.sampled_from(["alcoolique", "SIDA", " ", "\n", "06 12 34 56 78", "é", "<b>"]), max_size=8).map("".join)
)
def test_pieces_make_up_the_text(site, text):
    trial = try_text(text, site.app.state.vigie)
    shown = "".join(piece.text for piece in trial.pieces)
    assert sorted(number for piece in trial.pieces for number in piece.ends) == [found.number for found in trial.findings]
    assert shown == text or "<" in text or "{" in text  # markup is read as /v1/check reads it


def test_every_reason_why_words_are_no_finding_has_its_wording() -> None:
    reasons = set(get_args(Fate)) - {"found"}
    assert (set(wordings()["fates"]), set(FATES)) == (reasons, {*reasons, "found"})
