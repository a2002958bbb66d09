"""The set algebra gives what comparing every user with every record would."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.exposure.access_lines import Lines, Targets
from scanner.exposure.accesses import judge_accesses
from scanner.exposure.categories import RECORD, Categories
from scanner.exposure.grants import FIRST_DAY, LAST_DAY, NOWHERE, Grant
from scanner.exposure.moments import Clock, zone_named
from scanner.exposure.readable import readable_view
from scanner.exposure.readers import Reader
from scanner.exposure.records import Dimension, make_record_set
from scanner.exposure.selections import Selections
from scanner.exposure.unjudged import Unjudged

CATEGORIES = Categories()
SOME = (2, 4, 8)  # the bits of three categories
DAY = 10
ACCOUNTS, BUILDINGS = ("a", "b", "c", ""), ("x", "y", "")
bits = st.sets(st.sampled_from(SOME)).map(sum)
record_rows = st.lists(st.tuples(st.sampled_from(ACCOUNTS), st.sampled_from(BUILDINGS), bits), max_size=6).map(
    lambda rows: [("a", "x", 2), ("b", "y", 4), *rows]  # every code that grants name is some record's
)
scopes = st.fixed_dictionaries({}, optional={"account": st.sampled_from([NOWHERE, 0, 1]), "building": st.sampled_from([NOWHERE, 0, 1])})
days = st.tuples(st.sampled_from([FIRST_DAY, 8, 10]), st.sampled_from([LAST_DAY, 10, 12]))
grants = st.builds(
    lambda scope, held, period: Grant(tuple(sorted(scope.items())), RECORD | held, *period), scopes, st.one_of(bits, st.just(14)), days
)
grant_lists = st.lists(grants, max_size=3).map(tuple)
reader_lists = st.lists(
    st.tuples(st.sampled_from(["gardien", "agent"]), st.one_of(grant_lists, st.none()), st.one_of(grant_lists, st.none())), max_size=5
)
access_lists = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 20), st.integers(7, 14)), max_size=20)


def record_set(rows):
    ids, account, building = Dimension("record"), Dimension("account"), Dimension("building")
    ids.extend([f"r{at // 2}" for at in range(len(rows))])  # two rows may be one record
    account.extend([row[0] for row in rows])
    building.extend([row[1] for row in rows])
    return make_record_set("r.csv", [row[2] for row in rows], {"account": account, "building": building}, ids, "account", range(len(rows)))


def codes(records, at):
    return {name: int(dimension.codes[at]) for name, dimension in records.dimensions.items()}


def opened(own_codes, grant_list, day):
    total = 0
    for grant in grant_list:
        if grant.holds_on(day) and all(own_codes[name] == code for name, code in grant.scope):
            total |= grant.bits
    return total


def cannot_be_told(own_codes, grant_list, day):
    def may_match(grant):
        return grant.holds_on(day) and all(own_codes[name] in (code, -1) for name, code in grant.scope)

    return not opened(own_codes, grant_list, day) and any(map(may_match, grant_list))


def beyond(own, could, own_codes, should, day):
    """Return the bits beyond the perimeter, and whether they cannot be told; ``could`` are the bits that rights open of the record."""
    if not could:
        return 0, False
    if cannot_be_told(own_codes, should, day):
        return 0, True
    return own & could & ~opened(own_codes, should, day), False


def summed(records, per_user):
    """Return, for each user with something beyond, records, persons and the union of bits, and the union over all users by record."""
    lines, total = {}, [0] * len(records)
    for user, exposed in per_user.items():
        persons = {int(records.persons[at]) for at, one in enumerate(exposed) if one} - {records.person_count}
        union = int(np.bitwise_or.reduce(exposed))
        if union:
            lines[user] = (sum(map(bool, exposed)), len(persons), union)
        total = [old | new for old, new in zip(total, exposed, strict=True)]
    return lines, total


def compared(records, view, per_user, roles):
    lines, total = summed(records, per_user)
    assert {line.user: (line.records, line.persons, line.bits) for line in view.users} == lines
    assert view.exposed.tolist() == total
    assert (view.judged, view.records) == (len(per_user), sum(map(bool, total)))
    for line in view.roles:
        _, of_role = summed(records, {user: one for user, one in per_user.items() if roles[user] == line.role})
        persons = {int(records.persons[at]) for at, one in enumerate(of_role) if one} - {records.person_count}
        assert (line.all.records, line.all.persons) == (sum(map(bool, of_role)), len(persons))
        assert line.outside.records == sum(one & RECORD for one in of_role)
        for at, name in enumerate(CATEGORIES.names[:3]):
            found = line.categories.get(name)
            assert (found.records if found else 0) == sum(bool(one & SOME[at]) for one in of_role)
    cells = {}
    for line in {line.area for line in view.users}:
        _, of_place = summed(records, {one.user: per_user[one.user] for one in view.users if one.area == line})
        for at, one in enumerate(of_place):
            if one:
                code = int(records.area.codes[at])
                key = (line, records.area.labels[code] if code >= 0 else "(non indiqué)")
                cells.setdefault(key, []).append(int(records.persons[at]))
    assert {(cell.reader, cell.data): (cell.records, cell.persons) for cell in view.places} == {
        key: (len(persons), len(set(persons) - {records.person_count})) for key, persons in cells.items()
    }


@settings(max_examples=200)
@given(record_rows, reader_lists)
def test_what_could_be_read_is_what_the_product_of_users_and_records_gives(rows, given_readers):
    records = record_set(rows)
    readers = [Reader(f"u{at}", role, could, should) for at, (role, could, should) in enumerate(given_readers)]
    undecided = np.zeros(len(records), dtype=bool)
    view = readable_view(readers, records, Selections(records), DAY, CATEGORIES, undecided)
    per_user, untold = {}, set()
    for reader in readers:
        if reader.could is None or reader.should is None:
            continue
        per_user[reader.user] = []
        for at in range(len(records)):
            own_codes = codes(records, at)
            exposed, unknown = beyond(int(records.own[at]), opened(own_codes, reader.could, DAY), own_codes, reader.should, DAY)
            per_user[reader.user].append(exposed)
            if unknown:
                untold.add(at)
    compared(records, view, per_user, {reader.user: reader.role for reader in readers})
    assert set(np.flatnonzero(undecided).tolist()) == untold


@settings(max_examples=200)
@given(record_rows, reader_lists, access_lists, st.integers(1, 3))
def test_what_was_read_is_what_judging_line_by_line_gives(rows, given_readers, accesses, blocks):
    records = record_set(rows)
    readers = [Reader(f"u{at}", role, could, should) for at, (role, could, should) in enumerate(given_readers) if should is not None]
    targets = Targets(records)
    lines = [(user, target % len(targets), day) for user, target, day in accesses if user < len(readers)]
    undecided = np.zeros(len(records), dtype=bool)
    size = -(-len(lines) // blocks) or 1
    parts = [lines[at : at + size] for at in range(0, len(lines), size)]
    arrays = [Lines(*np.array([(user, target, day * 86_400, day) for user, target, day in part], dtype=np.int64).T) for part in parts]
    clock = Clock(zone_named("UTC"))
    read = judge_accesses(arrays, readers, records, Selections(records), targets, clock, CATEGORIES, DAY, undecided)
    per_user, untold, outside, by_day = {}, set(), {}, {}
    for user, target, day in lines:
        reader = readers[user]
        exposed_rows = per_user.setdefault(reader.user, [0] * len(records))
        any_beyond = False
        for at in targets.records(np.array([target]))[0].tolist():
            own_codes, own = codes(records, at), int(records.own[at])
            could = opened(own_codes, reader.could, day) if reader.could is not None else 0
            exposed, unknown = beyond(own, could or -1, own_codes, reader.should, day)
            exposed_rows[at] |= exposed
            any_beyond |= bool(exposed)
            if unknown:
                untold.add(at)
        if any_beyond:
            outside[reader.user] = outside.get(reader.user, 0) + 1
            by_day[day] = by_day.get(day, 0) + 1
    compared(records, read.view, per_user, {reader.user: reader.role for reader in readers})
    assert {line.user: line.accesses for line in read.view.users} == outside
    assert (read.judged, read.beyond, list(read.days.values())) == (
        len(lines),
        sum(outside.values()),
        [by_day[day] for day in sorted(by_day)],
    )
    assert set(np.flatnonzero(undecided).tolist()) == untold


def test_what_cannot_be_judged_is_counted_even_when_too_much_to_name(monkeypatch):
    monkeypatch.setattr("scanner.exposure.unjudged.MAX_NAMED", 2)
    unjudged = Unjudged()
    for number in range(5):
        unjudged.add("access", "unknown_record", f"f{number % 4}", "log.csv", number + 1)
    assert (unjudged.total, unjudged.by_reason()) == (5, [("Accès", "fiche inconnue", 5)])
