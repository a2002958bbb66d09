"""Which pages may call the service from a browser, and under which names it answers."""

from __future__ import annotations

import pytest
from serving import bearer, error, locked_service, make_key, service

ASKED = {"text": "un cancer"}
IKOS = "https://ikos.example"
ORIGIN_REFUSED = error("origin-refused", "pages of this origin may not call the service: start it with --origin, once for each that may")


def cors(answer):
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control-") or name == "vary"}


def test_pages_of_an_allowed_origin_may_call(tmp_path):
    secret = make_key(tmp_path, "check")
    with locked_service(tmp_path, origins=(IKOS,)) as client:
        wanted = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
        preflight = client.options("/v1/check", headers={"Origin": IKOS, **wanted})
        answer = client.post("/v1/check", json=ASKED, headers={"Origin": IKOS, **bearer(secret)})
        unknown = client.post("/v1/check", json=ASKED, headers={"Origin": IKOS})
    assert (preflight.status_code, cors(preflight)) == (
        200,
        {
            "access-control-allow-origin": IKOS,
            "access-control-allow-methods": "GET, POST",
            "access-control-allow-headers": "Accept, Accept-Language, Authorization, Content-Language, Content-Type",
            "access-control-max-age": "600",
            "vary": "Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network",
        },
    )
    told = {"access-control-allow-origin": IKOS, "access-control-expose-headers": "Retry-After", "vary": "Origin"}
    assert [(one.status_code, cors(one)) for one in (answer, unknown)] == [(200, told), (401, told)]


@pytest.mark.parametrize("origin", ["https://evil.example", "http://ikos.example", "https://ikos.example:8443", "null"])
def test_pages_of_another_origin_may_not_even_with_a_key(tmp_path, origin):
    secret = make_key(tmp_path, "check")
    with locked_service(tmp_path, origins=(IKOS,)) as client:
        answer = client.post("/v1/check", json=ASKED, headers={"Origin": origin, **bearer(secret)})
        preflight = client.options("/v1/check", headers={"Origin": origin, "Access-Control-Request-Method": "POST"})
    assert [((one.status_code, one.json()), cors(one)) for one in (answer, preflight)] == [((403, ORIGIN_REFUSED), {})] * 2


def test_its_own_pages_may_call():
    with service() as client:
        answer = client.post("/v1/check", json=ASKED, headers={"Origin": "http://testserver"})
    assert (answer.status_code, cors(answer)) == (200, {})


def test_other_names_are_refused():
    with service(hosts=("vigie.example", "127.0.0.1", "[::1]")) as client:
        names = ("vigie.example", "VIGIE.example:8080", "127.0.0.1:1", "[::1]:8080", "evil.example", "testserver", "")
        codes = [client.get("/healthz", headers={"Host": name}).status_code for name in names]
    assert codes == [200, 200, 200, 200, 400, 400, 400]
