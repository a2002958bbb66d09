"""Delimited text: what is read, and that the redacted copy changes what it must and nothing else."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Collection, Mapping
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scanner.records import Record
from scanner.sources import Layout, Problem, ReadOptions, open_source


def read(path: Path, content: bytes, options: ReadOptions | None = None) -> tuple[Layout, list[Record]]:
    path.write_bytes(content)
    source = open_source(path, options or ReadOptions())
    return source.layout, [record for chunk in source.chunks() for record in chunk.records]


def texts(records: list[Record]) -> list[tuple[str, dict[str, str], str]]:
    return [(record.id, dict(record.texts), record.problem) for record in records]


def rewritten(
    path: Path,
    content: bytes,
    new: Mapping[int, Mapping[str, str]] | None = None,
    drop: Collection[int] = (),
    options: ReadOptions | None = None,
) -> bytes:
    path.write_bytes(content)
    source = open_source(path, options or ReadOptions())
    copy = path.with_name("copy")
    with source.writer(copy) as writer:
        for chunk in source.chunks():
            writer.write(chunk, new or {}, drop)
    return copy.read_bytes()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "export.csv"


def test_a_record_carries_every_role(path: Path) -> None:
    _, records = read(
        path,
        "NUM_LIGNE;NUM_LOCATAIRE;CODE_AGENCE;SERVICE;DATE_SAISIE;NOM;PRENOM;OBSERVATIONS\r\n"
        "7;L001;AG2;Gérance;05/03/2024 10:12;DUPONT;Léa;Fuite réparée\r\n".encode("cp1252"),
    )
    assert records == [
        Record(
            id="7",
            row=0,
            source="export.csv",
            texts={"OBSERVATIONS": "Fuite réparée"},
            tenant="L001",
            site="AG2",
            author_group="Gérance",
            date="2024-03-05",
            names=("DUPONT", "Léa"),
        )
    ]


@pytest.mark.parametrize("delimiter", [";", "\t", "|", ","])
@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "iso-8859-15", "cp850", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("final_line_end", [True, False])
def test_an_unchanged_copy_has_the_same_bytes(path: Path, delimiter: str, line_end: str, encoding: str, final_line_end: bool) -> None:
    rows = [
        ["Id", "Ville", "Commentaire"],
        ["1", '"Évry"', '"été, à ; la | porte\t""fermée"""'],
        ["2", "", f'"deux{line_end}lignes"'],
        ["3", '""', " déjà réglé "],
    ]
    content = line_end.join(delimiter.join(row) for row in rows) + line_end * final_line_end
    layout, records = read(path, content.encode(encoding))
    assert (layout.delimiter, layout.line_end) == (delimiter, line_end)
    assert texts(records) == [
        ("1", {"Commentaire": 'été, à ; la | porte\t"fermée"'}, ""),
        ("2", {"Commentaire": f"deux{line_end}lignes"}, ""),
        ("3", {"Commentaire": " déjà réglé "}, ""),
    ]
    assert rewritten(path, content.encode(encoding)) == content.encode(encoding)


def test_only_changed_cells_are_written_anew(path: Path) -> None:
    content = b'Id;Commentaire;Avis;Nb\r\n1;"a ""b""";"c";"1"\r\n2;d;"e";2\r\n\r\n3; f ;g;3\r\n4;h;i;4'
    new = {0: {"Commentaire": 'x "y"'}, 1: {"Commentaire": "p;q", "Avis": "r"}, 2: {"Avis": "s\nt"}}
    assert rewritten(path, content, new, drop={3}) == (
        b'Id;Commentaire;Avis;Nb\r\n1;"x ""y""";"c";"1"\r\n2;"p;q";"r";2\r\n\r\n3; f ;"s\nt";3\r\n'
    )


def test_an_edit_introduces_no_formula(path: Path) -> None:
    content = b"Id;Commentaire\n1;Marie - fuite\n2;-fuite\n3;abc\n"
    assert rewritten(path, content, {0: {"Commentaire": "- fuite"}, 1: {"Commentaire": "-x"}, 2: {"Commentaire": "=1+1"}}) == (
        b"Id;Commentaire\n1;'- fuite\n2;-x\n3;'=1+1\n"
    )


