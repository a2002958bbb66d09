from dataclasses import replace

import pytest
from breaches import BREACHES, EXPECTED, LANDLORD, expected, extranet, lines, lost_stick, moment, ransomware, scan_reading
from docx import Document as read_docx
from pypdfium2 import PdfDocument

from scanner.breach.incident import Family, Incident
from scanner.breach.kit import make_kit
from scanner.breach.knowledge import load_knowledge
from scanner.breach.people import exactly
from scanner.breach.synthesis import synthesis
from scanner.breach.wordings import words
from scanner.breach.writing import documents_of, write_kit
from scanner.catalogue import default_catalogue
from scanner.documents.blocks import Bullets, Heading, Notice, Table

PLAIN = Incident(natures=("confidentiality",), aware=moment(2, 10), what_happened="Un fichier a été envoyé par erreur.")
FILES = [(breach, path.stem) for breach in BREACHES for path in (EXPECTED / breach).glob("*.txt")]


@pytest.mark.parametrize(("breach", "name"), FILES)
def test_whole_documents(breach, name):
    assert lines(documents_of(BREACHES[breach]())[name]) == expected(breach, name)


@pytest.mark.parametrize("breach", BREACHES)
def test_no_other_document_is_written(breach):
    assert set(documents_of(BREACHES[breach]())) == {name for of, name in FILES if of == breach}


def test_data_that_nobody_can_read_asks_for_the_register_only():
    kit = lost_stick()
    assert (kit.level, kit.must_notify, kit.is_high_risk, kit.exemption, kit.letters) == (1, False, False, "unintelligible", ())
    kit = make_kit(replace(kit.incident, keys_safe=None), LANDLORD, [], kit.now)
    assert (kit.level, kit.must_notify, kit.is_high_risk, kit.exemption, len(kit.letters)) == (2, True, False, None, 1)


def duties(kit):
    (table,) = [block for block in documents_of(kit)["note-direction"].blocks if isinstance(block, Table) and len(block.rows) == 3][:1]
    return [(row[1], row[3]) for row in table.rows][:2]


def test_an_exception_is_told_with_its_ground():
    changes = {"exemption": "risk_removed", "exemption_why": "Fichier détruit."}
    (table, *_) = [
        block
        for block in documents_of(make_kit(replace(PLAIN, **changes), LANDLORD, [scan_reading()], moment(3, 10)))["note-direction"].blocks
        if isinstance(block, Table)
    ]
    assert table.rows[1] == (
        "Informer les personnes",
        "Non obligatoire, par exception : mesures prises depuis, qui écartent le risque élevé.",
        "RGPD, article 34, paragraphe 1 ; RGPD, article 34, paragraphe 3, point b",
        "sans objet",
    )


SAID = words("duties")
DUE = "jeudi 5 novembre 2026 à 10\u00a0h\u00a000"


@pytest.mark.parametrize(
    ("changes", "readings", "expected_duties"),
    [
        (
            {},
            [scan_reading()],
            [(SAID["notify_yes"], DUE), (SAID["inform_yes"], "dans les meilleurs délais")],
        ),
        ({}, [], [(SAID["notify_doubt"], DUE), (SAID["inform_doubt"], "dans les meilleurs délais")]),
        (
            {"families": (Family("contact"),)},
            [],
            [(SAID["notify_yes"], DUE), (SAID["inform_no"], "sans objet")],
        ),
        (
            {"families": (Family("contact"),), "gravity": 1, "gravity_why": "Le seul destinataire a tout détruit."},
            [],
            [(SAID["notify_no"], "sans objet"), (SAID["inform_no"], "sans objet")],
        ),
        (
            {"exemption": "disproportionate", "exemption_why": "Adresses perdues"},
            [scan_reading()],
            [
                (SAID["notify_yes"], DUE),
                (
                    "Lettres non obligatoires, par exception : efforts disproportionnés. Une communication publique, ou une mesure "
                    "similaire aussi efficace, est due à leur place.",
                    "dans les meilleurs délais",
                ),
            ],
        ),
    ],
)
def test_what_the_law_asks_for(changes, readings, expected_duties):
    assert duties(make_kit(replace(PLAIN, **changes), LANDLORD, readings, moment(3, 10))) == expected_duties


