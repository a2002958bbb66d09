"""What every part of the desk shares: the store, who may do what, records as they were shown, decisions carried out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection

from recognizers.detector import Detector
from scanner.accounts.roles import Permission
from scanner.accounts.viewer import Viewer
from scanner.audit import AuditLog
from scanner.catalogue import Catalogue
from scanner.errors import InputError, NotAllowedError
from scanner.keys import SecretKey
from scanner.policy import Policy
from scanner.review.carrying_out import Asked, carry_out
from scanner.review.rows import QueueRow, load_rows
from scanner.review.wording import Writer
from scanner.store.engine import Store
from scanner.vault import Vault

MOST = 500
"""Records, or proposals, of one call: more would keep others waiting."""


class Desk:
    """The desk of ``store``, whose originals ``key`` opens."""

    def __init__(self, store: Store, key: SecretKey, policy: Policy, catalogue: Catalogue, detector: Detector) -> None:
        self._store = store
        self._key = key
        self._policy = policy
        self._catalogue = catalogue
        self._vault = Vault(store, key)
        self._writer = Writer(key, policy, catalogue, detector)

    def _rows(self, connection: Connection, viewer: Viewer, shown: Mapping[int, str]) -> tuple[dict[int, QueueRow], dict[int, str]]:
        """Return the records as they were shown, locked until the transaction ends, and those to refuse with the reason."""
        rows = load_rows(connection, viewer.perimeter, sorted(shown), lock=True)
        refused = {record_id: "unknown" for record_id in shown if record_id not in rows}
        refused |= {record_id: "changed" for record_id, row in rows.items() if row.etag != shown[record_id]}
        return {record_id: row for record_id, row in rows.items() if record_id not in refused}, refused

    def _carry_out(self, connection: Connection, rows: Sequence[QueueRow], asked: Asked, who: str, second: str = "") -> Mapping[int, int]:
        """Do what is asked to the records of ``rows`` and return the decisions by record."""
        return carry_out(connection, self._vault, self._policy, self._catalogue, rows, asked, who=who, second=second)

    def _audit(self, viewer: Viewer) -> AuditLog:
        return AuditLog(self._store, self._key, viewer.login)


def check(viewer: Viewer, permission: Permission, why: str, asked: Collection[object]) -> None:
    """Raise :class:`NotAllowedError` or :class:`InputError` when ``viewer`` may not ask that, gives no reason, or asks too much at once."""
    check_permission(viewer, permission)
    if not why.strip():
        raise InputError("say why: a decision is written down with its reason")
    if not asked or len(asked) > MOST:
        raise InputError(f"choose at least one, and at most {MOST} at a time")


def check_permission(viewer: Viewer, permission: Permission) -> None:
    """Raise :class:`NotAllowedError` when the role of ``viewer`` does not grant ``permission``."""
    if not viewer.may(permission):
        raise NotAllowedError("your role may not do that")
