"""What vigie.js sends, when, and which answers it believes."""

from __future__ import annotations

from component_page import FORM, KEY, NOTE, SCREEN, SERVICE, answer, fulfill, open_screen
from playwright.sync_api import Page, expect

CHECK = f"{SERVICE}/v1/check"


def test_a_pause_in_typing_sends_the_text_and_the_name_of_the_field_and_nothing_else(page: Page) -> None:
    screen = open_screen(page)
    with page.expect_request(CHECK) as request:
        screen.note.press_sequentially("Un cancer", delay=20)
    screen.settled()
    assert screen.asked == [{"text": "Un cancer", "field": "NOTE"}]
    headers = request.value.all_headers()
    assert {name: headers.get(name) for name in ("authorization", "content-type", "origin", "cookie", "referer")} == {
        "authorization": f"Bearer {KEY}",
        "content-type": "application/json",
        "origin": SCREEN,
        "cookie": None,
        "referer": None,
    }
    page.locator("body").click()  # leaving the field: the answer stands
    kept = page.evaluate("async () => [localStorage.length, sessionStorage.length, document.cookie, (await caches.keys()).length]")
    assert (kept, len(screen.asked)) == ([0, 0, "", 0], 1)


def test_leaving_the_field_does_not_wait_for_the_pause(page: Page) -> None:
    screen = open_screen(page)
    page.clock.install()  # time stands still: nothing that waits can happen
    screen.note.press_sequentially("Un cancer")
    page.locator("#save").focus()
    screen.settled()
    assert screen.asked == [{"text": "Un cancer", "field": "NOTE"}]


def test_an_answer_that_comes_after_a_newer_one_is_ignored(page: Page) -> None:
    screen = open_screen(page)
    screen.reply = screen.hold
    screen.note.press_sequentially("Un cancer")
    screen.until(lambda: len(screen.held) == 1)
    with page.expect_event("requestfailed") as given_up:
        screen.note.press_sequentially(" ou alcoolique")
    screen.until(lambda: len(screen.held) == 2)
    fulfill(screen.held[1], answer("Un cancer ou alcoolique"))
    screen.settled()
    expect(screen.panel.locator("mark")).to_have_text(["cancer", "alcoolique"])
    assert given_up.value.post_data_json == {"text": "Un cancer", "field": "NOTE"}


def test_an_answer_about_a_text_that_has_changed_meanwhile_is_ignored(page: Page) -> None:
    listening = "window.told = []; addEventListener('vigie:checked', ({ detail }) => told.push(detail.verdict));"
    screen = open_screen(page, script=listening)
    screen.reply = screen.hold
    screen.note.press_sequentially("Un cancer")
    screen.until(lambda: len(screen.held) == 1)
    screen.note.evaluate("(field) => (field.value = 'RAS')")  # by a script, which sends no event
    fulfill(screen.held[0], answer("Un cancer"))
    screen.reply = lambda route: fulfill(route, answer(route.request.post_data_json["text"]))
    expect(screen.panel).to_have_attribute("data-state", "ok")
    assert page.evaluate("() => told") == ["ok"]
    assert [body["text"] for body in screen.asked] == ["Un cancer", "RAS"]


def test_fields_that_hold_no_comment_are_never_sent(page: Page) -> None:
    closed = """
      <form action="/save" method="post">
        <input type="password" name="a" data-vigie><input type="email" name="b" data-vigie>
        <input name="c" data-vigie autocomplete="cc-number">
        <textarea name="d" data-vigie="off"></textarea><textarea name="e" data-vigie readonly>Un cancer</textarea>
        <fieldset disabled><textarea name="f" data-vigie>Un cancer</textarea></fieldset><textarea name="g"></textarea>
        <input type="text" id="secret" name="h" data-vigie>
        <button>Enregistrer</button>
      </form>"""
    screen = open_screen(page, closed)
    page.locator("#secret").evaluate("(field) => (field.type = 'password')")
    for name in ("a", "b", "c", "d", "g", "h"):
        page.locator(f"[name={name}]").fill("cancer@exemple.test")
    page.get_by_role("button").click()
    screen.is_saved()
    assert screen.asked == []
    assert [name for name, _ in screen.saved[0]] == ["a", "b", "c", "d", "e", "g", "h"]


