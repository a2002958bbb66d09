"""Saving: vigie.js holds back what the policy says, lets through what may be saved all the same, and never stands in the way by itself."""

from __future__ import annotations

import pytest
from component_page import ANSWERS, FORM, NOTE, Reply, answering, open_screen
from playwright.sync_api import Page, expect


def save(page: Page) -> None:
    page.get_by_role("button", name="Enregistrer", exact=True).click()


def test_a_text_without_findings_is_saved_at_once_and_checked_before(page: Page) -> None:
    screen = open_screen(page)
    screen.note.fill("RAS")
    save(page)
    screen.is_saved()
    assert (screen.asked, screen.saved) == ([{"text": "RAS", "field": "NOTE"}], [[("note", "RAS")]])


@pytest.mark.parametrize("verdict", ["warn", "block"])
def test_saving_waits_for_a_choice_and_may_go_on_as_it_is(page: Page, verdict: str) -> None:
    screen = open_screen(page, reply=answering(verdict, "allowed"))
    screen.note.fill("Un cancer, alcoolique")
    save(page)
    expect(screen.entries.first).to_be_focused()
    assert screen.saved == []
    screen.panel.get_by_role("button", name="Enregistrer quand même").click()
    screen.is_saved()
    assert screen.saved == [[("note", "Un cancer, alcoolique")]]
    assert screen.overrides == [{"field": "NOTE", "entities": ["HEALTH", "ADDICTION"], "verdict": verdict}]


@pytest.mark.parametrize(("attributes", "name"), [("", "vigie_reason"), (' data-vigie-reason="motif"', "motif")])
def test_a_reason_goes_with_the_form_and_not_to_the_service(page: Page, attributes: str, name: str) -> None:
    listening = "addEventListener('vigie:override', ({ detail }) => sessionStorage.setItem('told', JSON.stringify(detail)));"
    screen = open_screen(page, FORM.replace("<textarea", f"<textarea{attributes}"), answering("warn", "with_reason"), listening)
    screen.note.fill("Un cancer")
    save(page)
    anyway = screen.panel.get_by_role("button", name="Enregistrer quand même")
    anyway.click()
    expect(screen.panel.get_by_role("alert")).to_have_text("Indiquez le motif en quelques mots.")
    reason = screen.panel.get_by_label("Pourquoi l’enregistrer tel quel ?")
    expect(reason).to_be_focused()
    assert (screen.saved, screen.overrides) == ([], [])
    reason.fill("demande écrite de Mme")
    reason.press("Enter")
    screen.is_saved()
    assert screen.saved == [[("note", "Un cancer"), (name, "demande écrite de Mme")]]
    assert screen.overrides == [{"field": "NOTE", "entities": ["HEALTH"], "verdict": "warn"}]
    told = {"field": "NOTE", "verdict": "warn", "entities": ["HEALTH"], "reason": "demande écrite de Mme"}
    assert page.evaluate("() => JSON.parse(sessionStorage.told)") == told


def test_what_was_allowed_for_one_text_is_not_for_another(page: Page) -> None:
    screen = open_screen(page, FORM.replace("<form", "<form onsubmit='return false'"), answering("warn", "with_reason"), policy="")
    screen.note.fill("Un cancer")
    save(page)
    screen.panel.get_by_label("Pourquoi").fill("demande de Mme")
    screen.panel.get_by_role("button", name="Enregistrer quand même").click()
    expect(page.locator("[name=vigie_reason]")).to_have_value("demande de Mme")
    screen.note.press_sequentially(" et alcoolique")
    expect(page.locator("[name=vigie_reason]")).to_have_count(0)
    save(page)
    expect(screen.panel.get_by_label("Pourquoi")).to_be_visible()
    assert len(screen.overrides) == 1