def test_characters_that_the_encoding_lacks_are_written_plainly(path: Path) -> None:
    content = "Id;Commentaire\n1;été à côté\n".encode("cp850")
    assert rewritten(path, content, {0: {"Commentaire": "[SANTÉ] – cœur ’ 漢"}}) == "Id;Commentaire\n1;[SANTÉ] - coeur ' ?\n".encode(
        "cp850"
    )


def test_unquoted_line_breaks_in_a_comment_are_mended(path: Path) -> None:
    content = b"Id;Commentaire;Ville\n1;debut\nmilieu\n\nfin;Lyon\n2;ok;Nice\n"
    _, records = read(path, content)
    assert texts(records) == [("1", {"Commentaire": "debut\nmilieu\n\nfin"}, ""), ("2", {"Commentaire": "ok"}, "")]
    assert rewritten(path, content, {0: {"Commentaire": "x\ny"}}) == b"Id;Commentaire;Ville\n1;x\ny;Lyon\n2;ok;Nice\n"


def test_line_feeds_inside_crlf_rows_are_part_of_the_comment(path: Path) -> None:
    _, records = read(path, b'Id;Commentaire;Ville\r\n1;a\nb;Lyon\r\n2;"c";Nice\r\n')
    assert texts(records) == [("1", {"Commentaire": "a\nb"}, ""), ("2", {"Commentaire": "c"}, "")]


def test_a_header_in_crlf_over_rows_in_lf(path: Path) -> None:
    layout, records = read(path, b"Id;Commentaire\r\n1;a\n2;b\n")
    assert (layout.line_end, texts(records)) == ("\n", [("1", {"Commentaire": "a"}, ""), ("2", {"Commentaire": "b"}, "")])


def test_rows_with_the_wrong_number_of_cells_are_kept_whole_and_named(path: Path) -> None:
    content = b"Id;Commentaire;Ville\n1;a;b;c\n2;ok;Lyon\n3\n4;d;e;;\n"
    _, records = read(path, content)
    assert texts(records) == [
        ("#1", {"Commentaire": "1;a;b;c"}, Problem.FIELD_COUNT),
        ("2", {"Commentaire": "ok"}, ""),
        ("#3", {"Commentaire": "3"}, Problem.FIELD_COUNT),
        ("4", {"Commentaire": "d"}, ""),
    ]
    assert rewritten(path, content, {0: {"Commentaire": "1;[X];c"}}) == content.replace(b"1;a;b;c", b"1;[X];c")


@pytest.mark.parametrize("chunk_size", [1, 4000])
def test_a_quote_that_never_ends_costs_its_own_line_only(path: Path, chunk_size: int) -> None:
    content = b'Id;Commentaire;Ville\n1;"a;x\n2;b;y\n3;"c\nd";z\n4;"e;w\n5;f;v\n'
    _, records = read(path, content, ReadOptions(chunk_size=chunk_size))
    assert texts(records) == [
        ("1", {"Commentaire": '"a'}, Problem.UNCLOSED_QUOTE),
        ("2", {"Commentaire": "b"}, ""),
        ("3", {"Commentaire": "c\nd"}, ""),
        ("4", {"Commentaire": '"e'}, Problem.UNCLOSED_QUOTE),
        ("5", {"Commentaire": "f"}, ""),
    ]
    assert rewritten(path, content) == content


def test_quotes_inside_unquoted_cells_are_plain_characters(path: Path) -> None:
    content = b'Id;Commentaire\n1;tuyau 5" fuit\n2;"cuve" vide\n'
    _, records = read(path, content)
    assert texts(records) == [("1", {"Commentaire": 'tuyau 5" fuit'}, ""), ("2", {"Commentaire": "cuve vide"}, "")]
    assert rewritten(path, content, {0: {"Commentaire": '5" [X]'}}) == b'Id;Commentaire\n1;5" [X]\n2;"cuve" vide\n'


