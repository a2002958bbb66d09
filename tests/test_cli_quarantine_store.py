"""``vigie quarantine`` and ``vigie purge`` on a state store."""

from __future__ import annotations

import getpass
import json

import pytest
from running import ENVIRONMENT, vigie
from vaults import KEY, OTHER, TEXTS, add_records, audited, decided, entries, entry_of, history, make_store, new_entry, put

from scanner.vault import Vault
from scanner.vault.entries import BATCH

WHY = ("--why", "excessif")
EXPORT_ONLY = "vigie: {}: only for a state store, not for the quarantine of an export\n"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state.db"


@pytest.fixture
def store(path):
    with make_store(path) as store:
        put(store, new_entry(1), new_entry(2, entities=("HEALTH",), level="low", action="redact"))
        yield store


@pytest.fixture
def other_key(tmp_path):
    file = tmp_path / "other.key"
    file.write_text(OTHER.master.hex())
    file.chmod(0o600)
    return file


def test_entries_are_listed_without_a_key(store, path):
    env = {name: value for name, value in ENVIRONMENT.items() if name != "VIGIE_KEY"} | {"XDG_CONFIG_HOME": str(path.parent)}
    entry = entry_of(store, 1)
    result = vigie("quarantine", "list", path, "--min-level", "high", env=env)
    day = entry.changed[:10]
    line = f"{entry.id}  public.suivi L-1  critical  HEALTH, OFFENCE  quarantine  {day}  pending\n"
    assert result == (0, line, "")
    rows = [json.loads(row) for row in vigie("quarantine", "list", path, "--json", env=env).out.splitlines()]
    assert sorted(row["record"] for row in rows) == ["L-1", "L-2"]
    assert [row for row in rows if row["record"] == "L-1"] == [
        {
            "id": entry.id, "record_id": 1, "source": "public.suivi", "record": "L-1", "entities": ["HEALTH", "OFFENCE"],
            "level": "critical", "action": "quarantine", "state": "pending", "created": entry.created, "changed": entry.changed,
            "key_id": KEY.id, "held": "",
        }
    ]  # fmt: skip


def test_the_list_can_be_narrowed(store, path):
    Vault(store, KEY).hold([entry_of(store, 2).id], who="dpo", why="contentieux")

    def listed(*filters):
        return [line.split()[2] for line in vigie("quarantine", "list", path, *filters).out.splitlines()]

    assert {filters: listed(*filters) for filters in [("--entity", "OFFENCE"), ("--held",), ("--state", "erased"), ("--source", "x")]} == {
        ("--entity", "OFFENCE"): ["L-1"],
        ("--held",): ["L-2"],
        ("--state", "erased"): [],
        ("--source", "x"): [],
    }
    assert "held: contentieux" in vigie("quarantine", "list", path, "--held").out
    unknown = vigie("quarantine", "list", path, "--entity", "HELTH")
    assert unknown == (2, "", "vigie: there is no entity HELTH; `vigie entities` lists them\n")


def test_a_long_list_is_whole(store, path):
    numbers = range(100, 100 + BATCH)
    add_records(store, numbers)
    put(store, *(new_entry(number) for number in numbers))
    listed = [line.split()[2] for line in vigie("quarantine", "list", path).out.splitlines()]
    assert sorted(listed) == sorted(f"L-{number}" for number in (1, 2, *numbers))


def test_showing_a_text_is_written_down(store, path):
    entry_id = entry_of(store, 1).id
    result = vigie("quarantine", "show", path, entry_id, "--by", "dpo", "--why", "demande d'accès")
    assert (result.code, json.loads(result.out), result.err) == (0, TEXTS, "")
    assert vigie("quarantine", "show", path, entry_id).code == 0
    assert history(store, entry_id) == [("added", "run 1", ""), ("shown", "dpo", "demande d'accès"), ("shown", getpass.getuser(), "")]
    assert audited(store) == [("original-shown", {"entries": [entry_id]})] * 2
    lines = vigie("quarantine", "history", path, entry_id)
    assert [line.split("  ", 1)[1] for line in lines.out.splitlines()] == [
        "added     run 1",
        "shown     dpo  demande d'accès",
        f"shown     {getpass.getuser()}",
    ]
    assert json.loads(vigie("quarantine", "history", path, entry_id, "--json").out.splitlines()[1])["why"] == "demande d'accès"


