"""A page of business software that uses vigie.js, and a service whose answers a test decides.

Neither needs a socket: the browser asks the test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from playwright.sync_api import Locator, Page, Route, expect

from scanner.service.component import component_script

SCREEN = "https://erp.test"
SERVICE = "https://vigie.test"
KEY = "vigie_k_s"
STRICT = (
    f"default-src 'none'; script-src {SERVICE}; connect-src {SERVICE}; form-action 'self'; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""As strict as a page can be: no style of its own, no markup from strings."""
NOTE = '<label for="note">Commentaire</label><textarea id="note" name="note" rows="4" cols="60" data-vigie="NOTE"></textarea>'
FORM = f'<form method="post" action="/save">{NOTE}<button id="save">Enregistrer</button></form>'
ANSWERS = {"access-control-allow-origin": SCREEN, "access-control-expose-headers": "Retry-After"}
WORDINGS = {"alcoolique": ("ADDICTION", "Addictions", ""), "cancer": ("HEALTH", "Santé", "besoin particulier signalé")}

Reply = Callable[[Route], None]


def finding(text: str, word: str, after: int = 0, **changed: Any) -> dict[str, Any]:
    """Return what the service says of ``word`` in ``text``."""
    entity, label, instead = WORDINGS[word]
    start = text.index(word, after)
    start_utf16 = len(text[:start].encode("utf-16-le")) // 2
    found = {
        "entity": entity,
        "label": label,
        "start": start,
        "end": start + len(word),
        "start_utf16": start_utf16,
        "end_utf16": start_utf16 + len(word),
        "score": 0.9,
        "message": f"Motif de {label}.",
        "instead": instead,
    }
    return {**found, **changed}


def answer(text: str, verdict: str = "warn", saving: str = "allowed") -> dict[str, Any]:
    """Return what the service answers about ``text``: every word of ``WORDINGS`` is found once, and nothing else."""
    findings = [finding(text, word) for word in WORDINGS if word in text]
    return {"verdict": verdict if findings else "ok", "findings": findings, "redacted": "", "save_anyway": saving}


def answering(verdict: str = "warn", saving: str = "allowed") -> Reply:
    """Return what replies as the service does where its policy says so."""
    return lambda route: fulfill(route, answer(route.request.post_data_json["text"], verdict, saving))


def fulfill(route: Route, body: Any) -> None:
    """Answer with ``body``."""
    route.fulfill(json=body, headers=ANSWERS)


@dataclass
class Screen:
    """``asked`` and ``overrides`` are the bodies that reached the service, ``saved`` the forms that reached the business software."""

    page: Page
    reply: Reply
    asked: list[dict[str, Any]] = field(default_factory=list)
    overrides: list[dict[str, Any]] = field(default_factory=list)
    saved: list[list[tuple[str, str]]] = field(default_factory=list)
    held: list[Route] = field(default_factory=list)

    def hold(self, route: Route) -> None:
        """Let a check wait until the test answers it."""
        self.held.append(route)

    def check(self, route: Route) -> None:
        self.asked.append(route.request.post_data_json)
        self.reply(route)

    def override(self, route: Route) -> None:
        self.overrides.append(route.request.post_data_json)
        route.fulfill(status=204, headers=ANSWERS)

    def save(self, route: Route) -> None:
        self.saved.append(parse_qsl(route.request.post_data or "", keep_blank_values=True))
        route.fulfill(body="<title>ok</title><h1>Enregistré</h1>", content_type="text/html; charset=utf-8")

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait until ``condition`` holds."""
        for _ in range(500):
            if condition():
                return
            self.page.wait_for_timeout(10)
        raise AssertionError("the condition never came to hold")

    @property
    def note(self) -> Locator:
        return self.page.locator("#note")

    @property
    def panel(self) -> Locator:
        return self.page.locator("vigie-panel").first

    @property
    def entries(self) -> Locator:
        return self.panel.locator("summary")

    def type(self, text: str) -> None:
        """Type ``text`` into the note and wait for the verdict on it."""
        self.note.press_sequentially(text)
        self.settled()

    def settled(self, panel: Locator | None = None) -> None:
        """Wait until the service has answered, or not."""
        panel = panel or self.panel
        panel.and_(self.page.locator("[data-state=ok], [data-state=warn], [data-state=block], [data-state=unavailable]")).wait_for(
            state="attached"
        )

    def is_saved(self) -> None:
        expect(self.page.get_by_role("heading", name="Enregistré")).to_be_visible()


def open_screen(page: Page, body: str = FORM, reply: Reply | None = None, script: str = "", policy: str = STRICT) -> Screen:
    """Open a page with ``body`` in ``page``; ``script`` is one of the page itself, loaded before the component."""
    screen = Screen(page, reply or answering())
    own = f'<script src="{SERVICE}/own.js"></script>' if script else ""
    component = f'<script src="{SERVICE}/vigie.js" defer data-key="{KEY}"></script>'
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Fiche</title>{own}{component}'
    html = f'<!DOCTYPE html><html lang="fr"><head>{head}</head><body><main>{body}</main></body></html>'
    kind = "text/html; charset=utf-8"
    page.route(f"{SCREEN}/fiche", lambda route: route.fulfill(body=html, content_type=kind, headers={"content-security-policy": policy}))
    page.route(f"{SCREEN}/save", screen.save)
    page.route(f"{SERVICE}/own.js", lambda route: route.fulfill(body=script, content_type="text/javascript"))
    page.route(f"{SERVICE}/vigie.js", lambda route: route.fulfill(body=component_script(), content_type="text/javascript"))
    page.route(f"{SERVICE}/v1/check", screen.check)
    page.route(f"{SERVICE}/v1/override", screen.override)
    page.goto(f"{SCREEN}/fiche")
    return screen