def test_undecodable_bytes_are_named_and_given_back(path: Path) -> None:
    content = "Id;Commentaire\n1;été à côté, déjà réglé\n2;r".encode() + b"\xe9gl\xe9\n3;ok\n"
    _, records = read(path, content)
    assert texts(records) == [
        ("1", {"Commentaire": "été à côté, déjà réglé"}, ""),
        ("2", {"Commentaire": "r\ufffdgl\ufffd"}, Problem.UNDECODABLE),
        ("3", {"Commentaire": "ok"}, ""),
    ]
    assert rewritten(path, content, {2: {"Commentaire": "x"}}) == content[:-3] + b"x\n"


def test_bad_bytes_far_behind_the_sample_do_not_stop_the_reading(path: Path) -> None:
    content = "Id;Commentaire\n1;été\n".encode() + b"2;plain ascii text\n" * 120_000 + b"3;r\xe9gl\xe9\n"
    _, records = read(path, content)
    assert (len(records), texts(records)[-1]) == (120_002, ("3", {"Commentaire": "r\ufffdgl\ufffd"}, Problem.UNDECODABLE))
    assert rewritten(path, content) == content


def test_nul_bytes_and_lone_surrogates_survive(path: Path) -> None:
    content = b"Id;Commentaire\n1;a\x00b\n2;\xed\xa0\x80c\n3;" + "déjà été là".encode() + b"\n"
    _, records = read(path, content)
    assert texts(records) == [
        ("1", {"Commentaire": "a\x00b"}, ""),
        ("2", {"Commentaire": "\ufffd\ufffd\ufffdc"}, Problem.UNDECODABLE),
        ("3", {"Commentaire": "déjà été là"}, ""),
    ]
    assert rewritten(path, content) == content
    wide = "Id;Commentaire\n1;a\ud800b\n".encode("utf-16-le", "surrogatepass")
    assert texts(read(path, wide)[1]) == [("1", {"Commentaire": "a\ufffdb"}, Problem.UNDECODABLE)]
    assert rewritten(path, wide) == wide


def test_a_cell_of_50_mb_is_read(path: Path) -> None:
    cell = ("x" * 999 + "\n") * 52_000
    _, records = read(path, f'Id;Commentaire\n1;"{cell}"\n2;ok\n'.encode())
    assert [(record.id, len(record.texts["Commentaire"]), record.problem) for record in records] == [("1", len(cell), ""), ("2", 2, "")]


def test_mojibake_is_left_as_it_stands(path: Path) -> None:
    assert texts(read(path, "Id;Commentaire\n1;rÃ©glÃ©\n".encode())[1]) == [("1", {"Commentaire": "rÃ©glÃ©"}, "")]


def test_without_header_columns_are_numbered_and_the_first_row_is_data(path: Path) -> None:
    content = b"1;12/03/2024;Le locataire est parti\n2;13/03/2024;La cle est rendue\n"
    layout, records = read(path, content)
    assert (layout.columns, layout.has_header) == (("col1", "col2", "col3"), False)
    assert texts(records) == [("1", {"col3": "Le locataire est parti"}, ""), ("2", {"col3": "La cle est rendue"}, "")]
    assert rewritten(path, content, {0: {"col3": "[X]"}}) == content.replace(b"Le locataire est parti", b"[X]")


def test_a_single_column_keeps_its_commas(path: Path) -> None:
    layout, records = read(path, b"Commentaire\nFuite, cuisine\nRAS\n")
    assert (layout.delimiter, texts(records)) == ("", [("1", {"Commentaire": "Fuite, cuisine"}, ""), ("2", {"Commentaire": "RAS"}, "")])


def test_the_excel_separator_line_is_obeyed_and_kept(path: Path) -> None:
    content = b"sep=,\r\n\r\nId,Commentaire\r\n\r\n1,a;b\r\n"
    layout, records = read(path, content)
    assert (layout.delimiter, texts(records)) == (",", [("1", {"Commentaire": "a;b"}, "")])
    assert rewritten(path, content) == content


