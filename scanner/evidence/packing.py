"""Writing a pack: one pass over every file, whole or not at all, the same bytes for the same contents."""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

from recognizers.rulepack import rules_digest
from scanner.append_log import whole_file
from scanner.errors import InputError, OutputError
from scanner.evidence.attachments import organisation_member, policy_member, rule_members, software_member
from scanner.evidence.folders import files_of, kind_of
from scanner.evidence.known import wordings
from scanner.evidence.manifest import MANIFEST, MANIFEST_MAC, SUMS, File, Manifest, manifest_bytes, manifest_mac, sums_bytes
from scanner.evidence.members import LeftOut, Member
from scanner.evidence.readme import README, readme_bytes
from scanner.evidence.request import PackRequest
from scanner.evidence.runs import PackedRun, packed_run, summary_member
from scanner.evidence.seal import UNSEALED, seal
from scanner.evidence.stores import write_store_files
from scanner.outputs import SUMMARY
from scanner.store.engine import is_store
from scanner.summary import read_summary

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every file in a pack, so that it depends on contents alone."""
_MODE = 0o100600


@dataclass(frozen=True, slots=True)
class Packed:
    """A pack that was written: its manifest, and the SHA-256 of the whole file."""

    manifest: Manifest
    sha256: str

    @property
    def other_rules(self) -> list[PackedRun]:
        """The runs whose rules are not in the pack, for Vigie was updated since."""
        return [run for run in self.manifest.runs if run.rules != self.manifest.rules]


def write_pack(request: PackRequest, out: Path) -> Packed:
    """Write the pack to ``out``, readable by its owner only, and return what it holds.

    Raises :class:`InputError` when a source is neither folder nor store, holds what is not known, or cannot be read;
    :class:`SecretKeyError` when a run was made with another key; :class:`ConfigError` on a malformed organisation file;
    :class:`OutputError` when the pack cannot be written, or ``out`` does not end with ``.zip``: it may be a file of a source.
    """
    if out.suffix.lower() != ".zip":
        raise OutputError(f"{out}: an evidence pack is a ZIP; choose a name that ends with .zip")
    with ExitStack() as stack:
        members, left, runs = _collected(request, stack)
        rules = rules_digest() if any(run.rules == rules_digest() for run in runs) else ""
        members += [policy_member(request.policy, runs)] if runs or request.policy else []
        members += [organisation_member(request.organisation)] if request.organisation else []
        members += [*(rule_members() if rules else ()), software_member()]
        facts = Manifest(request.made, version("vigie"), request.key.id, rules, runs, left, [])
        with whole_file(out) as file:
            manifest = _write(file, members, facts, request)
            digest = seal(file)
    return Packed(manifest, digest)


def _collected(request: PackRequest, stack: ExitStack) -> tuple[list[Member], list[LeftOut], list[PackedRun]]:
    """Return what the sources give. What a store gives lies in a folder for as long as ``stack`` is open."""
    members: list[Member] = []
    left: list[LeftOut] = []
    runs: list[PackedRun] = []
    for number, source in enumerate(request.sources, start=1):
        if Path(source).is_dir():
            folder = Path(source)
        elif is_store(source):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vigie-")))
            write_store_files(source, folder, request)
        else:
            raise InputError(f"{source} is neither a folder that Vigie wrote nor a state store")
        at = f"{number}-{kind_of(folder)}"
        summary = read_summary(folder) if (folder / SUMMARY).exists() else None
        if summary:
            runs.append(packed_run(summary, at, request.key))
            members.append(summary_member((folder / SUMMARY).read_bytes(), at, request.key, with_ids=request.with_findings))
        run = summary["run"] if summary else ""
        files, out = files_of(folder, at, run, with_findings=request.with_findings, leave_out=request.leave_out)
        members += files
        left += out
    return members, left, runs


def _write(file: BinaryIO, members: Sequence[Member], facts: Manifest, request: PackRequest) -> Manifest:
    files: list[File] = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as pack:
        for member in (Member(README, wordings().what["readme"], [readme_bytes(facts, members)]), *members):
            files.append(_add(pack, member))
        files.append(_add(pack, Member(SUMS, wordings().what["sums"], [sums_bytes(files)])))
        manifest = replace(facts, files=files)
        content = manifest_bytes(manifest)
        _add(pack, Member(MANIFEST, "", [content]))
        mac = {"key_id": request.key.id, "hmac": manifest_mac(content, request.key)}
        _add(pack, Member(MANIFEST_MAC, "", [json.dumps(mac).encode() + b"\n"]))
        pack.comment = UNSEALED
    return manifest


def _add(pack: zipfile.ZipFile, member: Member) -> File:
    """Copy a member into the pack and return its size and digest, as they were on the way."""
    info = zipfile.ZipInfo(member.name, EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3
    info.external_attr = _MODE << 16
    digest, size = hashlib.sha256(), 0
    with pack.open(info, "w", force_zip64=True) as target:
        for chunk in member.content:
            target.write(chunk)
            digest.update(chunk)
            size += len(chunk)
    return File(member.name, size, digest.hexdigest(), member.what)
