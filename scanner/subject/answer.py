"""The files of the answer to an access request, readable by their owner only."""

from __future__ import annotations

from pathlib import Path

from scanner.append_log import write_whole
from scanner.catalogue import Catalogue
from scanner.documents.files import write_document
from scanner.json_files import write_json
from scanner.organisation import Organisation
from scanner.subject.access_document import access_document
from scanner.subject.access_file import AccessFile
from scanner.subject.dpo_document import dpo_document
from scanner.subject.glossary import Glossary
from scanner.subject.portable import portable
from scanner.subject.retention_rules import RetentionRules
from scanner.subject.verification import verification_list


def write_answer(
    file: AccessFile, out: Path, organisation: Organisation, glossary: Glossary, rules: RetentionRules | None, catalogue: Catalogue | None
) -> None:
    """Write ``acces-…`` as PDF and JSON for the person, ``dpo-….pdf``, and ``mentions-….csv`` where some are doubtful, into ``out``.

    ``catalogue`` is given where the DPO's sheet shall tell the findings. Raises :class:`OutputError` when a file cannot be written.
    """
    name, mentions = f"acces-{file.pseudonym}", f"mentions-{file.pseudonym}.csv"
    write_document(access_document(file, organisation, glossary, rules, f"{name}.json"), out, name, "pdf")
    write_json(out / f"{name}.json", portable(file))
    if file.to_verify or file.verified:
        write_whole(out / mentions, verification_list(file))
    write_document(dpo_document(file, organisation, catalogue, mentions), out, f"dpo-{file.pseudonym}", "pdf")
