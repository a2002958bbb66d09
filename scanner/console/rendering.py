"""From a template to a page: what every page of the console shares.

A page is ``templates/console/<name>.html.j2`` and extends ``console/base.html.j2``. Its context has besides what the handler gives:

``viewer``   who looks, ``None`` before signing in
``csrf``     the token for the hidden field ``csrf`` of every form
``nav``      the entries of the menu that the viewer may see
``flash``    a message above the page, or ``None``: the handler's ``flash=Flash("good", "…")``, else the word of ``?done=`` in the URL
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from fastapi import Request
from fastapi.responses import HTMLResponse

from scanner.accounts.viewer import Viewer
from scanner.console.csrf import csrf_of
from scanner.console.filters import FILTERS
from scanner.console.wordings import wordings
from scanner.french import unbroken

if TYPE_CHECKING:
    from jinja2 import Environment
    from jinja2.lexer import Token, TokenStream

STATIC = Path(__file__).parent / "static"

Kind = Literal["good", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Flash:
    """A message above a page: it worked, mind something, it did not work."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class NavEntry:
    """An entry of the menu; ``current`` is that of the page shown, or of one below it."""

    label: str
    path: str
    current: bool


def render(request: Request, template: str, viewer: Viewer | None, status: int = 200, **context: Any) -> HTMLResponse:
    """Return the page ``templates/console/<template>.html.j2`` for ``viewer``."""
    shared = {
        "viewer": viewer,
        "csrf": csrf_of(request),
        "nav": _nav(viewer, request.url.path),
        "flash": _told(request),
        "request_path": request.url.path,
    }
    page = environment().get_template(f"console/{template}.html.j2").render(shared | context)
    return HTMLResponse(page, status)


@cache
def environment() -> Environment:
    """Return the environment of the templates: everything is escaped, and what is missing is an error."""
    import jinja2

    made = jinja2.Environment(
        loader=jinja2.PackageLoader("scanner", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[_typography()],
    )
    made.filters |= FILTERS
    return made


def _typography() -> Any:
    from jinja2.ext import Extension
    from jinja2.lexer import Token

    class Typography(Extension):
        """Puts no-break spaces into what a template says itself, never into what it is given."""

        def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
            for token in stream:
                yield Token(token.lineno, token.type, unbroken(token.value)) if token.type == "data" else token

    return Typography


def _nav(viewer: Viewer | None, path: str) -> list[NavEntry]:
    if viewer is None:
        return []
    entries = [(entry["label"], entry["path"]) for entry in wordings()["nav"] if viewer.may(entry["permission"])]
    return [NavEntry(label, to, path == to or (to != "/console/" and path.startswith(to))) for label, to in entries]


def _told(request: Request) -> Flash | None:
    """Return the message that a redirect asked for by its word; words that are none say nothing."""
    told = wordings()["done"].get(request.query_params.get("done", ""))
    return Flash(told["kind"], told["text"]) if told else None
