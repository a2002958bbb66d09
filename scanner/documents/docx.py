"""DOCX of a document, to be finished in a word processor."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from scanner.documents.blocks import Document
from scanner.documents.plain import moment, plain


def docx(document: Document) -> bytes:
    """Return ``document`` as DOCX (ISO/IEC 29500), the same bytes for the same content.

    Raises :class:`ValueError` for a date that is not ISO.
    """
    import docx as python_docx
    from docx.oxml.ns import qn

    from scanner.documents.docx_blocks import elements
    from scanner.documents.docx_pages import count_from_one, opening, set_page
    from scanner.documents.docx_styles import set_styles

    made = python_docx.Document()
    content = plain(document)
    set_styles(made, document.kind)
    set_page(made, content)
    end = made.element.body.find(qn("w:sectPr"))
    for element in opening(content):
        end.addprevious(element)
    for block in content["blocks"]:
        shown = list(elements(block))
        if block["block"] == "bullets" and block["ordered"]:
            count_from_one(made, shown)
        for element in shown:
            end.addprevious(element)
    properties = made.core_properties
    properties.title, properties.author, properties.language = content["title"], content["organisation"], "fr-FR"
    properties.keywords = ", ".join(word for word in (content["reference"], content["confidentiality"]) if word)
    properties.comments, properties.last_modified_by = "", content["organisation"]
    properties.created = properties.modified = moment(document)
    buffer = BytesIO()
    made.save(buffer)
    return _without_times(buffer)


def _without_times(saved: BytesIO) -> bytes:
    """Return the package with the first moment that ZIP knows on every entry, where it was saved with the time of day."""
    packed = BytesIO()
    with ZipFile(saved) as before, ZipFile(packed, "w", ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(ZipInfo(name), before.read(name), ZIP_DEFLATED)
    return packed.getvalue()
