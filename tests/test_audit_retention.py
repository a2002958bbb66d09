import datetime
import json
import os
import stat
from dataclasses import asdict

import pytest
from fakes import KEY
from sqlalchemy import delete, insert, update
from stores import KINDS, new_place

from scanner.audit import AuditLog, Verification, append_anchor, head_of, read_anchors, read_log, verify
from scanner.config_file import parse_toml
from scanner.errors import ConfigError, InputError, OutputError, SecretKeyError
from scanner.keys import SecretKey
from scanner.policy import default_policy_text, load_policy
from scanner.retention import Retention, parse_retention
from scanner.store.engine import open_store
from scanner.store.schema import audit

OTHER_KEY = SecretKey(bytes(range(1, 33)))
MONTHS = [f"2026-{month:02}-15T03:00:00+00:00" for month in range(1, 13)]
DECEMBER = MONTHS[11]


@pytest.fixture(params=KINDS)
def where(request, tmp_path):
    return new_place(request.param, request, tmp_path)


@pytest.fixture
def store(where):
    with open_store(where) as opened:
        yield opened


@pytest.fixture
def clock(monkeypatch):
    """Return a function that sets the clock of the log."""
    return lambda now: monkeypatch.setattr("scanner.audit.log.utc_now", lambda: now)


@pytest.fixture
def log(store):
    return AuditLog(store, KEY, "mdupont")


@pytest.fixture
def anchors(tmp_path):
    return tmp_path / "anchors.jsonl"


def write(log, clock, times):
    for number, now in enumerate(times, start=1):
        clock(now)
        log.add("scan-ended", rows_read=number)


def kept(store):
    """Return the number and the event of each entry, with what a checkpoint says."""
    return [
        (entry.seq, entry.event, *[json.loads(entry.details)[name] for name in ("first_kept", "removed") if entry.event == "log-pruned"])
        for entry in read_log(store)
    ]


def change(store, *statements):
    with store.begin() as connection:
        for statement in statements:
            connection.execute(statement)


def test_entries_past_their_retention_leave_a_checkpoint_behind(store, log, clock):
    write(log, clock, MONTHS)
    assert log.prune(Retention(audit_months=6)) == 5  # those before 15 June, 3 o'clock
    assert kept(store) == [*((seq, "scan-ended") for seq in range(6, 13)), (13, "log-pruned", 6, 5)]
    assert verify(store, [KEY]) == Verification(6, 13)
    assert log.prune(Retention(audit_months=6)) == 0
    clock("2027-01-15T03:00:01+00:00")
    log.add("scan-ended")
    assert log.prune(Retention(audit_months=6)) == 2  # 15 June and, by a second, 15 July
    assert kept(store) == [
        *((seq, "scan-ended") for seq in range(8, 13)),
        (13, "log-pruned", 6, 5),
        (14, "scan-ended"),
        (15, "log-pruned", 8, 2),
    ]
    assert verify(store, [KEY]) == Verification(8, 15)


def test_nothing_is_pruned_early(store, log, clock):
    write(log, clock, MONTHS)
    assert log.prune(Retention(audit_months=12)) == 0
    clock("2030-01-01T00:00:00+00:00")  # a clock that is years ahead
    assert log.prune(Retention(audit_months=12)) == 0
    clock("2026-01-16T00:00:00+00:00")  # and one that was set back
    assert log.prune(Retention(audit_months=6)) == 0
    assert (len(kept(store)), verify(store, [KEY])) == (12, Verification(1, 12))


def test_what_a_clock_set_back_wrote_is_kept_in_order_and_pruned_from_the_front_only(store, log, clock):
    write(log, clock, [MONTHS[7], MONTHS[0], MONTHS[8], DECEMBER])
    assert verify(store, [KEY]) == Verification(1, 4)
    assert log.prune(Retention(audit_months=6)) == 0
    write(log, clock, ["2027-03-01T00:00:00+00:00"])
    assert log.prune(Retention(audit_months=6)) == 2
    assert [seq for seq, *_ in kept(store)] == [3, 4, 5, 6]
    assert verify(store, [KEY]) == Verification(3, 6)


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("more than the checkpoint says", Verification(7, 13, 6, "is missing")),
        ("without its checkpoint", Verification(6, 12, 1, "is missing")),
        ("checkpoint altered", Verification(6, 12, 13, "was altered, inserted or moved")),
        ("put back", Verification(5, 13, 5, "is from before the entries that were kept")),
    ],
)
def test_nobody_prunes_unseen(store, log, clock, case, expected):
    write(log, clock, MONTHS)
    fifth = list(read_log(store))[4]
    log.prune(Retention(audit_months=6))
    statements = {
        "more than the checkpoint says": delete(audit).where(audit.c.seq == 6),
        "without its checkpoint": delete(audit).where(audit.c.seq == 13),
        "checkpoint altered": update(audit).where(audit.c.seq == 13).values(details='{"first_kept":7,"removed":6}'),
        "put back": insert(audit).values({name: getattr(fifth, name) for name in fifth.__slots__}),
    }
    change(store, statements[case])
    assert verify(store, [KEY]) == expected


