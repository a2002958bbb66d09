"""What scans and exposure audits tell of the exposed persons."""

import json
from collections import Counter

import pytest
from breaches import scan_reading
from database_job import run_job
from databases import make_sqlite
from fakes import KEY, FakeDetector, make_plan
from hypothesis import given
from hypothesis import strategies as st

from scanner.breach.exposure_of_scan import Reading
from scanner.breach.people import UNKNOWN, Count, exactly, people_of
from scanner.breach.sources import read_source
from scanner.databases import TableRequest
from scanner.errors import InputError
from scanner.exposed import Exposed, write_exposed
from scanner.keys import pseudonym
from scanner.scan import scan
from scanner.store.engine import open_store

ROWS = [
    ("1", "T1", "suit un traitement pour un cancer"),
    ("2", "T1", "a une dette, sort de prison"),
    ("3", "T2", "fuite sous évier"),
    ("4", "T3", "cancer et dette"),
    ("5", "T4", "RAS, le gardien est passé"),
]
TENANTS = {pseudonym("T1", KEY): ("FINANCIAL", "HEALTH", "OFFENCE"), pseudonym("T3", KEY): ("FINANCIAL", "HEALTH")}
BY_CATEGORY = {"FINANCIAL": 2, "HEALTH": 2, "OFFENCE": 1}
PARTITION = {(): exactly(2), ("FINANCIAL", "HEALTH"): exactly(1), ("FINANCIAL", "HEALTH", "OFFENCE"): exactly(1)}


def scan_folder(tmp_path, rows=ROWS, header="id;locataire;commentaire"):
    export = tmp_path / "export.csv"
    export.write_text("\n".join([header, *(";".join(row) for row in rows)]) + "\n", encoding="utf-8")
    out = tmp_path / "out"
    tenant = {"tenant_column": "locataire"} if "locataire" in header else {}
    scan(make_plan([export], out, text_columns=("commentaire",), id_column="id", **tenant))
    return out


def test_a_scan_of_exports(tmp_path):
    reading = read_source(str(scan_folder(tmp_path)))
    assert (reading.tenants, reading.key_id, reading.more_persons, reading.nameless, reading.complete) == (
        TENANTS,
        KEY.id,
        False,
        frozenset(),
        True,
    )
    exposed = reading.exposed
    assert (exposed.origin, exposed.source, exposed.persons, exposed.records, exposed.records_by_category) == (
        "scan",
        "export.csv",
        4,
        5,
        BY_CATEGORY,
    )
    assert (exposed.by_categories, list(exposed.sha256)) == (dict(Counter(TENANTS.values())), ["export.csv"])
    people = people_of([reading])
    assert (people.persons, people.partition, people.by_category) == (
        exactly(4),
        PARTITION,
        {"FINANCIAL": exactly(2), "HEALTH": exactly(2), "OFFENCE": exactly(1)},
    )


def test_a_state_store_tells_the_same(tmp_path):
    url = make_sqlite(tmp_path, "CREATE TABLE c (id INTEGER PRIMARY KEY, tenant TEXT, note TEXT)", rows=ROWS, table="c")
    where = tmp_path / "state.sqlite"
    with open_store(where) as store:
        run_job(url, store, tmp_path / "out", tables=[TableRequest("c", id_column="id", tenant_column="tenant", text_columns=("note",))])
    reading = read_source(str(where))
    assert (reading.tenants, reading.exposed.persons, reading.exposed.records, reading.exposed.records_by_category) == (
        TENANTS,
        4,
        5,
        BY_CATEGORY,
    )
    assert reading == read_source(str(where), "night")
    with pytest.raises(InputError, match="the state store knows no job day; its jobs: night"):
        read_source(str(where), "day")


def test_a_store_whose_only_run_failed_tells_nothing(tmp_path):
    url = make_sqlite(tmp_path, "CREATE TABLE c (id INTEGER PRIMARY KEY, note TEXT)", rows=[("1", "cancer")], table="c")
    where = tmp_path / "state.sqlite"

    class Broken(FakeDetector):
        def find_many(self, texts, names=None):
            raise KeyboardInterrupt

    with open_store(where) as store:
        run_job(url, store, tmp_path / "out", tables=[TableRequest("c", id_column="id", text_columns=("note",))], detector=Broken())
    with pytest.raises(InputError, match="the job night has no complete run: finish its scan first"):
        read_source(str(where))


def test_records_that_name_nobody_leave_numbers_open(tmp_path):
    people = people_of([read_source(str(scan_folder(tmp_path, [*ROWS, ("6", "", "alcoolique")])))])
    assert (people.persons, people.untold) == (Count(4, None), frozenset({"ADDICTION"}))
    assert people.partition == {key: Count(count.low, None) for key, count in PARTITION.items()}
    assert people.by_category == {"ADDICTION": UNKNOWN, "FINANCIAL": exactly(2), "HEALTH": exactly(2), "OFFENCE": exactly(1)}


def test_without_a_tenant_column_nobody_is_counted(tmp_path):
    rows = [(number, text) for number, _, text in ROWS]
    people = people_of([read_source(str(scan_folder(tmp_path, rows, "id;commentaire")))])
    assert (people.persons, people.partition) == (UNKNOWN, {(): UNKNOWN})
    assert people.by_category == dict.fromkeys(BY_CATEGORY, UNKNOWN)
    assert people.records_by_category == BY_CATEGORY


