"""What callers of Presidio's API send: the shapes of its documentation, with limits. Unknown keys are ignored, as there."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(min_length=1, max_length=200)]
Text = Annotated[str, Field(min_length=0)]
"""Any text of Unicode: pydantic refuses lone surrogates only where a text has a limit, though it be none."""
Score = Annotated[float, Field(ge=0, le=1)]
AesKey = Annotated[str, Field(min_length=4, max_length=32, description="16, 24 or 32 bytes of UTF-8")]

RESULTS = 2_000
"""Findings of one text that can be anonymized at once."""

EVERY_CASE = 26
"""The regular-expression flags that Presidio sets: DOTALL, MULTILINE and IGNORECASE of the module ``regex``."""


class _Request(BaseModel):
    model_config = ConfigDict(strict=True)


class _Exact(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class AdHocPattern(_Exact):
    """A regular expression (syntax of the Python module ``regex``) and the certainty of what it finds."""

    name: Name
    regex: Annotated[str, Field(min_length=1, max_length=1_000)]
    score: Score


class AdHocRecognizer(_Exact):
    """A recognizer for one request. As in Presidio, only those whose ``supported_language`` is that of the request take part."""

    supported_entity: Name | None = None
    supported_entities: Annotated[list[Name], Field(min_length=1, max_length=1)] | None = None
    name: Name | None = None
    supported_language: Name = "en"
    patterns: Annotated[list[AdHocPattern], Field(max_length=20)] | None = None
    deny_list: Annotated[list[Name], Field(max_length=1_000)] | None = None
    deny_list_score: Score = 1.0
    context: Annotated[list[Name], Field(max_length=100)] | None = None
    global_regex_flags: int = EVERY_CASE
    version: Name = "0.0.1"


class AnalyzeRequest(_Request):
    """``text`` is one text or a list of texts; the answer is one list of findings, or a list of lists."""

    text: Annotated[str, Field(min_length=1)] | Annotated[list[Text | int | float | bool], Field(min_length=1)]
    language: Annotated[str, Field(min_length=1, json_schema_extra={"enum": ["fr"]})]
    correlation_id: Text | None = None
    score_threshold: Annotated[float, Field(allow_inf_nan=False)] | None = None
    entities: list[Name] | None = None
    return_decision_process: bool | Literal[0, 1] | None = False
    ad_hoc_recognizers: Annotated[list[AdHocRecognizer], Field(max_length=20)] | None = None
    context: Annotated[list[Name], Field(max_length=100)] | None = None
    allow_list: Annotated[list[Annotated[str, Field(max_length=1_000)]], Field(max_length=1_000)] | None = None
    allow_list_match: Literal["exact", "regex"] = "exact"
    regex_flags: int = EVERY_CASE


class Span(_Request):
    """A part of a text, in code points, ``end`` exclusive."""

    entity_type: Name
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]


class AnalyzerResult(Span):
    """A finding to be anonymized, as ``/analyze`` gives it."""

    score: Annotated[float, Field(allow_inf_nan=False)]


class Replace(_Request):
    """Put ``new_value`` in place, or ``<ENTITY>``."""

    type: Literal["replace"]
    new_value: Annotated[str, Field(max_length=1_000)] | None = None


class Redact(_Request):
    """Put nothing in place."""

    type: Literal["redact"]


class Keep(_Request):
    """Leave it, and list it."""

    type: Literal["keep"]


class Mask(_Request):
    """Put ``masking_char`` in place of the first, or last, ``chars_to_mask`` characters."""

    type: Literal["mask"]
    masking_char: Annotated[str, Field(max_length=1)]
    chars_to_mask: int
    from_end: bool = False


class Hash(_Request):
    """Put a digest in place, salted with ``salt`` (16 bytes or more) or at random."""

    type: Literal["hash"]
    hash_type: Literal["sha256", "sha512"] = "sha256"
    salt: Annotated[str, Field(min_length=16, max_length=1_000)] | None = None


class Encrypt(_Request):
    """Put the encrypted words in place (AES-CBC), which ``/deanonymize`` brings back."""

    type: Literal["encrypt"]
    key: AesKey


class Custom(_Request):
    """Known to Presidio's Python library only: refused."""

    type: Literal["custom"]


class Decrypt(_Request):
    """Bring encrypted words back."""

    type: Literal["decrypt"]
    key: AesKey


class DeanonymizeKeep(_Request):
    """Leave it, and list it."""

    type: Literal["deanonymize_keep"]


Anonymizer = Annotated[Replace | Redact | Keep | Mask | Hash | Encrypt | Custom, Field(discriminator="type")]
Deanonymizer = Annotated[Decrypt | DeanonymizeKeep, Field(discriminator="type")]


class AnonymizeRequest(_Request):
    """``anonymizers`` are given by entity; ``DEFAULT`` stands for those not named, ``replace`` where it is absent."""

    text: Text
    analyzer_results: Annotated[list[AnalyzerResult], Field(max_length=RESULTS)]
    anonymizers: dict[Name, Anonymizer] | None = None


class AnonymizerResult(Span):
    """What stands in an anonymized text."""

    text: Text | None = None
    operator: Name | None = None
    score: Annotated[float, Field(allow_inf_nan=False)] | None = None


class DeanonymizeRequest(_Request):
    """``deanonymizers`` are given by entity; ``DEFAULT`` stands for those not named."""

    text: Text
    anonymizer_results: Annotated[list[AnonymizerResult], Field(max_length=RESULTS)]
    deanonymizers: dict[Name, Deanonymizer]
