"""vigie.js for everybody: screen readers, keyboards, phones, high contrast; and for nobody who writes markup into a comment."""

from __future__ import annotations

from browsing.axe import serious
from component_page import FORM, NOTE, answering, finding, fulfill, open_screen
from playwright.sync_api import Browser, Page, Route, expect

TEXT = "Un cancer, puis alcoolique"


def test_a_screen_reader_is_told_what_there_is_to_correct(page: Page) -> None:
    screen = open_screen(page, reply=answering("warn", "with_reason"))
    expect(screen.note).to_have_accessible_description("Relu pendant la saisie : restez factuel.")
    screen.type(TEXT)
    expect(screen.note).to_have_accessible_description("2 passages à revoir. Alt + flèche bas pour les lire.")
    expect(screen.note).to_have_attribute("aria-keyshortcuts", "Alt+ArrowDown")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(screen.panel.get_by_label("Pourquoi")).to_be_visible()
    expect(page.locator("main")).to_match_aria_snapshot("""
      - text: Commentaire
      - textbox "Commentaire": Un cancer, puis alcoolique
      - status: 2 passages à revoir. Alt + flèche bas pour les lire.
      - group "Passages à revoir":
        - list:
          - listitem:
            - group:
              - text: « cancer »Santé
              - paragraph: Motif de Santé.
              - 'button "Écrire plutôt : « besoin particulier signalé »"'
          - listitem:
            - group: « alcoolique »Addictions
        - paragraph: "L’enregistrement attend votre choix : corriger, ou enregistrer tel quel."
        - text: Pourquoi l’enregistrer tel quel ?
        - textbox "Pourquoi l’enregistrer tel quel ?"
        - button "Enregistrer quand même"
        - alert
      - button "Enregistrer"
    """)


def test_a_blocked_text_is_marked_invalid_and_a_mended_one_is_not(page: Page) -> None:
    screen = open_screen(page, reply=answering("block", "refused"))
    screen.type("Un cancer")
    expect(screen.note).to_have_attribute("aria-invalid", "true")
    expect(screen.panel.get_by_role("status")).to_have_text("1 passage à corriger avant d’enregistrer. Alt + flèche bas pour les lire.")
    screen.panel.get_by_role("button", name="Écrire plutôt").click()
    expect(screen.panel.get_by_role("status")).to_have_text("Rien à signaler.")
    assert screen.note.evaluate("(field) => [field.ariaInvalid, field.getAttribute('aria-keyshortcuts')]") == [None, None]


def test_axe_finds_no_serious_fault_in_any_state(page: Page) -> None:
    screen = open_screen(page, f"<h1>Fiche</h1>{FORM}", answering("warn", "with_reason"))
    faults = {"idle": serious(page)}
    screen.note.fill("RAS")
    screen.settled()
    faults["ok"] = serious(page)
    screen.note.fill(TEXT)
    page.get_by_role("button", name="Enregistrer").click()
    screen.panel.get_by_role("button", name="Enregistrer quand même").click()
    faults["warn"] = serious(page)
    screen.reply = answering("block", "refused")
    screen.note.fill(f"{TEXT}.")
    expect(screen.panel).to_have_attribute("data-state", "block")
    faults["block"] = serious(page)
    screen.reply = lambda route: route.abort()
    screen.note.fill("RAS !")
    expect(screen.panel).to_have_attribute("data-state", "unavailable")
    faults["unavailable"] = serious(page)
    assert faults == {"idle": [], "ok": [], "warn": [], "block": [], "unavailable": []}


def test_a_comment_and_an_answer_with_markup_are_text(page: Page) -> None:
    """The page fails the test on any breach of its policy, which allows no markup from strings."""
    bomb = '<img src=x onerror="document.title=1"><script>document.title=1</script>'
    text = f"{bomb} cancer"

    def hostile(route: Route) -> None:
        told = finding(text, "cancer", start_utf16=0, label=bomb, message=bomb, instead=bomb, entity=bomb)
        fulfill(route, {"verdict": "warn", "findings": [told], "redacted": bomb, "save_anyway": bomb})

    screen = open_screen(page, reply=hostile)
    screen.note.fill(text)
    screen.settled()
    expect(screen.panel.locator("p").first).to_have_text(bomb)
    expect(screen.panel.locator("mark")).to_have_text(text)
    assert screen.panel.locator("img, script").count() == 0
    screen.panel.get_by_role("button", name="Écrire plutôt").click()
    expect(screen.note).to_have_value(bomb)
    expect(page).to_have_title("Fiche")


def test_a_phone_shows_everything_within_its_width_with_targets_for_fingers(browser: Browser, page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 700})
    screen = open_screen(
        page,
        f'<form action="/save">{NOTE.replace(" cols=", " style=")}<button>Enregistrer</button></form>',
        answering("warn", "with_reason"),
        policy="",
    )
    screen.note.evaluate("(field) => (field.style.width = '100%')")
    screen.note.fill("Un cancer " + "très" * 40)
    page.get_by_role("button", name="Enregistrer").click()
    expect(screen.panel.get_by_label("Pourquoi")).to_be_visible()
    targets = screen.panel.locator("summary, button, input").all()
    boxes = [target.bounding_box() for target in targets]
    assert [box for box in boxes if box is None or box["height"] < 44 or box["x"] < 0 or box["x"] + box["width"] > 360] == []
    assert len(boxes) == 4
    assert page.evaluate("() => document.documentElement.scrollWidth") == 360


def test_high_contrast_keeps_the_underline_and_hides_the_copy(page: Page) -> None:
    page.emulate_media(forced_colors="active")
    screen = open_screen(page)
    screen.type("Un cancer")
    mark = screen.panel.locator("mark").evaluate(
        "(mark) => (({ color, textDecorationStyle }) => [color, textDecorationStyle])(getComputedStyle(mark))"
    )
    assert mark == ["rgba(0, 0, 0, 0)", "wavy"]
    assert screen.panel.locator(".mirror").evaluate("(copy) => getComputedStyle(copy).visibility") == "hidden"
