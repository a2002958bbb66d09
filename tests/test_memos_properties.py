"""What holds for every memo: nothing is raised, offsets are true, and an edited memo is valid and reads as the edited text does."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scanner.memos.layer import Edit
from scanner.memos.memo import Memo, read_memo

RTF_CHARACTERS = [
    "a",
    "1",
    " ",
    ".",
    r"\'e9",
    r"\u233?",
    r"\u-10179?\u-8694?",
    r"\uc0\u233 \uc1 ",
    r"{\uc2\u233\'c3\'a9}",
    r"\{",
    r"\~",
    r"\-",
]
RTF_WORDS = ["\r\n", r"\b", r"\b0 ", r"\par", r"\par ", r"\tab ", r"\cell ", r"\fs20", r"\f1 ", r"{\*\annotation \'e9}", r"{\pict 01}"]
RTF_PIECES = st.sampled_from([*RTF_CHARACTERS, *RTF_WORDS])
RTF = st.recursive(RTF_PIECES, lambda inner: st.lists(inner, max_size=6).map(lambda parts: "{" + "".join(parts) + "}")).map(
    lambda body: r"{\rtf1\ansi " + body + "}"
)
HTML_PIECES = st.sampled_from(
    ["a", "1", " ", ".", "é", "’", "&eacute;", "&#233;", "&nbsp;", "&amp;", "&lt;", "<br>", "<hr/>", '<img alt="é a">', "<!-- é -->"]
)
HTML = st.recursive(
    HTML_PIECES,
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag.split()[0]}>",
        st.sampled_from(["b", "i title='é'", "p", "td", "li", "span class='a'"]),
        st.lists(inner, max_size=6),
    ),
).map(lambda body: f"<div>{body}</div>")
REPLACEMENTS = st.text(st.sampled_from("a1 [É]{}\\<>&;\"'’😊"), max_size=8)
DEBRIS = st.lists(
    st.sampled_from(["{", "}", "\\", r"\u233", r"\u-10179?", r"\'e", r"\'e9", r"\bin3 ", "{\\pict", "{\\fonttbl", "{\\*", "\\uc9", "\\f1"])
    | st.sampled_from(["<", ">", "<p ", "</p>", "</style", "<style>", "<!--", "-->", "]]>", "<![CDATA[", '"', "'", "title=", "class="])
    | st.sampled_from(["=C3=A9", "=E9", "=\n", "=", "&", "&#x;", "&#233;", "é", "\ud800", "😊", " ", "\n", "\0", "a", "1", "-", ";"]),
    max_size=40,
).map("".join)


def edits_of(memo: Memo, data: st.DataObject) -> list[Edit]:
    """Draw sorted, disjoint edits of the text."""
    bounds = sorted(data.draw(st.lists(st.integers(0, len(memo.text)), max_size=6, unique=True)))
    return [(start, end, data.draw(REPLACEMENTS)) for start, end in zip(bounds[::2], bounds[1::2], strict=False)]


def edited_text(memo: Memo, edits: Sequence[Edit]) -> str:
    """Return the text with ``edits``; what marks the structure stays, and an edit of nothing else has no place to stand."""
    (layer,) = memo.layers
    pieces = []
    done = 0
    for start, end, replacement in edits:
        pieces.append(memo.text[done:start])
        for at in range(start, end):
            if layer.starts[at] == layer.ends[at]:
                pieces.append(memo.text[at])
            else:
                pieces.append(replacement)
                replacement = ""
        done = end
    return "".join((*pieces, memo.text[done:]))


def structure(cell: str) -> list[str]:
    """Return the braces or the tags of a memo, but for line breaks."""
    if cell.startswith("{"):
        return re.findall(r"[{}]", re.sub(r"\\[\\{}]", "", re.sub(r"\{\\uc1(?:\\u-?\d+\?)+\}", "", cell)))
    return re.findall(r"</?(?!br|hr)\w+", cell)


@pytest.mark.parametrize("memos", [RTF, HTML], ids=["rtf", "html"])
@given(data=st.data())
def test_an_edited_memo_is_valid_and_reads_as_the_edited_text(memos, data):
    cell = data.draw(memos)
    memo = read_memo(cell)
    edits = edits_of(memo, data)
    edited = memo.replace(edits)
    assert structure(edited) == structure(cell)
    assert read_memo(edited).text == edited_text(memo, edits)
    assert memo.replace([]) == cell


@given(st.sampled_from(["", "{\\rtf1 ", "<p>", "=C3=A9<b>"]), DEBRIS)
@example("", "")
def test_whatever_a_cell_holds_offsets_are_true(beginning, debris):
    cell = beginning + debris
    memo = read_memo(cell)
    spans = [memo.span(at, at + 1) for at in range(len(memo.text))]
    starts, ends = [start for start, _ in spans], [end for _, end in spans]
    assert starts == sorted(starts)
    assert ends == sorted(ends)
    assert all(0 <= start <= end <= len(cell) for start, end in spans)
    assert [memo.span_back(*span) for span in spans if span[0] < span[1]] == [
        (at, at + 1) for at, span in enumerate(spans) if span[0] < span[1]
    ]


@given(DEBRIS, st.text("<{\\= é", max_size=5))
def test_no_word_is_lost(before, after):
    cell = f"{before}{{}} alcoolique {after}"  # braces, lest the first letter be the fallback of a character before it
    assert "alcoolique" in read_memo(cell).text
