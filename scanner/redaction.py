"""Redaction of findings with the operators of presidio-anonymizer: what is sensitive goes, the useful rest of the comment stays."""

from __future__ import annotations

import base64
import re
import secrets
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from types import ModuleType
from typing import TYPE_CHECKING, Literal, get_args

from recognizers.finding import Finding
from scanner.errors import SecretKeyError
from scanner.keys import SecretKey, keyed_digest
from scanner.scoring import severity_of

if TYPE_CHECKING:
    from presidio_anonymizer import OperatorConfig
    from presidio_anonymizer.operators import OperatorsFactory

Mode = Literal["label", "mask", "remove", "hash", "encrypt", "neutral"]
MODES: tuple[Mode, ...] = get_args(Mode)
KEYED_MODES: frozenset[Mode] = frozenset({"hash", "encrypt"})

MASK = "*"
_NONCE_BYTES = 12
_CIPHERED = r"v1\.[A-Za-z0-9_-]{39,}"
_CIPHER_LABEL = re.compile(rf"\[([^\[\]:]+):({_CIPHERED})\]")
_BLANKS = " \t\u00a0\u202f"


@dataclass(frozen=True, slots=True)
class RedactedSpan:
    """A run ``[start, end)`` of the given text that became ``[new_start, new_end)`` of the redacted one, in code points.

    Its entity and rule are those of the most severe finding in it.
    """

    entity: str
    rule: str
    start: int
    end: int
    new_start: int
    new_end: int


@dataclass(frozen=True, slots=True)
class Redacted:
    """A redacted text and what was replaced in it, in order. Outside the spans nothing changed."""

    text: str
    spans: tuple[RedactedSpan, ...]


@dataclass(frozen=True, slots=True)
class _Run:
    start: int
    end: int
    lead: Finding


class Redactor:
    """Replace findings the same way in every text.

    ========= =================================================================================================================
    mode      what stands in place of a finding
    ========= =================================================================================================================
    label     the category, ``[SANTÉ]``
    mask      as many asterisks
    remove    nothing, nor the spaces and the space before punctuation that this would leave
    hash      the category and a keyed digest, ``[SANTÉ:0f3c…]``: the same words give the same digest
    encrypt   the category and the words, encrypted (AES-256-GCM): :func:`restore` brings them back
    neutral   the wording of the rule, else of its entity; the label where there is none
    ========= =================================================================================================================

    ``tags`` maps entities to what labels print (the entity's name when absent), ``wordings`` rules and entities to neutral wordings,
    ``severities`` rules and entities to 1..4. Raises :class:`SecretKeyError` when the mode needs a key and none is given.
    """

    def __init__(
        self,
        mode: Mode,
        tags: Mapping[str, str],
        severities: Mapping[str, int],
        wordings: Mapping[str, str] | None = None,
        key: SecretKey | None = None,
    ) -> None:
        if mode in KEYED_MODES and key is None:
            raise SecretKeyError(f"redaction mode {mode!r} needs a key: give --key-file, or make a key with `vigie keygen`")
        self.mode = mode
        self._tags = tags
        self._severities = severities
        self._wordings = wordings or {}
        self._key = key
        labels = "|".join(re.escape(tag) for tag in sorted(set(tags.values())))
        self._label = re.compile(rf"\[(?:{labels})(?::(?:[0-9a-f]{{16}}|{_CIPHERED}))?\]")
        self._operations: dict[str, Callable[[str], str]] = {}

    def redact(self, text: str, findings: Sequence[Finding]) -> Redacted:
        """Return ``text`` with ``findings`` replaced.

        Findings of one entity that overlap or stand side by side become one run; where entities overlap, the most severe names the run.
        Labels of an earlier redaction stay as they are. Raises :class:`ValueError` when a finding lies outside ``text``.
        """
        runs = self._runs(text, findings)
        if not runs:
            return Redacted(text, ())
        if self.mode == "remove":
            runs = _with_spare_blanks(text, runs)
        replacements = [self._operation(run.lead)(text[run.start : run.end]) for run in runs]
        return Redacted(_replaced(text, runs, replacements), _spans(runs, replacements))

    def _runs(self, text: str, findings: Sequence[Finding]) -> list[_Run]:
        """Return the disjoint runs to replace, in order."""
        labels = [match.span() for match in self._label.finditer(text)]
        pieces = sorted(
            (piece for finding in findings for piece in _outside(labels, text, finding)),
            key=lambda run: (run.start, run.end),
        )
        runs: list[_Run] = []
        for piece in pieces:
            if runs and self._joins(text, runs[-1], piece):
                last = runs.pop()
                lead = max(last.lead, piece.lead, key=lambda f: (severity_of(f, self._severities), f.score))
                piece = _Run(last.start, max(last.end, piece.end), lead)
            runs.append(piece)
        return runs

    @staticmethod
    def _joins(text: str, left: _Run, right: _Run) -> bool:
        if right.start < left.end:
            return True
        return left.lead.entity == right.lead.entity and not text[left.end : right.start].strip()

    def _operation(self, lead: Finding) -> Callable[[str], str]:
        """Return what makes the replacement of the words of a run."""
        name = lead.rule if self.mode == "neutral" else lead.entity
        if name not in self._operations:
            self._operations[name] = _operation(self._operator(lead))
        return self._operations[name]

    def _operator(self, lead: Finding) -> OperatorConfig:
        operator: type[OperatorConfig] = presidio_anonymizer_package().OperatorConfig
        tag = self._tags.get(lead.entity, lead.entity)
        if self.mode == "mask":
            return operator("mask", {"masking_char": MASK, "chars_to_mask": sys.maxsize, "from_end": False})
        if self.mode == "remove":
            return operator("redact")
        if self._key and self.mode in KEYED_MODES:
            return operator("custom", {"lambda": _digester(tag, self._key) if self.mode == "hash" else _encrypter(tag, self._key)})
        wording = self._wordings.get(lead.rule) or self._wordings.get(lead.entity) if self.mode == "neutral" else ""
        return operator("replace", {"new_value": wording or f"[{tag}]"})


