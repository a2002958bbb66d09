"""The state store: what was scanned when, what was found, what was decided. No comment text, but sealed in the vault."""

from __future__ import annotations
