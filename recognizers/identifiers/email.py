"""EMAIL_ADDRESS: addresses as typed, with spaces around the sign, with the sign spelled out or left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from recognizers.finding import Finding
from recognizers.identifiers.comment import Comment
from recognizers.identifiers.number_cues import cue_words, cued

_LOCAL = r"[^\W_](?:[\w.+%\-]{0,62}[\w+%\-])?"
_LABEL = r"[^\W_](?:[\w\-]{0,61}[^\W_])?"
_TOP = r"[A-Za-z]{2,24}"
_DOT = r" ?(?:[(\[] ?(?:point|dot) ?[)\]]| point | dot ) ?"
_AT = r" ?(?:[(\[] ?(?:arr?oba[sz]e?s?|at|a|@) ?[)\]]| arr?oba[sz]e?s? ) ?"
_TYPED = re.compile(rf"(?<![\w.+%\-])(?:{_LOCAL})@(?:{_LABEL}\.){{1,5}}{_TOP}(?![\w@])")
_SPACED = re.compile(rf"(?<![\w.+%\-])(?:{_LOCAL}) ?@ ?(?:{_LABEL}(?:\.| \.|\. ?(?=[a-z]{{2,4}}\b))){{1,4}}{_TOP}(?![\w@])")
_ANY_DOT = rf"(?:\.|{_DOT})"
_SPELLED = re.compile(
    rf"(?<![\w.+%\-])[^\W_][\w+%\-]{{0,62}}(?:{_ANY_DOT}[\w+%\-]{{1,62}}){{0,3}}{_AT}{_LABEL}(?:{_ANY_DOT}{_LABEL}){{1,4}}(?!\w)",
    re.IGNORECASE,
)
_PROVIDER = f"(?:{'|'.join(sorted(cue_words('mail_providers')))})"
_PROVIDER_DOT = r"(?:\.| ?(?:point|dot) )"
_AT_PROVIDER = re.compile(
    rf"(?<![\w.+%\-])(?:{_LOCAL}(?: ?(?:point|dot) [\w\-]+)? (?:at|chez|a|à|arr?oba[sz]e?s?) "
    rf"|[^\W_](?=[\w+%\-]*[._0-9])[\w.+%\-]*+ ){_PROVIDER}{_PROVIDER_DOT}{_TOP}(?!\w)",
    re.IGNORECASE,
)
_NAMED_PROVIDER = re.compile(_PROVIDER + _PROVIDER_DOT, re.IGNORECASE)
_ONLY_PROVIDER = re.compile(_PROVIDER, re.IGNORECASE)
_SPELLED_SIGN = re.compile(r"arr?oba[sz]|[(\[] ?(?:at|a|@) ?[)\]]", re.IGNORECASE)
_BARE = re.compile(rf"(?<![\w.+%\-])(?:{_LOCAL})@{_LABEL}(?![\w@.])")


def find_emails(comment: Comment) -> Iterator[Finding]:
    """E-mail addresses in ``comment``. An address typed without a dot in its domain counts when nothing follows the domain."""
    text = comment.text
    if "@" in text:
        ends: set[int] = set()
        for pattern, score, rule in ((_TYPED, 1.0, "typed"), (_SPACED, 0.9, "spaced"), (_BARE, 0.6, "bare")):
            for match in pattern.finditer(text):
                if match.start() not in ends and (pattern is not _BARE or _is_address(text, match)):
                    ends.add(match.start())
                    yield Finding("EMAIL_ADDRESS", *match.span(), score, f"EMAIL_ADDRESS.{rule}", cues=(rule,))
    if not cue_words("mail_providers").isdisjoint(comment.words) and _NAMED_PROVIDER.search(text):
        for match in _AT_PROVIDER.finditer(text):
            yield Finding("EMAIL_ADDRESS", *match.span(), 0.9, "EMAIL_ADDRESS.provider", cues=("provider",))
    if ("rob" in comment.folded or "(" in text or "[" in text) and _SPELLED_SIGN.search(text):
        for match in _SPELLED.finditer(text):
            yield Finding("EMAIL_ADDRESS", *match.span(), 0.9, "EMAIL_ADDRESS.spelled", cues=("spelled",))


def _is_address(text: str, match: re.Match[str]) -> bool:
    """Whether a domain without a dot is one: a cue says so, the name before it is no word, or all know the domain."""
    local, _, domain = match.group().partition("@")
    return cued(text, match.start(), "mail") or not local.isalpha() or _ONLY_PROVIDER.fullmatch(domain) is not None
