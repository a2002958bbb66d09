"""Options that several commands share, declared once and handed to each as one value."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature
from typing import Any, TypeVar, get_type_hints

Made = TypeVar("Made")


def gathered(name: str, make: Callable[..., Any]) -> Callable[[Callable[..., Made]], Callable[..., Made]]:
    """Return a decorator: the command gets, as ``name``, what ``make`` returns, and the options that ``make`` takes in its place."""

    def decorate(command: Callable[..., Made]) -> Callable[..., Made]:
        taken = signature(make).parameters.values()

        @wraps(command)
        def run(**given: Any) -> Made:
            made = make(**{option.name: given.pop(option.name) for option in taken})
            return command(**{name: made}, **given)

        own = signature(command)
        hints = _hints(make, "return") | _hints(command, name, "return")
        options = [option for one in own.parameters.values() for option in (taken if one.name == name else [one])]
        options.sort(key=lambda option: option.default is not Parameter.empty)
        keyword = [option.replace(kind=Parameter.KEYWORD_ONLY, annotation=hints[option.name]) for option in options]
        run.__signature__ = own.replace(parameters=keyword, return_annotation=None)  # type: ignore[attr-defined]
        run.__annotations__ = hints
        return run

    return decorate


def _hints(function: Callable[..., Any], *left_out: str) -> dict[str, Any]:
    """Return the annotations of ``function``; those ``left_out`` may name what is imported for type checkers only."""

    @wraps(function)
    def told() -> None: ...

    told.__annotations__ = {name: hint for name, hint in function.__annotations__.items() if name not in left_out}
    return get_type_hints(told, include_extras=True)
