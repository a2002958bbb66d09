"""What the pages of the review share: the store, and the desks where people decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from sqlalchemy import Connection, select

from scanner.accounts.perimeter import Perimeter
from scanner.catalogue import Catalogue
from scanner.console.stores import Key, Opened
from scanner.keys import SecretKey
from scanner.policy import Policy
from scanner.review.allowing import AllowDesk
from scanner.review.desk import ReviewDesk
from scanner.service.state import Shared
from scanner.store.engine import Store
from scanner.store.schema import records


@dataclass(frozen=True, slots=True)
class ReviewTools:
    """The store of the service with its key, the policy in force for the whole of a request, and what acts on them."""

    store: Store
    key: SecretKey
    policy: Policy
    catalogue: Catalogue
    desk: ReviewDesk
    allowing: AllowDesk


def review_tools(shared: Shared, store: Opened, key: Key) -> ReviewTools:
    """Return the tools of one request."""
    policy, catalogue = shared.policy, shared.catalogue
    desk = ReviewDesk(store, key, policy, catalogue, shared.detector)
    return ReviewTools(store, key, policy, catalogue, desk, AllowDesk(store, key, policy, catalogue))


Review = Annotated[ReviewTools, Depends(review_tools)]
"""What a handler of the review takes."""


def record_names(connection: Connection, perimeter: Perimeter, ids: Sequence[int]) -> Mapping[int, str]:
    """Return the ids that the sources write, by ids of records, of those of ``ids`` that lie within ``perimeter``."""
    query = select(records.c.id, records.c.record).where(records.c.id.in_(ids), perimeter.condition(records.c.site))
    return {row.id: row.record for row in connection.execute(query)}


def read_shown(values: Sequence[str]) -> dict[int, str]:
    """Return the etags by record of the ``ID.ETAG`` that forms send; what is none is left out."""
    pairs = (value.partition(".") for value in values)
    return {int(record_id): etag for record_id, _, etag in pairs if record_id.isascii() and record_id.isdigit() and len(record_id) < 19}
