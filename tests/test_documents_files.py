"""Documents in a folder: whole or not at all, for their owner only."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from documents import BLOCKS, holding

from scanner.documents.docx import docx
from scanner.documents.files import Form, write_document
from scanner.documents.html import html
from scanner.documents.pdf import pdf
from scanner.errors import InputError, OutputError

SHEET = holding(BLOCKS["table"])


@pytest.mark.parametrize(("form", "content"), [("pdf", pdf(SHEET)), ("docx", docx(SHEET)), ("html", html(SHEET).encode())])
def test_a_document_is_written_for_its_owner_only(tmp_path: Path, form: Form, content: bytes) -> None:
    path = write_document(SHEET, tmp_path, "annexe", form)
    assert path == tmp_path / f"annexe.{form}"
    assert path.read_bytes() == content
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_document_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    write_document(SHEET, tmp_path, "annexe", "html")
    path = write_document(holding(BLOCKS["facts"]), tmp_path, "annexe", "html")
    assert path.read_text(encoding="utf-8") == html(holding(BLOCKS["facts"]))


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"annexe\.pdf cannot be written \(No such file or directory\)"):
        write_document(SHEET, tmp_path / "none", "annexe", "pdf")


@pytest.mark.parametrize("form", ["pdf", "docx", "html"])
def test_a_full_disk_leaves_nothing_and_spoils_nothing(tmp_path: Path, form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    before = write_document(SHEET, tmp_path, "annexe", form).read_bytes()

    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left on device"):
        write_document(holding(BLOCKS["facts"]), tmp_path, "annexe", form)
    assert [path.name for path in tmp_path.iterdir()] == [f"annexe.{form}"]
    assert (tmp_path / f"annexe.{form}").read_bytes() == before


@pytest.mark.parametrize(("form", "package"), [("pdf", "typst"), ("docx", "docx")])
def test_a_missing_package_is_named_with_its_extra(tmp_path: Path, form: Form, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(InputError, match=r"pip install 'vigie\[documents\]'"):
        write_document(SHEET, tmp_path, "annexe", form)
    assert list(tmp_path.iterdir()) == []
