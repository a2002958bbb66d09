"""vigie.js draws its underlines exactly where the words stand in the field."""

from __future__ import annotations

import base64

import pytest
from component_page import Screen, finding, fulfill, open_screen
from playwright.sync_api import Page

_SELECTED = """
async (png) => {
  const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  const { width, height } = image;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const [xs, ys] = [[], []];
  for (let at = 0; at < data.length; at += 4) {
    if (data[at] || data[at + 1] < 255 || data[at + 2]) continue;
    xs.push((at / 4) % width);
    ys.push(Math.floor(at / 4 / width));
  }
  const [least, most] = [(values) => values.reduce((a, b) => Math.min(a, b)), (values) => values.reduce((a, b) => Math.max(a, b)) + 1];
  return [least(xs), least(ys), most(xs), most(ys)];
}
"""


def selection_box(screen: Screen, text: str, word: str, selector: str) -> tuple[float, float, float]:
    """Return left, right and middle of ``word`` as Chromium paints its selection in the field."""
    page = screen.page
    start = len(text[: text.index(word)].encode("utf-16-le")) // 2
    page.evaluate(
        """async ([selector, start, end]) => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync("::selection { background: rgb(0 255 0); color: rgb(0 255 0) }");
          document.adoptedStyleSheets = [sheet];
          const field = document.querySelector(selector);
          const [top, left] = [field.scrollTop, field.scrollLeft];
          document.querySelector("vigie-panel").shadowRoot.querySelector(".mirror").style.opacity = 0;
          field.focus({ preventScroll: true });
          field.setSelectionRange(start, end);
          // a busy Chromium scrolls what is selected into sight a frame later
          await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
          [field.scrollTop, field.scrollLeft] = [top, left];
        }""",
        [selector, start, start + len(word)],
    )
    png = base64.b64encode(page.screenshot()).decode()
    blank = page.context.new_page()
    left, top, right, bottom = blank.evaluate(_SELECTED, png)
    blank.close()
    return left, right, (top + bottom) / 2


def mark_box(screen: Screen) -> tuple[float, float, float]:
    """Return left, right and middle of the only underline."""
    code = "(panel) => panel.shadowRoot.querySelector('mark').getBoundingClientRect().toJSON()"  # at once: underlines are redrawn
    box = screen.panel.evaluate(code)
    return box["left"], box["right"], (box["top"] + box["bottom"]) / 2


def open_with(page: Page, field: str, text: str, style: dict[str, str]) -> Screen:
    """Open a page with one field of ``style`` that holds ``text``, in which the service finds `` cancer``."""
    screen = open_screen(page, f"<p>Avant</p>{field}", lambda route: fulfill(route, found(route.request.post_data_json["text"])))
    note = page.locator("#note")
    note.evaluate("(field, style) => Object.assign(field.style, style)", style)
    note.fill(text)
    screen.settled()
    return screen


def found(text: str) -> dict[str, object]:
    return {"verdict": "warn", "findings": [finding(text, "cancer")], "redacted": "", "save_anyway": "allowed"}


AREA = '<textarea id="note" data-vigie="NOTE" rows="5" cols="40"></textarea>'
LINE = '<input id="note" data-vigie="NOTE" size="30">'
LONG = "Visite du logement, rien à dire. " * 119


STYLES = [
    ("Le cancer de Mme.", {}),
    ("Très 😡👨‍👩‍👧 fâché, cancer 🙁 donc", {"font": "17.3px serif"}),
    ("Une ligne\n\n\tpuis cancer et\nune autre", {"padding": "3px 17px 5px 31px", "border": "7px solid gray", "lineHeight": "2.2"}),
    ("Un texte qui va jusqu'au bout de sa ligne et passe à la suivante : cancer, puis fin", {"width": "33.3%", "letterSpacing": "0.7px"}),
    ("à droite le cancer", {"textAlign": "right", "fontFamily": "monospace", "boxSizing": "border-box", "width": "411.5px"}),
    ("En majuscules, cancer, gras", {"textTransform": "uppercase", "fontWeight": "700", "fontStyle": "italic", "wordSpacing": "4px"}),
]
PAGES = [{"zoom": "1.25"}, {"transform": "scale(1.3)", "transformOrigin": "0 0"}, {"position": "absolute", "left": "50px"}]


