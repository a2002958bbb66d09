"""Opening a pack that anybody may have made: nothing is unpacked, and what a pack never is gets refused before it is read."""

from __future__ import annotations

import copy
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from scanner.errors import InputError
from scanner.evidence.members import is_safe, same_name
from scanner.evidence.seal import COMMENT_BYTES

_END = struct.Struct("<4s4H2LH")  # end of central directory, APPNOTE.TXT 4.3.16
_END64 = struct.Struct("<4sQ2H2L4Q")  # 4.3.14, with its locator behind it
_LOCATOR = struct.Struct("<4sLQL")  # 4.3.15
_MOST_FILES = 10_000
_MOST_DIRECTORY = 4 << 20
_MOST_EXPANSION = 400
"""How often a pack may be larger than its ZIP: findings of one kind again and again reach about 100, zeros 1,000."""
_SMALL = 64 << 20
"""What may be larger than that all the same, in bytes."""
_CHUNK = 1 << 20
_UTF8 = 0x800


class Refused(Exception):
    """The file is no pack, or not one that Vigie wrote; the message says why."""


@contextmanager
def open_pack(path: Path) -> Iterator[tuple[BinaryIO, zipfile.ZipFile]]:
    """Open the ZIP at ``path``, as bytes and as an archive.

    Raises :class:`Refused` when it is none that Vigie writes, :class:`InputError` when it cannot be read.
    """
    try:
        file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb")
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror})") from None
    with file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise InputError(f"{path} is not a file")
        _check_end(file)
        try:
            pack = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error) as error:
            raise Refused("its directory is damaged") from error
        with pack:
            _check_members(file, pack)
            yield file, pack


def chunks_in(pack: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """Yield the content of a member; raises :class:`Refused` when it is damaged."""
    try:
        with pack.open(name) as member:
            while chunk := member.read(_CHUNK):
                yield chunk
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, NotImplementedError, RuntimeError, struct.error) as error:
        raise Refused(f"{name!a} is damaged") from error


def _check_end(file: BinaryIO) -> None:
    """Raise :class:`Refused` unless the file ends as a pack does and its directory is of a size that can be read."""
    size = file.seek(0, os.SEEK_END)
    begin = size - _END.size - COMMENT_BYTES
    if begin < 0:
        raise Refused("it is cut short, or was not written by Vigie")
    file.seek(begin)
    signature, *_, count, directory, _, comment = _END.unpack(file.read(_END.size))
    if (signature, comment) != (b"PK\5\6", COMMENT_BYTES):
        raise Refused("it is cut short, has something behind its end, or was not written by Vigie")
    if begin >= _LOCATOR.size + _END64.size:
        file.seek(begin - _LOCATOR.size)
        if file.read(4) == b"PK\6\7":
            file.seek(begin - _LOCATOR.size - _END64.size)
            found, *_, count, directory, _ = _END64.unpack(file.read(_END64.size))
            if found != b"PK\6\6":
                raise Refused("its directory is damaged")
    if count > _MOST_FILES or directory > _MOST_DIRECTORY:
        raise Refused("its directory is larger than that of any pack")


def _check_members(file: BinaryIO, pack: zipfile.ZipFile) -> None:
    """Raise :class:`Refused` when a member could harm who unpacks it, or is not as Vigie writes it."""
    seen: set[str] = set()
    position = expanded = 0
    for info in pack.infolist():
        if info.filename != info.orig_filename or not is_safe(info.filename):
            raise Refused(f"it holds {info.orig_filename!a}, a name that could be written outside of a folder, or not at all")
        if same_name(info.filename) in seen:
            raise Refused(f"it holds {info.filename!a} twice")
        if info.flag_bits & ~_UTF8 or info.compress_type != zipfile.ZIP_DEFLATED or not stat.S_ISREG(info.external_attr >> 16):
            raise Refused(f"{info.filename!a} is encrypted, a link, or packed in a way that Vigie does not use")
        if info.header_offset != position:
            raise Refused(f"{info.filename!a} overlaps another file, or something is hidden before it")
        header = _header(info)
        file.seek(position)
        if file.read(len(header)) != header:
            raise Refused(f"{info.filename!a} is called otherwise, or of another size, where it lies than in the directory")
        seen.add(same_name(info.filename))
        position += len(header) + info.compress_size
        expanded += info.file_size
    if position != pack.start_dir:
        raise Refused("something is hidden before its directory")
    if expanded > max(_SMALL, _MOST_EXPANSION * os.fstat(file.fileno()).st_size):
        raise Refused("it would grow beyond all measure: a bomb")


def _header(info: zipfile.ZipInfo) -> bytes:
    """Return what must stand before a member: what its entry in the directory says, with sizes of 64 bits as Vigie writes them."""
    local = copy.copy(info)
    local.extra = b""
    return local.FileHeader(zip64=True)
