"""The manifest of a pack: what it holds, and the digest that shows who has the key that it was written so."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from scanner.evidence.members import LeftOut
from scanner.evidence.runs import PackedRun
from scanner.json_files import json_bytes
from scanner.keys import SecretKey

FORMAT = "vigie-evidence"
VERSION = 1
MANIFEST = "manifest.json"
MANIFEST_MAC = "manifest.hmac"
SUMS = "SHA256SUMS.txt"


@dataclass(frozen=True, slots=True)
class File:
    """A file of the pack: its name, size in bytes, SHA-256 in hexadecimal, and what it is, in French."""

    name: str
    bytes: int
    sha256: str
    what: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The whole manifest. ``made`` is UTC, ISO; ``rules`` the digest of the rules that are packed, ``""`` when none are."""

    made: str
    version: str
    key_id: str
    rules: str
    runs: Sequence[PackedRun]
    left_out: Sequence[LeftOut]
    files: Sequence[File]


def manifest_bytes(manifest: Manifest) -> bytes:
    """Return the manifest as JSON in UTF-8."""
    return json_bytes({"format": FORMAT, "format_version": VERSION, **asdict(manifest)})


def parse_manifest(content: bytes) -> Manifest:
    """Return the manifest in ``content``; raises :class:`ValueError` when it is none of this version."""
    try:
        values = json.loads(content)
        if (values.pop("format"), values.pop("format_version")) != (FORMAT, VERSION):
            raise ValueError("another format")
        manifest = Manifest(
            **{
                **values,
                "runs": [PackedRun(**item) for item in values["runs"]],
                "left_out": [LeftOut(**item) for item in values["left_out"]],
                "files": [File(**item) for item in values["files"]],
            }
        )
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("no manifest") from error
    texts = [manifest.made, manifest.version, manifest.key_id, manifest.rules]
    texts += [text for run in manifest.runs for text in asdict(run).values()]
    texts += [text for item in manifest.left_out for text in asdict(item).values()]
    texts += [text for file in manifest.files for text in (file.name, file.sha256, file.what)]
    if not all(isinstance(text, str) for text in texts) or not all(type(file.bytes) is int and file.bytes >= 0 for file in manifest.files):
        raise ValueError("no manifest")
    return manifest


def manifest_mac(content: bytes, key: SecretKey) -> str:
    """Return the HMAC-SHA-256 of the bytes of a manifest, under the key derived for evidence, in hexadecimal."""
    return hmac.new(key.derive("evidence"), content, hashlib.sha256).hexdigest()


def sums_bytes(files: Iterable[File]) -> bytes:
    """Return the digests of ``files`` as ``sha256sum --check`` reads them."""
    return "".join(f"{file.sha256}  {file.name}\n" for file in files).encode()