def test_another_key_shows_nothing(store, path, other_key):
    entry_id = entry_of(store, 1).id
    result = vigie("quarantine", "show", path, entry_id, "--key-file", other_key)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"vigie: entry {entry_id} was sealed with key id {KEY.id}; the key given has id {OTHER.id}. ")


def test_a_release_is_a_decision_with_a_reason(store, path):
    entry_id = entry_of(store, 1).id
    assert vigie("quarantine", "release", path, entry_id).err == "vigie: say why: a decision is written down with its reason\n"
    assert vigie("quarantine", "release", path, entry_id, "--why", "utile", "--by", "dpo") == (0, "1 entries released\n", "")
    assert (entry_of(store, 1).state, decided(store)) == ("released", [(1, "release", "dpo", "utile")])
    assert vigie("quarantine", "release", path, entry_id, *WHY) == (
        2,
        "",
        f"vigie: entry {entry_id} is released: it cannot become released\n",
    )
    message = "vigie: --to is for the quarantine of an export; in a database the released texts are where they were\n"
    assert vigie("quarantine", "release", path, entry_id, *WHY, "--to", "x.csv") == (2, "", message)


@pytest.mark.parametrize("decision", ["redact", "erase"])
def test_a_decision_on_what_stands_at_the_source_waits_for_the_plan(store, path, decision):
    ids = [entry_of(store, number).id for number in (1, 2)]
    message = "2 decisions written down: `vigie plan` writes the corrections, `vigie apply` makes them\n"
    assert vigie("quarantine", decision, path, *ids, *WHY, "--by", "dpo") == (0, message, "")
    assert decided(store) == [(1, decision, "dpo", "excessif"), (2, decision, "dpo", "excessif")]
    assert [entry.state for entry in entries(store)] == ["pending", "pending"]


def test_the_original_of_a_corrected_text_is_erased_at_once(store, path):
    first, second = (entry_of(store, number).id for number in (1, 2))
    Vault(store, KEY).transition([first], "redacted", who="plan 1", why="plan")
    result = vigie("quarantine", "erase", path, first, second, *WHY)
    assert result.out.splitlines() == [
        "1 entries erased",
        "1 decisions written down: `vigie plan` writes the corrections, `vigie apply` makes them",
    ]
    assert [entry_of(store, number).state for number in (1, 2)] == ["erased", "pending"]


@pytest.mark.parametrize("command", ["redact", "erase", "hold", "free"])
def test_a_reason_is_asked_for(store, path, command):
    result = vigie("quarantine", command, path, entry_of(store, 1).id)
    assert (result.code, result.out, "--why" in result.err) == (2, "", True)


def test_a_legal_hold_and_its_end(store, path):
    entry_id = entry_of(store, 1).id
    assert vigie("quarantine", "hold", path, entry_id, "--why", "contentieux 12") == (0, "1 entries are under legal hold\n", "")
    message = f"vigie: entry {entry_id} is under legal hold: end that first with `vigie quarantine free`\n"
    assert vigie("quarantine", "erase", path, entry_id, *WHY) == (2, "", message)
    assert vigie("quarantine", "free", path, entry_id, "--why", "jugé") == (0, "1 entries are free\n", "")
    assert entry_of(store, 1).held == ""


def test_a_rotation_and_what_it_leaves_behind(store, path, other_key):
    message = f"2 entries put under key {OTHER.id}: give that key from now on; the next scan reads every row again\n"
    assert vigie("quarantine", "rotate", path, "--new-key-file", other_key) == (0, message, "")
    entry_id = entry_of(store, 1).id
    assert json.loads(vigie("quarantine", "show", path, entry_id, "--key-file", other_key).out) == TEXTS
    again = vigie("quarantine", "rotate", path, "--new-key-file", other_key)
    assert (again.code, again.out.startswith("0 entries put")) == (0, True)
    put(store, new_entry(3), key=type(KEY)(bytes([7]) * 32))
    left = vigie("quarantine", "rotate", path, "--new-key-file", other_key)
    (third,) = {entry.key_id for entry in entries(store)} - {OTHER.id}
    message = f"vigie: 1 entries are under another key, {third}: rotate them as well, with --key-file naming that key\n"
    assert (left.code, left.err) == (3, message)


