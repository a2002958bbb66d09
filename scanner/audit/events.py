"""What the audit log can say: events and their details, from closed lists, so that no personal data can get into it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence

EVENTS: Mapping[str, str] = {
    "scan-started": "a run of a job began, or went on where it had stopped",
    "scan-ended": "a run of a job ended",
    "original-shown": "a person read sealed originals",
    "original-released": "sealed originals may stay as they are",
    "original-redacted": "sealed originals were settled by a redaction at the source",
    "original-erased": "sealed originals were made unreadable for ever",
    "original-restored": "sealed originals wait for a decision again",
    "original-held": "a legal hold was put on sealed originals",
    "original-freed": "a legal hold was taken off sealed originals",
    "vault-purged": "sealed originals past their retention were made unreadable for ever",
    "key-rotated": "sealed originals were put under another key",
    "decision-recorded": "a person decided what becomes of findings or sealed originals",
    "plan-written": "a plan of corrections was written",
    "plan-applied": "a plan of corrections was applied to a database",
    "plan-undone": "a plan of corrections was undone in a database",
    "decision-proposed": "a decision waits for a second person",
    "decision-confirmed": "a second person confirmed a decision",
    "decision-refused": "a second person refused a decision, or its author withdrew it",
    "decision-undone": "a decision was taken back",
    "wording-written": "a person wrote what a redacted text shall say",
    "allowed": "an entry was added to the allow-list",
    "allow-ended": "an entry of the allow-list was ended before its time",
    "tenant-searched": "a person searched for the records of a tenant",
    "subject-access": "the comments about a person were gathered to answer an access request",
    "report-downloaded": "a person downloaded a report or an annex",
    "session-opened": "a person signed in",
    "session-refused": "somebody failed to sign in",
    "account-locked": "an account was locked after too many failures",
    "account-made": "an account was made",
    "account-changed": "role, perimeter, password or second factor of an account changed, or it was disabled or enabled",
    "api-key-made": "a key for programs was made",
    "api-key-revoked": "a key for programs was revoked",
    "log-pruned": "entries of this log past their retention were removed",
}
"""Names of events, with what each means."""

_STATUSES = {"complete", "interrupted", "failed"}
_STATES = {"pending", "released", "redacted", "erased"}
_DECISIONS = {"release", "redact", "erase", "false_alarm"}
_CORRECTIONS = {"applied", "undone", "conflict"}
_ACCOUNT_CHANGES = {"role", "perimeter", "password", "second-factor", "disabled", "enabled", "unlocked"}
_ROLES = {"dpo", "reviewer", "site_manager", "auditor"}
WORDS = frozenset(_STATUSES | _STATES | _DECISIONS | _CORRECTIONS | _ACCOUNT_CHANGES | _ROLES)
"""Values that details may have besides numbers, ids and names."""

NAMES = frozenset({"job", "source", "table", "tables", "column", "columns"})
"""Details whose values are names that the operator chose."""

Detail = str | int | float | bool | Sequence[str] | Sequence[int]

_KEY = re.compile(r"[a-z][a-z0-9_]{0,31}")
_ID = re.compile(r"[0-9a-f]{8,64}")  # shorter ones could be words: "decede"
_NAME = re.compile(r"\w[\w.$:/@#*-]{0,127}")


def details_text(details: Mapping[str, Detail], digest: Callable[[str], str]) -> str:
    """Return ``details`` as canonical JSON.

    A name is replaced by its ``digest`` when it has other characters than letters, digits and ``. $ : / @ # * - _``. Raises
    :class:`ValueError`, which does not hold the value, on what could be text: no number, no id of 8 to 64 hexadecimal digits, none of
    :data:`WORDS`, and not under one of :data:`NAMES`.
    """
    checked = {name: _checked(name, value, digest) for name, value in details.items()}
    return json.dumps(checked, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def _checked(name: str, value: Detail, digest: Callable[[str], str]) -> Detail:
    if not _KEY.fullmatch(name):
        raise ValueError("the name of a detail of the audit log has letters, digits and _ only")
    if isinstance(value, list | tuple):
        if all(isinstance(item, int) for item in value):
            return value
        return [_checked_text(name, item, digest) for item in value]
    if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return _checked_text(name, value, digest)


def _checked_text(name: str, value: object, digest: Callable[[str], str]) -> str:
    if isinstance(value, str):
        if name in NAMES:
            return value if _NAME.fullmatch(value) else f"#{digest(value)}"
        if value in WORDS or _ID.fullmatch(value):
            return value
    raise ValueError(f"the detail {name!r} of the audit log must be a number, an id or one of its words")
