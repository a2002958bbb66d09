"""The words that a request allows: ``allow_list`` of Presidio's ``/analyze``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from scanner.service.presidio.expressions import Budget
from scanner.service.presidio.requests import AnalyzeRequest


def allowed_words(request: AnalyzeRequest, budget: Budget) -> Callable[[str], bool]:
    """Return what tells whether the words of a finding are allowed: they are in the list, or one of its patterns finds something in them.

    It raises :class:`scanner.service.errors.ApiError` when the patterns take longer than ``budget`` has left.
    """
    terms = [term for term in request.allow_list or () if term]
    if request.allow_list_match == "exact" or not terms:
        return frozenset(terms).__contains__
    return _finds(terms, request.regex_flags, budget)


def _finds(patterns: Sequence[str], flags: int, budget: Budget) -> Callable[[str], bool]:
    expressions = [budget.compiled(pattern, flags) for pattern in patterns]

    def finds(words: str) -> bool:
        for expression in expressions:
            with budget.time() as seconds:
                if expression.search(words, concurrent=True, timeout=seconds):
                    return True
        return False

    return finds
