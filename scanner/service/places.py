"""The parts of the service by path: what is open to all, what needs a key of which scope, what has accounts of its own."""

from __future__ import annotations

from collections.abc import Mapping

from scanner.accounts.api_keys import Scope

PROBES = frozenset({"/healthz", "/readyz", "/health"})
"""Asked by what keeps the service alive, also when it is at its limits."""
PAGES = frozenset({"/vigie.js", "/demo"})
"""Files for browsers, of any origin."""
OPEN = PROBES | PAGES | {"/", "/openapi.json"}
SCOPES: Mapping[str, Scope] = {
    "/v1/check": "check",
    "/v1/override": "check",
    "/v1/scan": "scan",
    "/metrics": "metrics",
    "/analyze": "presidio",
    "/recognizers": "presidio",
    "/supportedentities": "presidio",
    "/anonymize": "presidio",
    "/anonymizers": "presidio",
    "/deanonymize": "presidio",
    "/deanonymizers": "presidio",
}
"""The scope that a key must have."""
PRESIDIO = frozenset(path for path, scope in SCOPES.items() if scope == "presidio")
"""What clients of Presidio ask, in whose shape they must be answered."""

CONSOLE = "/console"
_CONSOLE_FILES = f"{CONSOLE}/static/"
_FILES = "/static/"


def is_console(path: str) -> bool:
    """Tell whether ``path`` belongs to the console, which has accounts and sessions."""
    return path == CONSOLE or path.startswith(CONSOLE + "/")


def is_file(path: str) -> bool:
    """Tell whether ``path`` is a file that ships with Vigie."""
    return path in PAGES or path.startswith((_FILES, _CONSOLE_FILES))


def is_open(path: str) -> bool:
    """Tell whether ``path`` needs neither key nor account."""
    return path in OPEN or is_file(path)
