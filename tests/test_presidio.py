"""The recognizers in a stock AnalyzerEngine, beside Presidio's own."""

from __future__ import annotations

import json

import pytest
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NoOpNlpEngine
from presidio_analyzer.predefined_recognizers import IpRecognizer

from recognizers.detector import Detector
from recognizers.presidio import french_recognizers
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def analyzer() -> AnalyzerEngine:
    registry = RecognizerRegistry(supported_languages=["fr"])
    for recognizer in french_recognizers():
        registry.add_recognizer(recognizer)
    registry.add_recognizer(IpRecognizer(supported_language="fr"))
    return AnalyzerEngine(
        registry=registry, nlp_engine=NoOpNlpEngine([{"lang_code": "fr", "model_name": "none"}]), supported_languages=["fr"]
    )


def test_engine_supports_every_entity(analyzer: AnalyzerEngine, detector: Detector) -> None:
    assert set(analyzer.get_supported_entities("fr")) == {*detector.entities, "IP_ADDRESS"}


def test_engine_gives_what_the_detector_gives(analyzer: AnalyzerEngine, detector: Detector) -> None:
    lines = (ROOT / "samples" / "gold" / "06-background.jsonl").read_text(encoding="utf-8").splitlines()[:200]
    for text in [json.loads(line)["text"] for line in lines]:
        results = analyzer.analyze(text, "fr", entities=list(detector.entities))
        assert {(r.entity_type, r.start, r.end, r.score) for r in results} == {
            (f.entity, f.start, f.end, f.score) for f in detector.find(text)
        }


def test_engine_keeps_to_the_entities_asked_for(analyzer: AnalyzerEngine) -> None:
    text = "Mme alcoolique, de nationalité malienne, routeur 192.168.0.1"
    results = analyzer.analyze(text, "fr", entities=["ADDICTION", "IP_ADDRESS"])
    assert [(r.entity_type, text[r.start : r.end]) for r in sorted(results, key=lambda r: r.start)] == [
        ("ADDICTION", "alcoolique"),
        ("IP_ADDRESS", "192.168.0.1"),
    ]


def test_results_explain_themselves(analyzer: AnalyzerEngine) -> None:
    [result] = analyzer.analyze("Mme n'est pas alcoolique", "fr", entities=["ADDICTION"], return_decision_process=True)
    explanation = result.analysis_explanation
    assert explanation.recognizer == "VigieAddictionRecognizer"
    assert explanation.pattern_name == result.recognition_metadata["rule"]
    assert explanation.pattern_name.startswith("ADDICTION.")
    assert explanation.textual_explanation.startswith("assertion negated; subject tenant; cues ")
