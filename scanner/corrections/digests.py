"""Keyed digests of cells: they tell whether a text is still the one that was seen, and nothing else."""

from __future__ import annotations

import hmac

from scanner.keys import SecretKey

DIGEST_BYTES = 16


class TextDigests:
    """Digests under ``key``, whose id is ``key_id``."""

    def __init__(self, key: SecretKey) -> None:
        self.key_id = key.id
        self._key = key.derive("digest")

    def of(self, text: str, change_id: str) -> bytes:
        """Return 16 bytes of the HMAC-SHA-256 of ``text`` in the change ``change_id``: equal texts of two changes differ in it.

        Blanks at the end do not count: databases pad and strip them.
        """
        content = f"change\x00{change_id}\x00{text.rstrip(' ')}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, content, "sha256")[:DIGEST_BYTES]
