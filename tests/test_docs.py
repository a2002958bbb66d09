"""What the documentation says of the commands is true."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from running import vigie

from scanner.cli import app
from scanner.cli.exits import ExitCode

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = sorted(
    [command.name for command in app.registered_commands if command.name] + [group.name for group in app.registered_groups if group.name]
)
EXAMPLES = re.findall(r"^vigie .+", "\n".join(re.findall(r"```sh\n(.*?)```", README, re.S)), re.M)
CHEAP = ("check", "explain", "redact", "entities", "init", "keygen")


def test_help_names_every_command():
    result = vigie("--help")
    named = re.findall(r"^\W*([a-z]+)\s{2,}[A-Z]", result.out, re.M)
    assert (result.code, sorted(named)) == (0, COMMANDS)


@pytest.mark.parametrize("group", [(), *((group.name,) for group in app.registered_groups)])
def test_the_list_of_commands_says_of_each_what_it_does_in_a_line(group):
    commands = vigie(*group, "--help").out.partition("Commands:\n")[2].splitlines()
    assert commands
    assert [line for line in commands if not re.fullmatch(r"  [a-z-]+ {2,}[A-Z].*[^.]\.", line)] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme_and_has_help(command):
    assert f"vigie {command}" in "\n".join(EXAMPLES)
    assert vigie(command, "--help").code == 0


def test_every_example_is_of_a_command():
    assert sorted({example.split()[1] for example in EXAMPLES}) == COMMANDS


@pytest.mark.parametrize("example", [example for example in EXAMPLES if example.split()[1] in CHEAP])
def test_examples_run(example, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = vigie(*shlex.split(example, comments=True)[1:])
    assert (result.err, result.code in (ExitCode.CLEAN, ExitCode.FINDINGS)) == ("", True)
    assert result.out


def test_the_scan_of_the_readme_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "export.csv").write_text("ID;COMMENTAIRE\n1;Mme sous chimiothérapie\n", encoding="utf-8")
    (example,) = (example for example in EXAMPLES if example.startswith("vigie scan export.csv --out out  "))
    assert vigie(*shlex.split(example, comments=True)[1:]).code == ExitCode.FINDINGS
    written = {path.name for path in (tmp_path / "out").iterdir()}
    table = set(re.findall(r"^\| `([a-z]+(?:\.[a-z]+|/))", README, re.M))
    assert {name.rstrip("/") for name in table} == written


def test_the_exit_codes_of_the_readme_are_ours():
    assert [int(code) for code in re.findall(r"^\| (\d) \|", README, re.M)] == sorted(ExitCode)
