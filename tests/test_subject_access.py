"""``vigie subject`` end to end: what Claire Valmont gets to read, what her DPO does, and what nobody does."""

from __future__ import annotations

import csv
import io
import json
import logging
from pathlib import Path
from typing import Any

import pytest
from databases import make_sqlite
from fakes import KEY
from running import vigie
from subjects import CLAIRE, HEADER, OTHERS, ROWS, answer, ask, pdf_of, write_export

from scanner.audit import read_log
from scanner.keys import pseudonym
from scanner.store.engine import open_store

REFERENCE = pseudonym(CLAIRE, KEY)
PHONE = ("--phone", "06.12.34.56.78")


def comment(record: str, field: str, date: str, service: str, text: str, masked: int = 0, *codes: str) -> dict[str, Any]:
    return {
        "source": "commentaires.csv",
        "record": record,
        "field": field,
        "date": date,
        "author_group": service,
        "site": "LES TILLEULS",
        "purpose": "general",
        "purpose_label": "Commentaire général",
        "text": text,
        "masked": masked,
        "codes": list(codes),
    }


def mention(date: str, text: str, masked: int, *ways: str) -> dict[str, Any]:
    facts = comment("", "COMMENTAIRE", date, "", text, masked)
    return {name: value for name, value in facts.items() if name not in ("record", "author_group", "site")} | {"named_by": list(ways)}


def code(name: str, *meanings: str, house: bool = False) -> dict[str, Any]:
    return {"code": name, "meanings": list(meanings), "ambiguous": len(meanings) > 1, "of_the_organisation": house}


OWN = [
    comment("103", "COMMENTAIRE", "", "AGENCE", "Rappeler la locataire au 06 12 34 56 78"),
    comment("101", "COMMENTAIRE", "2019-03-12", "AGENCE", "Mme Valmont, NPR, dossier FSL en cours, TS vu ce jour", 0, "NPR", "FSL", "TS"),
    comment(
        "102",
        "COMMENTAIRE",
        "2026-02-04",
        "GARDIEN",
        "Son fils [tiers] est [tiers], rappeler [tiers]. La locataire est sous chimiothérapie.",
        3,
    ),
    comment("102", "OBS_GARDIEN", "2026-02-04", "GARDIEN", "RAS, vu avec M. [tiers]", 1, "RAS"),
]
MENTIONS = [
    mention("2025-05-05", "[…] Elle se plaint du bruit de Mme Valmont, qui insulte Mme [tiers]. […]", 1, "title"),
    mention("2025-05-09", "a donné le 0612345678 comme contact", 0, "phone"),
]
CODES = [
    code("FSL", "fonds de solidarité pour le logement (aide au paiement du loyer, des charges ou de l'entrée dans les lieux)"),
    code("NPR", "« ne pas reloger » (avis défavorable à un nouveau logement)", "« non présent au rendez-vous »", house=True),
    code("RAS", "rien à signaler"),
    code("TS", "travailleur social", "travaux supplémentaires", "titre de séjour", "tentative de suicide"),
]


def test_the_person_gets_all_that_is_theirs_and_nothing_of_others(tmp_path: Path) -> None:
    assert ask(tmp_path, *PHONE).code == 1
    content = answer(tmp_path)
    times = [content.pop("made"), *(source.pop("read") for source in content["sources"])]
    assert all(time.endswith("+00:00") for time in times)
    assert content == {
        "format": "vigie-access",
        "version": 1,
        "reference": REFERENCE,
        "subject": CLAIRE,
        "names": ["VALMONT", "Claire"],
        "complete": False,
        "comments": OWN,
        "mentions": MENTIONS,
        "codes": CODES,
        "sources": [
            {"source": "commentaires.csv", "format": "csv", "fields": ["COMMENTAIRE", "OBS_GARDIEN"], "rows": 8, "rows_not_read": 0}
        ],
        "not_verified": 3,
    }
    text = pdf_of(tmp_path, "acces")
    raw = json.dumps(content, ensure_ascii=False)
    assert [word for word in OTHERS if word in text or word in raw] == []
    assert "sous chimiothérapie" in text
    assert "Elle se plaint du bruit de Mme Valmont" in text
    assert "3 mentions restent à vérifier" in text
    assert "RGPD, article 77" in text
    assert "Santé" not in text


def test_the_files_are_for_their_owner_only(tmp_path: Path) -> None:
    ask(tmp_path)
    files = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "out").iterdir()}
    names = (f"acces-{REFERENCE}.json", f"acces-{REFERENCE}.pdf", f"dpo-{REFERENCE}.pdf", f"mentions-{REFERENCE}.csv")
    assert files == dict.fromkeys(names, 0o600)


