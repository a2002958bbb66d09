import json
import stat

import pytest
from fakes import KEY
from running import ENVIRONMENT, vigie
from sqlalchemy import delete, update

from scanner.audit import AuditLog, head_of
from scanner.keys import pseudonym, write_key_file
from scanner.store.engine import open_store
from scanner.store.schema import audit

RUN = "0123456789abcdef"
TIMES = [f"2026-{month:02}-15T03:00:00+00:00" for month in range(1, 11)]


@pytest.fixture
def state(tmp_path, monkeypatch):
    """A store with ten entries, one a month."""
    path = tmp_path / "state.sqlite"
    with open_store(path) as store:
        for now in TIMES:
            monkeypatch.setattr("scanner.audit.log.utc_now", lambda now=now: now)
            AuditLog(store, KEY, "mdupont").add("scan-started", job="nightly", run=RUN)
    return path


@pytest.fixture
def policy(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text("[retention]\naudit_months = 6\n")
    return path


def change(state, statement):
    with open_store(state) as store, store.begin() as connection:
        connection.execute(statement)


def test_verify(state):
    assert vigie("audit", "verify", state) == (0, "entries 1 to 10 are as they were written\n", "")
    change(state, update(audit).where(audit.c.seq == 4).values(event="scan-ended"))
    said = f"vigie: the audit log of {state} is not as it was written: entry 4 was altered, inserted or moved\n"
    assert vigie("audit", "verify", state) == (3, "", said)


def test_anchors(state, tmp_path):
    file = tmp_path / "anchors.jsonl"
    kept = "keep that file where nobody who can write the state store can write"
    assert vigie("audit", "anchor", state, file) == (0, f"entry 10 anchored in {file}: {kept}\n", "")
    assert vigie("audit", "verify", state, "--anchor", file) == (0, "entries 1 to 10 are as they were written; anchors that hold: 1\n", "")
    change(state, delete(audit).where(audit.c.seq > 8))
    assert vigie("audit", "verify", state) == (0, "entries 1 to 8 are as they were written\n", "")
    said = f"vigie: the audit log of {state} is not as it was written: entry 9 is missing: line 1 of the anchors names entry 10\n"
    assert vigie("audit", "verify", state, "--anchor", file) == (3, "", said)


def test_a_broken_log_is_neither_anchored_nor_pruned(state, tmp_path, policy):
    change(state, delete(audit).where(audit.c.seq == 2))
    said = f"vigie: the audit log of {state} is not as it was written: entry 2 is missing\n"
    assert vigie("audit", "anchor", state, tmp_path / "anchors.jsonl") == (3, "", said)
    assert vigie("audit", "prune", state, "--policy", policy) == (3, "", said)
    assert not (tmp_path / "anchors.jsonl").exists()
    assert len(vigie("audit", "show", state).out.splitlines()) == 9


def test_prune(state, policy):
    assert vigie("audit", "prune", state) == (0, "0 entries older than 12 months removed\n", "")
    assert vigie("audit", "prune", state, "--policy", policy, "--by", "cmartin") == (0, "3 entries older than 6 months removed\n", "")
    assert vigie("audit", "verify", state) == (0, "entries 4 to 11 are as they were written\n", "")
    last = json.loads(vigie("audit", "show", state, "--last", 1, "--json").out)
    assert (last["actor"], last["event"]) == (pseudonym("cmartin", KEY), "log-pruned")


def test_show(state):
    actor = pseudonym("mdupont", KEY)
    line = f'     9  {TIMES[8]}  {actor}  scan-started       {{"job":"nightly","run":"{RUN}"}}\n'
    assert vigie("audit", "show", state, "--last", 2) == (0, line + line.replace("     9", "    10").replace(TIMES[8], TIMES[9]), "")
    assert len(vigie("audit", "show", state).out.splitlines()) == 10


def test_export_needs_no_key(state, tmp_path):
    file = tmp_path / "log.jsonl"
    keyless = {name: value for name, value in ENVIRONMENT.items() if name != "VIGIE_KEY"}
    assert vigie("audit", "export", state, file, env=keyless) == (0, f"10 entries written to {file}\n", "")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    exported = [json.loads(line) for line in file.read_text().splitlines()]
    shown = [json.loads(line) for line in vigie("audit", "show", state, "--json", env=keyless).out.splitlines()]
    assert exported == shown
    with open_store(state) as store:
        assert head_of(store) == {"seq": 10, "mac": exported[-1]["mac"]}
    assert {name: exported[0][name] for name in ("seq", "at", "actor", "key_id", "event", "details", "previous")} == {
        "seq": 1,
        "at": TIMES[0],
        "actor": pseudonym("mdupont", KEY),
        "key_id": KEY.id,
        "event": "scan-started",
        "details": {"job": "nightly", "run": RUN},
        "previous": "0" * 64,
    }


def test_keys(state, tmp_path):
    new = tmp_path / "new.key"
    key = write_key_file(new)
    old = tmp_path / "old.key"
    old.write_text(KEY.master.hex())
    old.chmod(0o600)
    with open_store(state) as store:
        AuditLog(store, key, "mdupont").add("scan-started")
    both = vigie("audit", "verify", state, "--key-file", new, "--old-key-file", old)
    assert both == (0, "entries 1 to 11 are as they were written\n", "")
    said = f"vigie: entry 1 was written with the key {KEY.id}, or altered; given: {key.id}. After a rotation give the old key as well\n"
    assert vigie("audit", "verify", state, "--key-file", new) == (2, "", said)
    keyless = {**ENVIRONMENT, "VIGIE_KEY": "", "XDG_CONFIG_HOME": str(tmp_path)}
    missing = vigie("audit", "verify", state, env=keyless)
    assert (missing.code, missing.out, missing.err.startswith("vigie: no key: make one with `vigie keygen`")) == (2, "", True)


def test_a_store_that_is_not_there(tmp_path):
    for command in (["verify"], ["show"], ["prune"], ["export", tmp_path / "x"], ["anchor", tmp_path / "x"]):
        result = vigie("audit", command[0], tmp_path / "absent.sqlite", *command[1:])
        assert (result.code, result.out, str(tmp_path / "absent.sqlite") in result.err) == (2, "", True)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_store(state):
    content = bytearray(state.read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    state.write_bytes(content)
    result = vigie("audit", "verify", state)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"vigie: state store {state} is damaged: restore it from a backup")
