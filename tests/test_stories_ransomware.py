"""The third story: what was in the base, what tenants are told, what one of them may read, and what should have been gone."""

import csv
import json
from collections import Counter
from pathlib import Path

import pytest
from docx import Document
from running import vigie
from stories import STORIES, leaks, names_of, pages, rows, tell, text_of, texts

from scanner.evidence import verify_pack

STORY = "3-rancongiciel"
EXPORT = "base_locataires.csv"
TRUTH = {
    # tenant: what the comments of their records hold about anybody
    "C3001": {"HEALTH", "PERSON", "PHONE_NUMBER"},
    "C3002": {"FINANCIAL", "PERSON"},
    "C3003": {"DOMESTIC_VIOLENCE"},
    "C3004": set(),
    "C3005": {"PERSON"},
    "C3006": {"FINANCIAL", "PERSON"},
    "C3007": {"HEALTH"},
    "C3008": {"ADDICTION", "FINANCIAL"},
    "C3009": {"IBAN_CODE"},
    "C3010": set(),
    "C3011": set(),
    "C3012": set(),
}
LETTERS = {
    "argent": {"C3002", "C3006"},
    "banque": {"C3009"},
    "generale": {"C3004", "C3005", "C3010", "C3011", "C3012"},
    "vie-personnelle": {"C3001", "C3003", "C3007"},
    "vie-personnelle-argent": {"C3008"},
}
OVERDUE = {
    # field: comments that should be gone on 25 November 2026, by year
    "COMMENTAIRE": {"2019": 1, "2021": 1},
    "MESSAGE_EXTRANET": {"2024": 1, "2026": 1},
    "OBS_GARDIEN": {"2020": 1, "2023": 2, "2024": 2},
}
OWN = [
    "EDL entrée fait, RAS",
    "Mme sous chimiothérapie, passer le matin",
    "DI transmise pour la fuite SDB, M. [tiers] ([tiers]) entend couler l'eau",
    "Bonjour, la fuite est réparée, merci. Jeanne Marchenoir",
]
SURE = ["se plaint du bruit chez Mme MARCHENOIR au 4e"]
TO_VERIFY = ["appel de Mme J. MARCHENOIR pour la clé du local vélos", "M. MARCHENOIR absent au rdv plombier"]
PRIVATE = (
    "analyse/findings.jsonl",
    "analyse/quarantine.jsonl",
    "analyse/redacted/",
    "violation/destinataires-",
    "acces/",
    "conservation/conservation.csv",
)


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return tell(STORY, [1, 0, 1, 1, 0, 0], tmp_path_factory)


@pytest.fixture(scope="module")
def breach(out):
    return json.loads((out / "violation/synthese.json").read_text(encoding="utf-8"))


def only(folder: Path, pattern: str) -> Path:
    (path,) = folder.glob(pattern)
    return path


def addressees(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row[0] for row in list(csv.reader(file, delimiter=";"))[1:]}


def test_what_was_in_the_base(out):
    by_record = {row["NUM_EVT"]: row["NUM_CLIENT"] for row in rows(STORY, EXPORT)}
    found: dict[str, set[str]] = {client: set() for client in by_record.values()}
    for line in (out / "analyse/findings.jsonl").read_text(encoding="utf-8").splitlines():
        finding = json.loads(line)
        found[by_record[finding["record_id"]]].add(finding["entity"])
    assert found == TRUTH


def test_the_breach(breach):
    everybody = {"low": 12, "high": 12}
    assert (breach["natures"], breach["not_excluded"]) == (["availability"], ["confidentiality"])
    assert (breach["persons"], breach["records"], breach["overdue"]) == (everybody, 24, False)
    persons = Counter(entity for entities in TRUTH.values() for entity in entities)
    assert {entity: counts["persons"]["low"] for entity, counts in breach["categories"].items()} == persons
    assert {letter["group"]: letter["persons"] for letter in breach["letters"]} == {
        group: {"low": len(clients), "high": len(clients)} for group, clients in LETTERS.items()
    }


def test_everybody_gets_one_letter(out):
    lists = {group: addressees(out / f"violation/destinataires-{group}.csv") for group in LETTERS}
    assert lists == LETTERS
    assert sorted(client for clients in lists.values() for client in clients) == sorted(TRUTH)
    assert {path.stat().st_mode & 0o777 for path in (out / "violation").glob("destinataires-*.csv")} == {0o600}