def test_an_underline_lies_under_its_words_whatever_the_style_of_the_field(page: Page) -> None:
    screen = open_with(page, AREA, "Un cancer", {})
    for text, style in STYLES:
        screen.note.evaluate("(field, style) => { field.removeAttribute('style'); Object.assign(field.style, style); }", style)
        screen.note.fill(text)
        page.evaluate("() => Vigie.check(document.querySelector('#note'))")
        assert mark_box(screen) == pytest.approx(selection_box(screen, text, "cancer", "#note"), abs=1.6), text


def test_an_underline_lies_under_its_words_in_a_line(page: Page) -> None:
    screen = open_with(page, LINE, "Le cancer de Mme.", {"fontSize": "19px", "height": "58px", "padding": "2px 20px"})
    assert mark_box(screen) == pytest.approx(selection_box(screen, "Le cancer de Mme.", "cancer", "#note"), abs=1.6)


def test_an_underline_lies_under_its_words_in_a_page_that_is_enlarged_or_moved(page: Page) -> None:
    text = "Une ligne et un cancer dans la page"
    screen = open_with(page, AREA, text, {"margin": "20px 0 13px 45px"})
    for style in PAGES:
        page.locator("main").evaluate("(main, style) => { main.removeAttribute('style'); Object.assign(main.style, style); }", style)
        page.evaluate("() => document.dispatchEvent(new Event('scroll'))")
        assert mark_box(screen) == pytest.approx(selection_box(screen, text, "cancer", "#note"), abs=1.6), style


def test_an_underline_in_four_thousand_characters_follows_the_scrolling(page: Page) -> None:
    text = f"{LONG}Un cancer ici. Suite."
    text += "." * (4000 - len(text))
    screen = open_with(page, AREA, text, {})
    screen.note.evaluate("(field) => (field.scrollTop = field.scrollHeight)")
    box = screen.note.bounding_box()
    assert box is not None
    left, right, middle = mark_box(screen)
    assert (left, right, middle) == pytest.approx(selection_box(screen, text, "cancer", "#note"), abs=1.6)
    assert box["y"] < middle < box["y"] + box["height"]


def test_an_underline_follows_a_line_that_scrolls_sideways(page: Page) -> None:
    text = "Une ligne bien trop longue pour ce champ, avec un cancer et une fin"
    screen = open_with(page, LINE, text, {})
    screen.note.evaluate("(field) => (field.scrollLeft = 220)")
    assert mark_box(screen) == pytest.approx(selection_box(screen, text, "cancer", "#note"), abs=1.6)


def test_an_underline_follows_a_field_that_changes_its_size(page: Page) -> None:
    text = "Un texte assez long pour passer à la ligne quand le champ devient étroit : cancer."
    screen = open_with(page, AREA, text, {})
    before = mark_box(screen)
    screen.note.evaluate("(field) => (field.style.width = '180px')")
    screen.until(lambda: mark_box(screen) != before)
    assert mark_box(screen) == pytest.approx(selection_box(screen, text, "cancer", "#note"), abs=1.6)


def test_an_underline_moves_with_what_is_typed_before_it_and_goes_when_its_words_change(page: Page) -> None:
    screen = open_with(page, AREA, "Le cancer de Mme.", {})
    screen.reply = screen.hold
    before = mark_box(screen)
    screen.note.press("Home")
    screen.note.press_sequentially("Or, ")
    assert mark_box(screen)[0] > before[0] + 10
    assert mark_box(screen) == pytest.approx(selection_box(screen, "Or, Le cancer de Mme.", "cancer", "#note"), abs=1.6)
    screen.note.evaluate("(field) => field.setSelectionRange(10, 10)")
    screen.note.press_sequentially("x")
    assert (screen.panel.locator("mark").count(), screen.entries.count()) == (0, 0)
