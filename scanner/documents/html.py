"""HTML of a document: one page that needs nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.documents.blocks import Document
from scanner.documents.plain import plain

if TYPE_CHECKING:
    from markupsafe import Markup

TAGS = {"strong": "strong", "soft": 'span class="soft"', "unknown": "mark", "code": "code"}
"""The tag of words in a style."""


def html(document: Document) -> str:
    """Return ``document`` as one self-contained page: styles inside, no script, no address."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("scanner", "templates/documents"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["broken"] = _broken
    page: str = environment.get_template("document.html.j2").render(**plain(document), tags=TAGS)
    return page


def _broken(text: str) -> Markup:
    """Return ``text`` with its line ends as elements."""
    from markupsafe import Markup, escape

    return Markup("<br>").join(escape(line) for line in text.split("\n"))
