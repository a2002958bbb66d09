"""What a pack holds besides its sources: the rules, the policy, the organisation, the versions of the software."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from importlib.metadata import distributions
from pathlib import Path

from recognizers.rulepack import rule_files
from scanner.errors import InputError
from scanner.evidence.known import wordings
from scanner.evidence.members import Member, chunks_of
from scanner.evidence.runs import PackedRun
from scanner.organisation import load_organisation
from scanner.policy import default_policy_text

RULES = "regles"
"""Folder of the rules in a pack."""


def rule_members() -> Iterator[Member]:
    """Yield every file of the rules, in the order of their digest."""
    for name, path in rule_files():
        yield Member(f"{RULES}/{name}", wordings().what["rule"], chunks_of(path))


def policy_member(path: Path | None, runs: Sequence[PackedRun]) -> Member:
    """Return the policy in the file at ``path``, that of the package when ``None``.

    Raises :class:`InputError` when a run says that it was made with another one.
    """
    what = wordings().what["policy" if path else "default_policy"]
    content = b"".join(chunks_of(path)) if path else default_policy_text().encode()
    digest = hashlib.sha256(content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")).hexdigest()  # as the policy counts it
    for run in runs:
        if run.policy not in ("", digest):
            raise InputError(
                f"the run {run.run} was made with the policy {run.policy[:16]}…, not with {digest[:16]}…: name its file with --policy"
            )
    return Member("politique.toml", what, [content])


def organisation_member(path: Path) -> Member:
    """Return the organisation file at ``path``. Raises :class:`ConfigError` when it is none."""
    load_organisation(path)
    return Member("organisme.toml", wordings().what["organisation"], chunks_of(path))


def software_member() -> Member:
    """Return the versions of everything that is installed beside Vigie, one a line, as pip writes and reads them."""
    lines = sorted({f"{item.name}=={item.version}\n" for item in distributions() if item.name}, key=str.casefold)
    return Member("logiciels.txt", wordings().what["software"], ["".join(lines).encode()])
