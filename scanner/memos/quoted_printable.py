"""Quoted-printable leftovers: mails pasted as they travelled (``s=C3=A9ropositif``, ``class=3D"note"``, lines cut by ``=``)."""

from __future__ import annotations

import re

from scanner.memos.layer import Layer, LayerBuilder

_LETTER_CODE = re.compile(r"=C3=[89AB][0-9A-F]|(?<=[a-zA-Z])=[CEF][0-9A-F](?=[a-z])|=3D[\"']|=\r?\n")
_TOKEN = re.compile(r"=\r?\n|(?:=[0-9A-F]{2})+")
_ESCAPED = re.compile(r"=(?=[0-9A-F]{2}|\r?\n|\Z)")


def is_quoted_printable(cell: str) -> bool:
    """Tell whether ``cell``, which holds an equals sign, holds what only quoted-printable does."""
    return _LETTER_CODE.search(cell) is not None


def read_quoted_printable(cell: str) -> Layer:
    """Return ``cell`` decoded, as UTF-8 or else as windows-1252. Time grows with the length of ``cell``; nothing is raised."""
    out = LayerBuilder(cell)
    done = 0
    for token in _TOKEN.finditer(cell):
        out.copy(done, token.start())
        done = token.end()
        if not token.group().endswith("\n"):
            _take_bytes(out, token.group(), token.start())
    out.copy(done, len(cell))
    return out.build(_escape)


def _take_bytes(out: LayerBuilder, codes: str, start: int) -> None:
    data = bytes.fromhex(codes.replace("=", ""))
    try:
        characters, codec = data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        characters, codec = data.decode("cp1252", "replace"), "cp1252"
    for character in characters:
        length = 3 * len(character.encode(codec, "replace"))
        out.put(character, start, start + length)
        start += length


def _escape(replacement: str, at: int) -> str:
    return _ESCAPED.sub("=3D", replacement)
