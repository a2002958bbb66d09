"""``/v1/check``: the verdict on a text that somebody is about to save."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from serving import error, service

from recognizers.detector import Detector
from scanner.catalogue import default_catalogue
from scanner.judgement import judge_text
from scanner.policy import strongest
from scanner.service.check import QUICK_CHARACTERS

GOLD = Path(__file__).parent.parent / "samples" / "gold"
HEALTH = (
    "Ces mots révèlent l’état de santé, le handicap, la grossesse ou les soins d’une personne\u00a0: c’est une donnée sensible, dont le"
    " traitement est interdit sauf exception."
)
GROUNDS = (
    "Fondements\u00a0: RGPD, article 9, paragraphe 1\u00a0; RGPD, article 5, paragraphe 1, point c\u00a0: minimisation"
    " (vérifié le 1er novembre 2026)."
)
OK = {"verdict": "ok", "findings": [], "save_anyway": "allowed"}


@pytest.fixture(scope="module")
def client():
    with service() as client:
        yield client


def checked(client, text, field=""):
    response = client.post("/v1/check", json={"text": text, "field": field})
    assert response.status_code == 200
    return response.json()


def health(start, end, why, **changes):
    return {
        "entity": "HEALTH",
        "label": "Santé",
        "start": start,
        "end": end,
        "start_utf16": start,
        "end_utf16": end,
        "score": 0.95,
        "message": f"{HEALTH} {why} {GROUNDS}",
        "instead": "besoin particulier signalé",
        **changes,
    }


GENERAL = "Donnée sensible ou excessive pour ce champ."


def test_what_is_found_is_told_with_what_to_write_instead(client):
    assert checked(client, "Mme sous chimiothérapie, fuite sous évier", "NOTE") == {
        "verdict": "warn",
        "findings": [health(4, 23, GENERAL)],
        "redacted": "Mme [SANTÉ], fuite sous évier",
        "save_anyway": "with_reason",
    }


def test_a_harmless_text_may_be_saved(client):
    text = "Fuite sous évier, joint à changer. Chaudière malade\u00a0!"
    assert checked(client, text) == {**OK, "redacted": text}


def test_the_field_is_not_needed_and_an_empty_text_is_fine(client):
    response = client.post("/v1/check", json={"text": ""})
    assert (response.status_code, response.json()) == (200, {**OK, "redacted": ""})


def test_offsets_count_code_points_and_utf_16_units(client):
    text = "😀😀 Mme sous chimiothérapie 🦽 RAS"
    assert checked(client, text) == {
        "verdict": "warn",
        "findings": [health(7, 26, GENERAL, start_utf16=9, end_utf16=28)],
        "redacted": "😀😀 Mme [SANTÉ] 🦽 RAS",
        "save_anyway": "with_reason",
    }
    assert text.encode("utf-16-le")[18:56].decode("utf-16-le") == "sous chimiothérapie"


@pytest.mark.parametrize(
    ("text", "start", "end", "redacted"),
    [
        ("<p>Mme sous chimioth&eacute;rapie</p>", 7, 33, "<p>Mme [SANTÉ]</p>"),
        (r"{\rtf1\ansi Mme sous chimioth\'e9rapie\par}", 16, 38, r"{\rtf1\ansi Mme [SANT{\uc1\u201?}]\par}"),
        ("Mme sous\x00 chimiothérapie", 4, 24, "Mme [SANTÉ]"),
        ("Mme sous chimiothe\u0301rapie", 4, 24, "Mme [SANTÉ]"),
    ],
)
def test_offsets_are_those_of_the_text_as_sent(client, text, start, end, redacted):
    assert checked(client, text) == {
        "verdict": "warn",
        "findings": [health(start, end, GENERAL)],
        "redacted": redacted,
        "save_anyway": "with_reason",
    }


POLICY = """
{entry}
[fields]
"SUIVI" = "social_follow_up"
"GARDIEN" = "caretaker"
[[rules]]
purpose = "social_follow_up"
action = "keep"
[[rules]]
purpose = "caretaker"
action = "quarantine"
why = "Un gardien n'a pas à le savoir."
[[rules]]
entity = "FINANCIAL"
action = "warn"
[[rules]]
action = "redact"
"""


def verdicts(tmp_path, entry, *questions):
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY.replace("{entry}", entry), encoding="utf-8")
    with service(policy=policy, fake=True) as client:
        answers = [checked(client, text, field) for text, field in questions]
    return [(a["verdict"], [f["entity"] for f in a["findings"]], a["redacted"], a["save_anyway"]) for a in answers]


def test_the_verdict_depends_on_the_purpose_of_the_field(tmp_path):
    questions = [("un cancer", "suivi"), ("un cancer", "GARDIEN"), ("un cancer", "autre"), ("une dette", "autre")]
    assert verdicts(tmp_path, "", *questions) == [
        ("ok", [], "un cancer", "allowed"),
        ("block", ["HEALTH"], "un [SANTÉ]", "refused"),
        ("warn", ["HEALTH"], "un [SANTÉ]", "with_reason"),
        ("warn", ["FINANCIAL"], "une [FINANCES]", "with_reason"),
    ]


def test_the_policy_says_when_to_warn_and_to_block_and_what_may_be_saved(tmp_path):
    entry = '[entry]\nwarn = "redact"\nblock = "never"\nsave_after_warn = "allowed"\n'
    questions = [("un cancer et une dette", "autre"), ("un cancer", "GARDIEN"), ("une dette", "autre")]
    assert verdicts(tmp_path, entry, *questions) == [
        ("warn", ["HEALTH"], "un [SANTÉ] et une dette", "allowed"),
        ("warn", ["HEALTH"], "un [SANTÉ]", "allowed"),
        ("ok", [], "une dette", "allowed"),
    ]
    entry = '[entry]\nwarn = "never"\nblock = "redact"\nsave_after_block = "with_reason"\n'
    assert verdicts(tmp_path, entry, *questions) == [
        ("block", ["HEALTH"], "un [SANTÉ] et une dette", "with_reason"),
        ("block", ["HEALTH"], "un [SANTÉ]", "with_reason"),
        ("ok", [], "une dette", "allowed"),
    ]


def test_the_message_says_why_in_this_field(tmp_path):
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY.replace("{entry}", ""), encoding="utf-8")
    with service(policy=policy, fake=True) as client:
        (finding,) = checked(client, "un cancer", "GARDIEN")["findings"]
    assert finding["message"] == f"{HEALTH} Un gardien n’a pas à le savoir. {GROUNDS}"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"text": "\\ud83d seul cancer"}', "body.text: must be Unicode text; a lone surrogate such as \\ud800 is none"),
        (b'{"text": "cancer', "the body is not JSON"),
        (b"\xff\xfecancer", "the body is not JSON"),
        (b'{"field": "cancer"}', "body.text: is missing"),
        (b'{"text": ["cancer"]}', "body.text: must be a text in quotes"),
        (b'{"text": "cancer", "cancer": 1}', "body.…: holds a name that is not known here"),
        (b'["cancer"]', "body: must be an object; send it with Content-Type: application/json"),
        (b"", "body: is missing"),
    ],
)
def test_what_cannot_be_checked_is_refused_without_a_word_of_it(client, body, message):
    response = client.post("/v1/check", content=body, headers={"content-type": "application/json"})
    assert (response.status_code, response.json()) == (422, error("invalid-request", message))


@pytest.mark.parametrize("body", [b'{"text": "d\xe9c\xe8s cancer"}', b"[" * 100_000, b'{"text": ' + b"9" * 5_000 + b"}"])
def test_a_body_that_no_parser_of_json_takes_is_refused(client, body):
    response = client.post("/v1/check", content=body, headers={"content-type": "application/json"})
    assert (response.status_code, response.json()) == (400, error("bad-request", "the body could not be read: send JSON in UTF-8"))


def test_a_body_that_does_not_say_that_it_is_json_is_refused(client):
    response = client.post("/v1/check", content=b'{"text": "cancer"}')
    message = "body: must be an object; send it with Content-Type: application/json"
    assert (response.status_code, response.json()) == (422, error("invalid-request", message))


def test_a_text_that_is_too_long_is_refused():
    with service(fake=True, limits={"text_characters": 20}) as client:
        assert checked(client, "cancer" + "é" * 14)["verdict"] == "warn"
        response = client.post("/v1/check", json={"text": "cancer" + "é" * 15})
    message = "a text has 21 characters, more than 20: cut it at a blank line and send the parts"
    assert (response.status_code, response.json()) == (413, error("text-too-long", message))


def test_a_long_text_is_answered_as_a_short_one(client):
    text = "Fuite réparée. " * (QUICK_CHARACTERS // 10) + "Mme sous chimiothérapie"
    at = len(text) - len("sous chimiothérapie")
    assert checked(client, text) == {
        "verdict": "warn",
        "findings": [health(at, len(text), GENERAL)],
        "redacted": text[:at] + "[SANTÉ]",
        "save_anyway": "with_reason",
    }


def test_a_text_that_a_recognizer_failed_on_is_not_called_clean():
    with service(fake=True) as client:
        response = client.post("/v1/check", json={"text": "BOUM"})
    message = "a recognizer failed on this text: it was not checked; please report it"
    assert (response.status_code, response.json()) == (500, error("analysis-error", message))


def test_it_says_of_labelled_comments_what_a_scan_says(client, detector: Detector):
    catalogue, policy = default_catalogue(), client.app.state.vigie.policy
    lines = (GOLD / "33-mixed-desk.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines][:200]
    expected, seen = [], []
    for text in texts:
        judgement = judge_text(text, "NOTE", detector, policy, catalogue)
        items = [item for item in judgement.fields["NOTE"] if item.action != "keep"]
        spans = [(item.finding.entity, item.finding.start, item.finding.end, item.finding.score) for item in items]
        expected.append((policy.entry.verdict(strongest(item.action for item in items)), spans))
        answer = checked(client, text, "NOTE")
        seen.append((answer["verdict"], [(f["entity"], f["start"], f["end"], f["score"]) for f in answer["findings"]]))
    assert seen == expected
    assert {verdict for verdict, _ in seen} >= {"ok", "warn"}