def test_what_the_policy_refuses_cannot_be_saved_until_it_is_corrected(page: Page) -> None:
    screen = open_screen(page, reply=answering("block", "refused"))
    screen.note.fill("Un cancer")
    for _ in range(2):
        save(page)
        expect(screen.entries.first).to_be_focused()
    expect(screen.panel).to_contain_text("Ce texte ne peut pas être enregistré tel quel.")
    expect(screen.panel.get_by_role("button", name="Enregistrer quand même")).to_have_count(0)
    assert screen.saved == []
    screen.panel.get_by_role("button", name="Écrire plutôt").click()
    expect(screen.panel).to_have_attribute("data-state", "ok")
    save(page)
    screen.is_saved()
    assert (screen.saved, screen.overrides) == ([[("note", "Un besoin particulier signalé")]], [])


def status(code: int, headers: dict[str, str] | None = None) -> Reply:
    return lambda route: route.fulfill(status=code, headers={**ANSWERS, **(headers or {})}, json={"error": {"code": "x", "message": "x"}})


def body(text: str) -> Reply:
    return lambda route: route.fulfill(body=text, content_type="application/json", headers=ANSWERS)


AWAY = "Le texte n’a pas pu être relu : le service de vérification ne répond pas. Vous pouvez enregistrer."
REFUSED = "cet écran n’a pas accès à la vérification. Vous pouvez enregistrer ; signalez-le au service informatique."
FAILURES: dict[str, tuple[Reply, str]] = {
    "network": (lambda route: route.abort(), AWAY),
    "timeout": (lambda route: None, AWAY),
    "answer": (body('{"verdict": "warn"'), AWAY),
    "500": (status(500), AWAY),
    "503": (status(503), AWAY),
    "429": (status(429, {"retry-after": "30"}), AWAY),
    "401": (status(401), f"Le texte n’a pas été relu : {REFUSED}"),
    "403": (status(403), f"Le texte n’a pas été relu : {REFUSED}"),
    "413": (status(413), "Le texte n’a pas été relu : il est trop long. Vous pouvez enregistrer."),
    "422": (status(422), "Le texte n’a pas été relu : il contient des caractères illisibles. Vous pouvez enregistrer."),
}
BROKEN = (
    "null",
    "[]",
    '{"verdict": "bad", "findings": []}',
    '{"verdict": "warn", "findings": [{"start_utf16": 3, "end_utf16": 99}]}',
    '{"verdict": "block", "findings": {}}',
)
LISTENING = """
  addEventListener("vigie:unavailable", ({ detail }) => (window.missed = detail));
  addEventListener("submit", (event) => {
    event.preventDefault();
    document.title = `Envoyé : ${event.target.note.value}`;
  });"""


def test_a_service_that_does_not_answer_holds_nothing_back_and_the_screen_says_so(page: Page) -> None:
    screen = open_screen(page, script=LISTENING)
    notices = {}
    for reason, (reply, _) in FAILURES.items():
        screen.reply = reply
        screen.note.fill(f"Un cancer, {reason}")
        save(page)
        expect(page).to_have_title(f"Envoyé : Un cancer, {reason}")
        missed = page.evaluate("() => missed")
        notices[missed["reason"]] = screen.panel.get_by_role("status").inner_text().replace("\u00a0", " ")
        assert missed == {"field": "NOTE", "reason": reason}
    assert notices == {reason: notice for reason, (_, notice) in FAILURES.items()}
    assert screen.panel.locator("mark").count() == 0


def test_an_answer_that_cannot_be_one_is_none(page: Page) -> None:
    screen = open_screen(page)
    verdicts = []
    for number, broken in enumerate(BROKEN):
        screen.reply = body(broken)
        screen.note.fill(f"Un cancer {number}")
        verdicts.append(page.evaluate("async () => (await Vigie.check(document.querySelector('#note'))).verdict"))
    assert verdicts == ["unavailable"] * len(BROKEN)


def test_the_notice_goes_when_the_service_is_back(page: Page) -> None:
    page.clock.install()
    screen = open_screen(page, reply=lambda route: route.abort())
    screen.note.fill("Un cancer")
    page.clock.run_for(400)
    expect(screen.panel).to_have_attribute("data-state", "unavailable")
    screen.reply = answering()
    page.clock.run_for(5000)
    expect(screen.panel).to_have_attribute("data-state", "warn")


