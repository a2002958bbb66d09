import csv
import datetime
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import InputError, OutputError, SecretKeyError
from scanner.keys import SecretKey, pseudonym
from scanner.quarantine import Entry, Quarantine, QuarantinedRecord, QuarantineWriter, open_entry, read_quarantine, release

KEY = SecretKey(bytes(range(32)))
OTHER = SecretKey(bytes(32))
TODAY = datetime.date(2026, 11, 21)
LATER = datetime.date(2026, 12, 1)
ROW = {"ID": "L-0042", "NOM": "Durand", "NOTE": "cancer ; =1+1", "SOLDE": -12.5, "ACTIF": True, "VIDE": None}
ROW_2 = {"ID": "L-0043", "NOTE": "ligne 1\nligne « 2 »", "SITE": "Lyon"}
OTHER_VERSION = "is not a quarantine of version 1: read it with the version of Vigie that wrote it"


def record(row=ROW, level="critical"):
    return QuarantinedRecord(row["ID"], row, ("HEALTH", "OFFENCE"), level)


def write(path, *records, key=KEY, run="run-1"):
    with QuarantineWriter(path, key, run, TODAY) as writer:
        return [writer.add(r) for r in records]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "quarantine.jsonl"


def lines_of(path):
    return path.read_bytes().split(b"\n")


def test_a_record_comes_back_whole_and_in_order(path):
    (entry,) = write(path, record())
    row = open_entry(entry, KEY)
    assert list(row.items()) == list(ROW.items())


def test_what_is_read_is_what_was_written(path):
    first, second = write(path, record(), record(ROW_2, "high"))
    assert read_quarantine(path) == Quarantine(KEY.id, (first, second), ())
    assert first == Entry(
        path=path, line=2, version=1, key_id=KEY.id, record=pseudonym("L-0042", KEY), entities=("HEALTH", "OFFENCE"), level="critical",
        created="2026-11-21", run="run-1", nonce=first.nonce, data=first.data, released="",
    )  # fmt: skip
    assert (second.line, second.level, second.record) == (3, "high", pseudonym("L-0043", KEY))
    assert [open_entry(e, KEY) for e in read_quarantine(path).entries] == [ROW, ROW_2]


def test_nothing_of_the_row_is_readable(path):
    write(path, record())
    header, added, end = lines_of(path)
    assert json.loads(header) == {"format": "vigie-quarantine", "version": 1, "key_id": KEY.id}
    assert sorted(json.loads(added)) == ["created", "data", "entities", "event", "key_id", "level", "nonce", "record", "run", "version"]
    assert (end, [w for w in (b"L-0042", b"Durand", b"cancer", b"SOLDE") if w in added]) == (b"", [])
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_same_row_twice_looks_different_and_has_two_ids(path):
    first, second = write(path, record(), record())
    assert first.record == second.record
    assert (first.nonce == second.nonce, first.data == second.data, first.id == second.id) == (False, False, False)


def test_a_second_run_appends(path):
    first = write(path, record())
    second = write(path, record(ROW_2), run="run-2")
    assert read_quarantine(path).entries == (*first, *second)
    assert [entry.run for entry in read_quarantine(path).entries] == ["run-1", "run-2"]


def test_another_key_is_refused(path):
    (entry,) = write(path, record())
    before = path.read_bytes()
    message = f"this quarantine was written with key id {KEY.id}; the key given has id {OTHER.id}"
    for attempt in (
        lambda: open_entry(entry, OTHER),
        lambda: QuarantineWriter(path, OTHER, "run-2", TODAY),
        lambda: release(path, [entry.id], OTHER, path.with_name("out.csv"), TODAY),
    ):
        with pytest.raises(SecretKeyError) as caught:
            attempt()
        assert str(caught.value) == message
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("level", "low"),
        ("entities", ["HEALTH"]),
        ("record", "0" * 16),
        ("created", "2020-01-01"),
        ("run", "run-9"),
        ("version", 2),
        ("nonce", "00" * 12),
        ("data", "AAAA" * 20),
        ("data", "not base64!"),
        ("data", 5),
    ],
)
def test_an_altered_entry_is_named(path, field, value):
    write(path, record(ROW_2), record())
    lines = lines_of(path)
    lines[2] = json.dumps({**json.loads(lines[2]), field: value}).encode()
    path.write_bytes(b"\n".join(lines))
    intact, altered = read_quarantine(path).entries
    assert open_entry(intact, KEY) == ROW_2
    with pytest.raises(InputError) as caught:
        open_entry(altered, KEY)
    assert str(caught.value) == f"{path}, line 3: the entry was altered or damaged and cannot be opened"


