"""Plain text written as RTF."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"[\\{}\n\t]|[^\x00-\x7f]+")
_WORDS = {"\n": "\\line ", "\t": "\\tab "}


def as_rtf(text: str) -> str:
    """Return ``text`` as it must stand within an RTF memo, whatever the font and the code page there."""
    return _SPECIAL.sub(_written, text)


def _written(special: re.Match[str]) -> str:
    found = special.group()
    if found in _WORDS:
        return _WORDS[found]
    if found.isascii():
        return f"\\{found}"
    units = found.encode("utf-16-le", "surrogatepass")
    codes = [int.from_bytes(units[at : at + 2], "little", signed=True) for at in range(0, len(units), 2)]
    # In a group of its own: independent of the fallback in force around it.
    return "{\\uc1" + "".join(f"\\u{code}?" for code in codes) + "}"
