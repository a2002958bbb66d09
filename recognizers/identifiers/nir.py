"""NIR: the French social-security number, with or without its key, however it is spaced."""

from __future__ import annotations

import re
from collections.abc import Iterator

from recognizers.finding import Finding
from recognizers.identifiers.number_cues import cued, nearest_is

_SEPARATOR = r"[ ./\-]{0,2}"
_CANDIDATE = re.compile(
    rf"(?<![0-9A-Za-z])[1-478]{_SEPARATOR}[0-9]{{2}}{_SEPARATOR}(?P<month>[0-9]{{2}}){_SEPARATOR}"
    rf"(?P<place>[0-9](?:[0-9]|[AaBb])(?:{_SEPARATOR}[0-9]){{3}}){_SEPARATOR}(?P<order>[0-9]{{3}})"
    rf"(?:{_SEPARATOR}(?P<key>[0-9]{{2}}))?(?![0-9A-Za-z])"
)
_GROUPED = re.compile(r"[1-478]([ ./\-]{1,2})[0-9]{2}\1[0-9]{2}\1[0-9][0-9AaBb]\1?[0-9]{3}\1[0-9]{3}")
_JUNK = re.compile(r"[ ./\-]")


def find_nirs(text: str) -> Iterator[Finding]:
    """Social-security numbers in ``text`` (undisguised). Without a valid key, a cue word or the usual grouping is required."""
    for match in _CANDIDATE.finditer(text):
        if not _is_plausible(match["month"], _JUNK.sub("", match["place"]).upper()):
            continue
        start, end = match.span()
        if match["key"] and _has_valid_key(match.group()):
            if not nearest_is(text, start, "other_nir"):
                yield Finding("NIR", start, end, 1.0, "NIR.key", cues=("key",))
        elif cued(text, start, "nir"):
            yield Finding("NIR", start, end, 0.7, "NIR.cue", cues=("nir-cue",))
        elif _GROUPED.match(text, start, end):
            yield Finding("NIR", start, end, 0.6, "NIR.grouping", cues=("grouping",))


def _has_valid_key(written: str) -> bool:
    from stdnum.fr import nir

    return bool(nir.is_valid(_JUNK.sub("", written).upper()))


def _is_plausible(month: str, place: str) -> bool:
    """Month 01-12, 20, 30-42 or 50 and more; French department, overseas territory or 99 for abroad."""
    number = int(month)
    if not (1 <= number <= 12 or number == 20 or 30 <= number <= 42 or number >= 50):
        return False
    department = place[:2]
    return department in ("2A", "2B") or (department.isdigit() and (1 <= int(department) <= 95 or int(department) >= 96))