def test_rows_that_could_not_be_scanned_make_every_number_a_minimum(tmp_path):
    reading = read_source(str(scan_folder(tmp_path, [*ROWS, ("6", "T9", "trop", "de", "cellules")])))
    people = people_of([reading])
    assert (reading.complete, people.complete, people.persons.high) == (False, False, None)


def test_an_exposure_audit(tmp_path):
    exposed = Exposed("exposure", "page", "2026-11-02T10:00:00+00:00", 12, {("FINANCIAL",): 9}, 12, {"FINANCIAL": 9})
    write_exposed(exposed, tmp_path / "exposed.json")
    reading = Reading(exposed)
    assert read_source(str(tmp_path / "exposed.json")) == read_source(str(tmp_path)) == reading
    people = people_of([reading])
    assert (people.persons, people.partition, people.by_category) == (
        exactly(12),
        {(): exactly(3), ("FINANCIAL",): exactly(9)},
        {"FINANCIAL": exactly(9)},
    )


def test_scans_under_one_key_share_their_persons():
    other = scan_reading(tenants={"a1": ("RELIGION",), "b1": ("HEALTH",)})
    people = people_of([scan_reading(), other])
    assert (people.added, people.persons) == ("united", Count(40, 80))
    assert people.partition[("HEALTH", "RELIGION")] == exactly(1)
    assert people.partition[()] == Count(33, 73)
    assert people.records == 120


def test_sources_that_cannot_be_compared_are_bounded():
    exposed = Exposed("exposure", "page", "2026-11-02T10:00:00+00:00", 12, {("FINANCIAL",): 9}, 12, {"FINANCIAL": 9})
    people = people_of([scan_reading(), Reading(exposed)])
    assert (people.added, people.persons) == ("apart", Count(40, 52))
    assert people.by_category["FINANCIAL"] == Count(9, 11)
    assert people.partition[("FINANCIAL",)] == Count(0, 10)


def test_no_source_tells_nothing():
    people = people_of([])
    assert (people.persons, people.partition, people.records, people.complete) == (UNKNOWN, {}, 0, True)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("notes.txt", "x", "notes.txt: give the --out folder of a scan, a state store, or the exposed.json of `vigie exposure`"),
        ("x.json", "{}", "x.json was not written by `vigie exposure`, or by another version of it; run that again"),
        ("out/summary.json", "{}", "summary.json is not a summary that this version of Vigie reads; run the scan again"),
        ("out/other", "", "summary.json cannot be read (No such file or directory); give the --out folder of a scan"),
    ],
)
def test_what_is_no_source_is_refused(tmp_path, name, content, message):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_source(str(path.parent if path.parent != tmp_path else path))
    assert str(error.value).endswith(message)


@pytest.mark.parametrize("line", ["{", "[]", '{"entity": "HEALTH"}', "\u00e9"])
def test_damaged_findings_are_named_by_line(tmp_path, line):
    out = scan_folder(tmp_path)
    findings = out / "findings.jsonl"
    findings.write_text(findings.read_text(encoding="utf-8") + line + "\n", encoding="latin-1")
    with pytest.raises(InputError, match=r"findings\.jsonl, line 6: not a finding; run the scan again"):
        read_source(str(out))


def test_a_sample_tells_nothing_of_persons(tmp_path):
    out = scan_folder(tmp_path)
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    (out / "summary.json").write_text(json.dumps({**summary, "sample": {"size": 2}}), encoding="utf-8")
    with pytest.raises(InputError, match="the scan read a sample; who was exposed takes a scan of everything, without --sample"):
        read_source(str(out))


CATEGORIES = st.lists(st.sampled_from(["HEALTH", "FINANCIAL", "JUDGEMENT", "PHONE_NUMBER"]), min_size=1, unique=True)
TENANTS_OF_A_SCAN = st.dictionaries(st.sampled_from([f"t{number}" for number in range(8)]), CATEGORIES.map(lambda own: tuple(sorted(own))))


@given(scans=st.lists(TENANTS_OF_A_SCAN, min_size=1, max_size=3), others=st.integers(0, 5))
def test_numbers_enclose_the_truth(scans, others):
    """Each scan read, besides its tenants with findings, the first ``others`` of a further set of tenants."""
    truth: dict[str, set[str]] = {f"o{number}": set() for number in range(others)}
    readings = []
    for tenants in scans:
        for tenant, categories in tenants.items():
            truth.setdefault(tenant, set()).update(categories)
        exposed = Exposed("scan", "s", "2026-11-02T10:00:00+00:00", len(tenants) + others, {}, 1, {})
        readings.append(Reading(exposed, tenants, "k1"))
    people = people_of(readings)
    true_partition = Counter(tuple(sorted(own)) for own in truth.values())
    assert people.persons.low <= len(truth) <= people.persons.high
    for categories, count in people.partition.items():
        assert count.low <= true_partition[categories] <= count.high
    if len(scans) == 1:
        assert {key: count.low for key, count in people.partition.items()} == dict(true_partition)
        assert people.persons == exactly(len(truth))
