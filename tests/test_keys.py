import base64
import logging
import re

import pytest

from scanner.errors import OutputError, SecretKeyError
from scanner.keys import (
    SecretKey,
    default_key_path,
    generate_key,
    keyed_digest,
    load_key,
    load_or_make_key,
    load_own_key,
    parse_key,
    pseudonym,
    write_key_file,
)

MASTER = bytes(range(32))
KEY = SecretKey(MASTER)
HEX = MASTER.hex()
PINNED = ("344e8717", "2cf62b3ffb57092e", "4f6f1c54ad88a6d4")
BASE64 = base64.b64encode(b"\xff" * 32).decode()


def key_file(folder, text, mode=0o600):
    path = folder / "vigie.key"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def test_a_generated_key_is_new_and_usable():
    first, second = generate_key(), generate_key()
    assert first != second
    assert len(parse_key(first, "test").master) == 32


def test_derived_keys_are_fixed_and_differ_by_use():
    # Pinned: data written by an earlier version must stay readable.
    assert (KEY.id, KEY.derive("quarantine").hex()[:16], KEY.derive("redaction").hex()[:16]) == PINNED
    assert len({KEY.derive(use) for use in ("key-id", "quarantine", "pseudonym", "redaction", "digest")}) == 5


def test_repr_shows_the_id_and_never_the_key():
    assert repr(KEY) == f"SecretKey(id='{KEY.id}')"


def test_a_damaged_text_has_a_digest():
    assert keyed_digest("\udce9", KEY, "digest") != keyed_digest("\udce8", KEY, "digest")


def test_pseudonyms():
    assert pseudonym("1234", KEY) == pseudonym("1234", SecretKey(MASTER))
    assert re.fullmatch("[0-9a-f]{16}", pseudonym("1234", KEY))
    others = [pseudonym("1235", KEY), pseudonym("1234", SecretKey(b"x" * 32)), keyed_digest("1234", KEY, "digest")]
    assert len({pseudonym("1234", KEY), *others}) == 4


@pytest.mark.parametrize(
    "text", [HEX, HEX.upper(), base64.b64encode(MASTER).decode(), base64.urlsafe_b64encode(MASTER).decode().rstrip("=")]
)
def test_forms_of_a_key(text):
    assert parse_key(f" {text}\n", "test") == KEY


@pytest.mark.parametrize("text", [BASE64, BASE64.replace("/", "_")])
def test_both_alphabets_of_base64(text):
    assert parse_key(text, "test") == SecretKey(b"\xff" * 32)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("not a key!", "the key in VIGIE_KEY is neither base64 nor hexadecimal"),
        (HEX[:-2], "the key in VIGIE_KEY is neither base64 nor hexadecimal"),
        ("abcd" * 5 + "abc=", "the key in VIGIE_KEY has 17 bytes; it must have 32: make one with `vigie keygen`"),
    ],
)
def test_a_malformed_key_is_refused_without_being_printed(text, reason):
    with pytest.raises(SecretKeyError) as caught:
        load_key(environment={"VIGIE_KEY": text})
    assert str(caught.value) == reason


def test_where_a_key_comes_from(tmp_path):
    path = key_file(tmp_path, HEX)
    other = key_file(tmp_path, HEX).with_name("other.key")
    other.write_text("00" * 32, encoding="ascii")
    zero, ones = SecretKey(bytes(32)), "ff" * 32
    assert load_key(other, {"VIGIE_KEY": ones, "VIGIE_KEY_FILE": str(path)}) == zero
    assert load_key(None, {"VIGIE_KEY": ones, "VIGIE_KEY_FILE": str(path)}) == SecretKey(b"\xff" * 32)
    assert load_key(None, {"VIGIE_KEY": "", "VIGIE_KEY_FILE": str(path)}) == KEY


def test_no_key_says_how_to_get_one():
    with pytest.raises(
        SecretKeyError, match="no key: make one with `vigie keygen`, then give --key-file, or set VIGIE_KEY_FILE or VIGIE_KEY"
    ):
        load_key(environment={})


def test_unreadable_key_files(tmp_path):
    with pytest.raises(SecretKeyError, match=r"none\.key cannot be read \(No such file or directory\)"):
        load_key(tmp_path / "none.key")
    with pytest.raises(SecretKeyError, match="is not a key file"):
        load_key(key_file(tmp_path, "clé"))


def test_a_written_key_file_is_private_and_never_overwritten(tmp_path, caplog):
    path = tmp_path / "vigie.key"
    written = write_key_file(path)
    assert (load_key(path), path.stat().st_mode & 0o777, caplog.messages) == (written, 0o600, [])
    with pytest.raises(OutputError, match="exists and may hold a key in use"):
        write_key_file(path)
    assert load_key(path) == written
    with pytest.raises(OutputError, match="cannot be written"):
        write_key_file(tmp_path / "missing" / "vigie.key")


def test_a_key_file_open_to_others_warns(tmp_path, caplog):
    path = key_file(tmp_path, HEX, mode=0o640)
    with caplog.at_level(logging.WARNING):
        assert load_key(path) == KEY
    assert caplog.messages == [f"key file {path} is open to other users; run: chmod 600 {path}"]


def test_the_users_own_key_is_made_once_and_then_found(tmp_path):
    environment = {"XDG_CONFIG_HOME": str(tmp_path)}
    with pytest.raises(SecretKeyError, match="no key"):
        load_own_key(None, environment)
    made, where = load_or_make_key(None, environment)
    assert where == default_key_path(environment) == tmp_path / "vigie" / "vigie.key"
    assert load_or_make_key(None, environment) == (made, None)
    assert load_own_key(None, environment) == made


def test_a_named_key_comes_before_the_users_own(tmp_path):
    environment = {"XDG_CONFIG_HOME": str(tmp_path)}
    own, _ = load_or_make_key(None, environment)
    named = write_key_file(tmp_path / "named.key")
    assert load_own_key(tmp_path / "named.key", environment) == named
    assert load_or_make_key(None, {**environment, "VIGIE_KEY_FILE": str(tmp_path / "named.key")}) == (named, None)
    with pytest.raises(SecretKeyError, match="cannot be read"):
        load_own_key(tmp_path / "missing.key", environment)
    assert named != own


def test_where_no_key_can_be_made_the_user_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SecretKeyError, match="vigie keygen"):
        load_or_make_key(None, {"XDG_CONFIG_HOME": str(tmp_path / "file")})
