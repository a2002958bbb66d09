"""``/v1/scan``: records by the batch, judged as ``vigie scan`` judges them."""

from __future__ import annotations

from fastapi import APIRouter

from scanner.finding_lines import finding_line
from scanner.judgement import Judgement
from scanner.memos.reading import Reading
from scanner.records import NO_ROW, Record
from scanner.service.answers import ScanAnswer, ScanFinding, ScannedRecord, ScanQuestion, errors
from scanner.service.errors import ApiError
from scanner.service.judging import judged, refuse_long
from scanner.service.state import ServiceState, Shared

router = APIRouter(prefix="/v1", tags=["batches"])


@router.post(
    "/scan", operation_id="scan", summary="Scan a batch of records", responses=errors(400, 413, 422), response_model_exclude_none=True
)
def scan(question: ScanQuestion, shared: Shared) -> ScanAnswer:
    """Say of each record what was found and how serious it is, as `vigie scan` does. Nothing of it is kept."""
    limits = shared.settings.limits
    texts = [text for record in question.records for text in record.texts.values()]
    if len(texts) > limits.texts or len(question.records) > limits.texts:
        raise ApiError(413, "too-many-texts", f"a batch has at most {limits.texts} texts and as many records: send several batches")
    for text in texts:
        refuse_long(text, limits)
    records = [Record(asked.id, NO_ROW, asked.source, asked.texts, site=asked.site, names=tuple(asked.names)) for asked in question.records]
    judgements = judged(records, shared.text_policy, shared)
    scanned = [_scanned(reading, judgement, shared, redact=question.redact) for reading, judgement in judgements]
    not_scanned = [record.id for record in scanned if record.problem]
    shared.metrics.records.labels("scanned").inc(len(scanned) - len(not_scanned))
    shared.metrics.records.labels("not_scanned").inc(len(not_scanned))
    return ScanAnswer(records=scanned, not_scanned=not_scanned)


def _scanned(reading: Reading, judgement: Judgement, shared: ServiceState, *, redact: bool) -> ScannedRecord:
    record, stored, level = reading.record, reading.stored(judgement), judgement.risk.level
    return ScannedRecord(
        id=record.id,
        problem=record.problem,
        risk=judgement.risk.value,
        level=level,
        action=judgement.action,
        findings=[ScanFinding(**finding_line(record, field, item, level)) for field, items in stored.fields.items() for item in items],
        redacted=_redacted(reading, judgement, shared) if redact else None,
    )


def _redacted(reading: Reading, judgement: Judgement, shared: ServiceState) -> dict[str, str]:
    """Return the redacted texts by field, as they were sent but for what the policy redacts or takes out."""
    cells: dict[str, str] = {}
    for field, items in judgement.fields.items():
        if chosen := [item.finding for item in items if item.action in ("redact", "quarantine")]:
            cells |= reading.rewritten(field, shared.redactor.redact(reading.record.texts[field], chosen))
    return cells
