"""Does a pack still hold what was put into it, all of it and nothing else?"""

from __future__ import annotations

import hashlib
import hmac
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from recognizers.rulepack import digest_of
from scanner.evidence.attachments import RULES
from scanner.evidence.audit_extract import AUDIT_FILE, check_extract
from scanner.evidence.manifest import MANIFEST, MANIFEST_MAC, SUMS, Manifest, manifest_mac, parse_manifest, sums_bytes
from scanner.evidence.reading import Refused, chunks_in, open_pack
from scanner.evidence.seal import is_sealed
from scanner.keys import SecretKey
from scanner.outputs import SUMMARY

_MOST_MANIFEST = 16 << 20
_UNLISTED = {MANIFEST, MANIFEST_MAC}


@dataclass(slots=True)
class Verification:
    """The outcome, in words: what ``holds``, what is wrong (``faults``), and what could not be checked for want of a key."""

    holds: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)


def verify_pack(path: Path, keys: Sequence[SecretKey] = ()) -> Verification:
    """Check the pack at ``path``, with ``keys``: that of the pack and those that entries of its audit log were written with before.

    Nothing is unpacked. Raises :class:`InputError` when the file cannot be read; whatever is wrong with what it holds is told.
    """
    found = Verification()
    try:
        with open_pack(path) as (file, pack):
            if not is_sealed(file):
                found.faults.append("the file is not byte for byte the one that was written")
            _check(pack, keys, found)
    except Refused as refusal:
        found.faults.append(str(refusal))
    return found


def _check(pack: zipfile.ZipFile, keys: Sequence[SecretKey], found: Verification) -> None:
    names = pack.namelist()
    content = _small(pack, MANIFEST)
    try:
        manifest = parse_manifest(content)
    except ValueError:
        raise Refused(f"{MANIFEST} is damaged, or of another version of Vigie") from None
    _check_mac(pack, content, manifest, keys, found)
    listed = [file.name for file in manifest.files]
    if len(listed) != len(set(listed)):
        found.faults.append(f"{MANIFEST} names a file twice")
    found.faults += [f"{name!a} is missing" for name in listed if name not in names]
    found.faults += [f"{name!a} is not in {MANIFEST}: it was added" for name in names if name not in _UNLISTED.union(listed)]
    intact = _intact(pack, manifest, found)
    _check_sums(pack, manifest, intact, found)
    _check_rules(pack, manifest, intact, found)
    _check_runs(pack, manifest, intact, found)
    _check_audit(pack, keys, intact, found)


def _check_mac(pack: zipfile.ZipFile, content: bytes, manifest: Manifest, keys: Sequence[SecretKey], found: Verification) -> None:
    written = _object(_small(pack, MANIFEST_MAC))
    key_id = str(written.get("key_id"))
    key = next((key for key in keys if key.id == key_id), None)
    if key_id != manifest.key_id:
        found.faults.append(f"{MANIFEST_MAC} names another key than {MANIFEST}")
    elif key is None:
        found.unchecked.append(f"who wrote {MANIFEST}: that needs the key {key_id}; without it, only digests are checked")
    elif hmac.compare_digest(manifest_mac(content, key).encode(), str(written.get("hmac")).encode("utf-8", "replace")):
        found.holds.append(f"{MANIFEST} was written with the key {key_id}")
    else:
        found.faults.append(f"{MANIFEST} was altered, or not written with the key {key_id}")


def _intact(pack: zipfile.ZipFile, manifest: Manifest, found: Verification) -> set[str]:
    """Return the names of the files that are as the manifest says."""
    intact, names = set(), set(pack.namelist())
    for file in manifest.files:
        if file.name in names:
            digest, size = hashlib.sha256(), 0
            try:
                for chunk in chunks_in(pack, file.name):
                    digest.update(chunk)
                    size += len(chunk)
            except Refused as refusal:
                found.faults.append(str(refusal))
                continue
            if (size, digest.hexdigest()) == (file.bytes, file.sha256):
                intact.add(file.name)
            else:
                found.faults.append(f"{file.name!a} was altered")
    if intact:
        found.holds.append(f"{len(intact)} of {len(manifest.files)} files are as {MANIFEST} says")
    return intact


def _check_sums(pack: zipfile.ZipFile, manifest: Manifest, intact: set[str], found: Verification) -> None:
    expected = sums_bytes(file for file in manifest.files if file.name != SUMS)
    if SUMS in intact and _small(pack, SUMS) != expected:
        found.faults.append(f"{SUMS} does not say what {MANIFEST} says")


def _check_rules(pack: zipfile.ZipFile, manifest: Manifest, intact: set[str], found: Verification) -> None:
    prefix = f"{RULES}/"
    names = [file.name for file in manifest.files if file.name.startswith(prefix)]
    if not manifest.rules and not names:
        return
    if not intact.issuperset(names):
        found.faults.append("the rules are not those that were packed")
    elif digest_of((name.removeprefix(prefix), b"".join(chunks_in(pack, name))) for name in names) != manifest.rules:
        found.faults.append(f"the rules are not of the version {manifest.rules} that {MANIFEST} names")
    else:
        found.holds.append(f"the {len(names)} files of rules are version {manifest.rules}")


def _check_runs(pack: zipfile.ZipFile, manifest: Manifest, intact: set[str], found: Verification) -> None:
    for run in manifest.runs:
        name = f"{run.at}/{SUMMARY}"
        if name not in intact:
            found.faults.append(f"nothing says what the run {run.run} did: {name!a} is missing or was altered")
            continue
        summary = _object(b"".join(chunks_in(pack, name)))
        if (summary.get("run"), summary.get("rules")) != (run.run, run.rules):
            found.faults.append(f"{name!a} is of another run than {MANIFEST} says")
        elif run.rules == manifest.rules:
            found.holds.append(f"the run {run.run} was made with these rules")
        else:
            found.unchecked.append(
                f"the rules of the run {run.run}, version {run.rules}: they are not in the pack, Vigie was updated since"
            )


def _check_audit(pack: zipfile.ZipFile, keys: Sequence[SecretKey], intact: set[str], found: Verification) -> None:
    for name in sorted(name for name in intact if name.endswith(f"/{AUDIT_FILE}")):
        extract = check_extract(_lines(chunks_in(pack, name)), keys)
        if extract.fault:
            found.faults.append(f"{name!a}: {extract.fault}")
        elif not extract.last:
            found.holds.append(f"{name!a} has no entries")
        elif extract.keys:
            found.holds.append(f"{name!a}: entries {extract.first} to {extract.last} follow each other")
            found.unchecked.append(f"{name!a}: entries written with the key {', '.join(sorted(extract.keys))}; give it with --old-key-file")
        else:
            found.holds.append(f"{name!a}: entries {extract.first} to {extract.last} are as they were written")


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines
    if rest:
        yield rest


def _small(pack: zipfile.ZipFile, name: str) -> bytes:
    """Return the content of a file that the pack must have and that is never large."""
    if name not in pack.namelist():
        raise Refused(f"it has no {name}: it is no evidence pack, or that was removed")
    if pack.getinfo(name).file_size > _MOST_MANIFEST:
        raise Refused(f"its {name} is larger than that of any pack")
    return b"".join(chunks_in(pack, name))


def _object(content: bytes) -> Mapping[str, object]:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        value = None
    return value if isinstance(value, dict) else {}
