"""Probes, metrics, and the description of the API."""

from __future__ import annotations

import pytest
from fakes import KEY, POLICY
from prometheus_client.parser import text_string_to_metric_families
from serving import bearer, error, locked_service, make_key, service

from recognizers.rulepack import rules_digest

# Probes --------------------------------------------------------------------------------------------------------------------------


def test_it_is_alive_and_ready():
    with service() as client:
        answers = [client.get("/healthz"), client.get("/readyz")]
    assert [(answer.status_code, answer.json()) for answer in answers] == [
        (200, {"status": "ok"}),
        (200, {"status": "ok", "rules": rules_digest(), "policy": "ok", "store": "none"}),
    ]


def test_it_is_not_ready_when_the_store_is_gone(tmp_path):
    with locked_service(tmp_path) as client:
        before = client.get("/readyz").json()["store"]
        store = client.app.state.vigie.store
        store.close()
        for path in tmp_path.iterdir():
            path.unlink()
        (tmp_path / "state.sqlite").write_bytes(b"not a database" * 100)
        answer = client.get("/readyz")
    assert (before, answer.status_code, answer.json()["store"]) == ("ok", 503, "failed")


# Metrics -------------------------------------------------------------------------------------------------------------------------


def samples(client, **options):
    text = client.get("/metrics", **options).text
    return {(s.name, *sorted(s.labels.items())): s.value for family in text_string_to_metric_families(text) for s in family.samples}


def test_what_is_counted(tmp_path):
    policy = tmp_path / "policy.toml"
    policy.write_text('[fields]\n"GARDIEN" = "caretaker"\n' + POLICY, encoding="utf-8")
    with service(policy=policy, fake=True) as client:
        for text in ("un cancer, une prison", "un cancer", "fuite"):
            client.post("/v1/check", json={"text": text, "field": "GARDIEN"})
        told = [
            client.post("/v1/override", json={"field": "gardien", "entities": ["HEALTH", "HEALTH"], "verdict": "warn"}),
            client.post("/v1/override", json={"field": "gardien", "entities": ["Mme Martin"], "verdict": "warn"}),
            client.post("/v1/override", json={"entities": [], "verdict": "block", "text": "un cancer"}),
            client.post("/v1/override", json={"entities": [], "verdict": "ok"}),
        ]
        client.post("/v1/scan", json={"records": [{"id": "1", "texts": {"A": "BOUM"}}, {"id": "2", "texts": {}}]})
        counted = {key: value for key, value in samples(client).items() if not key[0].endswith(("_created", "_bucket", "_sum"))}
    assert [answer.status_code for answer in told] == [204, 422, 422, 422]
    assert told[1].json() == error("unknown-entity", "body.entities: holds an entity that is not known here; see `vigie entities`")
    assert told[3].json() == error("invalid-request", "body.verdict: must be one of the words that /openapi.json names")
    requests = "vigie_http_requests_total"
    seconds = "vigie_http_request_seconds_count"
    assert counted == {
        (requests, ("method", "POST"), ("route", "/v1/check"), ("status", "200")): 3,
        (requests, ("method", "POST"), ("route", "/v1/override"), ("status", "204")): 1,
        (requests, ("method", "POST"), ("route", "/v1/override"), ("status", "422")): 3,
        (requests, ("method", "POST"), ("route", "/v1/scan"), ("status", "200")): 1,
        (seconds, ("route", "/v1/check")): 3,
        (seconds, ("route", "/v1/override")): 4,
        (seconds, ("route", "/v1/scan")): 1,
        ("vigie_checks_total", ("purpose", "caretaker"), ("verdict", "warn")): 1,
        ("vigie_checks_total", ("purpose", "caretaker"), ("verdict", "block")): 1,
        ("vigie_checks_total", ("purpose", "caretaker"), ("verdict", "ok")): 1,
        ("vigie_check_findings_total", ("entity", "HEALTH")): 2,
        ("vigie_check_findings_total", ("entity", "OFFENCE")): 1,
        ("vigie_overrides_total", ("purpose", "caretaker"), ("verdict", "warn")): 1,
        ("vigie_override_findings_total", ("entity", "HEALTH")): 2,
        ("vigie_scan_records_total", ("outcome", "scanned")): 1,
        ("vigie_scan_records_total", ("outcome", "not_scanned")): 1,
        ("vigie_policy_current",): 1,
    }


