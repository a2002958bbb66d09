"""The parts of the report, each a list of blocks made of the dossier."""

from __future__ import annotations
