"""What ``vigie subject`` reads: texts in lines and in markup, job files, tables without tenants."""

from __future__ import annotations

from pathlib import Path

from databases import make_sqlite
from fakes import KEY
from running import vigie
from subjects import CLAIRE, answer, ask, write_export

from scanner.keys import pseudonym

REFERENCE = pseudonym(CLAIRE, KEY)


def test_lines_and_markup_are_read_as_one_text(tmp_path: Path) -> None:
    path = tmp_path / "lignes.csv"
    rows = [
        "NUM_EVT;NUM_LOCATAIRE;NOM;PRENOM;LIG1;LIG2;MEMO",
        "2;L002;DURAS;Simone;se plaint du bruit de Mme Val;mont et de M. Per;",
        "1;L001;VALMONT;Claire;signale une fui;te, vu M. Perrin;{\\rtf1\\ansi Vu avec {\\b M. Perrin} ce jour}",
    ]
    path.write_text("\n".join(rows) + "\n", "utf-8")
    assert ask(tmp_path, source=path).code == 1
    waiting = (tmp_path / "out" / f"mentions-{REFERENCE}.csv").read_text("utf-8-sig")
    assert "se plaint du bruit de Mme Val mont" in waiting
    found = {(one["field"], one["text"]) for one in answer(tmp_path)["comments"]}
    assert found == {("LIG", "signale une fui te, vu M. [tiers]"), ("MEMO", "Vu avec M. [tiers] ce jour")}


def test_a_job_file_names_the_database_and_numbered_rows_are_one_text(tmp_path: Path) -> None:
    rows = [(1, 1, CLAIRE, "Mme Valmont reçue"), (1, 2, CLAIRE, "avec son fils Kévin"), (2, 1, "L002", "vu Mme Valmont à la loge")]
    make_sqlite(tmp_path, "CREATE TABLE suivi (dossier INT, lig INT, locataire TEXT, texte TEXT)", rows=rows, table="suivi")
    job = tmp_path / "night.toml"
    lines = 'lines = { group = ["dossier"], number = "lig", text = "texte" }'
    job.write_text(
        f'[job]\nname = "nuit"\nurl = "sqlite:///{tmp_path}/ikos.db"\n[[tables]]\nname = "suivi"\ntenant = "locataire"\n{lines}\n', "utf-8"
    )
    result = ask(tmp_path, "--name", "Valmont Claire", source=job)
    assert result.code == 1, result.err
    assert [(one["record"], one["text"]) for one in answer(tmp_path)["comments"]] == [("1", "Mme Valmont reçue avec son fils [tiers]")]


def test_a_record_s_own_id_is_a_person_s_only_where_no_source_has_tenants(tmp_path: Path) -> None:
    path = tmp_path / "fiches.csv"
    path.write_text(f"ID;COMMENTAIRE\n{CLAIRE};rendez-vous pris pour la chaudière\nL002;fuite sous l'évier\n", "utf-8")
    result = ask(tmp_path, source=path)
    assert "no source has a column of tenants" in result.err
    assert [one["text"] for one in answer(tmp_path)["comments"]] == ["rendez-vous pris pour la chaudière"]
    result = vigie("subject", CLAIRE, path, write_export(tmp_path), "--out", tmp_path / "out")
    assert "column of tenants" not in result.err
    assert [one["record"] for one in answer(tmp_path)["comments"]] == ["103", "101", "102", "102"]
