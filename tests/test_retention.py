"""``vigie retention`` end to end: what is overdue is counted, listed and nowhere named but in the list."""

from __future__ import annotations

import datetime
import json
import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from correcting import Base, OnPostgreSQL
from databases import make_sqlite
from fakes import KEY
from running import Result, vigie
from subjects import pdf_text

from scanner.catalogue import default_catalogue
from scanner.databases import ReadSettings, TableRequest
from scanner.keys import pseudonym
from scanner.policy import load_policy
from scanner.records import Record
from scanner.subject.retention_check import OLDEST, Overdue, Place, RetentionCheck, check_stream
from scanner.subject.retention_judge import Kept, RetentionJudge
from scanner.subject.retention_rules import Exceptions, RetentionRule, RetentionRules
from scanner.subject.stream import DatabaseStream

RULES = """
[[rules]]
fields = ["MESSAGE"]
keep_days = 7
after = "DATE_FIN_CONTRAT"
why = "Fin du contrat"
source = "Politique de confidentialité, article 3"
[[rules]]
keep_months = 36
[exceptions]
column = "LITIGE"
values = ["O"]
"""
HEADER = "NUM_EVT;DATE_SAISIE;DATE_FIN_CONTRAT;LITIGE;COMMENTAIRE;MESSAGE"
ROWS = [
    "evt-1;12/03/2019;;;fuite sous l'évier de la cuisine;",
    "evt-2;12/03/2019;;O;loyer impayé depuis le mois de mars;",
    "evt-3;12/03/2025;14/11/2026;;rendez-vous pris pour la chaudière;bonjour, je vous écris au sujet de ma porte",
    "evt-4;;15/11/2026;;ascenseur en panne depuis hier soir;bonjour, la lumière du hall est en panne",
    "evt-5;29/02/2020;;;visite faite avec le plombier;",
]


def check(folder: Path, *options: object, source: object = "", rows: list[str] = ROWS) -> Result:
    """Run ``vigie retention`` on the 22nd of November 2026; the outputs go to ``folder/out``."""
    (folder / "rules.toml").write_text(RULES, "utf-8")
    path = folder / "export.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", "utf-8")
    return vigie("retention", source or path, "--rules", folder / "rules.toml", "--out", folder / "out", "--today", "2026-11-22", *options)


def figures(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "out" / "conservation.json").read_text("utf-8"))
    return content


def test_what_is_overdue_is_counted_by_field_and_year(tmp_path: Path) -> None:
    assert check(tmp_path).code == 1
    content = figures(tmp_path)
    assert len(content["sources"][0].pop("sha256")) == 64
    assert content == {
        "format": "vigie-retention",
        "version": 1,
        "today": "2026-11-22",
        "records": 5,
        "records_overdue": 3,
        "overdue": 3,
        "excepted": 1,
        "undated": 1,
        "unruled": 0,
        "kept": 2,
        "places": [
            {
                "source": "export.csv",
                "field": "COMMENTAIRE",
                "rule": 2,
                "overdue": 2,
                "excepted": 1,
                "undated": 1,
                "unruled": 0,
                "kept": 1,
                "years": {"2019": 1, "2020": 1},
            },
            {
                "source": "export.csv",
                "field": "MESSAGE",
                "rule": 1,
                "overdue": 1,
                "excepted": 0,
                "undated": 0,
                "unruled": 0,
                "kept": 1,
                "years": {"2026": 1},
            },
        ],
        "rules": [
            {
                "period": "7 jours après la date de la colonne DATE_FIN_CONTRAT",
                "why": "Fin du contrat",
                "source": "Politique de confidentialité, article 3",
            },
            {"period": "36 mois après la date du commentaire", "why": "", "source": ""},
        ],
        "sources": [{"source": "export.csv", "rows": 5, "rows_not_read": 0}],
    }


