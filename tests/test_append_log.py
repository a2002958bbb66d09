import pytest

from scanner.append_log import whole_file, write_whole
from scanner.errors import OutputError


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_stands_there_once_it_is_whole(tmp_path):
    path = tmp_path / "report.pdf"
    path.write_bytes(b"before")
    with whole_file(path) as file:
        file.write(b"af")
        file.write(b"ter")
        assert (path.read_bytes(), names(tmp_path)) == (b"before", ["report.pdf", "report.pdf.part"])
        file.seek(0)
        assert file.read() == b"after"
    assert (path.read_bytes(), names(tmp_path), path.stat().st_mode & 0o777) == (b"after", ["report.pdf"], 0o600)


def half_of(error):
    yield b"half of"
    raise error


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_what_goes_wrong_leaves_what_was_there(tmp_path, error):
    path = tmp_path / "report.pdf"
    path.write_bytes(b"before")
    with pytest.raises(error), whole_file(path) as file:
        file.writelines(half_of(error))
    assert (path.read_bytes(), names(tmp_path)) == (b"before", ["report.pdf"])


def test_what_a_crash_left_is_no_obstacle(tmp_path):
    (tmp_path / "report.pdf.part").write_bytes(b"half of another")
    write_whole(tmp_path / "report.pdf", b"whole")
    assert ((tmp_path / "report.pdf").read_bytes(), names(tmp_path)) == (b"whole", ["report.pdf"])


def test_a_folder_that_is_not_there(tmp_path):
    path = tmp_path / "absent" / "report.pdf"
    with pytest.raises(OutputError, match=f"{path} cannot be written"):
        write_whole(path, b"")


def test_a_disk_that_is_full(tmp_path):
    path = tmp_path / "report.pdf"
    with pytest.raises(OutputError, match=f"{path} cannot be written \\(No space left on device\\)"), whole_file(path):
        raise OSError(28, "No space left on device")
    assert names(tmp_path) == []
