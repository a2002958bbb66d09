"""Errors of reading a database. Their messages name the database and the table, never a user, a password or a value."""

from __future__ import annotations

from scanner.errors import InputError


class NotReadOnlyError(InputError):
    """A connection that could not be made read-only, or not be proven so."""


class ReadingStoppedError(InputError):
    """A reading that cannot go on now, and that the same command takes up again later where it stopped."""
