"""What handlers of the console take to read the store and write to the audit log: both are there wherever the console is."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from scanner.accounts.viewer import Viewer
from scanner.audit import AuditLog
from scanner.console.people import People
from scanner.keys import SecretKey
from scanner.store.engine import Store


def _store(people: People) -> Store:
    return people.store


def _key(people: People) -> SecretKey:
    return people.key


def audit_of(viewer: Viewer, store: Store, key: SecretKey) -> AuditLog:
    """Return the audit log as ``viewer`` writes it."""
    return AuditLog(store, key, viewer.login)


Opened = Annotated[Store, Depends(_store)]
"""The state store: ``def handler(store: Opened)``."""
Key = Annotated[SecretKey, Depends(_key)]
"""The key of the store."""
