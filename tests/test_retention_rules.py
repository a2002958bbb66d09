"""Retention periods: when they end, which rule decides, what speaks for keeping."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.catalogue import default_catalogue
from scanner.columns import ColumnRoles
from scanner.errors import ConfigError
from scanner.memos.reading import read_record
from scanner.policy import load_policy
from scanner.records import Record
from scanner.sources import Layout
from scanner.subject.retention_judge import Kept, RetentionJudge
from scanner.subject.retention_rules import Exceptions, RetentionRule, RetentionRules, load_rules
from scanner.subject.stream import Item

DAY = datetime.date


@pytest.mark.parametrize(
    ("rule", "start", "last"),
    [
        (RetentionRule(months=1), DAY(2025, 1, 31), DAY(2025, 2, 28)),
        (RetentionRule(months=1), DAY(2024, 1, 31), DAY(2024, 2, 29)),
        (RetentionRule(months=12), DAY(2024, 2, 29), DAY(2025, 2, 28)),
        (RetentionRule(months=48), DAY(2024, 2, 29), DAY(2028, 2, 29)),
        (RetentionRule(months=1), DAY(2025, 2, 28), DAY(2025, 3, 28)),
        (RetentionRule(months=11), DAY(2025, 12, 31), DAY(2026, 11, 30)),
        (RetentionRule(months=0), DAY(2025, 12, 31), DAY(2025, 12, 31)),
        (RetentionRule(days=7), DAY(2024, 2, 25), DAY(2024, 3, 3)),
        (RetentionRule(days=7), DAY(2026, 3, 25), DAY(2026, 4, 1)),  # summer time begins in between
        (RetentionRule(days=7), DAY(2025, 12, 29), DAY(2026, 1, 5)),
    ],
)
def test_the_last_day(rule: RetentionRule, start: datetime.date, last: datetime.date) -> None:
    assert rule.last_day(start) == last


days = st.dates(DAY(1990, 1, 1), DAY(2060, 12, 31))


@given(days, days, st.integers(0, 600))
def test_the_last_day_never_comes_earlier_for_what_began_later(one: datetime.date, other: datetime.date, months: int) -> None:
    rule = RetentionRule(months=months)
    first, second = sorted((one, other))
    assert rule.last_day(first) <= rule.last_day(second)
    last = rule.last_day(first)
    assert (last.year - first.year) * 12 + last.month - first.month == months
    assert last.day == first.day or (last.day < first.day and (last + datetime.timedelta(days=1)).day == 1)


TODAY = DAY(2026, 11, 22)
RULES = RetentionRules(
    (
        RetentionRule(fields=("Message extranet",), days=7, after="FIN"),
        RetentionRule(purposes=("caretaker",), months=12),
        RetentionRule(fields=("NOTE",), months=36),
    ),
    Exceptions("LITIGE", ("O", "oui")),
)


def judged(texts: dict[str, str], date: str = "", rules: RetentionRules = RULES, **others: str) -> list[Kept]:
    layout = Layout("notes", "csv", (*texts, *others), ColumnRoles(texts=tuple(texts)), {"OBS": "caretaker"})
    record = Record("1", 0, "notes", texts, date=date)
    policy = load_policy(None, default_catalogue().entities, TODAY)
    return list(RetentionJudge(rules, policy, TODAY).judged(Item(record, read_record(record), layout, others)))


@pytest.mark.parametrize(
    ("texts", "date", "others", "kept"),
    [
        ({"NOTE": "x"}, "2023-11-22", {}, [("kept", 2, DAY(2026, 11, 22))]),
        ({"NOTE": "x"}, "2023-11-21", {}, [("overdue", 2, DAY(2026, 11, 21))]),
        ({"NOTE": "x"}, "", {}, [("undated", 2, None)]),
        ({"NOTE": "x"}, "2027-01-01", {}, [("kept", 2, None)]),
        ({"NOTE": " ", "OBS": ""}, "2001-01-01", {}, []),
        ({"NOTE": "x", "OBS": "y"}, "2025-06-01", {}, [("kept", 2, DAY(2028, 6, 1)), ("overdue", 1, DAY(2026, 6, 1))]),
        ({"AUTRE": "x"}, "2001-01-01", {}, [("unruled", -1, None)]),
        ({"NOTE": "x"}, "2001-01-01", {"LITIGE": "O"}, [("excepted", 2, DAY(2004, 1, 1))]),
        ({"NOTE": "x"}, "2001-01-01", {"LITIGE": " OUI "}, [("excepted", 2, DAY(2004, 1, 1))]),
        ({"NOTE": "x"}, "2001-01-01", {"LITIGE": "N"}, [("overdue", 2, DAY(2004, 1, 1))]),
        ({"NOTE": "x"}, "2026-01-01", {"LITIGE": "O"}, [("kept", 2, DAY(2029, 1, 1))]),
        ({"MESSAGE_EXTRANET": "x"}, "", {"FIN": "15/11/2026"}, [("kept", 0, DAY(2026, 11, 22))]),
        ({"MESSAGE_EXTRANET": "x"}, "", {"FIN": "14/11/2026"}, [("overdue", 0, DAY(2026, 11, 21))]),
        ({"MESSAGE_EXTRANET": "x"}, "2001-01-01", {"FIN": ""}, [("kept", 0, None)]),
        ({"MESSAGE_EXTRANET": "x"}, "2001-01-01", {"FIN": "31/12/9999"}, [("kept", 0, None)]),
        ({"MESSAGE_EXTRANET": "x"}, "2001-01-01", {"FIN": "à définir"}, [("undated", 0, None)]),
        ({"MESSAGE_EXTRANET": "x"}, "2001-01-01", {}, [("undated", 0, None)]),
    ],
)
def test_what_the_rules_make_of_a_record(texts: dict[str, str], date: str, others: dict[str, str], kept: list[Any]) -> None:
    assert [(one.verdict, one.rule, one.last) for one in judged(texts, date, **others)] == kept


def test_an_exception_without_values_is_anything_filled_in() -> None:
    rules = RetentionRules((RetentionRule(months=1),), Exceptions("LITIGE"))
    assert [one.verdict for one in judged({"NOTE": "x"}, "2001-01-01", rules, LITIGE="12")] == ["excepted"]
    assert [one.verdict for one in judged({"NOTE": "x"}, "2001-01-01", rules, LITIGE=" ")] == ["overdue"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "holds no rule"),
        ("[[rules]]\nwhy = 'x'\n", "line 1: say how long: either keep_months or keep_days"),
        ("[[rules]]\nkeep_months = 1\nkeep_days = 1\n", "say how long"),
        ("[[rules]]\nkeep_months = 9999\n", "line 2: 'keep_months' cannot be more than 1200"),
        ("[[rules]]\nkeep_months = '3'\n", "line 2: 'keep_months' must be a whole number"),
        ("[[rules]]\nkeep_days = 1\npurposes = ['gardien']\n", "line 3: 'purposes' cannot be 'gardien'"),
        ("[[rules]]\nkeep_days = 1\nfield = ['NOTE']\n", "line 3: unknown key 'field'; did you mean 'fields'"),
        ("[[rules]]\nkeep_days = 1\n[exceptions]\nwhy = 'x'\n", "'column' is missing or empty"),
    ],
)
def test_malformed_rules_name_line_and_reason(tmp_path: Path, content: str, reason: str) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(content, "utf-8")
    with pytest.raises(ConfigError, match=reason):
        load_rules(path)


def test_rules_name_the_columns_that_they_need(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text("[[rules]]\nkeep_days = 7\nafter = 'FIN'\n[exceptions]\ncolumn = 'LITIGE'\nvalues = ['O']\n", "utf-8")
    rules = load_rules(path)
    assert rules == RetentionRules((RetentionRule(days=7, after="FIN"),), Exceptions("LITIGE", ("O",)))
    assert rules.columns == ("FIN", "LITIGE")
    assert rules.rules[0].in_words() == "7 jours après la date de la colonne FIN"
