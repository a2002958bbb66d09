"""Every route of the service, and what can be asked of each: the tests of perimeters try it all, without naming a page."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

import scanner

TEMPLATES = Path(scanner.__file__).parent / "templates" / "console"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CHOICES: Mapping[str, Sequence[str]] = {
    "action": ("false_alarm", "redact-label", "redact", "erase", "release", "hold", "free", "undo", "withdraw"),
    "answer": ("confirm", "refuse", "withdraw"),
    "decision": ("false_alarm", "redact", "erase", "release"),
    "role": ("reviewer",),
    "expires": ("2099-01-01",),
    "why": ("motif inventé",),
    "reason": ("motif inventé",),
    "scope": ("record", "site", "field", "everywhere"),
}
"""Fields of forms that must hold something sensible, or the form would be refused for them and not for what it names."""


@dataclass(frozen=True)
class Route:
    """A path with its parameters in braces, one method, and the parameters that its handler declares."""

    path: str
    method: str
    declared: tuple[str, ...]

    @property
    def places(self) -> list[str]:
        """The names of the path's parameters."""
        return re.findall(r"{(\w+)(?::\w+)?}", self.path)

    def at(self, value: str) -> str:
        """Return the path with every parameter ``value``, but those that choose a file's form."""
        return re.sub(r"{(\w+)(?::\w+)?}", lambda match: "csv" if match[1] == "form" else quote(value, safe=""), self.path)


def routes_of(app: FastAPI) -> list[Route]:
    """Return every route of ``app``, with every method, sorted."""
    found = []
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        methods = getattr(route, "methods", None) or {"GET"}
        declared = tuple(sorted(_declared(getattr(route, "dependant", None))))
        found += [Route(context.path or getattr(route, "path", ""), method, declared) for method in methods]
    return sorted(found, key=lambda route: (route.path, route.method))


def _declared(dependant: Any) -> Iterator[str]:
    if dependant is not None:
        yield from (part.alias for part in [*dependant.query_params, *dependant.body_params])
        for below in dependant.dependencies:
            yield from _declared(below)


@cache
def field_names() -> tuple[str, ...]:
    """Return the names of all fields of all forms, and of all values in links, of the console's templates."""
    text = "".join(file.read_text(encoding="utf-8") for file in sorted(TEMPLATES.glob("*.j2")))
    named = re.findall(r'name="(\w+)"', text) + re.findall(r"[?&](?:amp;)?(\w+)=", text)
    return tuple(sorted(set(named) - {"csrf", "viewport", "done", *CHOICES}))


def forms(route: Route, value: str) -> Iterator[dict[str, list[str]]]:
    """Yield what to send to ``route`` so that ``value`` stands wherever something can be named, with each choice there is."""
    named = {name: [value] for name in {*field_names(), *route.declared} - {"csrf", *CHOICES}}
    chosen = {name: [options[0]] for name, options in CHOICES.items()}
    yield named | chosen
    for name in sorted({"action", "answer", "decision", "scope"} & set(route.declared)):
        for option in CHOICES[name][1:]:
            yield named | chosen | {name: [option]}


def queries(route: Route, value: str) -> Iterator[dict[str, str]]:
    """Yield what to ask ``route`` so that ``value`` stands in all parameters that any page knows, then in each that it declares."""
    yield {name: value for name in {*field_names(), *route.declared} if name not in CHOICES}
    yield from ({name: value} for name in sorted({*route.declared, "site", "record"}) if name not in CHOICES)


def told(answer: Any, value: str) -> tuple[int, str, str]:
    """Return what an answer says, headers included, but for ``value``, which the asker knows, and for what differs in every answer."""
    text = re.sub(r'name="csrf" value="\w*"', "", answer.text)
    headers = "\n".join(f"{name}: {content}" for name, content in answer.headers.items() if name not in ("content-length", "set-cookie"))
    return answer.status_code, _without(headers, value), _without(text, value)


def _without(text: str, value: str) -> str:
    """Return ``text`` with ``value``, however it is written there, replaced."""
    forms = {value, html.escape(value), quote(value), quote(value, safe=""), quote_plus(value)}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, "…")
    return text
