"""The plain path: every pattern as a regular expression over the whole comment. Slow, simple, and what the detector must agree with."""

from __future__ import annotations

import re
from functools import cache

from recognizers.choice import Choice
from recognizers.document import Document
from recognizers.nodes import AnyWord, Beginning, Chain, End, Gap, Maybe, Node, Number, Without, Word
from recognizers.pattern import Compiled


def regex_of(node: Node) -> str:
    """Return a regular expression over words that are each followed by a space."""
    match node:
        case Word():
            return f"(?:{'|'.join([*sorted(node.set.words), *(prefix + '[a-z0-9]*' for prefix in node.set.prefixes)])}) "
        case AnyWord():
            return "[a-z0-9]+ "
        case Number():
            return "[0-9]+ "
        case Gap():
            return rf"(?:[a-z0-9,]+ ){{0,{node.size}}}?"
        case Beginning():
            return r"(?<!. )"
        case End():
            return r"(?!(?:[.,] )*[a-z0-9])"
        case Maybe():
            return f"(?:{regex_of(node.node)})?"
        case Without():
            return f"(?!{regex_of(node.node)})"
        case Chain():
            return "".join(map(regex_of, node.nodes))
        case Choice():
            return f"(?:{'|'.join(map(regex_of, node.nodes))})"
    raise TypeError(node)


@cache
def _compiled(node: Node) -> re.Pattern[str]:
    return re.compile("(?<= )" + regex_of(node))


def plain_spans(pattern: Compiled, doc: Document) -> list[tuple[int, int]]:
    """Return the token ranges [first, last) that ``pattern`` matches in ``doc``."""
    canon = " " + "".join(token + " " for token in doc.tokens)
    spans = [(canon.count(" ", 0, m.start()) - 1, canon.count(" ", 0, m.end()) - 1) for m in _compiled(pattern.node).finditer(canon)]
    return [(a, b) for a, b in spans if all(doc.written_in_capitals(i) for i in range(a, b) if doc.tokens[i] in pattern.acronyms)]