def test_an_anchor_shows_that_the_end_was_cut(store, log, clock, anchors):
    write(log, clock, MONTHS[:4])
    append_anchor(anchors, head_of(store), KEY)
    write(log, clock, MONTHS[4:5])
    append_anchor(anchors, head_of(store), KEY)
    assert verify(store, [KEY], read_anchors(anchors)) == Verification(1, 5)
    change(store, delete(audit).where(audit.c.seq == 5))
    assert verify(store, [KEY]) == Verification(1, 4)
    assert verify(store, [KEY], read_anchors(anchors)) == Verification(1, 4, 5, "is missing: line 2 of the anchors names entry 5")
    write(log, clock, MONTHS[5:8])  # the log goes on as if nothing had happened
    assert verify(store, [KEY], read_anchors(anchors)) == Verification(1, 7, 5, "is not the one that line 2 of the anchors names")
    change(store, delete(audit))
    assert verify(store, [KEY], read_anchors(anchors)) == Verification(0, 0, 1, "is missing: line 1 of the anchors names entry 4")


def test_anchors_older_than_the_log_hold(store, log, clock, anchors):
    for times in (MONTHS[:4], MONTHS[4:5], MONTHS[5:]):
        write(log, clock, times)
        append_anchor(anchors, head_of(store), KEY)
    log.prune(Retention(audit_months=6))
    assert verify(store, [KEY], read_anchors(anchors)) == Verification(6, 13)


def test_the_anchor_of_an_empty_log(store, log, clock, anchors):
    append_anchor(anchors, head_of(store), KEY)
    assert verify(store, [KEY], read_anchors(anchors)) == Verification(0, 0)
    write(log, clock, MONTHS[:1])
    assert verify(store, [KEY], read_anchors(anchors)) == Verification(1, 1)


@pytest.mark.parametrize("name", ["seq", "mac", "at", "key_id", "signature"])
def test_an_altered_anchor_is_found(store, log, clock, anchors, name):
    write(log, clock, MONTHS[:4])
    append_anchor(anchors, head_of(store), KEY)
    anchor = json.loads(anchors.read_text())
    anchors.write_text(json.dumps({**anchor, name: {"seq": 3, "key_id": OTHER_KEY.id}.get(name, "0" * 64)}) + "\n")
    expected = Verification(0, 0, 3 if name == "seq" else 4, "has an altered anchor, in line 1")
    assert verify(store, [KEY, OTHER_KEY], read_anchors(anchors)) == expected


def test_an_anchor_of_another_key_needs_that_key(store, log, clock, anchors):
    write(log, clock, MONTHS[:4])
    append_anchor(anchors, head_of(store), OTHER_KEY)
    with pytest.raises(
        SecretKeyError, match=f"^the anchor in line 1 was written with the key {OTHER_KEY.id}, or altered; given: {KEY.id}."
    ):
        verify(store, [KEY], read_anchors(anchors))
    assert verify(store, [KEY, OTHER_KEY], read_anchors(anchors)) == Verification(1, 4)


def test_the_summary_of_a_run_is_an_anchor(store, log, clock, tmp_path):
    write(log, clock, MONTHS[:4])
    summary = tmp_path / "summary.json"
    summary.write_text(json.dumps({"format": "vigie-summary", "audit": head_of(store)}, indent=1))
    assert verify(store, [KEY], read_anchors(summary)) == Verification(1, 4)
    change(store, delete(audit).where(audit.c.seq == 4))
    assert verify(store, [KEY], read_anchors(summary)) == Verification(1, 3, 4, "is missing: line 1 of the anchors names entry 4")


@pytest.mark.parametrize(
    "content", ["", "{}\n", "[]", "seq,mac\n1,2\n", '{"audit": {"seq": 1}}', '{"audit": null}', '{"seq": 1, "mac": "00"}', "\n\n"]
)
def test_files_that_hold_no_anchor(anchors, content):
    anchors.write_text(content)
    with pytest.raises(InputError) as caught:
        read_anchors(anchors)
    assert str(caught.value) == (f"{anchors}, line 1: no anchor; give a file that `vigie audit anchor` wrote, or the summary.json of a run")


