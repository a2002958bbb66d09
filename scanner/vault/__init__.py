"""The vault: originals of what a policy redacts or quarantines in a database, sealed in the state store until somebody decides.

An entry holds the texts of one record by column. They are sealed under a random key of the entry's own, which is wrapped under the master
key: rotation wraps that key again, erasure destroys it. States: pending, then released, redacted or erased (:data:`TRANSITIONS`).
"""

from __future__ import annotations

from scanner.vault.entries import TRANSITIONS, Entry, EntryFilter, HistoryLine, NewEntry, State, find_entries, history_of
from scanner.vault.intake import PutCounts
from scanner.vault.purge import PurgeCounts
from scanner.vault.rotation import RotationCounts
from scanner.vault.states import Decision
from scanner.vault.vault import Vault

__all__ = [
    "TRANSITIONS",
    "Decision",
    "Entry",
    "EntryFilter",
    "HistoryLine",
    "NewEntry",
    "PurgeCounts",
    "PutCounts",
    "RotationCounts",
    "State",
    "Vault",
    "find_entries",
    "history_of",
]
