import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.breach.deadline import Deadline, local, paris

SUMMER = datetime.timezone(datetime.timedelta(hours=2))
WINTER = datetime.timezone(datetime.timedelta(hours=1))


def at(month, day, hour, minute=0, zone=WINTER):
    return datetime.datetime(2026, month, day, hour, minute, tzinfo=zone)


@pytest.mark.parametrize(
    ("aware", "due"),
    [
        (at(11, 2, 10), "2026-11-05 10:00+01:00"),
        (at(3, 27, 10), "2026-03-30 11:00+02:00"),  # an hour is skipped on 29 March
        (at(10, 23, 10, zone=SUMMER), "2026-10-26 09:00+01:00"),  # an hour is repeated on 25 October
        (at(12, 31, 23, 59), "2027-01-03 23:59+01:00"),
        (datetime.datetime(2026, 11, 2, 9, tzinfo=datetime.UTC), "2026-11-05 10:00+01:00"),
    ],
)
def test_the_deadline_is_72_hours_later_in_paris(aware, due):
    assert local(Deadline(aware, aware).due) == due


@pytest.mark.parametrize(
    ("now", "notified", "late", "overdue", "hours"),
    [
        (at(11, 2, 10), None, False, False, 72),
        (at(11, 5, 9, 1), None, False, False, 0),
        (at(11, 5, 10), None, False, False, 0),
        (at(11, 5, 10, 1), None, True, True, 0),
        (at(11, 6, 12), None, True, True, 26),
        (at(11, 9, 12), at(11, 5, 9), False, False, 1),
        (at(11, 9, 12), at(11, 5, 13), True, False, 3),
    ],
)
def test_how_the_deadline_stands(now, notified, late, overdue, hours):
    deadline = Deadline(at(11, 2, 10), now, notified)
    assert (deadline.is_late, deadline.is_overdue, deadline.hours) == (late, overdue, hours)


@given(st.datetimes(datetime.datetime(2020, 1, 1), datetime.datetime(2040, 1, 1), timezones=st.timezones()))
def test_it_is_72_hours_away_in_every_zone(aware):
    assert Deadline(aware, aware).left == datetime.timedelta(hours=72)


def test_moments_in_words():
    said = [
        paris(at(11, 2, 8, 15)),
        paris(at(7, 1, 0, 5, SUMMER)),
        paris(at(10, 25, 2, 30, SUMMER)),
        paris(at(10, 25, 2, 30)),
    ]
    assert [text.replace("\u00a0", "~") for text in said] == [
        "lundi 2 novembre 2026 à 8~h~15",
        "mercredi 1er juillet 2026 à 0~h~05",
        "dimanche 25 octobre 2026 à 2~h~30 (UTC+0200)",
        "dimanche 25 octobre 2026 à 2~h~30 (UTC+0100)",
    ]
