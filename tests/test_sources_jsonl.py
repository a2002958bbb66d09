"""JSON Lines: what is read, and that the redacted copy changes what it must and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import InputError
from scanner.sources import Problem, ReadOptions, Source, open_source

CORPUS = (
    '{"id": "01-1", "text": "Fuite réparée", "spans": []}\n'
    '{"id": "01-2", "text": "Mme D. absente", "spans": [{"start": 0, "end": 6, "entity": "PERSON"}]}\n'
)


def opened(tmp_path: Path, content: bytes, options: ReadOptions | None = None) -> Source[Any]:
    path = tmp_path / "export.jsonl"
    path.write_bytes(content)
    return open_source(path, options or ReadOptions())


def texts(source: Source[Any]) -> list[tuple[str, dict[str, str], str]]:
    return [(record.id, dict(record.texts), record.problem) for chunk in source.chunks() for record in chunk.records]


def rewritten(source: Source[Any], new: dict[int, dict[str, str]], drop: set[int] | None = None) -> bytes:
    copy = source.path.with_name("copy")
    with source.writer(copy) as writer:
        for chunk in source.chunks():
            writer.write(chunk, new, drop or set())
    return copy.read_bytes()


def test_the_format_of_labelled_comments(tmp_path: Path) -> None:
    source = opened(tmp_path, CORPUS.encode())
    assert (source.layout.format, source.layout.roles.texts, source.layout.roles.id) == ("jsonl", ("text",), "id")
    assert texts(source) == [("01-1", {"text": "Fuite réparée"}, ""), ("01-2", {"text": "Mme D. absente"}, "")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_an_unchanged_copy_has_the_same_bytes(tmp_path: Path, encoding: str) -> None:
    content = ("\n" + CORPUS.replace("\n", "\r\n\r\n") + '{ "text":"x" ,"n" : 1.10 }').encode(encoding)
    source = opened(tmp_path, content)
    assert [record[0] for record in texts(source)] == ["01-1", "01-2", "#3"]
    assert rewritten(source, {}) == content


def test_only_the_changed_strings_are_written_anew(tmp_path: Path) -> None:
    content = b'{"n" : 1.10,"text":"a \\"b\\"" , "x":[ 1,{"text":"z"} ],"note":"c d e"}\n{"text": "f", "note": "g"}\n{"text": "h\\u00e9"}\n'
    new = {0: {"text": 'é "x"', "note": "y"}, 2: {"text": "é"}}
    assert rewritten(opened(tmp_path, content), new, {1}) == (
        b'{"n" : 1.10,"text":"\\u00e9 \\"x\\"" , "x":[ 1,{"text":"z"} ],"note":"y"}\n{"text": "\\u00e9"}\n'
    )
    assert rewritten(opened(tmp_path, '{"text": "à côté"}\n'.encode()), {0: {"text": "é"}}) == '{"text": "é"}\n'.encode()


def test_remarks_in_lists_are_scanned_and_stay_lists(tmp_path: Path) -> None:
    content = '{"id": 1, "notes": ["a payé", {"suite": "ok"}]}\n'.encode()
    source = opened(tmp_path, content)
    assert texts(source) == [("1", {"notes": '["a payé", {"suite": "ok"}]'}, "")]
    assert rewritten(source, {0: {"notes": '["[X]", {"suite": "ok"}]'}}) == b'{"id": 1, "notes": ["[X]", {"suite": "ok"}]}\n'
    assert rewritten(source, {0: {"notes": "[X"}}) == b'{"id": 1, "notes": "[X"}\n'


def test_keys_that_come_late_are_scanned_too(tmp_path: Path) -> None:
    content = b'{"text": "a"}\n' * 900 + b'{"text": "b", "zzz": "une remarque tardive", "code": "X1"}\n'
    source = opened(tmp_path, content)
    assert texts(source)[-1] == ("901", {"text": "b", "zzz": "une remarque tardive"}, "")
    assert rewritten(source, {900: {"zzz": "[X]"}}) == content.replace(b"une remarque tardive", b"[X]")


def test_lines_that_are_no_objects_are_kept_whole_and_named(tmp_path: Path) -> None:
    content = b'{"id": 1, "text": "a"}\n{"id": 2, "text": "b\n[3]\n{"id": 4, "text": "d"}'
    source = opened(tmp_path, content)
    assert texts(source) == [
        ("1", {"text": "a"}, ""),
        ("#2", {"text": '{"id": 2, "text": "b'}, Problem.INVALID_JSON),
        ("#3", {"text": "[3]"}, Problem.INVALID_JSON),
        ("4", {"text": "d"}, ""),
    ]
    assert rewritten(source, {1: {"text": "[X]"}}) == content.replace(b'{"id": 2, "text": "b', b"[X]")


def test_lone_surrogates_and_bad_bytes_are_named(tmp_path: Path) -> None:
    content = b'{"text": "a\\ud83db"}\n{"text": "\xe9t\xe9"}\n' + '{"text": "été à côté"}\n'.encode()
    source = opened(tmp_path, content)
    assert texts(source) == [
        ("1", {"text": "a\ufffdb"}, Problem.UNDECODABLE),
        ("2", {"text": "\ufffdt\ufffd"}, Problem.UNDECODABLE),
        ("3", {"text": "été à côté"}, ""),
    ]
    assert rewritten(source, {}) == content


def test_without_any_object_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"export\.jsonl: no line holds a JSON object"):
        opened(tmp_path, b"abc\n")


def test_chunks_hold_no_more_records_than_asked(tmp_path: Path) -> None:
    source = opened(tmp_path, b'{"text": "a"}\n' * 5, ReadOptions(chunk_size=2))
    assert [[record.row for record in chunk.records] for chunk in source.chunks()] == [[0, 1], [2, 3], [4]]


@given(st.lists(st.tuples(st.text(), st.text(), st.booleans()), min_size=1, max_size=6))
def test_what_the_json_module_writes_is_read_and_given_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, bool]]
) -> None:
    lines = [json.dumps({"x": other, "text": text, "y": 1}, ensure_ascii=ascii_only) + "\n" for text, other, ascii_only in rows]
    source = opened(tmp_path_factory.mktemp("jsonl"), "".join(lines).encode(), ReadOptions(encoding="utf-8", text_columns=("text",)))
    assert texts(source) == [(str(number), {"text": text}, "") for number, (text, _, _) in enumerate(rows, start=1)]
    assert rewritten(source, {}) == "".join(lines).encode()
    edited = [json.loads(line) for line in rewritten(source, {0: {"text": "[X]"}}).decode().split("\n") if line.startswith("{")]
    assert edited[0] == {"x": rows[0][1], "text": "[X]", "y": 1}