def test_fields_are_found_wherever_and_whenever_they_appear(page: Page) -> None:
    screen = open_screen(page, f"<form>{NOTE}</form><div id='root'></div><dialog id='dialog'></dialog>")
    page.evaluate(
        """() => {
          const added = (parent, name) => {
            const area = document.createElement("textarea");
            area.ariaLabel = area.dataset.vigie = name;
            parent.append(area);
          };
          const shadow = document.querySelector("#root").attachShadow({ mode: "open" });
          added(shadow, "SHADOW");
          Vigie.attach(shadow);
          added(shadow, "SHADOW_LATER");
          added(document.querySelector("#dialog"), "DIALOG");
        }"""
    )
    for name in ("SHADOW", "SHADOW_LATER"):
        page.locator(f"textarea[data-vigie={name}]").fill("Un cancer")
    dialog = page.locator("#dialog")
    dialog.evaluate("(dialog) => dialog.showModal()")
    field = dialog.locator("textarea")
    field.fill("Un cancer")
    screen.settled(dialog.locator("vigie-panel"))
    assert [body["field"] for body in screen.asked] == ["SHADOW", "SHADOW_LATER", "DIALOG"]
    field.press("Alt+ArrowDown")
    page.keyboard.press("Escape")
    expect(field).to_be_focused()
    assert dialog.evaluate("(dialog) => dialog.open")


def test_a_field_that_is_taken_away_leaves_nothing_behind(page: Page) -> None:
    screen = open_screen(page, FORM + '<p id="elsewhere"></p>')
    screen.type("Un cancer")
    page.evaluate("() => document.querySelector('#elsewhere').append(document.querySelector('#note'))")
    expect(page.locator("#elsewhere > vigie-panel")).to_have_count(1)
    expect(page.locator("vigie-panel")).to_have_count(1)
    expect(screen.note).to_have_attribute("aria-describedby", "vigie-1")
    page.evaluate("() => Vigie.detach(document.querySelector('#note'))")
    expect(page.locator("vigie-panel")).to_have_count(0)
    assert screen.note.evaluate("(field) => field.getAttributeNames()") == ["id", "name", "rows", "cols", "data-vigie"]
    screen.note.evaluate("(field) => field.setAttribute('data-vigie', 'AUTRE')")
    expect(page.locator("vigie-panel")).to_have_count(1)
    screen.note.evaluate("(field) => field.remove()")
    expect(page.locator("vigie-panel")).to_have_count(0)


def test_a_panel_stands_where_the_page_wants_it_and_says_what_it_wants(page: Page) -> None:
    fields = """
      <label>Note <textarea id="note" data-vigie data-vigie-panel="room"></textarea></label><div id="room"></div>
      <label>Suite <textarea data-vigie data-vigie-hint="Restez neutre."></textarea></label>"""
    screen = open_screen(page, fields)
    expect(screen.note).to_have_accessible_description("Relu pendant la saisie : restez factuel.")
    expect(page.get_by_label("Suite")).to_have_accessible_description("Restez neutre.")
    screen.note.fill("Un cancer")
    screen.settled(page.locator("#room > vigie-panel"))
    assert [page.locator(place).count() for place in ("#room > vigie-panel", "label + vigie-panel", "vigie-panel")] == [1, 1, 2]
    assert screen.asked == [{"text": "Un cancer", "field": ""}]


def test_events_tell_pages_what_happened_and_hold_no_text(page: Page) -> None:
    listening = """
      window.told = [];
      for (const name of ["checked", "unavailable"]) addEventListener(`vigie:${name}`, ({ type, detail }) => told.push([type, detail]));"""
    screen = open_screen(page, script=listening)
    screen.type("Un cancer")
    screen.reply = lambda route: route.fulfill(status=503)
    screen.note.press_sequentially("!")
    expect(screen.panel).to_have_attribute("data-state", "unavailable")
    assert page.evaluate("() => told") == [
        ["vigie:checked", {"field": "NOTE", "verdict": "warn", "findings": [{"entity": "HEALTH", "start": 3, "end": 9}]}],
        ["vigie:unavailable", {"field": "NOTE", "reason": "503"}],
    ]
