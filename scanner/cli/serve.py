"""``vigie serve``: checks for data-entry screens, Presidio's API and the DPO's console, over HTTP."""

from __future__ import annotations

import ipaddress
import socket
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.console import say
from scanner.cli.operations import LogFormatOption, LogLevelOption
from scanner.cli.options import KeyFileOption, PolicyOption
from scanner.errors import InputError
from scanner.extras import packages_of
from scanner.operations.logs import start_logging

if TYPE_CHECKING:
    from fastapi import FastAPI

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")
"""What a browser on this machine may call a service without keys; any other name may be that of a page that plays tricks."""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("serve")(serve_cli)


def serve_cli(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0 takes a free one.")] = 8080,
    state: Annotated[str, typer.Option("--state", help="State store: API keys, and what the console shows; made when absent.")] = "",
    policy: PolicyOption = None,
    key_file: KeyFileOption = None,
    origin: Annotated[
        list[str] | None, typer.Option("--origin", help="Pages that may call the API, https://ikos.example; repeat for several.")
    ] = None,
    name: Annotated[list[str] | None, typer.Option("--name", help="Name under which browsers reach the service; any when absent.")] = None,
    no_auth: Annotated[bool, typer.Option("--no-auth", help="Ask no API keys; on a loopback address only.")] = False,
    tls_cert: Annotated[Path | None, typer.Option("--tls-cert", help="Certificate with its chain, PEM.")] = None,
    tls_key: Annotated[Path | None, typer.Option("--tls-key", help="Key of the certificate, PEM.")] = None,
    proxy: Annotated[
        str, typer.Option("--proxy", help="Address of the reverse proxy that speaks TLS for the service and names its callers.")
    ] = "",
    max_body: Annotated[int, typer.Option("--max-body", min=1, help="Bytes of a request.")] = 1_000_000,
    max_text: Annotated[int, typer.Option("--max-text", min=1, help="Characters of a text.")] = 100_000,
    max_texts: Annotated[int, typer.Option("--max-texts", min=1, help="Texts of a batch.")] = 1_000,
    rate: Annotated[
        int, typer.Option("--rate", min=1, help="Requests a minute of one caller: a key from one address, an address without keys.")
    ] = 3_000,
    time_limit: Annotated[float, typer.Option("--time-limit", min=0.1, help="Seconds for an answer.")] = 10.0,
    concurrent: Annotated[int, typer.Option("--concurrent", min=1, help="Requests worked on at once.")] = 16,
    log_format: LogFormatOption = "text",
    log_level: LogLevelOption = None,
) -> None:
    """Serve the API for data-entry screens, and the console. The console with --state. Texts are neither kept nor logged."""
    start_logging(log_format, log_level or ("info" if log_format == "json" else "warning"))
    loopback = _is_loopback(host)
    if no_auth and not loopback:
        raise InputError(f"--no-auth lets anybody in: it is for loopback addresses only, such as 127.0.0.1, not {host}")
    if not state and not no_auth:
        raise InputError("API keys live in the state store: give --state, or try the service out with --no-auth on 127.0.0.1")
    if bool(tls_cert) != bool(tls_key):
        raise InputError("--tls-cert and --tls-key go together: give both")
    from scanner.keys import load_own_key

    with packages_of("service", "the service needs"):
        from scanner.service import Limits, ServiceSettings, create_app

    with closing(_listening(host, port)) as listener:
        settings = ServiceSettings(
            policy=policy,
            store=state,
            key=load_own_key(key_file) if state else None,
            auth=not no_auth,
            origins=tuple(map(_checked_origin, origin or ())),
            hosts=tuple(name or (LOOPBACK_NAMES if no_auth else ())),
            secure_cookies=bool(tls_cert or proxy or not loopback),
            limits=Limits(max_body, max_text, max_texts, rate, time_limit, concurrent),
        )
        _serve(create_app(settings), listener, tls_cert, tls_key, proxy)


def _serve(app: FastAPI, listener: socket.socket, tls_cert: Path | None, tls_key: Path | None, proxy: str) -> None:
    """Answer on ``listener`` until SIGINT or SIGTERM; requests at hand are still answered."""
    import gc
    import ssl

    import uvicorn

    from scanner.service.head_limit import HeadLimit
    from scanner.service.server import Server
    from scanner.service.warming import warm_rules

    config = uvicorn.Config(
        app,
        http=HeadLimit,
        log_config=None,
        access_log=False,  # it would write query strings down
        server_header=False,
        proxy_headers=bool(proxy),
        forwarded_allow_ips=proxy or None,
        ssl_certfile=tls_cert,
        ssl_keyfile=tls_key,
        timeout_graceful_shutdown=10,
    )
    try:
        config.load()
    except (OSError, ssl.SSLError) as error:
        raise InputError(f"--tls-cert or --tls-key cannot be used: {type(error).__name__}; both must be PEM, and belong together") from None
    address, port = listener.getsockname()[:2]
    url = f"{'https' if tls_cert else 'http'}://{f'[{address}]' if ':' in address else address}:{port}"

    warm_rules(app.state.vigie)

    def ready() -> None:
        gc.collect()
        gc.freeze()  # the rules stay: looking through them again and again would cost single requests a tenth of a second
        say(f"listening on {url}")

    Server(config, ready).run(sockets=[listener])


def _listening(host: str, port: int) -> socket.socket:
    """Return a socket that is bound, so that an address that cannot be used is told before everything is loaded."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror:
        raise InputError(f"--host {host} is not an address of this machine") from None
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise InputError(f"cannot listen on {host}, port {port} ({error.strerror}): name another --port, or stop what has it") from None
    return listener


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _checked_origin(origin: str) -> str:
    from urllib.parse import urlsplit

    parts = urlsplit(origin)
    if parts.scheme not in ("http", "https") or not parts.hostname or origin.rstrip("/") != f"{parts.scheme}://{parts.netloc}":
        raise InputError(f"--origin {origin} is no origin: write https://HOST or https://HOST:PORT, without path")
    return origin
