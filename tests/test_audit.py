import hashlib
import hmac
import json
import subprocess
import sys

import pytest
from fakes import KEY
from hypothesis import given
from hypothesis import strategies as st
from running import ENVIRONMENT
from sqlalchemy import delete, insert, select, text, update
from stores import KINDS, new_place

from scanner.audit import EVENTS, AuditLog, Verification, head_of, read_log, verify
from scanner.audit.events import NAMES, WORDS, details_text
from scanner.errors import SecretKeyError
from scanner.keys import SecretKey, pseudonym
from scanner.retention import Retention
from scanner.store.engine import open_store
from scanner.store.schema import audit, jobs

OTHER_KEY = SecretKey(bytes(range(1, 33)))
RUN = "0123456789abcdef"
ALTERED = "was altered, inserted or moved"


@pytest.fixture(params=KINDS)
def where(request, tmp_path):
    return new_place(request.param, request, tmp_path)


@pytest.fixture
def store(where):
    with open_store(where) as opened:
        yield opened


@pytest.fixture
def file_store(tmp_path):
    with open_store(tmp_path / "state.sqlite") as opened:
        yield opened


@pytest.fixture
def clock(monkeypatch):
    """Return a function that sets the clock of the log."""
    return lambda now: monkeypatch.setattr("scanner.audit.log.utc_now", lambda: now)


def write(store, count, key=KEY):
    """Append ``count`` entries and return those of the whole log."""
    log = AuditLog(store, key, "mdupont")
    for number in range(count):
        log.add("scan-ended", job="nightly", run=RUN, status="complete", rows_read=number)
    return list(read_log(store))


def change(store, *statements):
    with store.begin() as connection:
        for statement in statements:
            connection.execute(statement)


def test_what_an_entry_holds(store, clock):
    clock("2026-11-22T01:02:03+00:00")
    log = AuditLog(store, KEY, "mdupont")
    log.add("scan-started", job="nightly", run=RUN, resumed=False)
    clock("2026-11-22T01:02:04+00:00")
    log.add("original-shown", entries=[RUN])
    first = ["entry", 1, "2026-11-22T01:02:03+00:00", pseudonym("mdupont", KEY), KEY.id, "scan-started"]
    first += [f'{{"job":"nightly","resumed":false,"run":"{RUN}"}}', "0" * 64]
    second = ["entry", 2, "2026-11-22T01:02:04+00:00", pseudonym("mdupont", KEY), KEY.id, "original-shown"]
    second += [f'{{"entries":["{RUN}"]}}', mac(first)]
    with store.connect() as connection:
        assert connection.execute(select(audit).order_by(audit.c.seq)).all() == [(*first[1:], mac(first)), (*second[1:], mac(second))]
    assert head_of(store) == {"seq": 2, "mac": mac(second)}


def mac(values):
    return hmac.new(KEY.derive("audit"), json.dumps(values).encode(), hashlib.sha256).hexdigest()


def test_an_empty_log(store):
    assert (head_of(store), list(read_log(store))) == ({"seq": 0, "mac": "0" * 64}, [])
    assert verify(store, [KEY]) == Verification(0, 0)
    assert AuditLog(store, KEY, "mdupont").prune(Retention()) == 0


def test_the_newest_entries(store):
    entries = write(store, 5)
    assert [list(read_log(store, last)) for last in (1, 2, 5, 9)] == [entries[4:], entries[3:], entries, entries]


def test_an_entry_shares_the_fate_of_its_transaction(store):
    write(store, 1)
    job = insert(jobs).values(name="nightly", created="")
    with pytest.raises(ZeroDivisionError), store.begin() as connection:
        add_and_fail(connection, store, job)
    assert (len(list(read_log(store))), verify(store, [KEY])) == (1, Verification(1, 1))
    with store.begin() as connection:
        connection.execute(job)
        AuditLog(store, KEY, "mdupont").add("scan-started", connection)
        AuditLog(store, KEY, "mdupont").add("scan-ended", connection)
    assert (len(list(read_log(store))), verify(store, [KEY])) == (3, Verification(1, 3))


def add_and_fail(connection, store, job):
    connection.execute(job)
    AuditLog(store, KEY, "mdupont").add("scan-started", connection)
    raise ZeroDivisionError


