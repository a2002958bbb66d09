"""The findings of a text as Presidio's REST API gives them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pydantic import BaseModel

from recognizers.explanation import recognizer_name, textual_explanation
from recognizers.finding import Finding

if TYPE_CHECKING:
    from presidio_analyzer import RecognizerResult


class AnalysisExplanation(BaseModel):
    """Why a finding is one. ``pattern_name`` is the rule; what only regular expressions have is ``null``."""

    recognizer: str
    original_score: float
    score: float
    pattern_name: str | None = None
    pattern: str | None = None
    textual_explanation: str | None = None
    score_context_improvement: float = 0
    supportive_context_word: str = ""
    validation_result: bool | None = None
    regex_flags: int | None = None


class Analyzed(BaseModel):
    """A finding: what, where (code points, ``end`` exclusive), how sure."""

    entity_type: str
    start: int
    end: int
    score: float
    analysis_explanation: AnalysisExplanation | None = None


def of_finding(finding: Finding) -> Analyzed:
    """Return a finding of ours."""
    explanation = AnalysisExplanation.model_construct(
        recognizer=recognizer_name(finding.entity),
        original_score=finding.score,
        score=finding.score,
        pattern_name=finding.rule,
        textual_explanation=textual_explanation(finding),
    )
    return Analyzed.model_construct(
        entity_type=finding.entity, start=finding.start, end=finding.end, score=finding.score, analysis_explanation=explanation
    )


def of_result(result: RecognizerResult) -> Analyzed:
    """Return a finding of one of Presidio's recognizers."""
    explanation = AnalysisExplanation.model_construct(**result.analysis_explanation.to_dict())
    return Analyzed.model_construct(
        entity_type=result.entity_type, start=result.start, end=result.end, score=result.score, analysis_explanation=explanation
    )


def in_order(results: Iterable[Analyzed]) -> list[Analyzed]:
    """Return ``results`` as Presidio orders them, the surest first, without those inside a wider and no less sure one of their entity."""
    kept: list[Analyzed] = []
    open_ones: list[Analyzed] = []
    for result in sorted(results, key=lambda r: (r.entity_type, r.start, -r.end, -r.score)):
        open_ones = [other for other in open_ones if other.entity_type == result.entity_type and other.end >= result.start]
        if not any(result.end <= other.end and result.score <= other.score for other in open_ones):
            kept.append(result)
            open_ones.append(result)
    return sorted(kept, key=lambda r: (-r.score, r.start, -r.end))


def as_json(results: Sequence[Analyzed], *, explained: bool) -> list[dict[str, object]]:
    """Return ``results`` as the answer holds them; the explanation is ``null`` unless ``explained``."""
    return [
        {
            "entity_type": result.entity_type,
            "start": result.start,
            "end": result.end,
            "score": result.score,
            "analysis_explanation": vars(result.analysis_explanation) if explained else None,
        }
        for result in results
    ]
