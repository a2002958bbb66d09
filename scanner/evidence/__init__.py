"""The evidence pack: one ZIP that holds what a control produced and what it takes to check it, and the check itself.

Never in it: texts, the quarantine, keys, state stores.
"""

from __future__ import annotations

from scanner.evidence.packing import Packed, write_pack
from scanner.evidence.request import PackRequest
from scanner.evidence.verifying import Verification, verify_pack

__all__ = ["PackRequest", "Packed", "Verification", "verify_pack", "write_pack"]
