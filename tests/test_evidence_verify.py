import io
import json
import shutil
import zipfile
from functools import cache

import pytest
from evidence_packs import contents, documents, forged, pack_bytes, rewritten, wanted
from fakes import KEY
from hypothesis import given
from hypothesis import strategies as st
from reviews import Bench
from running import ENVIRONMENT, vigie

from scanner.evidence import Verification, verify_pack, write_pack
from scanner.evidence.audit_extract import check_extract
from scanner.evidence.seal import COMMENT_BYTES, seal
from scanner.keys import SecretKey
from scanner.store.engine import open_store

OTHER = SecretKey(bytes(range(1, 33)))
WRITTEN = f"manifest.json was written with the key {KEY.id}"
UNCHECKED = f"who wrote manifest.json: that needs the key {KEY.id}; without it, only digests are checked"
NOTE = "1-violation/note-direction.pdf"
EXTRACT = "1-analyse/journal-audit.jsonl"


@pytest.fixture
def pack(tmp_path):
    (tmp_path / "evidence.zip").write_bytes(pack_bytes())
    return tmp_path / "evidence.zip"


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A pack of a state store, with rules and audit log."""
    folder = tmp_path_factory.mktemp("stored")
    with open_store(folder / "state.sqlite") as store:
        Bench(store, folder)
    write_pack(wanted(folder / "state.sqlite", policy=folder / "out-policy.toml"), folder / "evidence.zip")
    return folder / "evidence.zip"


@pytest.fixture
def store_pack(stored, tmp_path):
    return shutil.copy(stored, tmp_path / "evidence.zip")


def test_an_intact_pack(pack):
    assert verify_pack(pack, [KEY]) == Verification([WRITTEN, "5 of 5 files are as manifest.json says"], [], [])


@pytest.mark.parametrize("keys", [[], [OTHER]])
def test_without_its_key_only_digests_are_checked(pack, keys):
    assert verify_pack(pack, keys) == Verification(["5 of 5 files are as manifest.json says"], [], [UNCHECKED])


def test_every_byte_counts(pack):
    content = bytearray(pack.read_bytes())
    unseen = []
    for at in [*range(0, len(content), 11), *range(len(content) - 300, len(content))]:
        content[at] ^= 1 << at % 8
        pack.write_bytes(content)
        if not verify_pack(pack, [KEY]).faults:
            unseen.append(at)
        content[at] ^= 1 << at % 8
    assert unseen == []


@given(st.integers(0, 10**6), st.integers(0, 7))
def test_sealed_anew_no_byte_changes_what_is_read_unseen(tmp_path_factory, at, bit):
    path = tmp_path_factory.getbasetemp() / "sealed.zip"
    content = bytearray(pack_bytes())
    content[at % (len(content) - COMMENT_BYTES)] ^= 1 << bit
    path.write_bytes(content)
    with path.open("r+b") as file:
        seal(file)
    found = verify_pack(path, [KEY])
    if not found.faults:  # a byte of no effect, such as a version that programs do not look at
        assert list(contents(path).items()) == list(whole().items())


@given(st.integers(0, 10**6))
def test_a_pack_that_was_cut_short(tmp_path_factory, length):
    path = tmp_path_factory.getbasetemp() / "cut.zip"
    path.write_bytes(pack_bytes()[: length % len(pack_bytes())])
    assert len(verify_pack(path, [KEY]).faults) == 1


def test_something_behind_the_end(pack):
    pack.write_bytes(pack.read_bytes() + b"\0")
    assert verify_pack(pack, [KEY]).faults == ["it is cut short, has something behind its end, or was not written by Vigie"]


@cache
def whole():
    with zipfile.ZipFile(io.BytesIO(pack_bytes())) as pack:
        return {name: pack.read(name) for name in pack.namelist()}


def without(files, name):
    return {other: content for other, content in files.items() if other != name}


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        (lambda files: {**files, NOTE: b"%PDF-1.7 nota"}, [f"'{NOTE}' was altered"]),
        (lambda files: without(files, NOTE), [f"'{NOTE}' is missing"]),
        (lambda files: {**files, "1-violation/lettre.pdf": b""}, ["'1-violation/lettre.pdf' is not in manifest.json: it was added"]),
        (
            lambda files: {**without(files, NOTE), "1-violation/note.pdf": files[NOTE]},
            [f"'{NOTE}' is missing", "'1-violation/note.pdf' is not in manifest.json: it was added"],
        ),
        (lambda files: {**files, "manifest.hmac": b"{}"}, ["manifest.hmac names another key than manifest.json"]),
        (lambda files: without(files, "manifest.hmac"), ["it has no manifest.hmac: it is no evidence pack, or that was removed"]),
        (lambda files: without(files, "manifest.json"), ["it has no manifest.json: it is no evidence pack, or that was removed"]),
        (lambda files: {**files, "manifest.json": b"[]"}, ["manifest.json is damaged, or of another version of Vigie"]),
        (lambda files: {**files, "manifest.json": b"[" * 100_000}, ["manifest.json is damaged, or of another version of Vigie"]),
        (
            lambda files: {**files, "manifest.json": files["manifest.json"] + b" "},
            [f"manifest.json was altered, or not written with the key {KEY.id}"],
        ),
    ],
)
def test_a_pack_put_together_again(pack, change, faults):
    rewritten(pack, change(contents(pack)))
    assert verify_pack(pack, [KEY]).faults == faults


def test_a_pack_made_anew_by_somebody_without_the_key(pack):
    forged(pack, {NOTE: b"%PDF-1.7 nothing to see"}, OTHER)
    assert verify_pack(pack, [KEY]).faults == [f"manifest.json was altered, or not written with the key {KEY.id}"]
    assert verify_pack(pack) == Verification(["5 of 5 files are as manifest.json says"], [], [UNCHECKED])


def test_a_file_that_is_listed_twice(pack):
    manifest = json.loads(contents(pack)["manifest.json"])
    forged(pack, {}, KEY)
    files = contents(pack)
    files["manifest.json"] = json.dumps({**manifest, "files": manifest["files"] + manifest["files"][:1]}).encode()
    rewritten(pack, files)
    assert "manifest.json names a file twice" in verify_pack(pack).faults


def test_a_pack_of_a_store(store_pack):
    found = verify_pack(store_pack, [KEY])
    rules = json.loads(contents(store_pack)["manifest.json"])["rules"]
    run = json.loads(contents(store_pack)["1-analyse/summary.json"])["run"]
    count = len([name for name in contents(store_pack) if name.startswith("regles/")])
    assert (found.faults, found.unchecked) == ([], [])
    assert found.holds[2:] == [
        f"the {count} files of rules are version {rules}",
        f"the run {run} was made with these rules",
        f"'{EXTRACT}': entries 1 to 2 are as they were written",
    ]


def test_without_the_key_the_log_can_still_be_seen_to_be_whole(store_pack):
    found = verify_pack(store_pack)
    assert found.faults == []
    assert f"'{EXTRACT}': entries 1 to 2 follow each other" in found.holds
    assert f"'{EXTRACT}': entries written with the key {KEY.id}; give it with --old-key-file" in found.unchecked


def test_rules_that_are_not_those_of_the_run(store_pack):
    rules = json.loads(contents(store_pack)["manifest.json"])["rules"]
    forged(store_pack, {"regles/legal.toml": b"# none\n"}, KEY)
    assert verify_pack(store_pack, [KEY]).faults == [f"the rules are not of the version {rules} that manifest.json names"]


def test_a_summary_of_another_run(store_pack):
    summary = json.loads(contents(store_pack)["1-analyse/summary.json"])
    forged(store_pack, {"1-analyse/summary.json": json.dumps({**summary, "rules": "0" * 16}).encode()}, KEY)
    assert verify_pack(store_pack, [KEY]).faults == ["'1-analyse/summary.json' is of another run than manifest.json says"]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda first, last: [{**first, "event": "log-pruned"}, last], "entry 1: was altered, inserted or moved"),
        (lambda first, last: [first, {**last, "actor": "0" * 16}], "entry 2: was altered, inserted or moved"),
        (lambda first, last: [first, {**last, "seq": 3}], "entry 3: entry 2 is missing"),
        (lambda first, last: [last, first], "entry 1: entry 3 is missing"),
        (lambda first, last: [first, {}], "holds a line that is no entry"),
    ],
)
def test_a_log_that_is_not_as_it_was_written(store_pack, change, fault):
    first, last = map(json.loads, contents(store_pack)[EXTRACT].splitlines())
    forged(store_pack, {EXTRACT: b"".join(json.dumps(entry).encode() + b"\n" for entry in change(first, last))}, KEY)
    assert verify_pack(store_pack, [KEY]).faults == [f"'{EXTRACT}': {fault}"]


def test_entries_of_a_key_before_need_that_key():
    first = {"seq": 5, "at": "t", "actor": "a", "key_id": OTHER.id, "event": "e", "details": {}, "previous": "0" * 64, "mac": "1" * 64}
    second = {**first, "seq": 6, "previous": "1" * 64}
    lines = [json.dumps(entry).encode() for entry in (first, second)]
    found = check_extract(lines, [KEY])
    assert (found.first, found.last, found.fault, found.keys) == (5, 6, "", {OTHER.id})
    assert check_extract(lines, [OTHER]).fault == "entry 5: was altered, inserted or moved"
    lines[1] = json.dumps({**second, "previous": "2" * 64}).encode()
    assert check_extract(lines, [KEY]).fault == "entry 6: does not follow the entry before it"


def test_the_command(pack, tmp_path):
    intact = vigie("evidence", "verify", pack)
    assert intact == (0, f"holds: {WRITTEN}\nholds: 5 of 5 files are as manifest.json says\n", "")
    told = json.loads(vigie("evidence", "verify", pack, "--json").out)
    assert told == {"holds": [WRITTEN, "5 of 5 files are as manifest.json says"], "faults": [], "unchecked": []}
    rewritten(pack, {**contents(pack), NOTE: b"altered"})
    altered = vigie("evidence", "verify", pack)
    assert (altered.code, altered.err) == (3, f"vigie: {pack}: '{NOTE}' was altered\n")


def test_the_command_of_somebody_without_a_key(pack, tmp_path):
    env = {**{name: value for name, value in ENVIRONMENT.items() if name != "VIGIE_KEY"}, "XDG_CONFIG_HOME": str(tmp_path)}
    result = vigie("evidence", "verify", pack, env=env)
    assert result == (0, f"holds: 5 of 5 files are as manifest.json says\nnot checked: {UNCHECKED}\n", "")
    assert vigie("evidence", "verify", pack, "--key-file", tmp_path / "absent", env=env).code == 2


def test_what_is_no_file_is_an_error(tmp_path):
    assert vigie("evidence", "verify", tmp_path / "absent.zip").code == 2
    assert vigie("evidence", "verify", documents(tmp_path / "folder")).code == 2