@pytest.mark.parametrize("group", LETTERS)
def test_a_letter_in_plain_words(out, group):
    printed = " ".join(pages(out / f"violation/lettre-{group}.pdf"))
    typed = "\n".join(paragraph.text for paragraph in Document(str(out / f"violation/lettre-{group}.docx")).paragraphs).replace("’", "'")
    wanted = ("des pirates ont bloqué nos ordinateurs", "dpo@oph-valbrune.example", "www.cnil.fr/plaintes")
    assert [words for words in wanted if words not in printed or words not in typed.replace("\u00a0", " ")] == []
    assert "[à compléter : nom de la personne]" in printed
    assert ("vie personnelle" in printed) == group.startswith("vie-personnelle")
    # no category is named that would tell whoever opens the letter what stands in the file
    assert leaks({group: printed}, ["alcool", "alcoolique", "séropositif", "chimiothérapie", "conjugale", "addiction", "addictions"]) == []


def test_the_sheet_says_what_is_not_known(out):
    text = " ".join(pages(out / "violation/notification-article-33.pdf"))
    wanted = (
        "jeudi 5 novembre 2026 à 10 h 00",
        "Ce qui reste à établir",
        "Dépôt de plainte, commissariat de Valbrune",
        "Fin de la violation",
    )
    assert [words for words in wanted if words not in text] == []


def test_what_a_tenant_may_read(out):
    answer = json.loads(only(out / "acces", "acces-*.json").read_text(encoding="utf-8"))
    assert sorted(comment["text"] for comment in answer["comments"]) == sorted(OWN)
    assert [mention["text"] for mention in answer["mentions"]] == SURE
    assert (answer["subject"], answer["complete"], answer["not_verified"]) == ("C3001", False, 2)
    printed = " ".join(pages(only(out / "acces", "acces-*.pdf")))
    assert [text for text in (*OWN, *SURE) if text not in printed] == []
    others = names_of(STORY, EXPORT) - {"MARCHENOIR", "JEANNE"} | {row["TELEPHONE"] for row in rows(STORY, EXPORT)}
    assert leaks({"pdf": printed, "json": json.dumps(answer, ensure_ascii=False)}, others) == []


def test_what_the_dpo_must_verify_first(out):
    with only(out / "acces", "mentions-*.csv").open(encoding="utf-8-sig", newline="") as file:
        assert sorted(row["passage"] for row in csv.DictReader(file, delimiter=";")) == sorted(TO_VERIFY)


def test_once_verified_the_answer_is_whole(out, tmp_path):
    with only(out / "acces", "mentions-*.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *lines = csv.reader(file, delimiter=";")
    for line in lines:
        line[1] = "oui" if line[header.index("passage")] == TO_VERIFY[0] else "non"
    with (tmp_path / "mentions.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([header, *lines])
    base = STORIES / STORY / EXPORT
    result = vigie("subject", "C3001", base, "--mentions", tmp_path / "mentions.csv", "--out", tmp_path / "acces")
    answer = json.loads(only(tmp_path / "acces", "acces-*.json").read_text(encoding="utf-8"))
    assert (result.code, answer["complete"], answer["not_verified"]) == (0, True, 0)
    assert sorted(mention["text"] for mention in answer["mentions"]) == sorted([*SURE, TO_VERIFY[0]])


def test_what_should_have_been_gone(out):
    check = json.loads((out / "conservation/conservation.json").read_text(encoding="utf-8"))
    assert {place["field"]: place["years"] for place in check["places"]} == OVERDUE
    assert (check["records"], check["overdue"], check["excepted"], check["undated"]) == (24, 9, 1, 0)


def test_nobody_is_in_what_circulates(out):
    people = names_of(STORY, EXPORT) | {row[name] for row in rows(STORY, EXPORT) for name in ("NUM_CLIENT", "NUM_EVT", "TELEPHONE")}
    people |= {row[name] for row in rows(STORY, EXPORT) for name in OVERDUE if len(row[name]) > 10}
    documents = {name: text for name, text in texts(out).items() if not name.startswith(PRIVATE)}
    assert leaks(documents, people) == []
    assert [form for form in ("pdf", "docx", "html", "json", "zip") if not any(name.endswith(form) for name in documents)] == []


def test_the_evidence_holds_and_leaves_people_out(out):
    found = verify_pack(out / "preuves.zip")
    assert (found.faults, len(found.unchecked)) == ([], 1)
    readme = text_of("preuves.zip", (out / "preuves.zip").read_bytes())
    assert "2-violation/destinataires-argent.csv : identifiants de personnes, pour l'envoi des lettres" in readme
