"""The brackets of the pattern language: where a pattern, a group and a word come apart."""

from __future__ import annotations

from recognizers.errors import LexiconError


def split_top(text: str, separator: str) -> list[str]:
    """Split at ``separator`` outside every bracket."""
    parts, depth, last = [], 0, 0
    for at, char in enumerate(text):
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == separator and depth == 0:
            parts.append(text[last:at])
            last = at + 1
    parts.append(text[last:])
    return parts


def is_group(chunk: str) -> bool:
    """Tell whether the bracket that opens ``chunk`` closes at its end."""
    if not (chunk.startswith("(") and chunk.endswith(")")):
        return False
    depth = 0
    for at, char in enumerate(chunk):
        depth += (char == "(") - (char == ")")
        if depth == 0:
            return at == len(chunk) - 1
    return False


def chunks(pattern: str) -> list[str]:
    """Split a pattern at spaces (apostrophes, hyphens, slashes) outside brackets."""
    chunks, depth, current = [], 0, ""
    for char in pattern:
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
            if depth < 0:
                raise LexiconError(f"unbalanced brackets in pattern {pattern!r}")
        if depth == 0 and (char.isspace() or char in "'’-/"):
            if current:
                chunks.append(current)
            current = ""
        else:
            current += char
    if depth:
        raise LexiconError(f"unbalanced brackets in pattern {pattern!r}")
    if current:
        chunks.append(current)
    return chunks


def expand(word: str) -> list[str]:
    """Expand the alternatives inside one word: ``"alcooli(que|sme)"`` gives two words."""
    opening = word.find("(")
    if opening < 0:
        return [word]
    depth = 0
    for at in range(opening, len(word)):
        depth += (word[at] == "(") - (word[at] == ")")
        if depth == 0:
            heads = [word[:opening] + middle for part in split_top(word[opening + 1 : at], "|") for middle in expand(part)]
            return [head + tail for head in heads for tail in expand(word[at + 1 :])]
    raise LexiconError(f"unbalanced brackets in word {word!r}")
