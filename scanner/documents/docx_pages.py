"""Pages of a DOCX document: paper, margins, what stands above and below every page, how a document opens, lists that count from one."""

from __future__ import annotations

from collections.abc import Sequence

from docx.document import Document as Docx
from docx.oxml.ns import qn
from docx.section import _Footer, _Header
from docx.shared import Mm

from scanner.documents.docx_parts import Element, element, field, paragraph, run
from scanner.documents.plain import Plain


def set_page(docx: Docx, content: Plain) -> None:
    """Set A4, margins, header and footer; the first page of a report or a letter has no header."""
    section = docx.sections[0]
    letter = content["kind"] == "letter"
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(25), Mm(20)
    section.top_margin, section.bottom_margin = Mm(20 if letter else 24), Mm(22)
    section.header_distance = section.footer_distance = Mm(10)
    known = _joined(content["reference"], content["confidentiality"])
    _fill(section.header, [run(content["title"]), _tab(), run(known)])
    _fill(section.footer, [run(content["organisation"]), *_page_of(content)])
    if content["kind"] != "sheet":
        section.different_first_page_header_footer = True
        _fill(section.first_page_footer, [run(_joined(content["organisation"], content["confidentiality"])), *_page_of(content)])


def opening(content: Plain) -> list[Element]:
    """Return what stands before the blocks: title, reference, date; the table of contents of a report; nothing for a letter."""
    if content["kind"] == "letter":
        return []
    title = [paragraph([run(content["title"])], "Title")]
    if content["subtitle"]:
        title.append(paragraph([run(content["subtitle"])], "Subtitle"))
    if content["kind"] == "sheet":
        return [paragraph([run(_joined(content["organisation"], content["reference"], content["day"]))], "VigieNote"), *title]
    said = content["said"]
    known = [(said["reference"], content["reference"]), (said["date"], content["day"]), (said["circulation"], content["confidentiality"])]
    return [
        paragraph([run(content["organisation"], "soft")]),
        *title,
        *(paragraph([run(f"{label} ", "soft"), run(value)]) for label, value in known if value),
        *_contents(content),
    ]


def count_from_one(docx: Docx, items: Sequence[Element]) -> None:
    """Make ``items``, paragraphs of an ordered list, a list of their own: word processors go on counting where the last one ended."""
    numbering = docx.part.numbering_part.element
    used = docx.styles["List Number"].element.pPr.numPr.numId.val
    abstract = numbering.num_having_numId(used).abstractNumId.val
    number = numbering.add_num(abstract)
    number.add_lvlOverride(ilvl=0).add_startOverride(1)
    for item in items:
        level, same = element("w:ilvl", {"val": 0}), element("w:numId", {"val": number.numId})
        item.find(qn("w:pPr")).append(element("w:numPr", None, level, same))


def _contents(content: Plain) -> list[Element]:
    """Return a table of contents: a field that the word processor brings up to date, filled with the headings."""
    listed = [block for block in content["blocks"] if block["block"] == "heading" and block["number"]]
    if not listed:
        return []
    start, instruction, separator, _, end = field(r'TOC \o "1-2" \h \z \u', "", stale=True)
    lines = [paragraph([run(f"{block['number']}\u2002{block['text']}")], f"TOC{block['level']}") for block in listed]
    for at, part in enumerate((start, instruction, separator), start=1):
        lines[0].insert(at, part)
    lines[-1].append(end)
    after = element("w:p", None, element("w:r", None, element("w:br", {"type": "page"})))
    return [paragraph([run(content["said"]["contents"])], "VigieContents"), *lines, after]


def _page_of(content: Plain) -> list[Element]:
    """Return the number of the page and of all pages, to the right."""
    return [_tab(), run(f"{content['said']['page']}\u00a0"), *field("PAGE", "1"), run("\u00a0/\u00a0"), *field("NUMPAGES", "1")]


def _joined(*words: str) -> str:
    return " · ".join(word for word in words if word)


def _tab() -> Element:
    return element("w:r", None, element("w:tab"))


def _fill(part: _Header | _Footer, runs: Sequence[Element]) -> None:
    """Write one line into a header or a footer, what follows the tab to the right."""
    part.paragraphs[0]._p.extend(runs)