def restore(text: str, key: SecretKey) -> str:
    """Return ``text`` with the words that mode ``encrypt`` replaced.

    Raises :class:`SecretKeyError` when ``key`` is not the one that was used or a label was altered.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    def decrypt(label: re.Match[str]) -> str:
        tag, ciphered = label.groups()
        try:
            sealed = base64.b64decode(ciphered.removeprefix("v1.") + "==", altchars=b"-_")
            words = AESGCM(key.derive("redaction")).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], tag.encode())
        except (InvalidTag, ValueError):
            raise SecretKeyError(
                f"the label at character {label.start()} cannot be restored: it was altered, or written with another key than {key.id}"
            ) from None
        return words.decode("utf-8", "surrogatepass")

    return _CIPHER_LABEL.sub(decrypt, text)


@cache
def presidio_anonymizer_package() -> ModuleType:
    """Return the package presidio_anonymizer.

    One of its operators imports presidio-analyzer, hence spaCy (a second), for an Azure service, and does without where that import fails.
    ``None`` in ``sys.modules`` is Python's documented way to make one import fail.
    """
    helper = "presidio_analyzer.llm_utils.azure_auth_helper"
    barred = helper not in sys.modules
    if barred:
        sys.modules[helper] = None  # type: ignore[assignment]
    try:
        import presidio_anonymizer
    finally:
        if barred:
            del sys.modules[helper]
    return presidio_anonymizer


@cache
def _factory() -> OperatorsFactory:
    factory: OperatorsFactory = presidio_anonymizer_package().operators.OperatorsFactory()
    return factory


def _operation(config: OperatorConfig) -> Callable[[str], str]:
    """Return what the operator of ``config`` makes of words.

    Runs are disjoint and sorted: ``AnonymizerEngine`` would copy, sort and merge them once more, at ten times the cost.
    """
    operator = _factory().create_operator_class(config.operator_name, presidio_anonymizer_package().operators.OperatorType.Anonymize)
    operator.validate(config.params)
    return partial(operator.operate, params=config.params)


def _outside(labels: Sequence[tuple[int, int]], text: str, finding: Finding) -> list[_Run]:
    """Return the parts of ``finding`` outside ``labels``, without outer blanks."""
    if not 0 <= finding.start <= finding.end <= len(text):
        raise ValueError(f"finding {finding.rule} at {finding.start}-{finding.end} lies outside a text of {len(text)} characters")
    parts = []
    at = finding.start
    for start, end in [*labels, (finding.end, finding.end)]:
        part = text[at : min(start, finding.end)]
        if part.strip():
            begin = at + len(part) - len(part.lstrip())
            parts.append(_Run(begin, begin + len(part.strip()), finding))
        at = max(at, end)
    return parts


def _with_spare_blanks(text: str, runs: Sequence[_Run]) -> list[_Run]:
    """Widen runs that will be removed by the blanks that would be left double, at an end of line, or before punctuation."""
    widened = []
    floor = 0
    left = ""  # last kept character
    for run in runs:
        left = text[floor : run.start][-1:] or left
        start, end = run.start, run.end
        while end < len(text) and text[end] in _BLANKS:
            end += 1
        right = text[end : end + 1]
        if not (left == "" or left == "(" or left.isspace()):
            end = run.end
        if right in ("", ",", ".", ")", "\n", "\r"):
            while start > floor and text[start - 1] in _BLANKS:
                start -= 1
        widened.append(replace(run, start=start, end=end))
        left = text[floor:start][-1:] or left
        floor = end
    return widened


def _replaced(text: str, runs: Sequence[_Run], replacements: Sequence[str]) -> str:
    pieces: list[str] = []
    done = 0
    for run, replacement in zip(runs, replacements, strict=True):
        pieces += (text[done : run.start], replacement)
        done = run.end
    return "".join((*pieces, text[done:]))


def _spans(runs: Sequence[_Run], replacements: Sequence[str]) -> tuple[RedactedSpan, ...]:
    spans = []
    shift = 0
    for run, replacement in zip(runs, replacements, strict=True):
        new_start = run.start + shift
        spans.append(RedactedSpan(run.lead.entity, run.lead.rule, run.start, run.end, new_start, new_start + len(replacement)))
        shift += len(replacement) - (run.end - run.start)
    return tuple(spans)


def _digester(tag: str, key: SecretKey) -> Callable[[str], str]:
    return lambda words: f"[{tag}:{keyed_digest(words, key, 'redaction')}]"


def _encrypter(tag: str, key: SecretKey) -> Callable[[str], str]:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    cipher = AESGCM(key.derive("redaction"))

    def encrypt(words: str) -> str:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + cipher.encrypt(nonce, words.encode("utf-8", "surrogatepass"), tag.encode())
        return f"[{tag}:v1.{base64.urlsafe_b64encode(sealed).decode().rstrip('=')}]"

    return encrypt