@pytest.mark.parametrize(
    "details",
    [
        {"note": "est alcoolique"},
        {"note": "alcoolique"},
        {"note": "decede"},
        {"run": "DUPONT"},
        {"run": ["0123456789abcdef", "Dupont"]},
        {"run": None},
        {"run": b"0123"},
        {"run": {"a": 1}},
        {"rows": float("nan")},
        {"Dupont Marie": 1},
        {"job": 3.5j},
        {"job": ""} | {"status": "Complete"},
    ],
)
def test_what_could_be_text_is_refused_without_being_shown(file_store, details):
    with pytest.raises(ValueError, match="detail") as caught:
        AuditLog(file_store, KEY, "mdupont").add("scan-started", **details)
    assert "alcool" not in str(caught.value).lower()
    assert "dupont" not in str(caught.value).lower()
    assert list(read_log(file_store)) == []


def test_unknown_events_are_refused(file_store):
    with pytest.raises(ValueError, match="the audit log knows no event 'lunch'"):
        AuditLog(file_store, KEY, "mdupont").add("lunch")


@given(st.text())
def test_a_name_is_kept_or_replaced_by_its_digest(name):
    kept = details_text({"table": name}, lambda value: "d1gest")
    assert json.loads(kept) in ({"table": name}, {"table": "#d1gest"})
    assert (json.loads(kept) == {"table": name}) == is_name(name)


def is_name(name):
    return 0 < len(name) <= 128 and all(c.isalnum() or c in "_.$:/@#*-" for c in name) and (name[0].isalnum() or name[0] == "_")


@given(st.dictionaries(st.from_regex(r"[a-z][a-z_]{0,9}", fullmatch=True), st.text()))
def test_nothing_else_is_text(details):
    try:
        kept = json.loads(details_text(details, lambda value: "d1gest"))
    except ValueError:
        return
    allowed = WORDS | {"#d1gest"}
    assert all(name in NAMES or value in allowed or set(value) <= set("0123456789abcdef") for name, value in kept.items())


def test_no_person_is_named_in_the_file(tmp_path):
    with open_store(tmp_path / "state.sqlite") as store:
        AuditLog(store, KEY, "mdupont").add("scan-started", job="Impayés de Mme Durand", table="locataires")
        content = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert [word in content for word in (b"mdupont", b"Durand", b"locataires")] == [False, False, True]


TAMPERING = {
    "at": (update(audit).where(audit.c.seq == 3).values(at="2020-01-01T00:00:00+00:00"), Verification(1, 2, 3, ALTERED)),
    "actor": (update(audit).where(audit.c.seq == 3).values(actor="0" * 16), Verification(1, 2, 3, ALTERED)),
    "event": (update(audit).where(audit.c.seq == 3).values(event="scan-started"), Verification(1, 2, 3, ALTERED)),
    "details": (update(audit).where(audit.c.seq == 3).values(details="{}"), Verification(1, 2, 3, ALTERED)),
    "previous": (update(audit).where(audit.c.seq == 3).values(previous="0" * 64), Verification(1, 2, 3, ALTERED)),
    "mac": (update(audit).where(audit.c.seq == 3).values(mac="0" * 64), Verification(1, 2, 3, ALTERED)),
    "no key id": (update(audit).where(audit.c.seq == 3).values(key_id="?"), Verification(1, 2, 3, ALTERED)),
    "first altered": (update(audit).where(audit.c.seq == 1).values(details="{}"), Verification(0, 0, 1, ALTERED)),
    "last altered": (update(audit).where(audit.c.seq == 5).values(details="{}"), Verification(1, 4, 5, ALTERED)),
    "first removed": (delete(audit).where(audit.c.seq == 1), Verification(2, 5, 1, "is missing")),
    "middle removed": (delete(audit).where(audit.c.seq == 3), Verification(1, 2, 3, "is missing")),
    "number changed": (update(audit).where(audit.c.seq == 3).values(seq=9), Verification(1, 2, 3, "is missing")),
    "moved to the front": (update(audit).where(audit.c.seq == 5).values(seq=0), Verification(0, 0, 0, ALTERED)),
}


@pytest.mark.parametrize("case", TAMPERING)
def test_tampering_is_found_where_it_is(store, case):
    write(store, 5)
    statement, expected = TAMPERING[case]
    change(store, statement)
    assert verify(store, [KEY]) == expected


