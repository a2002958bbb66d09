"""The review by keyboard only, for assistive technology, on a phone, and what a page leaves behind."""

from __future__ import annotations

import re

import pytest
from browsing.axe import serious
from consoles import INSIDE, OUTSIDE, Site
from playwright.sync_api import Page, expect
from reviewing import address, names, open_record, shows, sign_in, site

__all__ = ["address", "site"]


def test_by_keyboard_only(page: Page, site: Site, address: str) -> None:
    sign_in(page, address, "reviewer")
    page.goto(f"{address}/console/queue")
    order = names(page)
    press = page.keyboard.press
    for key in ("j", "j", "x", "ArrowDown", "x"):
        press(key)
    assert page.evaluate("document.activeElement.textContent") == order[2]
    press("f")
    expect(page.get_by_label("Motif de la décision")).to_be_focused()
    page.keyboard.type("jeux de rôle, fxu?")  # letters of shortcuts, in a field
    assert page.get_by_label("Motif de la décision").input_value() == "jeux de rôle, fxu?"
    press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Fausse alerte : 2 fiches traitées.")
    page.wait_for_load_state()
    assert names(page) == [order[0], order[3]]

    press("j")
    press("o")
    shows(page, order[0])
    press("v")
    expect(page.get_by_label("Motif de la lecture")).to_be_focused()
    page.keyboard.type("comprendre")
    press("Enter")
    expect(page.locator("[data-revealed]").first).to_be_visible()
    page.wait_for_load_state()
    press("r")
    page.keyboard.type("diagnostic")
    press("Enter")
    shows(page, order[3])
    press("g")
    press("q")
    expect(page).to_have_url(re.compile("/console/queue$"))
    assert names(page) == [order[3]]


def test_the_help_lists_the_shortcuts_and_switches_them_off(page: Page, site: Site, address: str) -> None:
    sign_in(page, address, "reviewer")
    page.goto(f"{address}/console/queue")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Raccourcis clavier")
    expect(dialog).to_contain_text("Fausse alerte, puis le motif et")
    page.keyboard.press("x")
    expect(page.get_by_role("checkbox", name="Sélectionner la fiche L-2")).not_to_be_checked()
    page.get_by_label("Raccourcis actifs sur ce poste").uncheck()
    page.get_by_role("button", name="Fermer").click()
    page.reload()
    for key in ("?", "j", "x", "f"):
        page.keyboard.press(key)
    expect(dialog).to_be_hidden()
    assert page.evaluate("document.querySelectorAll('main :checked:not(option)').length") == 0
    page.get_by_role("button", name="Raccourcis clavier").click()
    page.get_by_label("Raccourcis actifs sur ce poste").check()
    page.get_by_role("button", name="Fermer").click()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == "L-2"


def test_a_reason_is_kept_for_the_tab_and_for_its_reader_only(page: Page, site: Site, address: str) -> None:
    sign_in(page, address, "reviewer")
    open_record(page, address, "L-1")
    page.get_by_label("Motif de la lecture").fill("tri de novembre")
    page.get_by_label("Reprendre ce motif").check()
    page.get_by_role("button", name="Afficher le texte").click()
    open_record(page, address, "L-5")
    expect(page.get_by_label("Motif de la lecture")).to_have_value("tri de novembre")
    sign_in(page, address, "dpo")
    open_record(page, address, "L-5")
    expect(page.get_by_label("Motif de la lecture")).to_have_value("")
    assert page.evaluate("sessionStorage.length") == 0


def test_what_was_revealed_does_not_come_back(page: Page, site: Site, address: str) -> None:
    sign_in(page, address, "reviewer")
    open_record(page, address, "L-1")
    page.get_by_label("Motif de la lecture").fill("vérifier")
    page.get_by_role("button", name="Afficher le texte").click()
    expect(page.locator("[data-revealed]").first).to_contain_text("cancer")
    page.get_by_role("link", name="Retour à la file").click()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Fiche L-1")
    expect(page.locator("[data-revealed]")).to_have_count(0)
    assert "un cancer" not in page.content()


@pytest.mark.parametrize("width", [1280, 360])
def test_pages_are_accessible_and_fit(page: Page, site: Site, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    sign_in(page, address, "reviewer.all")
    page.goto(f"{address}/console/queue")
    page.get_by_role("checkbox", name="Sélectionner la fiche L-1").check()
    expect(page.get_by_role("link", name="Décider pour 1 fiche")).to_be_visible(visible=width == 360)
    page.get_by_role("radio", name="Effacer").check()
    page.get_by_label("Motif de la décision").fill("récit")
    page.get_by_role("button", name="Appliquer").click()
    sign_in(page, address, "dpo.all")
    ids = site.record_ids(INSIDE) | site.record_ids(OUTSIDE)
    for place in ("queue", "queue?state=corrected&from=x", "proposals", "allow-list", f"records/{ids['L-2']}", f"records/{ids['L-3']}"):
        page.goto(f"{address}/console/{place}")
        assert (place, serious(page)) == (place, [])
        assert (place, page.evaluate("document.documentElement.scrollWidth")) == (place, width)
    page.goto(f"{address}/console/records/{ids['L-2']}")
    page.get_by_label("Motif de la lecture").fill("vérifier")
    page.get_by_role("button", name="Afficher le texte").click()
    for summary in page.locator("main summary").all():
        summary.click()
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.get_by_role("button", name="Raccourcis clavier").click()
    assert serious(page) == []
