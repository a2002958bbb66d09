"""What a clerk reads about a finding, in French: what it is, why it must not stand there, on which ground."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from recognizers.legal import legal_grounds
from scanner.catalogue import EntityInfo
from scanner.french import long_day, typeset


@cache
def message_about(info: EntityInfo, why: str) -> str:
    """Return the message about a finding of the entity ``info``; ``why`` is what the policy says of it in that field."""
    return typeset(" ".join(part for part in (info.why, why, grounds_text(info.legal)) if part))


@cache
def grounds_text(keys: tuple[str, ...]) -> str:
    """Return the legal grounds of ``keys`` in one sentence, with the day on which each was last checked; ``""`` when there are none."""
    titles = defaultdict(list)
    for ground in legal_grounds(keys):
        titles[ground.as_of].append(ground.title)
    if not titles:
        return ""
    told = [f"{' ; '.join(names)} (vérifié le {long_day(date)})" for date, names in titles.items()]
    return typeset(f"Fondement{'s' if len(keys) > 1 else ''} : {' ; '.join(told)}.")