def test_entries_that_changed_places(store):
    entries = write(store, 5)
    swapped = {3: entries[3], 4: entries[2]}
    for seq, entry in swapped.items():
        change(store, update(audit).where(audit.c.seq == seq).values(details=entry.details, mac=entry.mac, previous=entry.previous))
    assert verify(store, [KEY]) == Verification(1, 2, 3, ALTERED)


def test_an_entry_put_between(store):
    write(store, 5)
    renumber = [update(audit).where(audit.c.seq == seq).values(seq=seq + 1) for seq in (5, 4, 3)]
    inserted = insert(audit).from_select(
        ["seq", "at", "actor", "key_id", "event", "details", "previous", "mac"],
        select(text("3, at, actor, key_id, event, details, previous, mac")).select_from(audit).where(audit.c.seq == 2),
    )
    change(store, *renumber, inserted)
    assert verify(store, [KEY]) == Verification(1, 2, 3, ALTERED)


def test_an_entry_put_at_the_end_without_the_key(store):
    write(store, 2)
    AuditLog(store, OTHER_KEY, "mdupont").add("scan-ended")
    change(store, update(audit).where(audit.c.seq == 3).values(key_id=KEY.id))
    assert verify(store, [KEY]) == Verification(1, 2, 3, ALTERED)


def test_an_authentic_entry_of_another_log_does_not_follow(store, tmp_path):
    with open_store(tmp_path / "other.sqlite") as other:
        AuditLog(other, KEY, "cmartin").add("scan-started")
        stranger = write(other, 2)[2]
    write(store, 4)
    columns = ("at", "actor", "key_id", "event", "details", "previous", "mac")
    change(store, update(audit).where(audit.c.seq == 3).values({name: getattr(stranger, name) for name in columns}))
    assert verify(store, [KEY]) == Verification(1, 2, 3, "does not follow the entry before it")


def test_a_log_that_was_emptied_though_runs_were_made(store):
    write(store, 2)
    change(store, insert(jobs).values(name="nightly", created=""))
    columns = "id, number, job_id, started, status, rules, version, key_id, findings_new, findings_gone, findings_unchanged"
    change(store, text(f"INSERT INTO runs ({columns}) SELECT 'r', 1, id, '', 'complete', '', '', '', 0, 0, 0 FROM jobs"))
    change(store, delete(audit))
    assert verify(store, [KEY]) == Verification(0, 0, 1, "is missing")


def test_the_wrong_key_is_told_apart_from_tampering(store):
    write(store, 2)
    with pytest.raises(SecretKeyError) as caught:
        verify(store, [OTHER_KEY])
    assert str(caught.value) == (
        f"entry 1 was written with the key {KEY.id}, or altered; given: {OTHER_KEY.id}. After a rotation give the old key as well"
    )


def test_entries_from_before_a_rotation_need_the_old_key(store):
    write(store, 2)
    write(store, 2, OTHER_KEY)
    assert verify(store, [OTHER_KEY, KEY]) == verify(store, [KEY, OTHER_KEY]) == Verification(1, 4)
    with pytest.raises(SecretKeyError, match=f"^entry 3 was written with the key {OTHER_KEY.id}, or altered"):
        verify(store, [KEY])
    change(store, update(audit).where(audit.c.seq == 2).values(details="{}"))
    assert verify(store, [OTHER_KEY, KEY]) == Verification(1, 1, 2, ALTERED)


def test_writers_at_once_lose_nothing(where):
    code = (
        "import sys; from scanner.audit import AuditLog; from scanner.keys import SecretKey; from scanner.store.engine import open_store\n"
        f"with open_store({where!r}) as store:\n"
        f"    log = AuditLog(store, SecretKey({KEY.master!r}), sys.argv[1])\n"
        "    for number in range(25): log.add('scan-ended', rows_read=number)"
    )
    started = [subprocess.Popen([sys.executable, "-c", code, str(number)], env=ENVIRONMENT, stderr=subprocess.PIPE) for number in range(3)]
    assert [(process.communicate()[1], process.returncode) for process in started] == [(b"", 0)] * 3
    with open_store(where) as store:
        assert verify(store, [KEY]) == Verification(1, 75)
        written = [(entry.actor, json.loads(entry.details)["rows_read"]) for entry in read_log(store)]
    for actor in {actor for actor, _ in written}:
        assert [number for who, number in written if who == actor] == list(range(25))


def test_every_event_has_a_meaning_and_a_name_that_fits_the_store():
    assert [name for name, meaning in EVENTS.items() if not meaning or len(name) > audit.c.event.type.length] == []
