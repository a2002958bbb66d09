"""What people wrote to stand in place of sealed texts: sealed under the key of the entry, gone with it."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select, update

from scanner.keys import SecretKey
from scanner.store.review_tables import wordings
from scanner.store.schema import decisions, vault
from scanner.vault.sealing import open_wording, seal_wording


def write_wording(
    connection: Connection, entry_id: str, field: str, text: str, key: SecretKey, *, decision_id: int | None = None, proposal_id: str = ""
) -> None:
    """Keep ``text`` for ``field`` of the entry: it holds as long as the decision does, or waits with the proposal."""
    row = connection.execute(select(vault).where(vault.c.id == entry_id)).mappings().one()
    wording_id = secrets.token_hex(8)
    sealed = seal_wording(row, wording_id, text, key)
    facts = {"id": wording_id, "vault_id": entry_id, "field": field, "decision_id": decision_id, "proposal_id": proposal_id or None}
    connection.execute(insert(wordings).values(**facts, **sealed))


def grant_wordings(connection: Connection, proposal_id: str, decision_id: int) -> None:
    """Let what was written for a proposal hold with the decision that it became."""
    connection.execute(update(wordings).where(wordings.c.proposal_id == proposal_id).values(decision_id=decision_id))


def wordings_in_force(connection: Connection, entry_ids: Sequence[str], key: SecretKey) -> Mapping[str, Mapping[str, str]]:
    """Return the texts by entry and field, where the last decision on the whole of the field is that for which they were written.

    Raises :class:`InputError` when one was altered, :class:`SecretKeyError` when its entry was sealed with another key.
    """
    entries = {row["id"]: row for row in connection.execute(select(vault).where(vault.c.id.in_(entry_ids))).mappings()}
    last = _last_decisions(connection, [row["record_id"] for row in entries.values() if row["record_id"] is not None])
    found: dict[str, dict[str, str]] = defaultdict(dict)
    query = select(wordings).where(wordings.c.vault_id.in_(entry_ids), wordings.c.decision_id.is_not(None)).order_by(wordings.c.decision_id)
    for row in connection.execute(query).mappings():
        entry = entries[row["vault_id"]]
        of_record = last.get(entry["record_id"], {})
        if row["decision_id"] == max(of_record.get(row["field"], 0), of_record.get("", 0)):
            found[entry["id"]][row["field"]] = open_wording(entry, row, key)
    return found


def _last_decisions(connection: Connection, record_ids: Sequence[int]) -> Mapping[int, Mapping[str, int]]:
    """Return the last decision that holds on the whole of each field, ``""`` for all of them, by record."""
    last: dict[int, dict[str, int]] = defaultdict(dict)
    whole: tuple[Any, ...] = tuple(decisions.c[name] == "" for name in ("entity", "rule", "term"))
    holds = decisions.c.record_id.in_(record_ids), decisions.c.ended.is_(None), *whole
    query = select(decisions.c.record_id, decisions.c.field, decisions.c.id).where(*holds).order_by(decisions.c.id)
    for record_id, field, decision_id in connection.execute(query):
        last[record_id][field] = decision_id
    return last
