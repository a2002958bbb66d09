"""Writes the documents of a breach into a folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from scanner.breach.addressees import write_addressees
from scanner.breach.board_note import board_note
from scanner.breach.kit import Kit
from scanner.breach.letter import letter
from scanner.breach.notification import notification
from scanner.breach.register import register_entry
from scanner.breach.synthesis import synthesis
from scanner.breach.wordings import words
from scanner.documents.blocks import Document
from scanner.documents.files import Form, write_document
from scanner.json_files import write_json
from scanner.outputs import prepare_folder

SYNTHESIS = "synthese.json"
FORMS: tuple[Form, ...] = ("pdf", "docx")


def documents_of(kit: Kit) -> dict[str, Document]:
    """Return the documents by name, without suffix."""
    names = words("files")
    return {
        names["notification"]: notification(kit),
        names["register"]: register_entry(kit),
        names["note"]: board_note(kit),
        **{names["letter"].format(group=group.slug): letter(kit, group) for group, _ in kit.letters},
    }


def write_kit(kit: Kit, out: Path, addressees: Mapping[str, Sequence[str]]) -> list[Path]:
    """Write every document as PDF and DOCX, the synthesis and the lists of ``addressees`` into ``out``; return the paths.

    Letters and lists of an earlier version of the kit are removed first: none may be sent by mistake. Raises :class:`OutputError` when
    something cannot be written.
    """
    prepare_folder(out)
    documents = documents_of(kit)
    _remove_earlier(out)
    written = [write_document(document, out, name, form) for name, document in documents.items() for form in FORMS]
    write_json(out / SYNTHESIS, synthesis(kit))
    return [*written, out / SYNTHESIS, *write_addressees(addressees, out)]


def _remove_earlier(out: Path) -> None:
    for name in ("letter", "addressees"):
        for path in out.glob(words("files")[name].format(group="*") + ".*"):
            path.unlink()
