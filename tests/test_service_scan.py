"""``/v1/scan``: records by the batch."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import pytest
from fakes import POLICY
from serving import error, service

from recognizers.detector import Detector
from scanner.catalogue import default_catalogue
from scanner.finding_lines import finding_line
from scanner.judgement import judge
from scanner.records import NO_ROW, Record

GOLD = Path(__file__).parent.parent / "samples" / "gold"

ALLOWED = """
[[allow]]
rule = "HEALTH.cancer"
scope = {site = "0123", source = "ikos"}
reason = "r"
author = "a"
expires = 9999-01-01
"""


@pytest.fixture
def client(tmp_path):
    policy = tmp_path / "policy.toml"
    policy.write_text('[fields]\n"QUITTANCE" = "accounting"\n' + POLICY + ALLOWED, encoding="utf-8")
    with service(policy=policy, fake=True) as client:
        yield client


def scan(client, *records, **options):
    return client.post("/v1/scan", json={"records": records, **options})


def found(record_id, field, entity, start, end, rule, term, severity, action, level, **changes):
    return {
        "record_id": record_id,
        "source": "",
        "field": field,
        "entity": entity,
        "start": start,
        "end": end,
        "score": 0.9,
        "assertion": "affirmed",
        "subject": "unknown",
        "rule": rule,
        "term": term,
        "severity": severity,
        "action": action,
        "level": level,
        **changes,
    }


CLEAN = {"problem": "", "risk": 0, "level": "none", "action": "keep", "findings": []}


def test_each_record_is_judged_on_all_its_fields(client):
    response = scan(
        client,
        {"id": "L-1", "texts": {"NOTE": "un cancer"}},
        {"id": "L-2", "texts": {"NOTE": "fuite", "SUIVI": ""}},
        {"id": "L-3", "texts": {}},
        {"id": "L-4", "texts": {"NOTE": "une dette", "QUITTANCE": "une dette"}},
    )
    assert (response.status_code, response.json()) == (
        200,
        {
            "records": [
                {
                    "id": "L-1",
                    "problem": "",
                    "risk": 63,
                    "level": "high",
                    "action": "redact",
                    "findings": [
                        found("L-1", "NOTE", "HEALTH", 3, 9, "HEALTH.cancer", "cancer", 4, "redact", "high"),
                    ],
                },
                {"id": "L-2", **CLEAN},
                {"id": "L-3", **CLEAN},
                {
                    "id": "L-4",
                    "problem": "",
                    "risk": 45,
                    "level": "medium",
                    "action": "warn",
                    "findings": [
                        found("L-4", "NOTE", "FINANCIAL", 4, 9, "FINANCIAL.debt", "dette", 3, "warn", "medium"),
                        found("L-4", "QUITTANCE", "FINANCIAL", 4, 9, "FINANCIAL.debt", "dette", 3, "keep", "medium"),
                    ],
                },
            ],
            "not_scanned": [],
        },
    )


def test_redacted_texts_come_on_request(client):
    response = scan(
        client,
        {"id": "L-1", "texts": {"NOTE": "<b>un cancer</b> puis une fuite", "AUTRE": "fuite"}},
        {"id": "L-2", "texts": {"NOTE": "une dette"}},
        redact=True,
    )
    assert [record["redacted"] for record in response.json()["records"]] == [{"NOTE": "<b>un [SANTÉ]</b> puis une fuite"}, {}]


def test_records_that_would_be_quarantined_are_redacted_as_well(client):
    response = scan(client, {"id": "L-1", "texts": {"NOTE": "cancer, alcoolique, prison, dette"}}, redact=True)
    (record,) = response.json()["records"]
    assert (record["action"], record["redacted"]) == ("quarantine", {"NOTE": "[SANTÉ], [ADDICTION], [INFRACTION], [FINANCES]"})


def test_the_allow_list_knows_site_and_source(client):
    texts = {"NOTE": "un cancer"}
    response = scan(
        client,
        {"id": "L-1", "texts": texts, "site": "0123", "source": "ikos"},
        {"id": "L-2", "texts": texts, "site": "0124", "source": "ikos"},
    )
    assert [(record["id"], record["action"]) for record in response.json()["records"]] == [("L-1", "keep"), ("L-2", "redact")]


def test_a_record_that_a_recognizer_failed_on_is_named(client):
    response = scan(client, {"id": "L-1", "texts": {"NOTE": "BOUM", "SUIVI": "un cancer"}}, {"id": "L-2", "texts": {"NOTE": "fuite"}})
    findings = [found("L-1", "SUIVI", "HEALTH", 3, 9, "HEALTH.cancer", "cancer", 4, "redact", "high")]
    failed = {"id": "L-1", "problem": "analysis-error: ValueError", "risk": 63, "level": "high", "action": "redact", "findings": findings}
    assert response.json() == {"records": [failed, {"id": "L-2", **CLEAN}], "not_scanned": ["L-1"]}


@pytest.mark.parametrize(
    ("body", "status", "answer"),
    [
        ({"records": []}, 422, error("invalid-request", "body.records: must not be empty")),
        ({"records": [{"texts": {}}]}, 422, error("invalid-request", "body.records.0.id: is missing")),
        (
            {"records": [{"id": "L-1", "texts": {"cancer": 3}}]},
            422,
            error("invalid-request", "body.records.0.texts.…: must be a text in quotes"),
        ),
        (
            {"records": [{"id": "1", "texts": {}, "tenant": "Mme Martin"}]},
            422,
            error("invalid-request", "body.records.0.…: holds a name that is not known here"),
        ),
    ],
)
def test_what_is_no_batch_is_refused_without_a_word_of_it(client, body, status, answer):
    response = client.post("/v1/scan", json=body)
    assert (response.status_code, response.json()) == (status, answer)


def test_batches_have_a_limit():
    with service(fake=True, limits={"texts": 3, "text_characters": 9}) as client:
        one = {"id": "L", "texts": {"A": "", "B": ""}}
        answers = [
            scan(client, one, {"id": "M", "texts": {"A": "un cancer"}}),
            scan(client, one, one),
            scan(client, *[{"id": "L", "texts": {}}] * 4),
            scan(client, {"id": "L", "texts": {"A": "des cancer"}}),
        ]
    too_many = error("too-many-texts", "a batch has at most 3 texts and as many records: send several batches")
    too_long = error("text-too-long", "a text has 10 characters, more than 9: cut it at a blank line and send the parts")
    assert answers[0].status_code == 200
    assert [(answer.status_code, answer.json()) for answer in answers[1:]] == [(413, too_many), (413, too_many), (413, too_long)]


def test_it_finds_in_labelled_comments_what_a_scan_finds(detector: Detector):
    catalogue = default_catalogue()
    with (GOLD / "31-officers-d.jsonl").open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in islice(lines, 300)]
    with service() as client:
        policy = client.app.state.vigie.policy
        response = scan(client, *({"id": str(at), "texts": {"NOTE": text}} for at, text in enumerate(texts)))
    expected = []
    for at, text in enumerate(texts):
        record = Record(str(at), NO_ROW, "", {"NOTE": text})
        judgement = judge(record, {"NOTE": detector.find(text)}, policy, catalogue)
        lines = [finding_line(record, "NOTE", item, judgement.risk.level) for item in judgement.fields["NOTE"]]
        expected.append((str(at), judgement.risk.value, judgement.risk.level, judgement.action, lines))
    answer = response.json()
    assert [(r["id"], r["risk"], r["level"], r["action"], r["findings"]) for r in answer["records"]] == expected
    assert answer["not_scanned"] == []
    assert sum(bool(record["findings"]) for record in answer["records"]) > 100