def test_of_several_fields_each_must_be_settled(page: Page) -> None:
    line = '<label for="line">Objet</label><input id="line" name="line" data-vigie="OBJET" form="file">'
    form = f'<form id="file" method="post" action="/save">{NOTE}<button>Enregistrer</button></form>{line}'
    screen = open_screen(page, form, answering("warn", "with_reason"))
    screen.note.fill("Un cancer")
    page.locator("#line").fill("alcoolique")
    page.locator("#line").press("Enter")  # sends the form without its button
    expect(screen.entries.first).to_be_focused()
    screen.panel.get_by_label("Pourquoi").fill("premier motif")
    screen.panel.get_by_role("button", name="Enregistrer quand même").click()
    other = page.locator("vigie-panel").nth(1)
    expect(other.locator("summary")).to_be_focused()
    other.get_by_role("button", name="Retirer ces mots").click()
    expect(other).to_have_attribute("data-state", "idle")
    save(page)
    screen.is_saved()
    assert screen.saved == [[("note", "Un cancer"), ("vigie_reason", "premier motif"), ("line", "")]]


def test_a_button_that_saves_nothing_is_let_through_and_others_are_told_to_the_server(page: Page) -> None:
    buttons = '<button name="do" value="cancel" data-vigie="off">Annuler</button><button name="do" value="save">Enregistrer</button>'
    screen = open_screen(page, f'<form method="post" action="/save">{NOTE}{buttons}</form>', answering("block", "refused"))
    screen.note.fill("Un cancer")
    page.get_by_role("button", name="Annuler").click()
    screen.is_saved()
    page.go_back()
    screen.note.fill("RAS")
    save(page)
    screen.is_saved()
    assert [saved[-1] for saved in screen.saved] == [("do", "cancel"), ("do", "save")]


def test_pages_that_save_by_script_ask_first(page: Page) -> None:
    screen = open_screen(page, NOTE, answering("warn", "with_reason"))
    ask = "() => Vigie.check(document.querySelector('#note'))"
    screen.note.fill("Un cancer")
    assert page.evaluate(ask) == {"verdict": "warn", "entities": ["HEALTH"], "savable": False}
    screen.panel.get_by_label("Pourquoi").fill("demande de Mme")
    screen.panel.get_by_role("button", name="Enregistrer quand même").click()
    assert page.evaluate(ask) == {"verdict": "warn", "entities": ["HEALTH"], "savable": True}
    screen.note.fill("RAS")
    assert page.evaluate(ask) == {"verdict": "ok", "entities": [], "savable": True}


def test_the_element_is_a_field_of_its_form(page: Page) -> None:
    element = '<vigie-field label="Suivi" name="suivi" field="SUIVI" maxlength="40" value="RAS" required></vigie-field>'
    form = f'<form method="post" action="/save">{element}<button>Enregistrer</button><button type="reset">Annuler</button></form>'
    screen = open_screen(page, form, answering("warn", "with_reason"))
    field = page.get_by_label("Suivi")
    expect(field).to_have_value("RAS")
    field.fill("")
    save(page)
    assert page.locator("vigie-field").evaluate("(field) => field.matches(':invalid') && !!field.form") is True
    field.fill("Un cancer")
    page.get_by_role("button", name="Annuler").click()
    expect(field).to_have_value("RAS")
    field.fill("Un cancer")
    save(page)
    panel = page.locator("vigie-panel")
    expect(panel.locator("summary")).to_be_focused()
    panel.get_by_label("Pourquoi").fill("demande de Mme")
    panel.get_by_role("button", name="Enregistrer quand même").click()
    screen.is_saved()
    assert screen.saved == [[("suivi", "Un cancer"), ("vigie_reason", "demande de Mme")]]
    assert screen.asked[-1] == {"text": "Un cancer", "field": "SUIVI"}
