"""The form of an exception, on the page of the allow-list and on that of a record."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Form

from scanner.accounts.perimeter import Perimeter
from scanner.allowlist import has_words
from scanner.french import counted, number, unbroken
from scanner.review.allowing import AllowOutcome, NewAllowance

_ONE_YEAR = datetime.timedelta(days=365)


@dataclass(frozen=True, slots=True)
class AllowForm:
    """What the form of an exception sent, as text."""

    term: str = ""
    rule: str = ""
    record: str = ""
    entity: str = ""
    field: str = ""
    site: str = ""
    source: str = ""
    expires: str = ""
    why: str = ""

    def problems(self) -> list[str]:
        """Return what is wrong with it, in French."""
        expires = _date(self.expires)
        wrong = (
            (
                not (self.term or self.rule or self.record),
                "Indiquez des mots, une règle ou une fiche.",
            ),
            (bool(self.term) and not has_words(self.term), "Les mots de l’exception ne comportent ni lettre ni chiffre."),
            (expires is None, "Donnez le dernier jour de validité."),
            (expires is not None and expires < datetime.date.today(), "Ce dernier jour de validité est déjà passé."),
            (not self.why, "Donnez le motif : il est conservé avec l’exception."),
        )
        return [unbroken(text) for is_wrong, text in wrong if is_wrong]

    def allowance(self) -> NewAllowance:
        """Return the entry asked for; raises :class:`ValueError` while there are :meth:`problems`."""
        return NewAllowance(
            reason=self.why,
            expires=datetime.date.fromisoformat(self.expires),
            term=self.term,
            rule=self.rule,
            record=self.record,
            entity=self.entity,
            field=self.field,
            site=self.site,
            source=self.source,
        )

    def within(self, perimeter: Perimeter, site: str) -> AllowForm:
        """Return the same for ``site`` only where ``perimeter`` is limited: nobody makes exceptions for sites that he does not see."""
        return self if perimeter.sites is None else replace(self, site=site)


def allow_form(
    term: Annotated[str, Form()] = "",
    rule: Annotated[str, Form()] = "",
    record: Annotated[str, Form()] = "",
    entity: Annotated[str, Form()] = "",
    field: Annotated[str, Form()] = "",
    site: Annotated[str, Form()] = "",
    source: Annotated[str, Form()] = "",
    expires: Annotated[str, Form()] = "",
    why: Annotated[str, Form()] = "",
) -> AllowForm:
    """Read the form, without the blanks around its texts."""
    texts = (text.strip() for text in (term, rule, record, entity, field, site, source, expires, why))
    return AllowForm(*texts)


def in_a_year() -> datetime.date:
    """Return the last day of validity that forms suggest."""
    return datetime.date.today() + _ONE_YEAR


def told_of(outcome: AllowOutcome, verb: str) -> str:
    """Return what adding (``verb``: "écartés") or ending ("de nouveau à examiner") an exception did, in French."""
    told = f"Constats {verb} : {number(outcome.findings)}, sur {counted(outcome.records, 'fiche')}."
    if outcome.next_run:
        told += f" La prochaine analyse relira {counted(outcome.next_run, 'fiche')} que l’exception peut concerner."
    return unbroken(told)


def _date(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None
