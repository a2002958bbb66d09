"""Accepting what vigie.js proposes: by mouse, by keyboard, and back with Ctrl+Z."""

from __future__ import annotations

from component_page import FORM, finding, fulfill, open_screen
from playwright.sync_api import Page, expect


def test_a_click_writes_the_proposed_words_and_undo_takes_them_back(page: Page) -> None:
    screen = open_screen(page)
    screen.type("Mme 😡 a un cancer, rappeler.")
    screen.note.evaluate("(field) => field.addEventListener('input', () => field.dataset.heard = field.value)")
    screen.panel.get_by_role("button", name="Écrire plutôt : « besoin particulier signalé »").click()
    corrected = "Mme 😡 a un besoin particulier signalé, rappeler."
    expect(screen.note).to_have_value(corrected)
    expect(screen.note).to_be_focused()
    expect(screen.note).to_have_attribute("data-heard", corrected)
    caret_at_the_end = screen.note.evaluate("(field) => field.selectionStart === field.value.length")
    expect(screen.panel).to_have_attribute("data-state", "ok")
    page.keyboard.press("Control+z")
    expect(screen.note).to_have_value("Mme 😡 a un cancer, rappeler.")
    expect(screen.panel).to_have_attribute("data-state", "warn")
    assert caret_at_the_end
    assert [body["text"] for body in screen.asked] == ["Mme 😡 a un cancer, rappeler.", corrected, "Mme 😡 a un cancer, rappeler."]


def test_everything_works_by_keyboard(page: Page) -> None:
    screen = open_screen(page)
    screen.type("Un cancer, puis alcoolique notoire")
    page.keyboard.press("Alt+ArrowDown")
    expect(screen.entries.nth(0)).to_be_focused()
    expect(screen.entries.nth(0)).to_have_css("outline-style", "solid")
    page.keyboard.press("Escape")
    expect(screen.note).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(screen.panel.get_by_role("button", name="Écrire plutôt")).to_be_focused()
    page.keyboard.press("Enter")
    expect(screen.note).to_have_value("Un besoin particulier signalé, puis alcoolique notoire")
    expect(screen.panel).to_have_attribute("data-state", "warn")
    page.keyboard.press("Alt+ArrowDown")
    expect(screen.entries.nth(0)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(screen.note).to_have_value("Un besoin particulier signalé, puis notoire")
    expect(screen.panel).to_have_attribute("data-state", "ok")
    expect(screen.note).to_be_focused()


def test_words_without_a_proposal_are_removed_with_a_spare_space(page: Page) -> None:
    wanted = {
        "M. est alcoolique et poli": "M. est et poli",
        "alcoolique et poli": "et poli",
        "M. est alcoolique": "M. est",
        "Poli (alcoolique)": "Poli ()",
        "Poli\nalcoolique notoire": "Poli\nnotoire",
        "Poli, alcoolique : à voir": "Poli, : à voir",
        "Un alcoolique.": "Un.",
    }
    screen = open_screen(page)
    removed = {}
    for before in wanted:
        screen.note.fill(before)
        screen.note.blur()
        screen.panel.get_by_role("button", name="Retirer ces mots").click()
        removed[before] = screen.note.input_value()
    assert removed == wanted


def test_a_proposal_that_does_not_fit_is_not_cut(page: Page) -> None:
    screen = open_screen(page, FORM.replace("<textarea", '<textarea maxlength="20"'))
    screen.type("Elle a un cancer")
    screen.panel.get_by_role("button", name="Écrire plutôt").click()
    expect(screen.note).to_have_value("Elle a un cancer")
    expect(screen.panel.get_by_role("status")).to_have_text("Il manque 16 caractères dans ce champ pour cette formulation.")


def test_the_caret_opens_the_entry_of_the_word_it_stands_in(page: Page) -> None:
    screen = open_screen(page)
    screen.type("Un cancer, puis alcoolique. ")
    opened = screen.panel.locator("details[open] b")
    expect(opened).to_have_text(["« cancer »"])
    screen.note.evaluate("(field) => field.setSelectionRange(18, 18)")
    page.keyboard.press("ArrowRight")
    expect(opened).to_have_text(["« alcoolique »"])
    expect(screen.panel.locator("mark.current")).to_have_text(["alcoolique"])
    screen.entries.first.click()
    expect(opened).to_have_text(["« cancer »"])
    expect(screen.panel.locator("mark.current")).to_have_text(["cancer"])


def test_findings_that_overlap_are_underlined_once_and_listed_both(page: Page) -> None:
    text = "Un cancer alcoolique"

    def overlapping(route):  # type: ignore[no-untyped-def]
        whole = finding(text, "alcoolique", start_utf16=0, end_utf16=20, message="Tout : à voir ?")
        fulfill(route, {"verdict": "warn", "findings": [finding(text, "cancer"), whole], "redacted": "", "save_anyway": "allowed"})

    screen = open_screen(page, reply=overlapping)
    screen.type(text)
    expect(screen.panel.locator("mark")).to_have_text([text])
    expect(screen.entries).to_have_text(["« Un cancer alcoolique »Addictions", "« cancer »Santé"])
    assert screen.panel.locator("p").first.text_content() == "Tout\u00a0: à voir\u00a0?"
