"""What the API is asked and what it answers, with the examples of its description."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from recognizers.finding import Assertion, Subject
from scanner.entry_rules import Saving, Verdict
from scanner.policy import Action
from scanner.scoring import Level


def _without_surrogates(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise PydanticCustomError("string_unicode", "a lone surrogate") from None
    return text


_MESSAGE = (
    "Ces mots révèlent l’état de santé, le handicap, la grossesse ou les soins d’une personne\u00a0: c’est une donnée sensible, dont le"
    " traitement est interdit sauf exception. Donnée sensible ou excessive pour ce champ. Fondements\u00a0: RGPD, article 9,"
    " paragraphe 1\u00a0; RGPD, article 5, paragraphe 1, point c\u00a0: minimisation (vérifié le 1er novembre 2026)."
)
Text = Annotated[str, AfterValidator(_without_surrogates)]
"""What can be sent back as JSON: a text in any form of Unicode, but for halves of a character."""
Fraction = Annotated[float, Field(ge=0, le=1)]
Offset = Annotated[int, Field(ge=0)]


class Asked(BaseModel):
    """A body that is sent: names that are not known are refused, they may be misspelt."""

    model_config = ConfigDict(extra="forbid", strict=True)


class CheckQuestion(Asked):
    """A text that somebody is about to save."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": "Mme sous chimiothérapie, fuite sous évier", "field": "COMMENTAIRE"}]}
    )

    text: Text = Field(description="The text as typed; RTF and HTML are read without their markup.")
    field: Text = Field("", description="Name of the field it stands in; the policy knows its purpose.")


class CheckFinding(BaseModel):
    """A remark that should not be saved. It holds no word of the text."""

    entity: str
    label: str = Field(description="Its category, in French.")
    start: Offset = Field(description="First code point of the text.")
    end: Offset = Field(description="Code point after the last.")
    start_utf16: Offset = Field(description="First UTF-16 unit of the text, as JavaScript, Java and .NET count.")
    end_utf16: Offset = Field(description="UTF-16 unit after the last.")
    score: Fraction = Field(description="Certainty.")
    message: str = Field(description="In French: what the words reveal, why they must not stand there, on which legal ground.")
    instead: str = Field(description="Neutral French wording to write instead; empty when nothing should be written.")


class CheckAnswer(BaseModel):
    """The verdict. ``ok`` means that nothing was found that the policy minds in this field."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "verdict": "warn",
                    "findings": [
                        {
                            "entity": "HEALTH",
                            "label": "Santé",
                            "start": 4,
                            "end": 23,
                            "start_utf16": 4,
                            "end_utf16": 23,
                            "score": 0.95,
                            "message": _MESSAGE,
                            "instead": "besoin particulier signalé",
                        }
                    ],
                    "redacted": "Mme [SANTÉ], fuite sous évier",
                    "save_anyway": "with_reason",
                }
            ]
        }
    )

    verdict: Verdict
    findings: list[CheckFinding]
    redacted: str = Field(description="The text with a label in place of each remark.")
    save_anyway: Saving = Field(description="Whether the text may be saved as it is: freely, with a reason, or not.")


class Override(Asked):
    """Somebody saved a text in spite of the verdict. Neither the text nor the reason belongs here: both are refused."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"field": "COMMENTAIRE", "entities": ["HEALTH"], "verdict": "warn"}]})

    field: Text = ""
    entities: list[Text] = Field(description="The entity of each finding.", max_length=1_000)
    verdict: Literal["warn", "block"]


class ScanRecord(Asked):
    """A record: its free-text fields, and what of the rest decides how they are judged."""

    id: Text = Field(description="How the answer names it.")
    texts: dict[Text, Text] = Field(description="Text by name of field.")
    source: Text = Field("", description="Name of its source, for the allow-list.")
    site: Text = Field("", description="Its site, for the allow-list.")
    names: list[Text] = Field([], description="Surnames and first names of the record's own columns.", max_length=20)


class ScanQuestion(Asked):
    """A batch."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"records": [{"id": "L-1", "texts": {"NOTE": "M. est alcoolique"}}], "redact": True}]}
    )

    records: list[ScanRecord] = Field(min_length=1)
    redact: bool = Field(False, description="Whether to send back the redacted texts of the fields in which something is redacted.")


class ScanFinding(BaseModel):
    """A finding as in ``findings.jsonl``: never the text."""

    record_id: str
    source: str
    field: str
    entity: str
    start: Offset
    end: Offset
    score: Fraction
    assertion: Assertion
    subject: Subject
    rule: str
    term: str = Field(description="What of the lexicon led to the finding; no word of the text.")
    severity: Annotated[int, Field(ge=1, le=4)]
    action: Action
    level: Level


class ScannedRecord(BaseModel):
    """What a record is worth. Where ``problem`` is not empty it was not scanned in full: it is not clean, whatever else is said."""

    id: str
    problem: str
    risk: Annotated[int, Field(ge=0, le=100)]
    level: Level
    action: Action
    findings: list[ScanFinding]
    redacted: dict[str, str] | None = Field(None, description="On request: redacted text by field; fields without redactions left out.")


class ScanAnswer(BaseModel):
    """The records in the order in which they were sent, and the ids of those that were not scanned in full."""

    records: list[ScannedRecord]
    not_scanned: list[str]


class ErrorDetail(BaseModel):
    """``code`` is for programs, ``message`` says what to do. Neither holds anything that was sent."""

    code: str
    message: str


class ErrorAnswer(BaseModel):
    """Every error of the API."""

    error: ErrorDetail


_CAUSES = {
    400: "The body could not be read.",
    401: "No valid API key.",
    403: "The key lacks the scope, or the page's origin is not allowed.",
    413: "Body, text or batch too large; the message says how to send less.",
    422: "The body is not as described; the message says where.",
    429: "Too many requests; Retry-After says how many seconds to wait.",
    500: "The service failed; the text was not checked.",
    503: "No answer in time, or the state store cannot be used; the text was not checked.",
}


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the error answers of a route, for its description: ``statuses``, and those that every route with a key has."""
    return {status: {"model": ErrorAnswer, "description": _CAUSES[status]} for status in sorted({401, 403, 429, 500, 503, *statuses})}
