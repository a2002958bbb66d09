"""The detector as Presidio recognizers, for Presidio's own ``AnalyzerEngine`` or anybody else's.

Importing this module imports presidio-analyzer (about a second); nothing else in the package does.
"""

from __future__ import annotations

from collections.abc import Sequence

from presidio_analyzer import AnalysisExplanation, EntityRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from recognizers.detector import Detector, default_detector
from recognizers.explanation import recognizer_name, textual_explanation
from recognizers.finding import Finding


class _LastText:
    """A detector that remembers the findings of the last text, because an engine asks every recognizer about the same one."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self._last: tuple[str, list[Finding]] = ("", [])

    def find(self, text: str) -> list[Finding]:
        last_text, findings = self._last
        if text != last_text:
            findings = self._detector.find(text)
            self._last = (text, findings)
        return findings


class FrenchRemarkRecognizer(EntityRecognizer):
    """Recognize one of Vigie's entities in French text.

    Recognizers made together by :func:`french_recognizers` share one pass over each text.
    """

    name: str

    def __init__(self, entity: str, finder: _LastText) -> None:
        self._finder = finder
        super().__init__(supported_entities=[entity], name=recognizer_name(entity), supported_language="fr")

    def load(self) -> None:
        """Nothing to load: the detector comes ready."""

    def analyze(self, text: str, entities: Sequence[str], nlp_artifacts: NlpArtifacts | None = None) -> list[RecognizerResult]:
        """Return the findings of this recognizer's entity, with offsets in code points of ``text``."""
        return [self._result(f) for f in self._finder.find(text) if f.entity in entities and f.entity in self.supported_entities]

    def _result(self, finding: Finding) -> RecognizerResult:
        explanation = AnalysisExplanation(
            recognizer=self.name,
            original_score=finding.score,
            pattern_name=finding.rule,
            textual_explanation=textual_explanation(finding),
        )
        metadata = {
            RecognizerResult.RECOGNIZER_NAME_KEY: self.name,
            RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
            "assertion": finding.assertion,
            "subject": finding.subject,
            "rule": finding.rule,
        }
        return RecognizerResult(finding.entity, finding.start, finding.end, finding.score, explanation, metadata)


def french_recognizers(detector: Detector | None = None) -> list[FrenchRemarkRecognizer]:
    """Return one recognizer for each entity, ready for ``RecognizerRegistry.recognizers`` or ``registry.add_recognizer``."""
    detector = detector or default_detector()
    finder = _LastText(detector)
    return [FrenchRemarkRecognizer(entity, finder) for entity in detector.entities]
