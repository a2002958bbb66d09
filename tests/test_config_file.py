import datetime

import pytest

from scanner.config_file import parse_toml, read_toml
from scanner.errors import ConfigError

SOURCE = """# comment
[defaults]
action = "keep"
text = \"\"\"
[[rules]]
\"\"\"

[[rules]]
entity = [
  "A",
  "B",
]
[[rules]]
min_score = 0.5
day = 2027-01-31
scope = { site = "1", field = "x" }
"""


def message(call, *arguments):
    with pytest.raises(ConfigError) as caught:
        call(*arguments)
    return str(caught.value)


def rules():
    return list(parse_toml(SOURCE, "p.toml").tables("rules"))


def test_errors_name_the_line_of_the_key_or_of_the_table():
    root = parse_toml(SOURCE, "p.toml")
    first, second = rules()
    errors = [
        root.error("x", "defaults"),
        root.table("defaults").error("x", "text"),
        first.error("x"),
        first.error("x", "entity"),
        second.error("x"),
        second.error("x", "min_score"),
        second.table("scope").error("x", "field"),
    ]
    assert [str(error) for error in errors] == [f"p.toml, line {line}: x" for line in (2, 4, 8, 9, 13, 14, 16)]


def test_values():
    first, second = rules()
    assert first.choices("entity", ("A", "B", "C")) == {"A", "B"}
    assert second.choices("entity", ("A",)) == frozenset()
    assert (second.fraction("min_score", 0.0), first.fraction("min_score", 0.1)) == (0.5, 0.1)
    assert second.date("day") == datetime.date(2027, 1, 31)
    assert (second.table("scope").text("site"), second.table("scope").text("source")) == ("1", "")
    assert parse_toml(SOURCE, "p.toml").table("defaults").choice("action", ("warn", "keep"), "warn") == "keep"


def test_wrong_values_say_what_is_allowed():
    first, second = rules()
    assert message(first.choices, "entity", ("A", "C")) == "p.toml, line 9: 'entity' cannot be 'B'; allowed: A, C"
    assert message(first.text, "entity") == "p.toml, line 9: 'entity' must be a text in quotes"
    assert message(first.date, "day") == "p.toml, line 8: 'day' must be a date without quotes, such as 2027-01-31"
    assert message(second.date, "min_score") == "p.toml, line 14: 'min_score' must be a date without quotes, such as 2027-01-31"
    assert message(second.fraction, "day", 0.0) == "p.toml, line 15: 'day' must be a number from 0 to 1"
    assert message(second.choices, "min_score", ("A",)) == "p.toml, line 14: 'min_score' must be a text in quotes or a list of them"
    assert message(second.required, "why") == "p.toml, line 13: 'why' is missing or empty"
    assert message(second.table, "day") == "p.toml, line 15: 'day' must be a table"
    assert message(second.refuse_unknown, ("min_scor", "day", "scope")) == (
        "p.toml, line 14: unknown key 'min_score'; did you mean 'min_scor'? allowed: day, min_scor, scope"
    )
    root = parse_toml(SOURCE, "p.toml")
    assert message(lambda: list(root.tables("defaults"))) == (
        "p.toml, line 2: 'defaults' must be a list of tables, each written under [[defaults]]"
    )


@pytest.mark.parametrize("number", ["1.1", "-0.1", "true", '"0.5"', "nan"])
def test_a_fraction_is_a_number_from_0_to_1(number):
    table = parse_toml(f"x = {number}", "p.toml")
    assert message(table.fraction, "x", 0.0) == "p.toml, line 1: 'x' must be a number from 0 to 1"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"a = 1\r\nb = = 2\r\n", ", line 2: not valid TOML: Invalid value"),
        (b"a = 1\nb = [", ", line 2: not valid TOML: Invalid value"),
        (b"a = 1\na = 2\n", ", line 2: not valid TOML: Cannot overwrite a value"),
        ("a = 1\nb = 'é'".encode("cp1252"), ", line 2: not UTF-8; save the file as UTF-8"),
    ],
)
def test_unreadable_files(tmp_path, raw, reason):
    path = tmp_path / "p.toml"
    path.write_bytes(raw)
    assert message(read_toml, path) == f"{path}{reason}"


def test_a_file_saved_by_a_windows_editor(tmp_path):
    path = tmp_path / "p.toml"
    path.write_bytes("\ufeffa = 'é'\r\n".encode())
    assert read_toml(path).text("a") == "é"


def test_a_missing_file(tmp_path):
    path = tmp_path / "p.toml"
    assert message(read_toml, path) == f"{path}: cannot be read (No such file or directory)"
