"""Which files an evidence pack knows, what they are, and which never enter it: ``data/evidence.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Known:
    """A kind of file that belongs into a pack: pattern of its name, and what it is, in French.

    ``on_request`` says why it is left out unless it is asked for, ``""`` where it is not. A ``report``
    is packed with its own run only.
    """

    name: str
    what: str
    on_request: str = ""
    report: bool = False


@dataclass(frozen=True, slots=True)
class Never:
    """A kind of file that never enters a pack: pattern of its name, and why, in French."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Wordings:
    """The whole data file.

    ``folders`` are names for the folders of a pack by the file that tells what wrote them, ``""`` for all others; ``what`` names what it
    holds besides their files, ``readme`` are the parts of LISEZMOI.txt.
    """

    known: Sequence[Known]
    never: Sequence[Never]
    folders: Mapping[str, str]
    what: Mapping[str, str]
    readme: Mapping[str, str]


@cache
def wordings() -> Wordings:
    """Return what the data file says."""
    data = tomllib.loads(resources.files("scanner").joinpath("data/evidence.toml").read_text(encoding="utf-8"))
    return Wordings(
        known=[Known(**item) for item in data["known"]],
        never=[Never(**item) for item in data["never"]],
        folders=data["folders"],
        what=data["what"],
        readme=data["readme"],
    )


def known_as(name: str) -> Known | None:
    """Return what a file called ``name`` is, ``None`` when it is not known."""
    return next((known for known in wordings().known if fnmatchcase(name, known.name)), None)


def what_is(name: str) -> str:
    """Return what a file called ``name`` is, in French, ``""`` when it is not known."""
    known = known_as(name)
    return known.what if known else ""


def never_because(name: str) -> str:
    """Return why a file called ``name`` never enters a pack, ``""`` when it may."""
    return next((never.why for never in wordings().never if fnmatchcase(name, never.name)), "")
