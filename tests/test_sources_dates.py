"""Dates of exports."""

from __future__ import annotations

import datetime
import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.sources import dates
from scanner.sources.dates import parse_date

FORMATS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d", "%Y%m%d", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M", "%Y%m%d%H%M%S")


@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2099, 12, 31)), st.sampled_from(FORMATS))
def test_every_day_is_read_in_every_format(day: datetime.date, pattern: str) -> None:
    assert parse_date(day.strftime(pattern)) == day.isoformat()


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        (" 3/2/24 ", "2024-02-03"),
        ("03/02/49", "2049-02-03"),
        ("03/02/50", "1950-02-03"),
        ("03-FEV-24", "2024-02-03"),
        ("03-FÉVR.-24", "2024-02-03"),
        ("03-AUG-2024", "2024-08-03"),
        ("15-AOÛT-99", "1999-08-15"),
        ("1er juillet 2024", "2024-07-01"),
        ("14 JUIN 2024 08:30", "2024-06-14"),
        ("14-JUN-24 08.30.00", "2024-06-14"),
        ("02-DEC-23", "2023-12-02"),
    ],
)
def test_other_spellings(text: str, iso: str) -> None:
    assert parse_date(text) == iso


@pytest.mark.parametrize("text", ["", "mardi", "31/02/2024", "00/01/2024", "12-XYZ-24", "2024", "123456789", "12/2024", "45000"])
def test_what_is_no_date_is_empty(text: str) -> None:
    assert parse_date(text) == ""


def test_the_documented_examples_hold() -> None:
    assert doctest.testmod(dates).failed == 0
