"""The texts of an entry, sealed under a key of its own; that key, wrapped under the master key.

The sealed texts are bound to the columns that name the entry and describe it, the wrapped key to the entry and the id of its master key:
none of them can be altered, or moved to another entry, unseen. State and hold are not bound, the audit log watches over them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import RowMapping

from scanner.errors import InputError, SecretKeyError
from scanner.keys import SecretKey
from scanner.sealing import BrokenSealError, new_key, new_nonce, seal, unseal, unwrap_key, wrap_key

_BOUND = ("id", "source", "record", "entities", "level", "action", "created")


def seal_texts(clear: Mapping[str, Any], texts: Mapping[str, str], key: SecretKey) -> dict[str, Any]:
    """Return the columns ``key_id``, ``wrapped_key``, ``nonce`` and ``sealed`` of an entry whose other columns are ``clear``."""
    data_key, nonce = new_key(), new_nonce()
    content = json.dumps(texts, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return {
        "key_id": key.id,
        "wrapped_key": _wrap(clear["id"], data_key, key),
        "nonce": nonce,
        "sealed": seal(data_key, nonce, content, _bound(clear)),
    }


def open_texts(row: RowMapping, key: SecretKey) -> dict[str, str]:
    """Return the texts by column of the entry ``row``, all columns of the vault.

    Raises :class:`InputError` when it was erased or altered, :class:`SecretKeyError` when it was sealed with another key.
    """
    if row["state"] == "erased" and row["wrapped_key"] is None:
        raise InputError(f"entry {row['id']} was erased on {row['changed']}: its texts no longer exist")
    try:
        content = unseal(_unwrap(row, key), row["nonce"], row["sealed"], _bound(row))
        texts: dict[str, str] = json.loads(content.decode("utf-8", "surrogatepass"))
    except (BrokenSealError, TypeError):  # TypeError: one of the columns is empty
        raise InputError(f"entry {row['id']} was altered or damaged and cannot be opened; restore it from a backup of the store") from None
    return texts


def seal_wording(row: RowMapping, wording_id: str, text: str, key: SecretKey) -> dict[str, bytes]:
    """Return the columns ``nonce`` and ``sealed`` of a wording for the entry ``row``, under the key of that entry.

    Raises :class:`InputError` when the entry was altered, :class:`SecretKeyError` when it was sealed with another key.
    """
    try:
        data_key, nonce = _unwrap(row, key), new_nonce()
    except (BrokenSealError, TypeError):
        raise InputError(f"entry {row['id']} was altered, damaged or erased: nothing can be written for it") from None
    return {"nonce": nonce, "sealed": seal(data_key, nonce, text.encode("utf-8", "surrogatepass"), _wording_bound(row["id"], wording_id))}


def open_wording(row: RowMapping, wording: RowMapping, key: SecretKey) -> str:
    """Return the text of ``wording``, all columns of ``wordings``, which was written for the entry ``row``. Raises as the sealing does."""
    try:
        bound = _wording_bound(row["id"], wording["id"])
        return unseal(_unwrap(row, key), wording["nonce"], wording["sealed"], bound).decode("utf-8", "surrogatepass")
    except (BrokenSealError, TypeError):
        raise InputError(f"wording {wording['id']} was altered or damaged: write it again") from None


def rewrap(row: RowMapping, old: SecretKey, new: SecretKey) -> dict[str, Any]:
    """Return ``key_id`` and ``wrapped_key`` of the entry under ``new``. Raises :class:`BrokenSealError` when ``old`` does not unwrap it."""
    return {"key_id": new.id, "wrapped_key": _wrap(row["id"], _unwrap(row, old), new)}


def _wrap(entry_id: str, data_key: bytes, key: SecretKey) -> bytes:
    return wrap_key(key.derive("quarantine"), data_key, _key_bound(entry_id, key))


def _unwrap(row: RowMapping, key: SecretKey) -> bytes:
    if row["key_id"] != key.id:
        raise SecretKeyError(
            f"entry {row['id']} was sealed with key id {row['key_id']}; the key given has id {key.id}. If the first is lost, so are the "
            "texts: listing, deciding and purging still work, and scans start again with a new state store"
        )
    return unwrap_key(key.derive("quarantine"), row["wrapped_key"], _key_bound(row["id"], key))


def _key_bound(entry_id: str, key: SecretKey) -> bytes:
    return json.dumps(["vault key", entry_id, key.id]).encode("ascii")


def _wording_bound(entry_id: str, wording_id: str) -> bytes:
    return json.dumps(["vault wording", entry_id, wording_id]).encode("ascii")


def _bound(row: Mapping[str, Any] | RowMapping) -> bytes:
    return json.dumps(["vault texts", *(row[name] for name in _BOUND)]).encode("ascii")