def test_nothing_printed_or_logged_tells_who_was_asked_about(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    result = ask(tmp_path, *PHONE, "--name", "Aubertin Claire")
    told = result.out + result.err + caplog.text
    assert [word for word in ("Valmont", "Claire", CLAIRE, "Aubertin", "06 12", "chimio") if word in told.replace(str(tmp_path), "")] == []


def test_mentions_wait_until_somebody_says_whose_they_are(tmp_path: Path) -> None:
    ask(tmp_path, *PHONE)
    path = tmp_path / "out" / f"mentions-{REFERENCE}.csv"
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""), delimiter=";"))
    homonym = "à vérifier : une autre personne porte ce nom"
    assert [row[1:] for row in rows] == [
        ["décision", "pourquoi", "citée par", "source", "fiche", "champ", "date", "passage"],
        ["", homonym, "nom précédé d'un titre", "commentaires.csv", "301", "COMMENTAIRE", "07/05/2025", "M. Valmont est séropositif"],
        ["", homonym, "nom et prénom", "commentaires.csv", "401", "COMMENTAIRE", "08/05/2025", "conflit avec Claire Valmont au marché"],
        ["", homonym, "nom à une lettre près", "commentaires.csv", "401", "OBS_GARDIEN", "08/05/2025", "Valmon passée à la loge"],
    ]
    for row, decision in zip(rows[1:], ("non", "OUI", ""), strict=True):
        row[1] = decision
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=";").writerows(rows)
    path.write_text(written.getvalue(), "utf-8-sig")
    assert ask(tmp_path, *PHONE, "--mentions", path).code == 1
    again = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""), delimiter=";"))
    assert sorted(row[1] for row in again[1:]) == ["", "non", "oui"]
    content = answer(tmp_path)
    confirmed = mention("2025-05-08", "conflit avec Claire Valmont au marché", 0, "full")
    assert sorted(content["mentions"], key=lambda one: one["date"]) == [MENTIONS[0], confirmed, MENTIONS[1]]
    assert content["not_verified"] == 1
    assert "Valmon passée" not in pdf_of(tmp_path, "acces")
    assert "séropositif" not in pdf_of(tmp_path, "dpo")


def test_without_homonym_a_mention_at_the_same_site_needs_no_verification(tmp_path: Path) -> None:
    rows = [row for row in ROWS if row[1] in (CLAIRE, "L002")]
    assert ask(tmp_path, source=write_export(tmp_path, rows)).code == 0
    content = answer(tmp_path)
    assert (content["mentions"], content["complete"]) == (MENTIONS[:1], True)


def test_the_dpo_reads_counts_and_findings_which_the_person_does_not(tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text("[[rules]]\nkeep_months = 24\n", "utf-8")
    ask(tmp_path, *PHONE, "--with-findings", "--rules", rules)
    text = pdf_of(tmp_path, "dpo")
    assert [word in text for word in ("Constats de l’analyse", "Santé", "Addictions", "12/03/2021", "3 mentions à vérifier")] == [True] * 5
    told = pdf_of(tmp_path, "acces")
    assert [word in told for word in ("Constats", "Addictions", "24 mois après la date du commentaire")] == [False, False, True]


def test_what_could_not_be_read_is_told_and_changes_the_exit_code(tmp_path: Path) -> None:
    path = write_export(tmp_path)
    path.write_text(path.read_text("utf-8") + "999;L009;trop;peu\n", "utf-8")
    result = ask(tmp_path, source=path)
    assert result.code == 3
    assert "1 rows could not be read in full" in result.err
    assert "lues en entier : 1 (nombre de cellules différent du nombre de colonnes)" in pdf_of(tmp_path, "acces")


def test_an_answer_is_written_into_the_audit_log_by_pseudonym(tmp_path: Path) -> None:
    state = tmp_path / "state.sqlite"
    open_store(state).close()
    ask(tmp_path, "--state", state, "--by", "dpo")
    with open_store(state) as store:
        (entry,) = read_log(store)
    assert (entry.event, json.loads(entry.details)) == ("subject-access", {"comments": 4, "mentions": 1, "tenant": REFERENCE})


def test_a_database_answers_as_its_export_does(tmp_path: Path) -> None:
    columns = ", ".join(f"{name} TEXT" for name in HEADER[1:])
    rows = [(int(row[0]), *row[1:]) for row in ROWS]
    url = make_sqlite(tmp_path, f"CREATE TABLE commentaires (NUM_EVT INTEGER PRIMARY KEY, {columns})", rows=rows, table="commentaires")
    assert ask(tmp_path, *PHONE, "--table", "commentaires", source=url).code == 1
    content = answer(tmp_path)
    named = {"source": "commentaires"}
    assert content["comments"] == [one | named for one in OWN]
    assert content["mentions"] == [one | named for one in MENTIONS]


def test_the_answer_is_due_a_month_after_the_request(tmp_path: Path) -> None:
    ask(tmp_path, "--received", "2026-01-31")
    assert "Réponse due au plus tard le 28/02/2026" in pdf_of(tmp_path, "dpo")
    assert "Demande reçue le 31/01/2026" in pdf_of(tmp_path, "acces")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--received", "hier"), "--received 'hier' is no day"),
        (("--phone", "bonjour"), "a --phone is no telephone number"),
        (("--mentions", "absent.csv"), "absent.csv cannot be read"),
        (("--rules", "absent.toml"), "absent.toml: cannot be read"),
        (("--erase", "--why", "demande"), "an export cannot be corrected in place"),
        (("--rectify", "r.csv", "--why", "demande"), "an export cannot be corrected in place"),
        (("--table", "x"), "--table is for databases"),
    ],
)
def test_what_cannot_be_done_is_refused_with_what_to_do(tmp_path: Path, options: tuple[str, ...], reason: str) -> None:
    result = ask(tmp_path, *options)
    assert (result.code, reason in result.err) == (2, True), result.err


def test_an_unknown_person_is_refused_unless_a_name_is_given(tmp_path: Path) -> None:
    result = ask(tmp_path, subject="L999")
    assert result.code == 2
    assert "no record of this person" in result.err
    assert ask(tmp_path, "--name", "Duras Simone", subject="L999").code == 1


def test_the_folder_is_named(tmp_path: Path) -> None:
    result = vigie("subject", CLAIRE, write_export(tmp_path))
    assert result.code == 2
    assert "--out" in result.err
