"""How pages of the console look in Chromium: accessible, within their security policy, on a phone as on a desk; and errors as pages."""

from __future__ import annotations

import logging

import pytest
from browsing.axe import serious
from browsing.fixtures import Serve
from consoles import PASSWORD, Site, add_account
from html_pages import words_of
from playwright.sync_api import Page
from sqlalchemy import insert, update

from scanner.console import try_it
from scanner.console.filters import figure, lasted, moment
from scanner.console.rendering import STATIC
from scanner.review.counts import Figure
from scanner.service import Limits
from scanner.store.review_tables import tallies
from scanner.store.schema import decisions, findings, jobs, records, runs, source_tables

HOSTILE = "\"'><script>alert('zq')</script><img src=x onerror=alert(1)>"
TEXT = "Mme alcoolique, ne parle pas français <img src=x onerror=alert(1)>"
PAGES = (
    "/console/",
    "/console/reports",
    "/console/audit",
    "/console/audit/decisions",
    "/console/search",
    "/console/try",
    "/console/nothing",
)


@pytest.fixture
def site(tmp_path):
    with Site(tmp_path, secure_cookies=False) as site:
        add_account(site.store, "claire", "dpo", name=HOSTILE)
        with site.store.begin() as connection:
            connection.execute(update(jobs).values(name=HOSTILE))
            connection.execute(update(source_tables).values(name=HOSTILE))
            connection.execute(update(records).where(records.c.record == "L-1").values(record=HOSTILE, site=HOSTILE))
            connection.execute(update(tallies).where(tallies.c.site == "Tour Zwxquala").values(site=HOSTILE))
            connection.execute(update(tallies).where(tallies.c.kind == "field", tallies.c.name == "note").values(name=HOSTILE))
            connection.execute(update(findings).values(field=HOSTILE, rule=HOSTILE, term=HOSTILE))
            connection.execute(update(runs).values(status="failed"))
            values = {"decision": "release", "at": "2026-11-22T02:00:00+00:00", "who": HOSTILE, "why": HOSTILE, "rule": HOSTILE}
            connection.execute(insert(decisions).values(record_id=1, **values))
        yield site


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/console/sign-in")
    page.get_by_label("Identifiant").fill("claire")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()


def open_page(page: Page, address: str, path: str) -> None:
    page.goto(address + path)
    if path.endswith("/try"):
        page.get_by_label("Texte").fill(TEXT)
        page.get_by_role("button", name="Analyser").click()
        page.locator("details summary").first.click()
    elif path.endswith("/search"):
        page.get_by_label("Fiche").check()
        page.get_by_label("Identifiant").fill(HOSTILE)
        page.get_by_role("button", name="Chercher").click()
    elif path.endswith("/audit"):
        page.get_by_role("button", name="Vérifier le journal").click()


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def test_pages_are_accessible_fit_every_width_and_run_nothing_they_are_given(site, serve: Serve, page: Page):
    """The fixture ``page`` fails when a page breaks its security policy; ``dialogs`` would tell of a script that ran."""
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    address = serve(site.app.state.vigie.settings)
    sign_in(page, address)
    for path in PAGES:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": 1280, "height": 900})
            open_page(page, address, path)
            assert (path, scheme, serious(page)) == (path, scheme, [])
        for width in (1280, 1024, 768, 390, 360):
            page.set_viewport_size({"width": width, "height": 900})
            assert (path, width, overflow(page)) == (path, width, 0)
        assert (path, serious(page)) == (path, [])
    assert dialogs == []
    assert page.locator("img, main script").count() == 0


def test_menu_of_a_phone_opens_by_keyboard(site, serve: Serve, page: Page):
    page.set_viewport_size({"width": 390, "height": 800})
    sign_in(page, serve(site.app.state.vigie.settings))
    menu, nav = page.get_by_role("button", name="Menu"), page.locator("nav.nav")
    assert (menu.get_attribute("aria-expanded"), nav.is_visible()) == ("false", False)
    menu.focus()
    page.keyboard.press("Enter")
    assert (menu.get_attribute("aria-expanded"), nav.is_visible()) == ("true", True)
    page.keyboard.press("Enter")
    assert nav.is_visible() is False