def test_the_list_names_records_for_its_owner_only_and_the_document_names_none(tmp_path: Path) -> None:
    check(tmp_path)
    out = tmp_path / "out"
    assert (out / "conservation.csv").read_text("utf-8-sig").splitlines() == [
        "source;fiche;champ;départ du délai;à effacer après le;jours de retard;règle",
        "export.csv;evt-1;COMMENTAIRE;2019-03-12;2022-03-12;1716;2",
        "export.csv;evt-3;MESSAGE;2026-11-14;2026-11-21;1;1",
        "export.csv;evt-5;COMMENTAIRE;2020-02-29;2023-02-28;1363;2",
    ]
    assert {path.name: path.stat().st_mode & 0o777 for path in out.iterdir()} == dict.fromkeys(
        ("conservation.csv", "conservation.json", "conservation.pdf"), 0o600
    )
    text = pdf_text(out / "conservation.pdf")
    told = text + (out / "conservation.json").read_text("utf-8")
    assert [word for word in ("evt-", "évier", "plombier", "chaudière") if word in told] == []
    shown = [pseudonym(record, KEY) for record in ("evt-1", "evt-5", "evt-3")]
    assert [text.count(name) for name in shown] == [1, 1, 1]
    assert text.index(shown[0]) < text.index(shown[1]) < text.index(shown[2])
    assert "est dépassée pour 3 commentaires, sur un total de 5 fiches" in text
    assert "article R. 212-14" in text
    assert "[à compléter : source]" in text


def test_nothing_overdue_is_said_and_ends_well(tmp_path: Path) -> None:
    assert check(tmp_path, rows=[ROWS[2].replace("14/11/2026", "")]).code == 0
    assert "aucun commentaire n’a dépassé" in pdf_text(tmp_path / "out" / "conservation.pdf")


def test_rows_that_cannot_be_read_weigh_more_than_what_is_overdue(tmp_path: Path) -> None:
    result = check(tmp_path, rows=[*ROWS, "evt-6;trop;peu"])
    assert result.code == 3
    assert "1 rows could not be read in full" in result.err
    assert (figures(tmp_path)["overdue"], figures(tmp_path)["sources"][0]["rows_not_read"]) == (3, 1)


def test_a_database_is_judged_as_its_export_is(tmp_path: Path) -> None:
    columns = "NUM_EVT TEXT PRIMARY KEY, DATE_SAISIE TEXT, DATE_FIN_CONTRAT TEXT, LITIGE TEXT, COMMENTAIRE TEXT, MESSAGE TEXT"
    rows = [tuple(cell or None for cell in row.split(";")) for row in ROWS]
    url = make_sqlite(tmp_path, f"CREATE TABLE notes ({columns})", rows=rows, table="notes")
    options = ("--table", "notes", "--text-column", "COMMENTAIRE", "--text-column", "MESSAGE")
    assert check(tmp_path, *options, source=url).code == 1
    in_database = figures(tmp_path)
    check(tmp_path)
    in_export = figures(tmp_path)
    counts = ("records", "records_overdue", "overdue", "excepted", "undated", "unruled", "kept")
    assert [in_database[name] for name in counts] == [in_export[name] for name in counts]
    assert [place | {"source": ""} for place in in_database["places"]] == [place | {"source": ""} for place in in_export["places"]]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--today", "demain"), "--today 'demain' is no day"),
        (("--organisation", "absent.toml"), "absent.toml: cannot be read"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, options: tuple[str, ...], reason: str) -> None:
    result = check(tmp_path, *options)
    assert result.code == 2
    assert reason in result.err


def test_a_column_that_no_source_has_is_refused(tmp_path: Path) -> None:
    (tmp_path / "r.toml").write_text("[[rules]]\nkeep_days = 7\nafter = 'SORTIE'\n", "utf-8")
    path = tmp_path / "export.csv"
    path.write_text("\n".join([HEADER, *ROWS]), "utf-8")
    result = vigie("retention", path, "--rules", tmp_path / "r.toml", "--out", tmp_path / "out")
    assert result.code == 2
    assert "no source has a column 'SORTIE'" in result.err


