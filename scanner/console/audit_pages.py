"""The audit view: the chained log, whether it still says what was written, and the decisions that were taken.

The log says things of every site: it is for who may see every site. Decisions are those on records of the viewer's perimeter.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response

from scanner.accounts.perimeter import Perimeter
from scanner.accounts.viewer import Viewer
from scanner.audit import EVENTS, Entry, Verification, verify
from scanner.console.access import Signed, needs
from scanner.console.audit_rows import (
    PAGE,
    Wanted,
    all_decisions,
    all_entries,
    decisions_before,
    entries_before,
    is_day,
    logins,
    names_of_details,
)
from scanner.console.downloads import CSV_TYPE, download
from scanner.console.rendering import render
from scanner.console.stores import Key, Opened, audit_of
from scanner.console.wordings import wordings
from scanner.errors import SecretKeyError
from scanner.keys import SecretKey, pseudonym
from scanner.review.words import words
from scanner.spreadsheets import Cell, csv_chunks
from scanner.store.engine import Store

router = APIRouter(prefix="/audit", dependencies=[needs("audit")])

ENTRY_HEADER = ("numéro", "date (UTC)", "auteur (pseudonyme)", "événement", "détails", "empreinte")
DECISION_COLUMNS = {
    "date (UTC)": "at",
    "identifiant": "who",
    "décision": "decision",
    "traitement": "job",
    "table": "source",
    "fiche": "record",
    "site": "site",
    "champ": "field",
    "catégorie": "entity",
    "règle": "rule",
    "terme": "term",
    "motif": "why",
    "confirmée par": "confirmed_by",
    "fin (UTC)": "ended",
    "fin par": "ended_by",
    "motif de fin": "ended_why",
}


def asked(what: str = "", first: Annotated[str, Query(alias="from")] = "", last: Annotated[str, Query(alias="to")] = "") -> Wanted:
    """Return the filter of a page; dates that are none filter nothing."""
    return Wanted(what, first if is_day(first) else "", last if is_day(last) else "")


def every_site(viewer: Signed) -> Viewer:
    """Return who asks, when nothing of the log is beyond their perimeter."""
    if viewer.perimeter != Perimeter.everything():
        raise HTTPException(404)
    return viewer


Asked = Annotated[Wanted, Depends(asked)]
Everywhere = Annotated[Viewer, Depends(every_site)]


@router.get("")
def log_page(request: Request, viewer: Signed, wanted: Asked, store: Opened, key: Key, before: int = 0) -> Response:
    """Show the log, newest first; who may not see every site is told so."""
    return _log_page(request, viewer, wanted, store, key, before=before)


@router.post("/verify")
def verify_log(request: Request, viewer: Everywhere, store: Opened, key: Key) -> Response:
    """Read the whole log and tell whether it is as it was written."""
    try:
        found: Verification | None = verify(store, [key])
    except SecretKeyError:
        found = None
    return _log_page(request, viewer, Wanted(), store, key, checked=True, found=found)


@router.get("/log.csv")
def log_csv(viewer: Everywhere, wanted: Asked, store: Opened, key: Key) -> Response:
    """Download the entries of the log that are asked for."""
    audit_of(viewer, store, key).add("report-downloaded")
    rows = ((e.seq, e.at, e.actor, e.event, e.details, e.mac) for e in all_entries(store, wanted))
    return download("vigie-audit.csv", CSV_TYPE, csv_chunks(ENTRY_HEADER, rows))


@router.get("/decisions")
def decisions_page(request: Request, viewer: Signed, wanted: Asked, store: Opened, key: Key, before: int = 0) -> Response:
    """Show the decisions that were taken on records of the viewer's perimeter, newest first."""
    with store.connect() as connection:
        found = decisions_before(connection, viewer.perimeter, wanted, before, PAGE + 1)
    rows = [_named(row, viewer, key) for row in found[:PAGE]]
    following = rows[-1]["id"] if len(found) > PAGE else 0
    kinds = {kind: label for kind, label in words("decisions").items() if kind != "allowed"}
    return render(request, "decisions", viewer, rows=rows, following=following, before=before, wanted=wanted, kinds=kinds)


@router.get("/decisions.csv")
def decisions_csv(viewer: Signed, wanted: Asked, store: Opened, key: Key) -> Response:
    """Download the decisions that are asked for."""
    audit_of(viewer, store, key).add("report-downloaded")
    named = (_named(row, viewer, key) for row in all_decisions(store, viewer.perimeter, wanted))
    return download("vigie-decisions.csv", CSV_TYPE, csv_chunks(tuple(DECISION_COLUMNS), _decision_cells(named)))


def _log_page(
    request: Request,
    viewer: Viewer,
    wanted: Wanted,
    store: Store,
    key: SecretKey,
    *,
    before: int = 0,
    checked: bool = False,
    found: Verification | None = None,
) -> Response:
    rows: Sequence[Entry] = ()
    names: Mapping[str, str] = {}
    known: Mapping[str, str] = {}
    if viewer.perimeter == Perimeter.everything():
        with store.connect() as connection:
            rows = entries_before(connection, wanted, before, PAGE + 1)
            names = logins(connection, key)
            known = wordings()["values"] | names_of_details(connection, key)
    return render(
        request,
        "audit",
        viewer,
        entries=[(entry, _told(json.loads(entry.details), known)) for entry in rows[:PAGE]],
        following=rows[PAGE - 1].seq if len(rows) > PAGE else 0,
        before=before,
        wanted=wanted,
        names=names,
        events={event: wordings()["events"].get(event, event) for event in EVENTS},
        reasons=wordings()["verification"],
        checked=checked,
        found=found,
    )


def _told(details: Mapping[str, Any], known: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the details of an entry as people read them: in French as far as they have words for it, else as they are."""
    told = []
    for name, value in details.items():
        values = value if isinstance(value, list) else [value]
        words = [{True: "oui", False: "non"}[each] if isinstance(each, bool) else known.get(each, str(each)) for each in values]
        told.append((wordings()["details"].get(name, name), ", ".join(words)))
    return told


def _named(row: Any, viewer: Viewer, key: SecretKey) -> dict[str, Any]:
    """Return a decision as ``viewer`` may see it: the record by its pseudonym where they may not see records."""
    return {**row._mapping, "record": row.record if viewer.may("records") else pseudonym(row.record, key)}


def _decision_cells(rows: Iterator[dict[str, Any]]) -> Iterator[Sequence[Cell]]:
    for row in rows:
        yield [row[column] or "" for column in DECISION_COLUMNS.values()]
