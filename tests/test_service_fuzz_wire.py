"""Requests that no client library would send, over a real connection."""

from __future__ import annotations

import contextlib
import json
import socket
from urllib.parse import urlsplit

from browsing.fixtures import Serve

from scanner.service import Limits, ServiceSettings

MARK = b"ZWXQUA"
BODY = b'{"text": "' + MARK + b'", "field": 5}'
"""Never accepted: an answer of 422 shows that the body was read."""
NOT_HTTP = (400, b"Invalid HTTP request received.")
HEAD_TOO_LONG = (400, b"The head of the request is too long.")
WRONG_FIELD = (422, "body.field: must be a text in quotes")
NO_JSON = (422, "the body is not JSON")


def request(*headers: bytes, body: bytes = b"", line: bytes = b"POST /v1/check HTTP/1.1") -> bytes:
    lines = (line, b"Host: 127.0.0.1", b"Content-Type: application/json", b"Connection: close", *headers)
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    return request(b"Transfer-Encoding: chunked", body=b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + end)


def length(number: bytes) -> bytes:
    return b"Content-Length: " + number


LIMIT = 100_000
TOO_LONG = (413, f"the body has more than {LIMIT} bytes: send less, in several requests")
CASES = {
    "in one chunk": (chunked(BODY), WRONG_FIELD),
    "in chunks of one byte": (chunked(*(BODY[at : at + 1] for at in range(len(BODY)))), WRONG_FIELD),
    "in chunks, over the limit": (chunked(*[b'"' + MARK * 1_000] * 20), TOO_LONG),
    "in chunks that never end": (chunked(*[b'"' + MARK * 1_000] * 20, end=b""), TOO_LONG),
    "in something that is no chunk": (request(b"Transfer-Encoding: chunked", body=MARK + b"\r\n"), NOT_HTTP),
    "without a length": (request(body=BODY), (422, "body: is missing")),
    "with a shorter length": (request(length(b"%d" % (len(BODY) - 1)), body=BODY), NO_JSON),
    "with a length over the limit": (request(length(b"99999999999"), body=BODY), TOO_LONG),
    "with a length below nought": (request(length(b"-1"), body=BODY), NOT_HTTP),
    "with a length that is no number": (request(length(MARK), body=BODY), NOT_HTTP),
    "with a length beyond all numbers": (request(length(b"9" * 30), body=BODY), NOT_HTTP),
    "with two lengths": (request(length(b"5"), length(b"6"), body=BODY), NOT_HTTP),
    "with a length and chunks": (request(length(b"5"), b"Transfer-Encoding: chunked", body=BODY), NOT_HTTP),
    "as compressed, which it is not": (request(b"Content-Encoding: gzip", length(b"%d" % len(BODY)), body=BODY), WRONG_FIELD),
    "to a path that is none": (request(line=b"POST /%ff%00\xff" + MARK + b" HTTP/1.1"), NOT_HTTP),
    "to a long path": (request(line=b"POST /" + MARK * 20_000 + b" HTTP/1.1"), NOT_HTTP),
    "to an unknown path": (request(line=b"GET /" + MARK + b" HTTP/1.1"), (404, "nothing is served here: see /openapi.json")),
    "by a method that echoes": (
        request(b"X-Mark: " + MARK, line=b"TRACE /v1/check HTTP/1.1"),
        (405, "Method Not Allowed: see /openapi.json"),
    ),
    "with a head that never ends": (request()[:-2] + b"X-Mark: " + MARK * 20_000, HEAD_TOO_LONG),
    "with headers that never end": (request()[:-2] + b"X-Mark: a\r\n" * 20_000, HEAD_TOO_LONG),
    "with a long head": (request(b"X-Mark: " + MARK * 5_000, length(b"%d" % len(BODY)), body=BODY), WRONG_FIELD),
    "as no HTTP": (MARK + b"\r\n\r\n", NOT_HTTP),
    "as TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + MARK, NOT_HTTP),
    "as HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", NOT_HTTP),
}


def test_every_request_is_answered_in_words_that_repeat_nothing(serve: Serve) -> None:
    address = serve(ServiceSettings(auth=False, limits=Limits(body_bytes=LIMIT)))
    answers = {name: _answer(address, sent) for name, (sent, _) in CASES.items()}
    assert answers == {name: expected for name, (_, expected) in CASES.items()}


def test_a_body_that_never_comes_whole_gives_the_place_free(serve: Serve) -> None:
    address = serve(ServiceSettings(auth=False, limits=Limits(seconds=2, concurrent=1)))
    waiting = request(length(b"%d" % (len(BODY) + 1)), body=BODY)
    assert _answer(address, waiting) == (503, "no answer within 2 seconds: send a shorter text or a smaller batch, or try again later")
    assert _answer(address, chunked(BODY)) == WRONG_FIELD


def _answer(address: str, sent: bytes) -> tuple[int, str | bytes]:
    """Return the status of the answer, and the message of its error where it is one of the API."""
    place = urlsplit(address)
    received = b""
    with socket.create_connection((place.hostname, place.port), timeout=30) as connection:
        with contextlib.suppress(ConnectionError):  # the service need not read what it refuses
            connection.sendall(sent)
        with contextlib.suppress(ConnectionError):
            while part := connection.recv(65_536):
                received += part
    head, _, body = received.partition(b"\r\n\r\n")
    assert MARK not in received
    message = json.loads(body)["error"]["message"] if b"application/json" in head else body
    return int(head.split()[1]), message