def test_the_template_is_one_that_the_command_reads(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    assert vigie("init", path, "--for", "retention").code == 0
    export = tmp_path / "export.csv"
    export.write_text("\n".join([HEADER, *ROWS]), "utf-8")
    assert vigie("retention", export, "--rules", path, "--out", tmp_path / "out", "--today", "2026-11-22").code == 1


def test_comments_that_cannot_be_judged_are_no_clean_result(tmp_path: Path) -> None:
    rows = ["evt-1;31/02/2020;;;fuite sous l'évier;", "evt-2;12/11/2026;;;ascenseur en panne;"]
    result = check(tmp_path, rows=rows)
    assert (result.code, result.err) == (
        3,
        "vigie: 1 comments could not be judged: name their dates with --date-column, and write a rule for their fields\n",
    )
    assert "1 without a date to count from, 0 without a rule\n" in result.out
    assert check(tmp_path, rows=rows[1:]).code == 0


def test_a_run_that_is_stopped_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> Iterator[Overdue]:
        yield Overdue(1, "export.csv", "evt-1", "COMMENTAIRE", "2019-03-12", "2022-03-12", 1)
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr("scanner.subject.retention_files.check_stream", stopped)
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        result = check(tmp_path)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert (result, list((tmp_path / "out").iterdir())) == ((3, "", "vigie: interrupted\n"), [])


def test_an_input_is_neither_overwritten_nor_read_twice(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    export = out / "conservation.csv"
    export.write_text("\n".join([HEADER, *ROWS]), "utf-8")
    before = export.read_bytes()
    result = check(tmp_path, source=export)
    said = f"vigie: {export}: is one of the inputs and would be overwritten; choose another --out folder\n"
    assert (result, export.read_bytes()) == ((2, "", said), before)
    twice = vigie("retention", export, export, "--rules", tmp_path / "rules.toml", "--out", tmp_path / "other")
    assert twice == (2, "", "vigie: the same file is given twice; name each input once\n")


def test_the_longest_overdue_are_kept_and_memory_does_not_grow() -> None:
    found = RetentionCheck(datetime.date(2026, 11, 22))
    first = datetime.date(2000, 1, 1)
    for at in range(3 * OLDEST):
        start = first + datetime.timedelta(days=(at * 7) % (3 * OLDEST))
        found.add(Record(str(at), at, "notes", {}), Kept("NOTE", "overdue", 0, start, start))
    assert [one.start for one in found.oldest] == [(first + datetime.timedelta(days=at)).isoformat() for at in range(OLDEST)]
    assert found.oldest[0] == Overdue(9822, "notes", "0", "NOTE", "2000-01-01", "2000-01-01", 0)
    assert found.years == Counter({(Place("notes", "NOTE", 0), 2000): 3 * OLDEST})


class TestOnPostgreSQL(OnPostgreSQL):
    def test_typed_columns_are_read_as_an_export_would_hold_them(self, base: Base) -> None:
        base.run("CREATE TABLE notes (id INT PRIMARY KEY, texte TEXT, saisie TIMESTAMP, fin DATE, litige BOOLEAN)")
        rows = [(1, "2019-03-12 23:30", None, False), (2, "2019-03-12 23:30", None, True), (3, None, "2026-11-14", False)]
        for at, saisie, fin, litige in rows:
            base.run(
                "INSERT INTO notes VALUES (:id, 'fuite', :saisie, :fin, :litige)",
                {"id": at, "saisie": saisie, "fin": fin, "litige": litige},
            )
        rules = RetentionRules((RetentionRule(months=36),), Exceptions("litige", ("true",)))
        by_end = RetentionRules((RetentionRule(days=7, after="fin"),), Exceptions())
        assert self.verdicts(base, rules) == {"overdue": 1, "excepted": 1, "undated": 1}
        assert self.verdicts(base, by_end) == {"kept": 2, "overdue": 1}

    def verdicts(self, base: Base, rules: RetentionRules) -> dict[str, int]:
        request = TableRequest("notes", text_columns=("texte",), date_column="saisie")
        stream = DatabaseStream(base.url, [request], ReadSettings(), None, rules.columns)
        today = datetime.date(2026, 11, 22)
        found = RetentionCheck(today)
        policy = load_policy(None, default_catalogue().entities, today)
        list(check_stream(stream, RetentionJudge(rules, policy, today), found))
        return {verdict: count for (_, verdict), count in found.verdicts.items()}
