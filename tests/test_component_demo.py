"""The demonstration page with the real service: a clerk's whole story."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from browsing.axe import serious
from browsing.fixtures import Serve
from component_page import SCREEN
from playwright.sync_api import Page, Route, expect

from scanner.policy import default_policy_text
from scanner.service import ServiceSettings


@pytest.fixture
def settings(tmp_path: Path) -> ServiceSettings:
    """A service without keys, under the default policy with the purposes of the demonstration's fields."""
    text = default_policy_text()
    for name in ('"COMMENTAIRE_GARDIEN"', '"SUIVI_CESF"', '"NOTE_CTX"'):
        text = text.replace(f"# {name}", name)
    policy = tmp_path / "policy.toml"
    policy.write_text(text, encoding="utf-8")
    return ServiceSettings(auth=False, secure_cookies=False, policy=policy)


def test_a_clerk_is_warned_corrects_and_saves(page: Page, serve: Serve, settings: ServiceSettings) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    address = serve(settings)
    page.goto(f"{address}/demo")
    note, panel = page.get_by_label("Commentaire gardien"), page.locator("#caretaker ~ vigie-panel")
    note.press_sequentially("😡 Mme sous chimiothérapie, code portail 4521B")
    expect(panel.locator("mark")).to_have_text(["sous chimiothérapie", "4521B"])
    expect(panel).to_have_attribute("data-state", "block")
    page.get_by_role("button", name="Enregistrer la fiche").click()
    expect(panel.locator("summary").first).to_be_focused()
    expect(page.get_by_role("region", name="Ce que le logiciel enregistrerait")).to_be_hidden()
    panel.get_by_role("button", name="Écrire plutôt").click()
    expect(panel.locator("mark")).to_have_text(["4521B"])
    expect(panel).to_have_attribute("data-state", "warn")
    note.press("Alt+ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(panel).to_have_attribute("data-state", "ok")
    page.get_by_role("tab", name="Suivi social").click()
    page.get_by_label("Suivi social (accès restreint)").fill("Mme sous chimiothérapie")
    social = page.locator("vigie-field vigie-panel")
    expect(social).to_have_attribute("data-state", "warn")  # saving waits for the answer, but not for ever
    page.get_by_role("button", name="Enregistrer la fiche").click()
    social.get_by_label("Pourquoi").fill("demande écrite de Mme")
    social.get_by_role("button", name="Enregistrer quand même").click()
    saved = page.get_by_role("region", name="Ce que le logiciel enregistrerait").locator("dd")
    expect(saved).to_have_text(
        [
            "😡 Mme besoin particulier signalé, code portail accès : voir le registre sécurisé",
            "—",
            "Mme sous chimiothérapie",
            "demande écrite de Mme",
        ]
    )
    assert {request.removeprefix(address) for request in requests if not request.startswith("data:")} == {
        "/demo", "/static/demo.css", "/static/demo.js", "/vigie.js", "/v1/check", "/v1/override",
    }  # fmt: skip


def test_the_demonstration_has_no_serious_fault_for_axe_on_a_phone(page: Page, serve: Serve, settings: ServiceSettings) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{serve(settings)}/demo")
    page.get_by_role("button", name="Plusieurs passages").click()
    panel = page.locator("#caretaker ~ vigie-panel")
    expect(panel.locator("mark")).to_have_text(["alcoolique", "bat sa femme", "fils incarcéré"])
    assert (serious(page), page.evaluate("() => document.documentElement.scrollWidth")) == ([], 360)


def test_a_page_of_another_origin_is_served_when_it_is_on_the_list(page: Page, serve: Serve, settings: ServiceSettings) -> None:
    page.context.grant_permissions(["local-network-access"], origin=SCREEN)  # Chromium asks before a page of elsewhere may reach loopback
    states = []
    for origins in ((SCREEN,), ()):
        script = f"{serve(replace(settings, origins=origins))}/vigie.js"
        html = f'<!DOCTYPE html><title>Fiche</title><script src="{script}" defer></script><textarea data-vigie>Un cancer</textarea>'
        page.route(f"{SCREEN}/fiche", partial(Route.fulfill, body=html, content_type="text/html"))
        page.goto(f"{SCREEN}/fiche")
        panel = page.locator("vigie-panel")
        panel.and_(page.locator("[data-state=warn], [data-state=unavailable]")).wait_for(state="attached")
        states.append(panel.get_attribute("data-state"))
    assert states == ["warn", "unavailable"]
