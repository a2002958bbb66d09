"""Recognizers that a request brings along: Presidio's ``PatternRecognizer``, within a budget.

Matching runs without Python's global lock, so that nobody else waits for it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from scanner.service.errors import ApiError
from scanner.service.presidio.expressions import Budget
from scanner.service.presidio.requests import AdHocRecognizer

if TYPE_CHECKING:
    from presidio_analyzer import PatternRecognizer, RecognizerResult
    from presidio_analyzer.nlp_engine import NlpArtifacts

logging.getLogger("presidio-analyzer").setLevel(logging.WARNING)  # at DEBUG it logs words of the text

_TOKEN = re.compile(r"\w+|\W")
"""Covers every character, because Presidio looks for the token of each match."""
_CONTEXT = 300
"""Characters before a match in which Presidio's five words of context are looked for."""


class _Bounded:
    """A compiled regular expression as ``PatternRecognizer`` uses it, within a budget."""

    def __init__(self, pattern: Any, budget: Budget) -> None:
        self._pattern = pattern
        self._budget = budget

    def finditer(self, text: str, timeout: float) -> Iterator[Any]:
        """Yield the matches, as long as the budget lasts, whatever ``timeout`` is."""
        del timeout
        with self._budget.time() as seconds:
            for match in self._pattern.finditer(text, concurrent=True, timeout=seconds):
                self._budget.count()
                yield match


class AdHocRecognizers:
    """The recognizers of one request for texts in ``language``; those for another language take no part, as in Presidio.

    Raises :class:`ApiError` when one cannot be made.
    """

    def __init__(self, given: Sequence[AdHocRecognizer], language: str, budget: Budget) -> None:
        self._recognizers: list[PatternRecognizer] = []
        try:
            self._recognizers += [_recognizer(one, budget) for one in given if one.supported_language == language]
        finally:
            if given:
                _forget_expressions()

    @property
    def entities(self) -> frozenset[str]:
        """What they can find."""
        return frozenset(entity for recognizer in self._recognizers for entity in recognizer.supported_entities)

    def analyze(self, text: str, context: Sequence[str]) -> list[RecognizerResult]:
        """Return what they find in ``text``, surer where a word of their context, or of ``context``, stands near."""
        results = [result for one in self._recognizers for result in one.analyze(text, one.supported_entities)]
        if any(one.context for one in self._recognizers):
            return [self._enhanced(result, text, list(context)) for result in results]
        return results

    def _enhanced(self, result: RecognizerResult, text: str, context: list[str]) -> RecognizerResult:
        """Return ``result``, surer where a word of its context is near. Presidio reads the text up to it anew: a piece must do."""
        from presidio_analyzer.context_aware_enhancers import LemmaContextAwareEnhancer

        offset = max(0, result.start - _CONTEXT)
        piece = text[offset : result.end]
        result.start, result.end = result.start - offset, result.end - offset
        (enhanced,) = LemmaContextAwareEnhancer().enhance_using_context(piece, [result], _artifacts(piece), [*self._recognizers], context)
        enhanced.start, enhanced.end = enhanced.start + offset, enhanced.end + offset
        return enhanced


def _recognizer(given: AdHocRecognizer, budget: Budget) -> PatternRecognizer:
    from presidio_analyzer import PatternRecognizer

    flags = given.global_regex_flags
    expressions = [budget.compiled(pattern.regex, flags) for pattern in given.patterns or ()]  # before Presidio does, without limits
    try:
        recognizer = PatternRecognizer.from_dict(given.model_dump(exclude_none=True))
    except (TypeError, ValueError):
        raise ApiError(400, "invalid-request", "An ad-hoc recognizer needs a supported_entity, and patterns or a deny_list") from None
    patterns: list[Any] = recognizer.patterns  # type: ignore[has-type]
    expressions += [budget.compiled(pattern.regex, flags) for pattern in patterns[len(expressions) :]]  # the deny list
    for pattern, expression in zip(patterns, expressions, strict=True):
        pattern.compiled_regex, pattern.compiled_with_flags = _Bounded(expression, budget), flags
    return recognizer


def _forget_expressions() -> None:
    """Empty the memory of the module ``regex``: Presidio compiles into it, and it would keep megabytes of each expression of a caller."""
    import regex  # type: ignore[import-untyped]

    regex.purge()


def _artifacts(text: str) -> NlpArtifacts:
    """Return the words of ``text`` as an NLP engine would, each its own lemma. Presidio asks no more of them than their length."""
    from presidio_analyzer.nlp_engine import NlpArtifacts

    tokens = list(_TOKEN.finditer(text))
    words: Any = [token[0] for token in tokens]
    lemmas = [word.lower() for word in words]
    artifacts = NlpArtifacts([], words, [token.start() for token in tokens], lemmas, None, "fr")
    artifacts.keywords = [lemma for lemma in lemmas if lemma.isalnum()]
    return artifacts