def test_what_the_dpo_concluded_stands_with_its_reasons():
    concluded = {"gravity": 2, "gravity_why": "Fichier détruit.", "exemption": "risk_removed", "exemption_why": "Destruction attestée."}
    made = documents_of(make_kit(replace(PLAIN, **concluded), LANDLORD, [scan_reading()], moment(3, 10)))
    for name in ("notification-article-33", "registre-article-33-5"):
        said = lines(made[name])
        assert [line for line in said if line.startswith(("Gravité", "Motif"))] == [
            "Gravité proposée = 4, maximale (conséquences lourdes, parfois irréversibles, qui peuvent ne pas être surmontées)",
            "Gravité retenue = 2, limitée (désagréments notables, surmontés malgré quelques difficultés)",
            "Motif = Fichier détruit.",
            "Motif de l'exception = Destruction attestée.",
        ]


@pytest.mark.parametrize(
    ("now", "notified", "kind", "words_of_it"),
    [
        (moment(3, 10, 1), None, "warning", "Il reste 47\u00a0h."),
        (moment(5, 10, 1), None, "danger", "est dépassée de 0\u00a0h : la notification doit être accompagnée"),
        (moment(9, 10), moment(5, 9), "info", "dans le délai"),
        (moment(9, 10), moment(6, 12), "warning", "26\u00a0h après l'échéance"),
    ],
)
def test_the_clock_in_the_sheet(now, notified, kind, words_of_it):
    sheet = documents_of(make_kit(replace(PLAIN, notified=notified), LANDLORD, [scan_reading()], now))["notification-article-33"]
    notice = sheet.blocks[0]
    assert isinstance(notice, Notice)
    assert (notice.kind, words_of_it in notice.text) == (kind, True)
    assert any(line.startswith("Motifs du retard =") for line in lines(sheet)) is (
        kind in ("danger", "warning") and words_of_it[:8] != "Il reste"
    )


def test_facts_that_contradict_themselves_are_listed():
    incident = replace(PLAIN, persons_total=30, informed_number=41, exemption="unintelligible", exemption_why="x")
    kit = make_kit(incident, LANDLORD, [scan_reading()], moment(3, 10))
    assert synthesis(kit)["contradictions"] == [
        "Le nombre total déclaré (30) est inférieur au nombre de personnes comptées (40).",
        "Plus de personnes informées (41) que de personnes concernées (40).",
        "L'exception des données incompréhensibles n'est pas retenue : le fichier des faits ne dit pas que les données étaient chiffrées "
        "et les clés sûres.",
    ]
    assert (kit.persons, kit.exemption) == (exactly(40), None)
    assert [synthesis(make())["contradictions"] for make in BREACHES.values()] == [[], [], []]


def test_every_mark_is_listed_once_more():
    kit = ransomware()
    sheet = documents_of(kit)["notification-article-33"]
    listed = {line.removeprefix("- ").lower() for line in open_points(sheet)}
    marked = {line.partition("[à compléter : ")[2].rstrip("]").lower() for line in lines(sheet) if "[à compléter : " in line}
    assert marked - listed == set()
    assert len(marked) == 28


def open_points(sheet):
    said = lines(sheet)
    begin = said.index("# Ce qui reste à établir")
    return [line for line in said[begin : said.index("# Les fondements")] if line.startswith("- ")]


def test_the_synthesis_of_a_breach():
    assert synthesis(extranet()) == {
        "format": "vigie-breach",
        "version": 1,
        "made": "2026-11-05T08:00:00+00:00",
        "reference": "VIOL-2026-01",
        "natures": ["confidentiality"],
        "not_excluded": [],
        "aware": "2026-11-02T09:00:00+00:00",
        "deadline": "2026-11-05T09:00:00+00:00",
        "notified": "2026-11-04T08:00:00+00:00",
        "hours": 25,
        "overdue": False,
        "persons": {"low": 10, "high": 10},
        "records": 10,
        "categories": {
            "FINANCIAL": {"records": 10, "persons": {"low": 10, "high": 10}},
            "IBAN_CODE": {"records": 1, "persons": {"low": 1, "high": 1}},
        },
        "families": {"identity": {"records": None, "persons": None, "everyone": True}},
        "gravity": {"proposed": 3, "decided": None, "reasons": ["category", "easy"]},
        "notify": True,
        "inform": True,
        "exemption": None,
        "letters": [
            {"group": "argent", "topics": ["money", "contact"], "maybe": [], "persons": {"low": 9, "high": 9}, "gravity": 3, "due": True},
            {
                "group": "banque-argent",
                "topics": ["bank", "money", "contact"],
                "maybe": [],
                "persons": {"low": 1, "high": 1},
                "gravity": 3,
                "due": True,
            },
        ],
        "sources": [{"origin": "exposure", "source": "page.html", "made": "2026-11-03T09:00:00+00:00", "sha256": {}}],
        "added": "one",
        "complete": True,
        "missing": [],
        "contradictions": [],
    }


