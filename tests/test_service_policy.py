"""The policy and the allow-list change under a running service."""

from __future__ import annotations

import datetime
import logging

import pytest
from fakes import KEY, POLICY
from serving import service

from scanner.accounts import Perimeter, Viewer, roles
from scanner.errors import ConfigError
from scanner.review.allowing import AllowDesk, NewAllowance
from scanner.service import policies

ALLOWED = '[[allow]]\nrule = "HEALTH.cancer"\nreason = "r"\nauthor = "a"\nexpires = 2026-11-30\n'


def verdict(client):
    return client.post("/v1/check", json={"text": "un cancer", "field": "NOTE"}).json()["verdict"]


@pytest.fixture
def changing(tmp_path, monkeypatch):
    """A service whose policy is read again when the test says so."""
    monkeypatch.setattr(policies, "REFRESH_SECONDS", 1e6)
    file = tmp_path / "policy.toml"
    file.write_text(POLICY, encoding="utf-8")
    with service(policy=file, fake=True) as client:
        yield file, client


def refreshed(client):
    for _ in range(2):
        client.app.state.vigie.policies.refresh()
    return verdict(client)


def test_a_policy_that_changes_holds_from_then_on(changing):
    file, client = changing
    before = refreshed(client)
    file.write_text('[defaults]\naction = "keep"\n', encoding="utf-8")
    assert (before, verdict(client), refreshed(client)) == ("warn", "warn", "ok")


def test_it_is_read_again_by_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(policies, "REFRESH_SECONDS", 0.001)
    file = tmp_path / "policy.toml"
    file.write_text(POLICY, encoding="utf-8")
    with service(policy=file, fake=True, limits={"requests_per_minute": 1_000_000}) as client:
        assert verdict(client) == "warn"
        file.write_text('[defaults]\naction = "keep"\n', encoding="utf-8")
        while verdict(client) == "warn":
            pass
        assert verdict(client) == "ok"


def test_a_file_that_is_being_written_is_not_read(changing):
    file, client = changing
    seen = []
    for part in ('[defaults]\naction = "warn"\n', '[entry]\nwarn = "never"\n', ""):
        file.write_text(file.read_text(encoding="utf-8") + part if part else POLICY, encoding="utf-8")
        client.app.state.vigie.policies.refresh()
        seen.append(verdict(client))
    assert (seen, refreshed(client), client.get("/readyz").status_code) == (["warn"] * 3, "warn", 200)


@pytest.mark.parametrize("broken", ['[entry]\nwarn = "always"\n', "[[rules]", None, "", "x = " + "[" * 5_000])
def test_a_policy_that_is_broken_changes_nothing_and_is_told(changing, caplog, broken):
    file, client = changing
    if broken is None:
        file.unlink()
    else:
        file.write_text(broken, encoding="utf-8")
    assert [refreshed(client) for _ in range(3)] == ["warn"] * 3
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["status"], ready.json()["policy"]) == (503, "failed", "failed")
    assert "\nvigie_policy_current 0.0\n" in client.get("/metrics").text
    (warning,) = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert warning.startswith(f"the policy before stays in force: {file}")
    file.write_text(POLICY, encoding="utf-8")
    assert refreshed(client) == "warn"
    assert client.get("/readyz").status_code == 200
    assert "\nvigie_policy_current 1.0\n" in client.get("/metrics").text


def test_whatever_goes_wrong_is_told_and_looked_at_again(changing, caplog, monkeypatch):
    file, client = changing
    keeper = client.app.state.vigie.policies
    file.write_text('[defaults]\naction = "keep"\n', encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(policies, "load_policy", lambda *_: 1 / 0)
        assert (refreshed(client), keeper.problem) == ("warn", "internal error, ZeroDivisionError")
    assert (refreshed(client), keeper.problem) == ("ok", "")
    assert [record.levelname for record in caplog.records if record.levelno >= logging.WARNING] == ["ERROR", "WARNING"]


def test_a_service_does_not_start_with_a_broken_policy(tmp_path):
    file = tmp_path / "policy.toml"
    file.write_text('[entry]\nwarn = "alway"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="line 2: 'warn' cannot be 'alway'"), service(policy=file):
        pass


def test_allow_list_entries_end_with_their_day_while_the_service_runs(changing, monkeypatch):
    file, client = changing
    monkeypatch.setattr(policies, "_today", lambda: datetime.date(2026, 11, 30))
    file.write_text(POLICY + ALLOWED, encoding="utf-8")
    on_the_last_day = refreshed(client)
    monkeypatch.setattr(policies, "_today", lambda: datetime.date(2026, 12, 1))
    assert (on_the_last_day, refreshed(client)) == ("ok", "warn")


DPO = Viewer("0" * 16, "dpo", "DPO", roles()["dpo"], Perimeter.everything())
NEXT_YEAR = datetime.date.today() + datetime.timedelta(days=365)


def test_what_the_console_allows_holds_at_data_entry_until_it_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(policies, "REFRESH_SECONDS", 1e6)
    with service(store=str(tmp_path / "state.sqlite"), key=KEY, fake=True) as client:
        state = client.app.state.vigie
        desk = AllowDesk(state.store, KEY, state.policy, state.catalogue)
        seen = [refreshed(client)]
        entry = desk.add(DPO, NewAllowance(reason="un restaurant", expires=NEXT_YEAR, term="un cancer")).id
        seen.append(refreshed(client))
        other = client.post("/v1/check", json={"text": "le cancer"}).json()["verdict"]
        scanned = client.post("/v1/scan", json={"records": [{"id": "1", "texts": {"NOTE": "un cancer"}}]}).json()["records"][0]["action"]
        desk.end(DPO, entry, why="erreur")
        seen.append(refreshed(client))
    assert (seen, other, scanned) == (["warn", "ok", "warn"], "warn", "keep")


def test_entries_for_one_site_do_not_hold_where_no_site_is_known(tmp_path, monkeypatch):
    monkeypatch.setattr(policies, "REFRESH_SECONDS", 1e6)
    with service(store=str(tmp_path / "state.sqlite"), key=KEY, fake=True) as client:
        state = client.app.state.vigie
        desk = AllowDesk(state.store, KEY, state.policy, state.catalogue)
        desk.add(DPO, NewAllowance(reason="un restaurant", expires=NEXT_YEAR, rule="HEALTH.cancer", site="0123"))
        assert refreshed(client) == "warn"
