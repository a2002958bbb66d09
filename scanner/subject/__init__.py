"""The rights of the person concerned: what is written about them, rectification and erasure; and what should be gone already."""

from __future__ import annotations
