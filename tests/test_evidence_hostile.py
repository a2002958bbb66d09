import re
import stat
import struct
import zipfile

import pytest
from evidence_packs import contents, pack_bytes, rewritten
from fakes import KEY
from hypothesis import given
from hypothesis import strategies as st

from scanner.evidence import verify_pack
from scanner.evidence.seal import UNSEALED

END = 22 + len(UNSEALED)
CRC, SIZE = 16, 24
"""Where an entry of the directory tells them."""


@pytest.fixture
def pack(tmp_path):
    (tmp_path / "evidence.zip").write_bytes(pack_bytes())
    return tmp_path / "evidence.zip"


def refusal(pack):
    """Return the only fault that is found besides the seal, with nothing said to hold and nothing written beside the pack."""
    before = sorted(pack.parent.rglob("*"))
    found = verify_pack(pack, [KEY])
    assert (found.holds, found.unchecked) == ([], [])
    assert sorted(pack.parent.rglob("*")) == before
    (fault,) = (fault for fault in found.faults if "byte for byte" not in fault)
    return fault


@pytest.mark.parametrize(
    "name", ["../outside.txt", "/etc/passwd", "a/../../b", "C:/windows", "a\\b", "./a", "a//b", "a/", "..", "con\x1b[2J", "a/b. "]
)
def test_names_that_lead_outside(pack, name):
    rewritten(pack, {**contents(pack), name: b"x"})
    assert refusal(pack) == f"it holds {name!a}, a name that could be written outside of a folder, or not at all"


def test_a_name_that_ends_early(pack):
    rewritten(pack, {**contents(pack), "1-violation/zzz.pdf": b"x"})
    pack.write_bytes(pack.read_bytes().replace(b"1-violation/zzz.pdf", b"1-violation/zzz\0pdf"))
    assert "a name that could be written outside" in refusal(pack)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("twin", ["1-violation/note-direction.pdf", "1-Violation/NOTE-direction.pdf"])
def test_a_file_twice(pack, twin):
    rewritten(pack, [*contents(pack).items(), (twin, b"another")])
    assert refusal(pack) == f"it holds {twin!a} twice"


@pytest.mark.parametrize("mode", [stat.S_IFLNK | 0o777, stat.S_IFDIR | 0o700, stat.S_IFIFO | 0o600, 0])
def test_links_and_other_things_that_are_no_files(pack, mode):
    rewritten(pack, contents(pack), mode)
    assert refusal(pack) == "'LISEZMOI.txt' is encrypted, a link, or packed in a way that Vigie does not use"


def in_directory(pack, at, value):
    """Write ``value`` into the first entry of the directory, ``at`` bytes from its beginning."""
    content = bytearray(pack.read_bytes())
    begin = content.index(b"PK\1\2") + at
    content[begin : begin + len(value)] = value
    pack.write_bytes(content)


@pytest.mark.parametrize(
    ("at", "value"),
    [(8, b"\1\0"), (8, b"\x40\0"), (10, b"\0\0"), (10, b"\x0e\0")],
    ids=["encrypted", "strongly encrypted", "stored", "lzma"],
)
def test_what_vigie_never_does(pack, at, value):
    in_directory(pack, at, value)
    assert refusal(pack) == "'LISEZMOI.txt' is encrypted, a link, or packed in a way that Vigie does not use"


def in_both(pack, at, value):
    """The same, and in what stands before the first file."""
    in_directory(pack, at, value)
    content = bytearray(pack.read_bytes())
    begin = at - 2 if at == CRC else 30 + len("LISEZMOI.txt") + 4  # sizes of 64 bits stand behind the name
    content[begin : begin + len(value)] = value
    pack.write_bytes(content)


def test_a_wrong_checksum(pack):
    in_both(pack, CRC, b"\0\0\0\0")
    assert "'LISEZMOI.txt' is damaged" in verify_pack(pack, [KEY]).faults


