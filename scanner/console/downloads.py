"""Files to download, sent as they are made."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi.responses import StreamingResponse

from scanner.outputs import ReportForm

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON_TYPE = "application/json"
FORM_TYPES = {
    ReportForm.HTML: "text/html; charset=utf-8",
    ReportForm.PDF: "application/pdf",
    ReportForm.XLSX: XLSX_TYPE,
    ReportForm.JSON: JSON_TYPE,
}
"""The media type of each form of the report."""


def download(name: str, media_type: str, chunks: Iterable[bytes]) -> StreamingResponse:
    """Return the answer that makes a browser save ``chunks`` as the file ``name``, of letters, digits, dots and dashes only.

    Nothing of it runs should a browser show it: a report brings its own styles and nothing else.
    """
    headers = {
        "content-disposition": f'attachment; filename="{name}"',
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    }
    return StreamingResponse(iter(chunks), media_type=media_type, headers=headers)