def test_pages_of_the_console_are_counted_by_their_template(tmp_path):
    with service(store=str(tmp_path / "state.sqlite"), key=KEY) as client:
        for path in ("/console/records/Mme-Martin", "/console/", "/console/sign-in", "/console/Mme-Martin", "/Mme-Martin"):
            client.get(path, follow_redirects=False)
        routes = {dict(labels)["route"] for name, *labels in samples(client) if name == "vigie_http_requests_total"}
    assert routes == {"/console/records/{record_id}", "/console/", "/console/sign-in", "unknown"}


def test_refusals_are_counted_by_the_path_that_was_asked(tmp_path):
    secret = make_key(tmp_path, "metrics")
    with locked_service(tmp_path) as client:
        client.post("/v1/check", json={"text": "un cancer"})
        counted = samples(client, headers=bearer(secret))
    assert counted["vigie_http_requests_total", ("method", "POST"), ("route", "/v1/check"), ("status", "401")] == 1


def test_metrics_need_a_key_of_their_scope(tmp_path):
    secret = make_key(tmp_path, "metrics")
    with locked_service(tmp_path) as client:
        assert client.get("/metrics").status_code == 401
        answer = client.get("/metrics", headers=bearer(secret))
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, "text/plain")


def test_warming_up_is_not_counted():
    with service() as client:
        assert {key[0] for key in samples(client)} & {"vigie_checks_total", "vigie_check_findings_total"} == set()


# The description -----------------------------------------------------------------------------------------------------------------

OURS = {
    "/v1/check": "check",
    "/v1/override": "override",
    "/v1/scan": "scan",
    "/healthz": "healthz",
    "/readyz": "readyz",
    "/metrics": "metrics",
}


@pytest.fixture(scope="module")
def description():
    with service() as client:
        return client.get("/openapi.json").json()


def test_every_operation_is_described(description):
    operations = {path: next(iter(description["paths"][path].values())) for path in OURS}
    assert {path: operation["operationId"] for path, operation in operations.items()} == OURS
    told = ("summary", "description", "tags")
    assert [path for path, operation in operations.items() if not all(operation[name] for name in told)] == []
    security = {path: operation["security"] for path, operation in operations.items()}
    keyed, free = [{"api-key": []}], []
    assert security == {
        "/v1/check": keyed,
        "/v1/override": keyed,
        "/v1/scan": keyed,
        "/metrics": keyed,
        "/healthz": free,
        "/readyz": free,
    }
    assert description["components"]["securitySchemes"]["api-key"]["scheme"] == "bearer"


def test_every_refusal_is_described(description):
    answers = {path: sorted(next(iter(description["paths"][path].values()))["responses"]) for path in OURS}
    keyed = ["401", "403", "429", "500", "503"]
    with_body = sorted([*keyed, "400", "413", "422"])
    assert answers == {
        "/v1/check": ["200", *with_body],
        "/v1/scan": ["200", *with_body],
        "/v1/override": ["204", *with_body],
        "/metrics": ["200", *keyed],
        "/healthz": ["200"],
        "/readyz": ["200", "503"],
    }


@pytest.mark.parametrize("path", ["/v1/check", "/v1/override", "/v1/scan"])
def test_the_examples_are_true(description, path):
    """What the description sends is answered, and what it shows as an answer has the form of one."""
    operation = description["paths"][path]["post"]
    name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    (example,) = description["components"]["schemas"][name]["examples"]
    with service() as client:
        answer = client.post(path, json=example)
    assert answer.status_code in (200, 204)
    if path == "/v1/check":
        (shown,) = description["components"]["schemas"]["CheckAnswer"]["examples"]
        assert answer.json() == shown