def test_data_moved_to_another_entry_is_refused(path):
    write(path, record(ROW_2), record())
    header, first, second, _ = lines_of(path)
    swapped = {**json.loads(first), "data": json.loads(second)["data"]}
    path.write_bytes(b"\n".join([header, json.dumps(swapped).encode()]))
    with pytest.raises(InputError, match="line 2: the entry was altered"):
        open_entry(read_quarantine(path).entries[0], KEY)


@pytest.mark.parametrize("lost", [1, 20, 200])
def test_a_line_cut_short_by_a_crash_is_reported_and_the_log_goes_on(path, lost):
    (first, _) = write(path, record(), record(ROW_2))
    path.write_bytes(path.read_bytes()[: -1 - lost])
    assert read_quarantine(path) == Quarantine(KEY.id, (first,), (3,))
    (third,) = write(path, record(ROW_2))
    assert read_quarantine(path) == Quarantine(KEY.id, (first, third), (3,))
    assert (third.line, open_entry(third, KEY)) == (4, ROW_2)


def test_a_crash_before_the_line_break_loses_nothing(path):
    (first,) = write(path, record())
    path.write_bytes(path.read_bytes()[:-1])
    (second,) = write(path, record(ROW_2))
    assert read_quarantine(path) == Quarantine(KEY.id, (first, second), ())


def test_added_records_are_on_disk_once_flushed(path, monkeypatch):
    writer = QuarantineWriter(path, KEY, "run-1", TODAY)
    entry = writer.add(record())
    on_disk = []
    monkeypatch.setattr("os.fsync", lambda descriptor: on_disk.append(read_quarantine(path).entries))
    writer.flush()
    assert on_disk == [(entry,)]
    writer.close()


@pytest.mark.parametrize(
    "line",
    [b"[]", b"{}", b"null", b'{"event":"released","nonce":"00","on":"2026-11-21"}', b'{"event":"added","nonce":7}', b"\xff"],
)
def test_lines_that_make_no_sense_are_reported(path, line):
    (entry,) = write(path, record())
    path.write_bytes(path.read_bytes() + line + b"\n")
    assert read_quarantine(path) == Quarantine(KEY.id, (entry,), (3,))


def test_a_repeated_line_does_not_replace_the_entry(path):
    (entry,) = write(path, record())
    repeated = {**json.loads(lines_of(path)[1]), "level": "low"}
    path.write_bytes(path.read_bytes() + json.dumps(repeated).encode())
    assert read_quarantine(path) == Quarantine(KEY.id, (entry,), (3,))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"ID;NOTE\n", "is not a quarantine of Vigie, or its first line is damaged"),
        (b"{}\n", "is not a quarantine of Vigie, or its first line is damaged"),
        (b'{"format":"vigie-quarantine","version":2,"key_id":"x"}\n', OTHER_VERSION),
        (b'{"format":"other","version":1,"key_id":"x"}\n', OTHER_VERSION),
    ],
)
def test_other_files_are_refused_and_left_as_they_are(path, content, reason):
    path.write_bytes(content)
    for attempt in (lambda: read_quarantine(path), lambda: QuarantineWriter(path, KEY, "run-1", TODAY)):
        with pytest.raises(InputError) as caught:
            attempt()
        assert str(caught.value) == f"{path} {reason}"
    assert path.read_bytes() == content


