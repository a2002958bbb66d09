"""The figures of the report: how counts are ranked, crossed and told over time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from reports import CATALOGUE, SUMMARY

from scanner.report import figures

ROWS = figures.entity_rows(SUMMARY, CATALOGUE)
COUNTS = st.lists(
    st.tuples(st.sampled_from(["HEALTH", "OFFENCE", "PERSON"]), st.text("abcdefghij", min_size=1, max_size=2), st.integers(0, 99)),
    max_size=40,
)


@given(COUNTS)
def test_no_count_is_lost_in_a_cross(counts):
    crossed = figures.cross(counts, ROWS, {"a": "A", "b": "B"})
    totals = dict.fromkeys(("Santé", "Infractions", "Nom de personne"), 0)
    for entity, _, count in counts:
        totals[CATALOGUE.entities[entity].label] += count
    assert {label: sum(values) for label, values in crossed.rows} == totals
    assert len(crossed.columns) <= figures.MATRIX_COLUMNS + 1
    assert all(len(values) == len(crossed.columns) for _, values in crossed.rows)


def test_known_values_come_first_then_the_most_frequent():
    counts = [["HEALTH", "x", 9], ["HEALTH", "b", 1], ["OFFENCE", "a", 2], ["OFFENCE", "y", 1], ["HEALTH", "", 3]]
    assert figures.cross(counts, ROWS, {"a": "A", "b": "B"}, "(sans)") == figures.Cross(
        ("A", "B", "x", "(sans)", "y"), (("Santé", (0, 1, 9, 3, 0)), ("Infractions", (2, 0, 0, 0, 1)), ("Nom de personne", (0, 0, 0, 0, 0)))
    )


def test_what_has_no_column_of_its_own_is_told_together():
    counts = [["HEALTH", f"s{n:02}", 20 - n] for n in range(11)]
    crossed = figures.cross(counts, ROWS[:1], {})
    assert crossed.columns == (*(f"s{n:02}" for n in range(8)), "autres")
    assert crossed.rows == (("Santé", (*range(20, 12, -1), 12 + 11 + 10)),)


def test_the_oldest_years_are_told_together():
    months = [["HEALTH", f"{year}-0{month}", 1] for year in range(2010, 2021) for month in (1, 2)]
    assert figures.by_year(months) == [
        ("HEALTH", "avant 2014", 8),
        *(("HEALTH", str(year), 2) for year in range(2014, 2021)),
    ]
    assert figures.by_year([["HEALTH", "2020-03", 5], ["HEALTH", "2019-12", 1]]) == [("HEALTH", "2019", 1), ("HEALTH", "2020", 5)]


@given(st.lists(st.tuples(st.sampled_from(["HEALTH", "PERSON"]), st.dates(), st.integers(0, 9)), max_size=50))
def test_years_hold_every_month(dated):
    months = [[entity, f"{date:%Y}"[-4:].zfill(4) + f"-{date:%m}", count] for entity, date, count in dated]
    assert sum(count for *_, count in figures.by_year(months)) == sum(count for *_, count in dated)


def test_a_long_time_is_told_by_year():
    months = [[f"{year}-{month:02}", 2] for year in range(2001, 2021) for month in (1, 7)]
    periods = figures.periods({**SUMMARY, "month_read": months, "month_records": months[:2]})
    assert [(one.name, one.count) for one in periods] == [("2001", 4), *[(str(year), 0) for year in range(2002, 2021)]]
    assert [one.label for one in periods if one.label] == ["2001", "2004", "2007", "2010", "2013", "2016", "2019"]


def test_months_without_a_record_keep_their_place():
    periods = figures.periods({**SUMMARY, "month_read": [["2024-11", 1], ["2025-02", 1], ["…", 4]], "month_records": [["2025-02", 1]]})
    assert [(one.name, one.label, one.count) for one in periods] == [
        ("11/2024", "", 0),
        ("12/2024", "", 0),
        ("01/2025", "2025", 0),
        ("02/2025", "", 1),
    ]


def test_no_date_no_series():
    assert figures.periods({**SUMMARY, "month_read": [], "month_records": []}) == []