HOSTILE = '#text(red)[x] *x* $y$ {0} {now} <b>« = "Élan"\\ \u202e\u0000 @ref %s'


def test_hostile_facts_are_text(tmp_path):
    incident = replace(
        PLAIN,
        reference=HOSTILE,
        what_happened=HOSTILE,
        told_simply=HOSTILE,
        recipients=HOSTILE,
        measures_taken=(HOSTILE,),
        processors=(HOSTILE,),
    )
    kit = make_kit(incident, LANDLORD, [scan_reading()], moment(3, 10))
    assert [name for name, document in documents_of(kit).items() if not any(HOSTILE in line for line in lines(document))] == []
    paths = {path.name for path in write_kit(kit, tmp_path / "out", {})}
    assert paths == {path.name for path in (tmp_path / "out").iterdir()}
    sheet = PdfDocument(tmp_path / "out" / "notification-article-33.pdf")
    assert "#text(red)[x] *x* $y$ {0} {now} <b>" in "".join(page.get_textpage().get_text_range() for page in sheet)
    said = "\n".join(paragraph.text for paragraph in read_docx(str(tmp_path / "out" / "lettre-argent.docx")).paragraphs)
    assert "#text(red)[x] *x* $y$ {0} {now} <b>" in said


def test_the_note_is_one_page_however_much_there_is_to_say(tmp_path):
    combinations = [("HEALTH",), ("FINANCIAL",), ("IBAN_CODE",), ("NIR",), ("ACCESS_CODE",), ("FINANCIAL", "HEALTH"), ("HEALTH", "NIR")]
    reading = scan_reading(tenants={f"a{index}": own for index, own in enumerate(combinations)})
    incident = replace(PLAIN, what_happened="Une phrase un peu longue sur ce qui s'est passé. " * 5, vulnerable=True)
    kit = make_kit(incident, LANDLORD, [reading], moment(3, 10))
    write_kit(kit, tmp_path, {})
    assert len(PdfDocument(tmp_path / "note-direction.pdf")) == 1


def letters(kit):
    return {name: document for name, document in documents_of(kit).items() if name.startswith("lettre-")}


def test_letters_say_what_was_exposed_of_the_group_and_never_a_category():
    kit = make_kit(PLAIN, LANDLORD, [scan_reading()], moment(3, 10))
    topics = load_knowledge().topics
    assert {
        name: [item for block in document.blocks if isinstance(block, Bullets) for item in block.items][:2]
        for name, document in letters(kit).items()
    } == {
        "lettre-generale": [topics["contact"].what, topics["contact"].consequences[0]],
        "lettre-vie-personnelle": [topics["personal"].what, topics["personal"].consequences[0]],
        "lettre-argent": [topics["money"].what, topics["money"].consequences[0]],
        "lettre-acces": [topics["access"].what, topics["access"].consequences[0]],
        "lettre-vie-personnelle-argent": [topics["personal"].what, topics["money"].what],
    }
    labels = [info.label for info in default_catalogue().entities.values()]
    assert [(name, label) for name, document in letters(kit).items() for label in labels for line in lines(document) if label in line] == []


def test_letters_look_alike_from_outside():
    made = letters(make_kit(PLAIN, LANDLORD, [scan_reading()], moment(3, 10)))
    assert len({(document.title, document.subtitle, document.reference, document.confidentiality) for document in made.values()}) == 1
    assert len({str(document.blocks[0]) for document in made.values()}) == 1


HARD_WORDS = ("confidentialité", "intégrité", "violation", "traitement", "susceptible", "compromis", "notification", "RGPD", "article")


def test_letters_are_written_for_someone_who_reads_little():
    said = [line.partition(": ")[2] or line for document in letters(ransomware()).values() for line in lines(document)[2:]]
    sentences = {part.strip() for line in said for part in line.replace(" : ", ". ").replace("?", ".").split(". ") if part.strip()}
    assert [sentence for sentence in sentences if len(sentence.split()) > 26] == []
    assert [(word, line) for word in HARD_WORDS for line in said if word in line] == []


def test_headings_of_letters_are_of_one_level():
    assert {block.level for document in letters(ransomware()).values() for block in document.blocks if isinstance(block, Heading)} == {1}