def test_menu_shows_what_a_role_may_see(tmp_path):
    with Site(tmp_path) as site:
        menus = {role: site.client(f"{role}.all").get_page("/console/password") for role in ("dpo", "reviewer", "site_manager", "auditor")}
    labels = ("Tableau de bord", "À examiner", "Propositions", "Exceptions", "Recherche", "Essai", "Rapports", "Audit", "Comptes")
    shown = {role: [label for label in labels if f">{label}</a>" in page] for role, page in menus.items()}
    assert shown == {
        "dpo": list(labels),
        "reviewer": ["Tableau de bord", "À examiner", "Propositions", "Recherche", "Essai"],
        "site_manager": ["Tableau de bord"],
        "auditor": ["Tableau de bord", "Rapports", "Audit"],
    }


def test_errors_are_pages_that_say_what_to_do(tmp_path, monkeypatch, caplog):
    def explode(text: str, shared: object) -> None:
        raise RuntimeError(text)

    monkeypatch.setattr(try_it, "try_text", explode)
    with Site(tmp_path, limits=Limits(console_requests=10**6, body_bytes=30_000, seconds=60)) as site:
        client = site.client("dpo")
        answers = {
            404: client.get("/console/nothing"),
            405: client.put("/console/try"),
            403: client.post("/console/try", data={"text": "x"}),
            413: client.submit("/console/try", {"text": "x" * 40_000}),
            422: client.submit("/console/search", {"by": "nothing"}),
            500: client.submit("/console/try", {"text": "kwzolibri"}),
        }
    titles = {
        404: "Cette page n’existe pas",
        405: "Cette page n’existe pas",
        403: "La page a expiré",
        413: "L’envoi est trop volumineux",
        422: "Cette demande n’a pas été comprise",
        500: "Une erreur s’est produite",
    }
    for status, answer in answers.items():
        assert (status, answer.status_code, answer.headers["content-type"]) == (status, status, "text/html; charset=utf-8")
        assert titles[status] in words_of(answer.text)
        assert answer.headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "kwzolibri" not in caplog.text + answers[500].text


def test_too_many_requests_are_a_page(tmp_path):
    with Site(tmp_path, limits=Limits(console_requests=8, seconds=60)) as site:
        client = site.client("dpo")
        answers = [client.get("/console/try") for _ in range(10)]
    assert answers[-1].status_code == 429
    assert "Trop de demandes à la suite" in words_of(answers[-1].text)
    assert int(answers[-1].headers["retry-after"]) > 0


def test_errors_of_the_api_stay_as_they_are(tmp_path):
    with Site(tmp_path) as site:
        answer = site.client().get("/nothing")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/json")


def test_static_files_are_ours_and_fetch_nothing(tmp_path):
    with Site(tmp_path) as site:
        client = site.client()
        for file in STATIC.iterdir():
            answer = client.get(f"/console/static/{file.name}")
            assert (answer.status_code, answer.content) == (200, file.read_bytes())
            content = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
            assert [word for word in ("http:", "https:", "//cdn", "@import", "eval(") if word in content] == []


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (Figure(0), "0"),
        (Figure(12345), "12\u202f345"),
        (Figure(0, 5, few=True), "moins de 5"),
        (Figure(10, 5), "10 à 14"),
        (Figure(0, 5), "0"),
    ],
)
def test_figures_tell_no_more_than_they_may(count, told):
    assert figure(count) == told


def test_times_are_told_in_the_zone_of_the_service(monkeypatch):
    import time

    monkeypatch.setenv("TZ", "Europe/Paris")
    time.tzset()
    try:
        assert moment("2026-11-22T23:30:00+00:00") == "23/11/2026\u00a000:30"
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("ended", "told"), [("00:00:59", "moins d’une minute"), ("00:04:10", "4\u00a0min"), ("02:05:00", "2\u00a0h\u00a005")]
)
def test_durations_are_told_in_minutes(ended, told):
    assert lasted("2026-11-22T00:00:00+00:00", f"2026-11-22T{ended}+00:00") == told


def test_nothing_is_logged_of_what_was_searched(tmp_path, caplog):
    with Site(tmp_path) as site, caplog.at_level(logging.DEBUG):
        site.client("dpo").submit("/console/search", {"by": "record", "wanted": "kwzolibri"})
    assert "kwzolibri" not in caplog.text
