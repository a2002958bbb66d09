"""Evidence packs to look at and to spoil."""

from __future__ import annotations

import hashlib
import json
import stat
import tempfile
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fakes import KEY

from scanner.evidence import PackRequest, write_pack
from scanner.evidence.manifest import manifest_mac
from scanner.evidence.packing import EPOCH
from scanner.evidence.seal import UNSEALED, seal
from scanner.keys import SecretKey

MADE = "2026-11-22T08:30:00+00:00"
DOCUMENTS = {"note-direction.pdf": b"%PDF-1.7 note", "synthese.json": b'{"persons": 12}\n'}
ALWAYS = ["LISEZMOI.txt", "logiciels.txt", "SHA256SUMS.txt", "manifest.json", "manifest.hmac"]


def wanted(*sources: object, **options: Any) -> PackRequest:
    """Return a request with the fixed key and time."""
    return PackRequest(**{"sources": list(map(str, sources)), "key": KEY, "made": MADE, **options})


def documents(folder: Path, files: Mapping[str, bytes] = DOCUMENTS) -> Path:
    """Make ``folder`` with ``files``."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def document_pack(folder: Path) -> Path:
    """Write a small pack of documents, without rules."""
    path = folder / "evidence.zip"
    write_pack(wanted(documents(folder / "violation")), path)
    return path


@cache
def pack_bytes() -> bytes:
    """Return the bytes of such a pack, made once."""
    with tempfile.TemporaryDirectory() as folder:
        return document_pack(Path(folder)).read_bytes()


def contents(path: Path) -> dict[str, bytes]:
    """Return every file of a pack, in its order."""
    with zipfile.ZipFile(path) as pack:
        return {name: pack.read(name) for name in pack.namelist()}


def rewritten(path: Path, files: Mapping[str, bytes] | list[tuple[str, bytes]], mode: int = stat.S_IFREG | 0o600) -> Path:
    """Replace the pack by one of ``files``, packed and sealed as Vigie does."""
    items = files.items() if isinstance(files, Mapping) else files
    with path.open("w+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as pack:
            for name, content in items:
                info = zipfile.ZipInfo(name, EPOCH)
                info.compress_type = zipfile.ZIP_DEFLATED
                info.create_system, info.external_attr = 3, mode << 16
                with pack.open(info, "w", force_zip64=True) as member:
                    member.write(content)
            pack.comment = UNSEALED
        seal(file)
    return path


def forged(path: Path, changes: Mapping[str, bytes], key: SecretKey, manifest: Mapping[str, Any] | None = None) -> Path:
    """Replace files of the pack, and manifest, sums and digests with them, as somebody who has ``key`` can."""
    files = {**contents(path), **changes}
    told = {**json.loads(files["manifest.json"]), **(manifest or {})}
    listed = {item["name"]: item for item in told["files"]}
    for name in changes:
        listed.setdefault(name, {"name": name, "what": ""})
    files["SHA256SUMS.txt"] = "".join(
        f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in listed if name != "SHA256SUMS.txt"
    ).encode()
    for name, item in listed.items():
        item |= {"bytes": len(files[name]), "sha256": hashlib.sha256(files[name]).hexdigest()}
    files["manifest.json"] = json.dumps({**told, "files": list(listed.values())}).encode()
    key_id = told["key_id"]
    files["manifest.hmac"] = json.dumps({"key_id": key_id, "hmac": manifest_mac(files["manifest.json"], key)}).encode()
    return rewritten(path, files)
