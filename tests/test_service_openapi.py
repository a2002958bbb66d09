"""Every operation of the API, asked what its description allows and what it forbids (Schemathesis)."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import schemathesis
from fakes import KEY
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import CHECKS
from serving import bearer, locked_service, make_key

from scanner.accounts.api_keys import SCOPES
from scanner.service import Limits, ServiceSettings, create_app

PLACE = TemporaryDirectory()  # what is tested must be known before there is any fixture
SECRET = make_key(Path(PLACE.name), *SCOPES)
APP = create_app(
    ServiceSettings(store=f"{PLACE.name}/state.sqlite", key=KEY, limits=Limits(requests_per_minute=10**9, console_requests=10**9))
)
API = schemathesis.openapi.from_asgi("/openapi.json", APP)
API.config.generation.update(allow_extra_parameters=False)  # a query with more than what is known is no error

FITTING = {"/v1/override", "/analyze", "/anonymize", "/deanonymize"}
"""Operations whose values must fit each other, which a description cannot say: what it allows may be refused."""


@API.parametrize()
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
def test_every_operation_keeps_to_its_description(case: Case) -> None:
    left_out = [CHECKS.get_one("positive_data_acceptance")] if case.path in FITTING else []
    case.call_and_validate(headers=bearer(SECRET), excluded_checks=left_out)


def test_operations_ask_for_the_key_that_they_name(tmp_path: Path) -> None:
    keys = {scope: make_key(tmp_path, scope) for scope in SCOPES}
    asked = {}
    with locked_service(tmp_path) as client:
        for path, operations in client.get("/openapi.json").json()["paths"].items():
            for method, operation in operations.items():
                without = client.request(method, path).status_code
                with_key = {scope: client.request(method, path, headers=bearer(key)).status_code for scope, key in keys.items()}
                asked[path] = (operation["security"], without, [scope for scope, status in with_key.items() if status not in (401, 403)])

    def needs(scope: str) -> tuple[list[dict[str, list[str]]], int, list[str]]:
        return [{"api-key": []}], 401, [scope]

    open_to_all: tuple[list[str], int, list[str]] = ([], 200, list(SCOPES))
    assert asked == {
        "/v1/check": needs("check"),
        "/v1/override": needs("check"),
        "/v1/scan": needs("scan"),
        "/metrics": needs("metrics"),
        **dict.fromkeys(("/analyze", "/anonymize", "/deanonymize"), needs("presidio")),
        **dict.fromkeys(("/recognizers", "/supportedentities", "/anonymizers", "/deanonymizers"), needs("presidio")),
        **dict.fromkeys(("/healthz", "/readyz", "/health"), open_to_all),
    }
