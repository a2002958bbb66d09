"""The users of an audit: what their rights open, and what their functions need, from assignments and rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from scanner.exposure.grants import Grant, Holder
from scanner.exposure.records import NONE, RecordSet, fold_value
from scanner.exposure.rules import EVERYTHING, NOTHING, Rule
from scanner.exposure.settings import settings
from scanner.exposure.unjudged import Unjudged

Grants = tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """A user with a role. ``could`` are the rights, ``None`` without a table of rights; ``should`` is ``None`` where it is unknown."""

    user: str
    role: str
    could: Grants | None
    should: Grants | None


def make_readers(
    rights: Mapping[str, Holder] | None,
    should: Mapping[str, Holder],
    rules: Mapping[str, tuple[Rule, ...]],
    records: RecordSet,
    unjudged: Unjudged,
) -> dict[str, Reader]:
    """Return the users by folded id. One whose perimeter is unknown is told to ``unjudged`` and kept without it.

    Without ``rules`` a user should read what the assignments in ``should`` say. With them the role decides which part of the assignments
    counts, and for which categories; who has no assignment may be known by an account of the same id.
    """
    readers: dict[str, Reader] = {}
    for folded in sorted({*(rights or {}), *should}):
        holders = [holder for holder in ((rights or {}).get(folded), should.get(folded)) if holder]
        role = next((holder.role for holder in holders if holder.roles), "")
        assigned = should[folded].grants if folded in should else []
        needed, reason = _needed(holders, assigned, rules, records) if rules else (tuple(dict.fromkeys(assigned)), "no_perimeter")
        known = bool(needed) or not reason
        could = tuple(dict.fromkeys(rights[folded].grants if folded in rights else [])) if rights is not None else None
        reader = Reader(holders[0].user, role or settings().words["no_role"], could, needed if known else None)
        readers[folded] = reader
        if not known:
            unjudged.add("user", reason, reader.user, "", 0)
    return readers


def _needed(holders: list[Holder], assigned: list[Grant], rules: Mapping[str, tuple[Rule, ...]], records: RecordSet) -> tuple[Grants, str]:
    """Return what the rules of the roles of a user open, and why it is unknown if it is empty (``""``: nothing is needed)."""
    roles = {fold_value("account", role) for holder in holders for role in holder.roles}
    applied = [rule for role in sorted(roles) for rule in rules.get(role, ())]
    if not applied or any(role not in rules for role in roles):
        return (), "no_rule"
    needed = [grant for rule in applied for grant in _opened(rule, assigned, holders[0].user, records)]
    return tuple(dict.fromkeys(needed)), "" if all(rule.reads == NOTHING for rule in applied) else "no_perimeter"


def _opened(rule: Rule, assigned: list[Grant], user: str, records: RecordSet) -> list[Grant]:
    if rule.reads == NOTHING:
        return []
    if rule.reads == EVERYTHING:
        return [Grant((), rule.bits)]
    own = [replace(grant, scope=((name, code),), bits=rule.bits) for grant in assigned for name, code in grant.scope if name == rule.reads]
    account = records.dimensions.get(rule.reads)
    if not own and rule.reads == "account" and account and (code := account.code(user)) != NONE:
        return [Grant((("account", code),), rule.bits)]
    return own
