"""``vigie plan``, ``vigie apply`` and ``vigie undo`` as a user runs them."""

from __future__ import annotations

import getpass
import json
import stat
from pathlib import Path
from typing import Any

from correcting import BEFORE, LABELLED, Base, OnSQLite
from fakes import KEY
from running import ENVIRONMENT, vigie

from scanner.corrections import read_plan
from scanner.keys import SecretKey, pseudonym
from scanner.vault import Vault

OTHER_KEY = {**ENVIRONMENT, "VIGIE_KEY": "00" * 32}


class TestCommands(OnSQLite):
    def test_from_plan_to_undo(self, base: Base) -> None:
        state, out = scanned(base)
        planned = vigie("plan", state, "--out", out, "--by", "dpo")
        plan_id = read_plan(out).id
        assert planned == (
            0,
            f"plan {plan_id} of the job night: 3 changes (quarantine 1, redact 2) of 3 records\n"
            f"review {out}; `vigie apply URL --plan {out} --state STATE` tells what it would change\n",
            "",
        )
        dry = vigie("apply", base.url, "--plan", out, "--state", state)
        assert dry == (0, "3 cells would change (a dry run; --execute changes them), 0 were so already, 0 in conflict\n", "")
        assert base.rows() == BEFORE
        done = vigie("apply", base.url, "--plan", out, "--state", state, "--execute", "--by", "dpo")
        assert done == (0, "3 cells changed, 0 were so already, 0 in conflict\n", "")
        assert base.rows()[0] == (1, LABELLED)
        back = vigie("undo", base.url, "--plan", plan_id, "--state", state, "--execute")
        assert back == (0, "3 cells changed, 0 were so already, 0 in conflict\n", "")
        assert base.rows() == BEFORE

    def test_conflicts_change_the_exit_code_and_are_reported_without_keys(self, base: Base) -> None:
        state, out = scanned(base)
        vigie("plan", state, "--out", out)
        base.run("UPDATE notes SET NOTE = 'secret' WHERE id = 1")
        base.run("DELETE FROM notes WHERE id = 5")
        done = vigie("apply", base.url, "--plan", out, "--state", state, "--execute", "--by", "dpo")
        assert done == (
            3,
            "1 cells changed, 0 were so already, 2 in conflict\n",
            "vigie: 1 in conflict: the text is not the expected one any more: somebody changed it since\n"
            "vigie: 1 in conflict: the row is not there any more\n",
        )
        reviewed = read_plan(out)
        ids = {row.others[1]: row.id for row in reviewed.changes}
        assert report(out / "apply-report.json") == {
            "plan": reviewed.id,
            "job": "night",
            "database": base.url,
            "changes_csv_sha256": reviewed.sha256,
            "changes_csv_edited": False,
            "by": "dpo",
            "executed": True,
            "changed": 1,
            "already": 0,
            "left_out": 0,
            "originals_erased": 0,
            "originals_held": 0,
            "conflicts": 2,
            "conflicts_by_reason": {"changed": 1, "gone": 1},
            "changes_in_conflict": [
                {
                    "change": ids[key],
                    "table": "notes",
                    "column": "NOTE",
                    "row": pseudonym(key, KEY),
                    "reason": reason,
                    "meaning": meaning,
                }
                for key, reason, meaning in (
                    ('{"id": 1}', "changed", "the text is not the expected one any more: somebody changed it since"),
                    ('{"id": 5}', "gone", "the row is not there any more"),
                )
            ],
        }
        assert vigie("undo", base.url, "--plan", out, "--state", state).code == 0
        assert report(out / "undo-report.json")["by"] == getpass.getuser()

    def test_json(self, base: Base) -> None:
        state, out = scanned(base)
        planned = vigie("plan", state, "--out", out, "--json", "--mode", "mask")
        assert planned.code == 0
        assert json.loads(planned.out) == {
            "plan": read_plan(out).id,
            "job": "night",
            "changes": {"quarantine": 1, "redact": 2},
            "entries": 3,
            "nothing_to_do": 0,
            "decisions_on_older_texts": 0,
            "refused": {},
            "half_done_plans": {},
        }
        done = json.loads(vigie("apply", base.url, "--plan", out, "--state", state, "--json", "--by", "dpo").out)
        assert done == {
            "plan": read_plan(out).id,
            "changes_csv_sha256": read_plan(out).sha256,
            "changes_csv_edited": False,
            "by": "dpo",
            "executed": False,
            "changed": 3,
            "already": 0,
            "left_out": 0,
            "originals_erased": 0,
            "originals_held": 0,
            "conflicts": 0,
            "conflicts_by_reason": {},
        }

    def test_what_a_plan_leaves_out_is_named(self, base: Base) -> None:
        state, out = scanned(base)
        base.run("UPDATE notes SET NOTE = CAST(x'63616E63657220819DFF' AS TEXT) WHERE id = 1")
        base.scan()
        base.decide("5", "erase")
        planned = vigie("plan", state, "--out", out)
        assert (planned.code, planned.err) == (
            3,
            "vigie: 1 changes erase the original for good once applied: they cannot be undone\n"
            "vigie: 1 originals left out, the text holds bytes that are no characters: correct it by hand: "
            f"{base.entry('1')['id']}\n",
        )

    def test_what_is_erased_and_held(self, base: Base) -> None:
        state, out = scanned(base)
        base.decide("1", "erase")
        base.decide("5", "erase")
        base.hold("5")
        vigie("plan", state, "--out", out)
        base.edit(lambda rows: [row for row in rows if row[4] != "quarantine"])
        done = vigie("apply", base.url, "--plan", out, "--state", state, "--execute")
        assert done.out == (
            "2 cells changed, 0 were so already, 0 in conflict\n1 changes left out\n1 originals erased, 1 kept by a legal hold\n"
        )

    def test_undo_of_one_change_after_a_rotation(self, base: Base, tmp_path: Path) -> None:
        state, out = scanned(base)
        vigie("plan", state, "--out", out)
        vigie("apply", base.url, "--plan", out, "--state", state, "--execute")
        Vault(base.store, KEY).rotate(SecretKey(bytes(32)), who="dpo")
        old = tmp_path / "old.key"
        old.write_text(KEY.master.hex())
        old.chmod(0o600)
        first = read_plan(out).changes[0].id
        refused = vigie("undo", base.url, "--plan", out, "--state", state, "--only", first, env=OTHER_KEY)
        assert (refused.code, refused.err) == (
            2,
            f"vigie: plan {read_plan(out).id} was made with key id {KEY.id}: give that key; where the vault was rotated since, give it "
            "with --plan-key-file, and the new one with --key-file\n",
        )
        done = vigie(
            *("undo", base.url, "--plan", out, "--state", state, "--only", first, "--plan-key-file", old, "--execute"), env=OTHER_KEY
        )
        assert done == (0, "1 cells changed, 0 were so already, 0 in conflict\n2 changes left out\n", "")
        assert base.rows()[0] == BEFORE[0]

    def test_another_server(self, base: Base) -> None:
        state, out = scanned(base)
        vigie("plan", state, "--out", out)
        moved = base.folder / "moved"
        moved.mkdir()
        base.engine.dispose()
        (base.folder / "ikos.db").rename(moved / "ikos.db")
        done = vigie("apply", f"sqlite:///{moved / 'ikos.db'}", "--plan", out, "--state", state)
        assert done == (
            0,
            "3 cells would change (a dry run; --execute changes them), 0 were so already, 0 in conflict\n",
            f"vigie: the plan was made from {base.url}, this is sqlite:///{moved / 'ikos.db'}\n",
        )

    def test_mistakes(self, base: Base) -> None:
        state, out = scanned(base)
        assert vigie("plan", base.folder / "none", "--out", out).code == 2
        assert vigie("apply", base.url, "--plan", out, "--state", state) == (
            2,
            "",
            f"vigie: {out / 'plan.json'} cannot be read (No such file or directory): name the folder that `vigie plan` wrote\n",
        )
        vigie("plan", state, "--out", out)
        assert vigie("plan", state, "--out", out) == (2, "", f"vigie: {out} exists: name a new folder for the plan\n")
        assert vigie("apply", "ikos", "--plan", out, "--state", state).code == 2
        assert vigie("undo", base.url, "--plan", "0" * 16, "--state", state) == (
            2,
            "",
            "vigie: the state store has no plan 0000000000000000: name the store that `vigie plan` read\n",
        )

    def test_files_are_for_their_owner_only(self, base: Base) -> None:
        state, out = scanned(base)
        vigie("plan", state, "--out", out)
        vigie("apply", base.url, "--plan", out, "--state", state)
        assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in out.iterdir()} == dict.fromkeys(
            ("plan.json", "changes.csv", "changes.sql", "apply-report.json"), 0o600
        )


def scanned(base: Base) -> tuple[Path, Path]:
    """Scan the notes; return the paths of the state store and of the plan to come."""
    base.make_notes()
    base.scan()
    return base.folder / "state.sqlite", base.out


def report(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
