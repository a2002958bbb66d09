"""The audit log: who did what to the data and when, append-only, chained by keyed digests, without personal data.

Nobody without the key can edit, remove, insert or reorder an entry unseen; anchors kept elsewhere show that the end was cut off.
"""

from __future__ import annotations

from scanner.audit.anchors import Anchor, append_anchor, read_anchors
from scanner.audit.chain import Entry
from scanner.audit.events import EVENTS
from scanner.audit.log import AuditLog, head_of, read_log
from scanner.audit.verify import Verification, verify

__all__ = ["EVENTS", "Anchor", "AuditLog", "Entry", "Verification", "append_anchor", "head_of", "read_anchors", "read_log", "verify"]
