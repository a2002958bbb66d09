"""Sealing with AES-256-GCM: what is sealed can neither be read without its key nor altered unseen, nor can the clear data bound to it.

A nonce is 96 random bits (NIST SP 800-38D): safe for the 2**32 seals that one key may make. A wrapped key is a key sealed under another.
"""

from __future__ import annotations

import secrets

KEY_BYTES = 32
NONCE_BYTES = 12


class BrokenSealError(Exception):
    """The sealed data, its nonce or what it is bound to was altered, or it was sealed with another key."""


def new_key() -> bytes:
    """Return a random key of 32 bytes."""
    return secrets.token_bytes(KEY_BYTES)


def new_nonce() -> bytes:
    """Return a random nonce of 12 bytes."""
    return secrets.token_bytes(NONCE_BYTES)


def seal(key: bytes, nonce: bytes, content: bytes, bound: bytes) -> bytes:
    """Return ``content`` encrypted under ``key``, bound to the clear bytes ``bound``; 16 bytes longer. A nonce serves once."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key).encrypt(nonce, content, bound)


def unseal(key: bytes, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
    """Return what :func:`seal` was given. Raises :class:`BrokenSealError` when anything differs."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(nonce, sealed, bound)
    except (InvalidTag, ValueError):  # ValueError: a nonce too short to be one
        raise BrokenSealError("the seal is broken") from None


def wrap_key(master: bytes, key: bytes, bound: bytes) -> bytes:
    """Return ``key`` sealed under ``master`` behind its nonce: 60 bytes."""
    nonce = new_nonce()
    return nonce + seal(master, nonce, key, bound)


def unwrap_key(master: bytes, wrapped: bytes, bound: bytes) -> bytes:
    """Return the key that :func:`wrap_key` was given. Raises :class:`BrokenSealError` when anything differs."""
    return unseal(master, wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], bound)