def test_a_directory_that_says_otherwise_than_the_file_itself(pack):
    in_directory(pack, CRC, b"\0\0\0\0")
    assert refusal(pack) == "'LISEZMOI.txt' is called otherwise, or of another size, where it lies than in the directory"


def test_a_bomb(pack):
    rewritten(pack, {**contents(pack), "1-violation/lettre.pdf": bytes(80 << 20)})
    assert refusal(pack) == "it would grow beyond all measure: a bomb"


def test_a_bomb_that_lies_about_its_size(pack):
    rewritten(pack, {**contents(pack), "LISEZMOI.txt": bytes(80 << 20)})
    in_both(pack, SIZE, (1000).to_bytes(4, "little"))
    assert "'LISEZMOI.txt' is damaged" in verify_pack(pack, [KEY]).faults


def test_files_that_share_their_bytes(pack):
    content = bytearray(pack.read_bytes())
    first, second, *_ = (found.start() for found in re.finditer(rb"PK\x01\x02", content))
    content[second + 42 : second + 46] = content[first + 42 : first + 46]
    pack.write_bytes(content)
    assert "overlaps another file" in refusal(pack)


def shifted(content, by):
    """Return ``content`` with ``by`` bytes more before the first file, and a directory that knows it."""
    data = bytearray(b"#" * by + content)
    at = by + content.index(b"PK\1\2")
    offset = struct.pack("<L", at)
    data[-END + 16 : -END + 20] = offset
    while data[at : at + 4] == b"PK\1\2":
        (begin,) = struct.unpack_from("<L", data, at + 42)
        data[at + 42 : at + 46] = struct.pack("<L", begin + by)
        at += 46 + sum(struct.unpack_from("<3H", data, at + 28))
    return bytes(data)


@pytest.mark.parametrize("concatenated", [True, False])
def test_something_hidden_before_the_first_file(pack, concatenated):
    content = pack.read_bytes()
    pack.write_bytes(b"#!/bin/sh\n" + content if concatenated else shifted(content, 10))
    assert refusal(pack) == "'LISEZMOI.txt' overlaps another file, or something is hidden before it"


@pytest.mark.parametrize(("field", "value"), [(10, b"\xff\xff"), (12, b"\0\0\0\x10")], ids=["files", "bytes"])
def test_a_huge_directory(pack, field, value):
    content = bytearray(pack.read_bytes())
    content[-END + field : -END + field + len(value)] = value
    pack.write_bytes(content)
    assert refusal(pack) == "its directory is larger than that of any pack"


@pytest.mark.parametrize(
    ("signature", "count", "size", "message"),
    [
        (b"PK\6\6", 1 << 40, 100, "its directory is larger than that of any pack"),
        (b"PK\6\6", 5, 1 << 40, "its directory is larger than that of any pack"),
        (b"PK\6\7", 5, 100, "its directory is damaged"),
    ],
)
def test_a_huge_directory_of_zip64(pack, signature, count, size, message):
    content = pack.read_bytes()
    record = struct.pack("<4sQ2H2L4Q", signature, 44, 45, 45, 0, 0, count, count, size, 0)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(content) - END, 1)
    pack.write_bytes(content[:-END] + record + locator + content[-END:])
    assert refusal(pack) == message


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\5\6" + bytes(18), bytes(5000), b"%PDF-1.7\n" * 100])
def test_what_is_no_pack(pack, content):
    pack.write_bytes(content)
    assert "was not written by Vigie" in refusal(pack)


def test_another_zip(pack):
    with zipfile.ZipFile(pack, "w") as other:
        other.writestr("report.html", "x")
    assert "was not written by Vigie" in refusal(pack)


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=40), st.booleans())
def test_whatever_happened_to_it_there_is_an_answer(tmp_path_factory, changes, at_the_end):
    pack = tmp_path_factory.getbasetemp() / "spoilt.zip"
    content = bytearray(pack_bytes())
    for at, value in changes:
        content[-1 - at % 800 if at_the_end else at % len(content)] = value
    pack.write_bytes(content)
    assert bool(verify_pack(pack, [KEY]).faults) == (bytes(content) != pack_bytes())