def test_damage_is_named_by_a_rotation(store, path, other_key):
    entry_id = entry_of(store, 1).id
    with store.begin() as connection:
        connection.exec_driver_sql(f"UPDATE vault SET wrapped_key = zeroblob(60) WHERE id = '{entry_id}'")
    result = vigie("quarantine", "rotate", path, "--new-key-file", other_key)
    message = (
        f"vigie: entry {entry_id} was altered or damaged and is still under the old key: keep that key, restore the entry from a backup\n"
    )
    assert (result.code, result.err) == (3, message)


@pytest.fixture
def policy(path):
    file = path.parent / "policy.toml"
    file.write_text("[retention]\nvault_days = 30\n")
    return file


@pytest.fixture
def later(store, monkeypatch):
    Vault(store, KEY).transition([entry_of(store, 2).id], "redacted", who="plan 1", why="plan")
    monkeypatch.setattr("scanner.vault.vault.utc_now", lambda: "2099-01-01T00:00:00+00:00")


def test_purge_says_what_it_erased_and_what_is_overdue(store, path, policy, later):
    overdue = "vigie: 1 originals have waited for a decision for over 30 days: see `vigie quarantine list`\n"
    dry = vigie("purge", path, "--policy", policy, "--dry-run")
    assert dry == (3, "1 originals would be erased, decided on more than 30 days ago; 0 kept by a legal hold\n", overdue)
    assert entry_of(store, 2).state == "redacted"
    done = vigie("purge", path, "--policy", policy)
    assert done == (3, "1 originals erased, decided on more than 30 days ago; 0 kept by a legal hold\n", overdue)
    assert entry_of(store, 2).state == "erased"
    Vault(store, KEY).hold([entry_of(store, 1).id], who="dpo", why="contentieux")
    result = vigie("purge", path, "--policy", policy, "--json")
    assert (result.code, json.loads(result.out), result.err) == (
        0,
        {"erased": 0, "held": 1, "overdue": 0, "vault_days": 30, "dry_run": False},
        "",
    )


@pytest.mark.parametrize("command", [("quarantine", "redact"), ("quarantine", "history"), ("purge",)])
def test_what_is_no_state_store_is_refused_and_none_is_made(tmp_path, command):
    (tmp_path / "other.csv").write_text("ID;NOTE\n")
    missing = f"there is no state store at {tmp_path / 'none.db'}: give the one that `vigie scan --state` wrote"
    other = f"state store {tmp_path / 'other.csv'} is no state store: name another file"
    for name, message in (("none.db", missing), ("other.csv", other)):
        ids = ["ffff"] if command[0] == "quarantine" else []
        why = WHY if "redact" in command else ()
        result = vigie(*command, tmp_path / name, *ids, *why)
        assert result == (2, "", f"vigie: {message}\n")
    assert [file.name for file in tmp_path.iterdir()] == ["other.csv"]


def test_what_only_a_state_store_has_is_refused_for_the_quarantine_of_an_export(tmp_path):
    file = tmp_path / "quarantine.jsonl"
    cases = {
        "--state, --held": ("list", file, "--state", "pending", "--held"),
        "--why, --by": ("show", file, "ffff", "--why", "x", "--by", "dpo"),
        "--why": ("release", file, "ffff", "--why", "x", "--to", tmp_path / "x.csv"),
    }
    assert {options: vigie("quarantine", *arguments) for options, arguments in cases.items()} == {
        options: (2, "", EXPORT_ONLY.format(options)) for options in cases
    }
    missing = vigie("quarantine", "release", file, "ffff")
    assert missing == (2, "", "vigie: --to is missing: name a new file for the rows, .jsonl or .csv\n")
