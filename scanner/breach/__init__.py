"""The breach kit: from the facts and what was exposed to the sheet for the authority, the register, the letters, a note for the board."""

from __future__ import annotations
