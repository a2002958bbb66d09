"""``/v1/check`` and ``/v1/override``: a text before it is saved."""

from __future__ import annotations

from bisect import bisect_left

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from scanner.french import typeset
from scanner.judgement import JudgedFinding
from scanner.policy import Policy, strongest
from scanner.records import NO_ROW, Record
from scanner.scoring import Level
from scanner.service.answers import CheckAnswer, CheckFinding, CheckQuestion, Override, errors
from scanner.service.errors import ApiError
from scanner.service.judging import judged, refuse_long
from scanner.service.state import ServiceState, Shared
from scanner.service.wording import message_about

router = APIRouter(prefix="/v1", tags=["data entry"])

QUICK_CHARACTERS = 1_000
"""Shorter texts take less time than the way to another thread and back when many are waiting."""
_LAST_OF_ONE_UNIT = "\uffff"


@router.post("/check", operation_id="check", summary="Check a text before it is saved", responses=errors(400, 413, 422))
async def check(question: CheckQuestion, shared: Shared) -> CheckAnswer:
    """Say what a text reveals that it must not in its field, and what to write instead. Nothing of it is kept.

    Whoever gets no answer lets the user save: the check did not run.
    """
    refuse_long(question.text, shared.settings.limits)
    policy = shared.text_policy
    if len(question.text) <= QUICK_CHARACTERS:
        answer = checked(question.text, question.field, policy, shared)
    else:
        answer = await run_in_threadpool(checked, question.text, question.field, policy, shared)
    shared.metrics.checked(answer.verdict, policy.purpose_of(question.field), [finding.entity for finding in answer.findings])
    return answer


@router.post(
    "/override",
    operation_id="override",
    status_code=204,
    summary="Tell that a text was saved in spite of the verdict",
    responses=errors(400, 413, 422),
)
async def override(told: Override, shared: Shared) -> Response:
    """Count it, by verdict, entity and purpose of the field, in the metrics and nowhere else."""
    if not shared.catalogue.entities.keys() >= set(told.entities):
        raise ApiError(422, "unknown-entity", "body.entities: holds an entity that is not known here; see `vigie entities`")
    shared.metrics.overridden(told.verdict, shared.policy.purpose_of(told.field), told.entities)
    return Response(status_code=204)


def checked(text: str, field: str, policy: Policy, shared: ServiceState) -> CheckAnswer:
    """Return the answer about ``text`` in ``field``. Raises :class:`ApiError` (500) when a recognizer failed on it."""
    ((reading, judgement),) = judged([Record("", NO_ROW, "", {field: text})], policy, shared)
    if reading.record.problem:
        raise ApiError(500, "analysis-error", "a recognizer failed on this text: it was not checked; please report it")
    entry = policy.entry
    as_read = [item.finding for item in judgement.fields.get(field, ()) if entry.verdict(item.action) != "ok"]
    shown = [item for item in reading.stored(judgement).fields.get(field, ()) if entry.verdict(item.action) != "ok"]
    verdict = entry.verdict(strongest(item.action for item in shown))
    redacted = reading.rewritten(field, shared.redactor.redact(reading.record.texts[field], as_read))[field] if shown else text
    wide = [at for at, character in enumerate(text) if character > _LAST_OF_ONE_UNIT] if shown and not text.isascii() else []
    return CheckAnswer(
        verdict=verdict,
        findings=[_told(item, judgement.risk.level, field, wide, policy, shared) for item in shown],
        redacted=redacted,
        save_anyway=entry.save_anyway(verdict),
    )


def _told(item: JudgedFinding, level: Level, field: str, wide: list[int], policy: Policy, shared: ServiceState) -> CheckFinding:
    """Return what the clerk is told of a finding; ``wide`` are the code points of the text that take two UTF-16 units."""
    found = item.finding
    info = shared.catalogue.entities[found.entity]
    return CheckFinding(
        entity=found.entity,
        label=typeset(info.label),
        start=found.start,
        end=found.end,
        start_utf16=found.start + bisect_left(wide, found.start),
        end_utf16=found.end + bisect_left(wide, found.end),
        score=found.score,
        message=message_about(info, policy.decide(found, level, field).why),
        instead=shared.catalogue.instead(found),
    )
