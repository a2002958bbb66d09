"""What the service is started with."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from scanner.keys import SecretKey


@dataclass(frozen=True, slots=True)
class Limits:
    """What one caller may ask: bytes of a body, code points of a text, texts of a batch, requests a minute, seconds for an answer.

    ``console_requests`` are those a minute of one address to the console, whose passwords take long to check.
    ``concurrent`` is how many requests, of all callers, are worked on at once; others wait their turn, no longer than ``seconds``.
    """

    body_bytes: int = 1_000_000
    text_characters: int = 100_000
    texts: int = 1_000
    requests_per_minute: int = 3_000
    seconds: float = 10.0
    concurrent: int = 16
    console_requests: int = 600


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """``store`` is a path or URL of the state store, ``""`` for none: then there are neither API keys nor a console.

    ``key`` opens the store's originals and is needed with it. ``auth`` is whether callers of the API must show a key. ``origins`` are those
    of the pages that may call the API from a browser (``https://ikos.example``). ``hosts`` are the names under which the service answers,
    any when empty. ``secure_cookies`` is off on plain loopback only.
    """

    policy: Path | None = None
    store: str = ""
    key: SecretKey | None = None
    auth: bool = True
    origins: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    secure_cookies: bool = True
    limits: Limits = field(default_factory=Limits)
