from __future__ import annotations

import datetime

import pytest

from scanner.catalogue import default_catalogue
from scanner.judgement import judge_text
from scanner.policy import load_policy


@pytest.mark.parametrize("tag", sorted(default_catalogue().tags.values()))
def test_the_label_of_a_redaction_is_no_finding(tag, detector):
    catalogue = default_catalogue()
    policy = load_policy(None, catalogue.entities, datetime.date(2026, 11, 22))
    for label in (f"[{tag}]", f"[{tag}:0f3c5a]"):
        text = f"Vu le locataire : très {label} depuis hier, M. est alcoolique"
        found = [item.finding for items in judge_text(text, "NOTE", detector, policy, catalogue).fields.values() for item in items]
        assert [(text[slice(*f.words)], f.entity) for f in found] == [("alcoolique", "ADDICTION")]


@pytest.mark.parametrize(
    ("text", "standing"),
    [
        ("récép de [NATIONALITÉ] ds dossier", []),
        ("a [NATIONALITÉ]", []),
        ("n'est pas de [NATIONALITÉ] du Mali", ["NATIONALITY"]),
        ("M. est [ADDICTION], VIH", ["HEALTH"]),
    ],
)
def test_small_words_beside_a_label_make_no_finding_of_it(text, standing, detector):
    catalogue = default_catalogue()
    policy = load_policy(None, catalogue.entities, datetime.date(2026, 11, 22))
    judgement = judge_text(text, "", detector, policy, catalogue)
    assert [item.finding.entity for item in judgement.fields.get("", [])] == standing
