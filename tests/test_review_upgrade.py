"""A store from before the review is brought up to date with what people had decided in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.command import downgrade
from reviews import Bench, viewer
from sqlalchemy import select, update
from stores import KINDS, new_place

from scanner.store.engine import migrating, open_store
from scanner.store.migrations import configuration
from scanner.store.review_tables import record_topics
from scanner.store.schema import decisions, vault


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_decided_before_is_known_after(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    where = new_place(kind, request, tmp_path)
    with open_store(where) as store:
        bench = Bench(store, tmp_path)
        for ref, decision in (("L-1", "redact"), ("L-5", "release"), ("L-6", "redact")):
            bench.desk.decide(viewer(), bench.shown(ref), decision, why="vu")  # type: ignore[arg-type]
        with store.begin() as connection:  # the text of L-6 is newer than what was decided of it
            newer = vault.c.record_id == bench.ids("L-6")[0]
            connection.execute(update(vault).where(newer).values(changed="2999-01-01T00:00:00+00:00"))
        states = {ref: bench.state(ref) for ref in ("L-1", "L-2", "L-3", "L-4", "L-5")}
        with store.connect() as connection:
            topics = connection.execute(select(record_topics.c.record_id, record_topics.c.topic).order_by("record_id", "topic")).all()
            taken = connection.execute(select(decisions).order_by(decisions.c.id)).all()
        with migrating(store) as connection:
            downgrade(configuration(connection), "0002")
    with open_store(where) as store:
        bench.store = store
        assert {ref: bench.state(ref) for ref in states} == states
        assert bench.state("L-6")[:2] == ("open", "")
        with store.connect() as connection:
            assert (
                connection.execute(select(record_topics.c.record_id, record_topics.c.topic).order_by("record_id", "topic")).all() == topics
            )
            assert connection.execute(select(decisions).order_by(decisions.c.id)).all() == taken