def test_anchor_files_that_cannot_be_read_or_written(tmp_path):
    errors = []
    (tmp_path / "latin").write_bytes(b"\xe9\n")
    for path in (tmp_path / "absent", tmp_path, tmp_path / "latin"):
        with pytest.raises(InputError) as caught:
            read_anchors(path)
        errors.append(str(caught.value))
    with pytest.raises(OutputError) as unwritable:
        append_anchor(tmp_path / "absent" / "anchors", {"seq": 0, "mac": ""}, KEY)
    assert [*errors, str(unwritable.value)] == [
        f"{tmp_path}/absent cannot be read (No such file or directory)",
        f"{tmp_path} cannot be read (Is a directory)",
        f"{tmp_path}/latin cannot be read (not UTF-8)",
        f"{tmp_path}/absent/anchors cannot be written (No such file or directory)",
    ]


def test_an_anchor_file_is_for_its_owner_and_only_grows(anchors, store, log, clock):
    before = os.umask(0)
    try:
        append_anchor(anchors, head_of(store), KEY)
    finally:
        os.umask(before)
    first = anchors.read_bytes()
    write(log, clock, MONTHS[:1])
    append_anchor(anchors, head_of(store), KEY)
    assert stat.S_IMODE(anchors.stat().st_mode) == 0o600
    assert anchors.read_bytes().startswith(first)
    assert [anchor.seq for anchor in read_anchors(anchors)] == [0, 1]


@pytest.mark.parametrize(
    ("now", "months", "expected"),
    [
        ("2026-12-15T03:00:00+00:00", 6, "2026-06-15T03:00:00+00:00"),
        ("2026-12-15T03:00:00+00:00", 12, "2025-12-15T03:00:00+00:00"),
        ("2026-08-31T00:00:00+00:00", 6, "2026-02-28T00:00:00+00:00"),
        ("2028-08-31T00:00:00+00:00", 6, "2028-02-29T00:00:00+00:00"),
        ("2026-06-30T23:59:59+00:00", 6, "2025-12-30T23:59:59+00:00"),
        ("2026-01-01T00:00:00+00:00", 7, "2025-06-01T00:00:00+00:00"),
        ("2028-02-29T00:00:00+00:00", 12, "2027-02-28T00:00:00+00:00"),
    ],
)
def test_months_are_those_of_the_calendar(now, months, expected):
    assert Retention(audit_months=months).audit_limit(now) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Retention(vault_days=90, audit_months=12)),
        ("vault_days = 1\naudit_months = 6", Retention(vault_days=1, audit_months=6)),
        ("vault_days = 3650", Retention(vault_days=3650, audit_months=12)),
    ],
)
def test_periods_of_a_policy(text, expected):
    assert parse_retention(parse_toml(text, "p.toml")) == expected


def test_the_default_policy_says_its_periods(tmp_path):
    policy = tmp_path / "policy.toml"
    policy.write_text("[retention]\naudit_months = 7\n")
    today = datetime.date(2026, 11, 22)
    assert load_policy(policy, (), today).retention == Retention(vault_days=90, audit_months=7)
    stated = parse_toml(default_policy_text(), "policy_default.toml").table("retention")
    assert dict(stated.values) == asdict(Retention())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("audit_months = 5", "'audit_months' must be a whole number from 6 to 12"),
        ("audit_months = 13", "'audit_months' must be a whole number from 6 to 12"),
        ("vault_days = 0", "'vault_days' must be a whole number from 1 to 3650"),
        ("vault_days = 3651", "'vault_days' must be a whole number from 1 to 3650"),
        ("vault_days = true", "'vault_days' must be a whole number from 1 to 3650"),
        ("vault_days = 90.0", "'vault_days' must be a whole number from 1 to 3650"),
        ("vault_days = '90'", "'vault_days' must be a whole number from 1 to 3650"),
        ("state_days = 90", "unknown key 'state_days'; did you mean 'vault_days'? allowed: audit_months, vault_days"),
    ],
)
def test_periods_that_a_policy_may_not_ask_for(text, expected):
    with pytest.raises(ConfigError) as caught:
        parse_retention(parse_toml(f"\n{text}", "p.toml"))
    assert str(caught.value) == f"p.toml, line 2: {expected}"
