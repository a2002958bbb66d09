"""``vigie serve``: a process of its own, from its first line to its end."""

from __future__ import annotations

import datetime
import http.client
import ipaddress
import json
import signal
import socket
import ssl
import subprocess
import sys
from contextlib import contextmanager

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from running import ENVIRONMENT, finish, start, vigie

from scanner.operations.logs import start_logging

pytestmark = pytest.mark.usefixtures("serve")  # these tests reach this machine by loopback
SECRET = "zwxquala"


@pytest.fixture(autouse=True)
def logging_as_before():
    yield
    start_logging()


@contextmanager
def serving(*arguments):
    """Start a service on a free port; yield its process and its address."""
    process = start("serve", "--port", 0, *arguments)
    try:
        line = process.stdout.readline()
        assert line.startswith("listening on "), process.stderr.read()
        yield process, line.removeprefix("listening on ").strip()
    finally:
        process.kill()
        process.communicate()


def ask(address, method, path, body=None, context=None, **headers):
    scheme, _, host = address.partition("://")
    if scheme == "https":
        connection = http.client.HTTPSConnection(host, timeout=60, context=context)
    else:
        connection = http.client.HTTPConnection(host, timeout=60)
    given = {"Content-Type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}
    connection.request(method, path, None if body is None else json.dumps(body), given)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer, content


def check(address, text="Mme sous chimiothérapie", **options):
    answer, content = ask(address, "POST", "/v1/check", {"text": text}, **options)
    return answer.status, json.loads(content).get("verdict")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_until_it_is_told_to_stop(number):
    with serving("--no-auth", "--log-format", "json") as (process, address):
        assert check(address, f"Mme {SECRET} sous chimiothérapie") == (200, "warn")
        assert ask(address, "GET", "/healthz", Host="evil.example")[0].status == 400
        process.send_signal(number)
        ended = finish(process)
    assert (ended.code, ended.out, SECRET in ended.err) == (0, "", False)
    events = [json.loads(line) for line in ended.err.splitlines()]
    assert [(event["event"], event["route"], event["status"]) for event in events] == [
        ("request", "/v1/check", 200),
        ("request", "/healthz", 400),
    ]


def test_with_a_store_it_asks_for_keys_and_has_a_console(tmp_path):
    state = tmp_path / "state.sqlite"
    secret = vigie("apikey", "create", "écran", "--scope", "check", "--state", state).out.strip()
    with serving("--state", state) as (process, address):
        assert check(address) == (401, None)
        assert check(address, Authorization=f"Bearer {secret}") == (200, "warn")
        page, _ = ask(address, "GET", "/console/")
        assert (page.status, page.getheader("location")) == (303, "/console/sign-in")
        key_id = secret.split("_")[1]
        assert vigie("apikey", "revoke", key_id, "--state", state).code == 0
        while check(address, Authorization=f"Bearer {secret}")[0] == 200:
            pass
        assert check(address, Authorization=f"Bearer {secret}") == (401, None)
        process.terminate()
        assert finish(process) == (0, "", "")


def test_the_policy_and_the_limits_are_those_given(tmp_path):
    policy = tmp_path / "policy.toml"
    policy.write_text('[defaults]\naction = "keep"\n', encoding="utf-8")
    with serving("--no-auth", "--policy", policy, "--max-text", 30, "--rate", 3) as (_, address):
        answers = [check(address), check(address, "x" * 31), check(address), check(address)]
    assert answers == [(200, "ok"), (413, None), (200, "ok"), (429, None)]


def test_callers_behind_a_proxy_are_told_apart_only_where_the_proxy_is_named():
    def statuses(*arguments):
        with serving("--no-auth", "--rate", 1, *arguments) as (_, address):
            return [check(address, X_Forwarded_For=caller)[0] for caller in ("192.0.2.1", "192.0.2.2", "192.0.2.1")]

    assert statuses() == [200, 429, 429]
    assert statuses("--proxy", "127.0.0.1") == [200, 200, 429]


@pytest.fixture
def certificate(tmp_path):
    """A key and a certificate of its own, for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "vigie")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (tmp_path / "cert.pem").write_bytes(made.public_bytes(pem))
    plain = serialization.NoEncryption()
    (tmp_path / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return tmp_path / "cert.pem", tmp_path / "key.pem"


def test_it_speaks_tls(certificate):
    cert, key = certificate
    with serving("--no-auth", "--tls-cert", cert, "--tls-key", key) as (_, address):
        answer, _ = ask(address, "GET", "/healthz", context=ssl.create_default_context(cafile=cert))
    assert (address[:8], answer.status, answer.getheader("strict-transport-security")) == ("https://", 200, "max-age=31536000")


@pytest.mark.parametrize(
    ("command", "needing"),
    [
        (["serve", "--no-auth"], "the service needs"),
        (["account", "create", "anne", "--name", "Anne", "--role", "dpo", "--state", "s.sqlite"], "accounts need"),
    ],
)
def test_without_its_packages_the_extra_is_named(tmp_path, command, needing):
    """A plain installation has neither FastAPI nor argon2."""
    code = f"import sys; sys.modules.update(fastapi=None, argon2=None); sys.argv[1:] = {command}; from scanner.cli import main; main()"
    options = {"env": ENVIRONMENT, "capture_output": True, "text": True, "timeout": 60, "cwd": tmp_path}
    ended = subprocess.run([sys.executable, "-c", code], **options)
    message = f"vigie: {needing} packages that are not installed: pip install 'vigie[service]'\n"
    assert (ended.returncode, ended.stdout, ended.stderr) == (2, "", message)


def test_a_port_in_use_is_told():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = vigie("serve", "--no-auth", "--port", port)
    message = f"cannot listen on 127.0.0.1, port {port} (Address already in use): name another --port, or stop what has it"
    assert result == (2, "", f"vigie: {message}\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--no-auth", "--host", "0.0.0.0"],
            "--no-auth lets anybody in: it is for loopback addresses only, such as 127.0.0.1, not 0.0.0.0",
        ),
        (
            ["--no-auth", "--host", "vigie.example"],
            "--no-auth lets anybody in: it is for loopback addresses only, such as 127.0.0.1, not vigie.example",
        ),
        ([], "API keys live in the state store: give --state, or try the service out with --no-auth on 127.0.0.1"),
        (["--no-auth", "--tls-cert", "cert.pem"], "--tls-cert and --tls-key go together: give both"),
        (
            ["--no-auth", "--tls-cert", "{tmp}/no.pem", "--tls-key", "{tmp}/no.pem"],
            "--tls-cert or --tls-key cannot be used: FileNotFoundError; both must be PEM, and belong together",
        ),
        (
            ["--no-auth", "--tls-cert", "{tmp}/text.pem", "--tls-key", "{tmp}/text.pem"],
            "--tls-cert or --tls-key cannot be used: SSLError; both must be PEM, and belong together",
        ),
        (
            ["--no-auth", "--origin", "https://ikos.example/login"],
            "--origin https://ikos.example/login is no origin: write https://HOST or https://HOST:PORT, without path",
        ),
        (["--no-auth", "--origin", "*"], "--origin * is no origin: write https://HOST or https://HOST:PORT, without path"),
        (["--state", "{tmp}/text.pem"], "state store {tmp}/text.pem is no state store: name another file"),
    ],
)
def test_what_cannot_be_served_is_told(tmp_path, arguments, message):
    (tmp_path / "text.pem").write_text("text" * 100, encoding="utf-8")
    result = vigie("serve", "--port", 0, *(argument.replace("{tmp}", str(tmp_path)) for argument in arguments))
    assert result == (2, "", f"vigie: {message.replace('{tmp}', str(tmp_path))}\n")