def test_the_delimiter_can_be_given(path: Path) -> None:
    layout, records = read(path, b"Id~Commentaire\n1~a;b\n", ReadOptions(delimiter="~"))
    assert (layout.delimiter, texts(records)) == ("~", [("1", {"Commentaire": "a;b"}, "")])


def test_repeated_and_empty_headers_get_names_of_their_own(path: Path) -> None:
    layout, records = read(path, b"Obs;;Obs\na;12;b\n")
    assert (layout.columns, texts(records)) == (("Obs", "col2", "Obs_2"), [("1", {"Obs": "a", "Obs_2": "b"}, "")])


def test_ids_may_repeat_or_be_missing(path: Path) -> None:
    _, records = read(path, b"Id;Commentaire\n1;a\n1;b\n;c\n")
    assert [(record.id, record.row) for record in records] == [("1", 0), ("1", 1), ("#3", 2)]


def test_chunks_hold_no_more_records_than_asked(path: Path) -> None:
    path.write_bytes(b"Id;Commentaire\n" + b"1;a\n" * 10)
    chunks = list(open_source(path, ReadOptions(chunk_size=4)).chunks())
    assert [[record.row for record in chunk.records] for chunk in chunks] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_memory_does_not_grow_with_the_file(path: Path) -> None:
    peaks = []
    for rows in (40_000, 120_000):
        path.write_bytes(b"Id;Commentaire\n" + b'1;"un commentaire de longueur moyenne, ni plus ni moins"\n' * rows)
        source = open_source(path, ReadOptions())
        tracemalloc.start()
        with source.writer(path.with_name("copy")) as writer:
            for chunk in source.chunks():
                writer.write(chunk, {chunk.records[0].row: {"Commentaire": "[X]"}})
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]


def test_rows_that_span_blocks_are_read_once(path: Path) -> None:
    row = '{};"' + "mot\n" * 50 + '";ok\n'
    content = ("Id;Commentaire;Observation\n" + "".join(row.format(number) for number in range(12_000))).encode()
    _, records = read(path, content)
    assert [record.id for record in records] == [str(number) for number in range(12_000)]
    assert {tuple(record.texts.values()) for record in records} == {("mot\n" * 50, "ok")}
    assert rewritten(path, content) == content


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x1f"), max_size=12)
ROWS = st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=8)


@given(ROWS, st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]), st.sampled_from([";", "\t", ","]), st.sampled_from(["\r\n", "\n"]))
def test_what_the_csv_module_writes_is_read_and_given_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], quoting: int, delimiter: str, line_end: str
) -> None:
    assume(quoting == csv.QUOTE_ALL or not any("\r" in cell for row in rows for cell in row))  # Python 3.11 leaves a lone CR unquoted
    path = tmp_path_factory.mktemp("csv") / "export.csv"
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=quoting)
    writer.writerows([("Id", "Commentaire", "Avis"), *(("x", *row) for row in rows)])
    content = text.getvalue().encode()
    options = ReadOptions(encoding="utf-8", delimiter=delimiter, text_columns=("Commentaire", "Avis"))
    _, records = read(path, content, options)
    assert texts(records) == [("x", {"Commentaire": first, "Avis": second}, "") for first, second in rows]
    assert rewritten(path, content, options=options) == content
    new = {row: {"Commentaire": "[X]"} for row in range(0, len(rows), 2)}
    edited = list(csv.reader(io.StringIO(rewritten(path, content, new, options=options).decode(), newline=""), delimiter=delimiter))
    assert edited[1:] == [["x", "[X]" if row % 2 == 0 else first, second] for row, (first, second) in enumerate(rows)]


@given(st.binary(min_size=1, max_size=200))
def test_no_bytes_are_lost_whatever_they_are(tmp_path_factory: pytest.TempPathFactory, body: bytes) -> None:
    path = tmp_path_factory.mktemp("csv") / "export.csv"
    content = b"Id;Commentaire;Ville\n" + body
    options = ReadOptions(encoding="utf-8", delimiter=";", text_columns=("Commentaire",))
    assert rewritten(path, content, options=options) == content