def test_missing_files_and_folders(path):
    with pytest.raises(InputError, match="cannot be read \\(No such file or directory\\)"):
        read_quarantine(path)
    with pytest.raises(OutputError, match="cannot be written \\(No such file or directory\\)"):
        QuarantineWriter(path.parent / "none" / "q.jsonl", KEY, "run-1", TODAY)


def test_release_to_csv_writes_the_rows_unchanged_and_marks_them(path, tmp_path):
    first, second, third = write(path, record(), record(ROW_2), record())
    out = tmp_path / "out.csv"
    assert release(path, [second.id, first.id], KEY, out, LATER) == 2
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert rows == [
        {"ID": "L-0042", "NOM": "Durand", "NOTE": "cancer ; =1+1", "SOLDE": "-12.5", "ACTIF": "True", "VIDE": "", "SITE": ""},
        {"ID": "L-0043", "NOM": "", "NOTE": "ligne 1\nligne « 2 »", "SOLDE": "", "ACTIF": "", "VIDE": "", "SITE": "Lyon"},
    ]
    assert [entry.released for entry in read_quarantine(path).entries] == ["2026-12-01", "2026-12-01", ""]
    assert read_quarantine(path).entries[2] == third
    assert out.stat().st_mode & 0o777 == 0o600


def test_release_to_json_lines_and_a_released_entry_stays_readable(path, tmp_path):
    (entry,) = write(path, record())
    out = tmp_path / "out.jsonl"
    assert release(path, [entry.id], KEY, out, LATER) == 1
    assert [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()] == [ROW]
    assert open_entry(read_quarantine(path).entries[0], KEY) == ROW


def test_undecodable_bytes_do_not_stop_a_release(path, tmp_path):
    (entry,) = write(path, record({"ID": "1", "NOTE": "caf\udce9"}))
    release(path, [entry.id], KEY, tmp_path / "out.csv", LATER)
    released = (tmp_path / "out.csv").read_bytes().decode("utf-8-sig", "surrogatepass")
    assert released == "ID;NOTE\r\n1;caf\udce9\r\n"


def test_a_release_that_cannot_be_whole_does_nothing(path, tmp_path):
    first, second = write(path, record(), record(ROW_2))
    release(path, [second.id], KEY, tmp_path / "first.csv", LATER)
    (tmp_path / "taken.csv").write_text("", encoding="utf-8")
    before = path.read_bytes()
    attempts = {
        "has no entry ffff": ([first.id, "ffff"], "out.csv"),
        f"entry {second.id} was released on 2026-12-01; `vigie quarantine show` still reads it": ([first.id, second.id], "out.csv"),
        "rows can be released to .jsonl or .csv, not to .xlsx": ([first.id], "out.xlsx"),
        "taken.csv exists: choose another name": ([first.id], "taken.csv"),
    }
    for reason, (ids, name) in attempts.items():
        with pytest.raises((InputError, OutputError)) as caught:
            release(path, ids, KEY, tmp_path / name, LATER)
        assert reason in str(caught.value)
    assert (path.read_bytes(), sorted(p.name for p in tmp_path.iterdir())) == (before, ["first.csv", "quarantine.jsonl", "taken.csv"])


def test_an_altered_entry_stops_the_release(path, tmp_path):
    first, second = write(path, record(), record(ROW_2))
    path.write_bytes(path.read_bytes().replace(first.nonce.encode(), b"0" * 24))
    with pytest.raises(InputError, match="line 2: the entry was altered"):
        release(path, ["0" * 12, second.id], KEY, tmp_path / "out.csv", LATER)
    assert not (tmp_path / "out.csv").exists()


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(exclude_categories=()))


@given(st.dictionaries(st.text(), scalars))
def test_any_row_comes_back(tmp_path_factory, row):
    path = tmp_path_factory.mktemp("quarantine") / "q.jsonl"
    (entry,) = write(path, QuarantinedRecord("1", row, (), "critical"))
    assert open_entry(read_quarantine(path).entries[0], KEY) == row
    assert entry.entities == ()
