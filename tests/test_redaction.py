import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognizers.finding import Finding
from scanner.errors import SecretKeyError
from scanner.keys import SecretKey
from scanner.redaction import KEYED_MODES, MODES, RedactedSpan, Redactor, restore

KEY = SecretKey(bytes(range(32)))
TAGS = {"HEALTH": "SANTÉ", "JUDGEMENT": "JUGEMENT", "PRIVATE_LIFE": "VIE PRIVÉE"}
SEVERITIES = {"HEALTH": 4, "JUDGEMENT": 3, "PRIVATE_LIFE": 3}
WORDINGS = {"HEALTH": "besoin à préciser", "HEALTH.mobility": "logement adapté demandé", "JUDGEMENT": ""}
TEXT = "Mme (sous chimiothérapie) très sale, rappeler le 12/03"


def redactor(mode, key=KEY):
    return Redactor(mode, TAGS, SEVERITIES, WORDINGS, key)


def found(text, *words_and_rules):
    return [
        Finding(rule.partition(".")[0], text.index(words), text.index(words) + len(words), 0.9, rule) for words, rule in words_and_rules
    ]


def redact(text, *words_and_rules, mode="label"):
    return redactor(mode).redact(text, found(text, *words_and_rules)).text


FOUND = (("sous chimiothérapie", "HEALTH.care"), ("très sale", "JUDGEMENT.dirty"))


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("label", "Mme ([SANTÉ]) [JUGEMENT], rappeler le 12/03"),
        ("mask", "Mme (*******************) *********, rappeler le 12/03"),
        ("remove", "Mme (), rappeler le 12/03"),
        ("neutral", "Mme (besoin à préciser) [JUGEMENT], rappeler le 12/03"),
    ],
)
def test_modes(mode, expected):
    assert redact(TEXT, *FOUND, mode=mode) == expected


def test_spans_point_into_both_texts():
    assert redactor("label").redact(TEXT, found(TEXT, *FOUND)).spans == (
        RedactedSpan("HEALTH", "HEALTH.care", 5, 24, 5, 12),
        RedactedSpan("JUDGEMENT", "JUDGEMENT.dirty", 26, 35, 14, 24),
    )


def test_hash_is_the_same_for_the_same_words_and_key_only():
    text = "cancer, cancer, diabète"
    findings = [Finding("HEALTH", start, end, 0.9, "HEALTH.x") for start, end in ((0, 6), (8, 14), (16, 23))]
    first, second, third = redactor("hash").redact(text, findings).text.split(", ")
    assert first == second != third
    assert re.fullmatch(r"\[SANTÉ:[0-9a-f]{16}\]", first)
    assert first not in redactor("hash", SecretKey(bytes(32))).redact(text, findings).text


def test_encrypted_words_come_back_with_the_key_only():
    redacted = redact(TEXT, *FOUND, mode="encrypt")
    assert re.fullmatch(r"Mme \(\[SANTÉ:v1\.[\w-]+\]\) \[JUGEMENT:v1\.[\w-]+\], rappeler le 12/03", redacted)
    assert restore(redacted, KEY) == TEXT
    for text, key in ((redacted, SecretKey(bytes(32))), (redacted.replace("SANTÉ", "JUGEMENT"), KEY)):
        with pytest.raises(SecretKeyError, match=rf"the label at character 5 cannot be restored: .* another key than {key.id}"):
            restore(text, key)


def test_undecodable_bytes_survive_encryption():
    text = "malade\udce9"
    assert restore(redact(text, (text, "HEALTH.x"), mode="encrypt"), KEY) == text


def test_restore_leaves_other_text_alone():
    text = "[SANTÉ] [réf:v1.court] [SANTÉ:0123456789abcdef]"
    assert restore(text, KEY) == text


@pytest.mark.parametrize("mode", sorted(KEYED_MODES))
def test_modes_that_need_a_key(mode):
    with pytest.raises(SecretKeyError, match=f"redaction mode '{mode}' needs a key"):
        redactor(mode, key=None)


def test_a_rule_has_its_own_wording():
    assert redact("Mme PMR", ("PMR", "HEALTH.mobility"), mode="neutral") == "Mme logement adapté demandé"


def test_an_entity_without_a_tag_is_named():
    assert redact("Mme Durand", ("Durand", "PERSON.name")) == "Mme [PERSON]"


def test_side_by_side_and_overlapping_findings_of_one_entity_are_one():
    assert redact("Alzheimer  aveugle", ("Alzheimer", "HEALTH.a"), ("aveugle", "HEALTH.b")) == "[SANTÉ]"
    assert redact("Alzheimer, aveugle", ("Alzheimer", "HEALTH.a"), ("aveugle", "HEALTH.b")) == "[SANTÉ], [SANTÉ]"
    assert redact("cancer du sein droit", ("cancer du sein", "HEALTH.a"), ("sein droit", "HEALTH.b")) == "[SANTÉ]"


def test_the_most_severe_entity_names_an_overlap():
    text = "vieille folle dépressive"
    assert redact(text, ("vieille folle", "JUDGEMENT.a"), ("folle dépressive", "HEALTH.b")) == "[SANTÉ]"
    assert redact(text, ("folle", "HEALTH.a"), ("vieille folle dépressive", "JUDGEMENT.b")) == "[SANTÉ]"
    assert redact(text, ("vieille folle", "JUDGEMENT.a"), ("dépressive", "HEALTH.b")) == "[JUGEMENT] [SANTÉ]"


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("Mme malade à rappeler", "malade", "Mme à rappeler"),
        ("malade à rappeler", "malade", "à rappeler"),
        ("Mme malade", "malade", "Mme"),
        ("Mme malade.", "malade", "Mme."),
        ("Mme malade , rappeler", "malade", "Mme, rappeler"),
        ("ligne 1\nmalade\nligne 3", "malade", "ligne 1\n\nligne 3"),
        ("ligne 1 malade\nligne 2", "malade", "ligne 1\nligne 2"),
        ("état d'ivresse hier", "ivresse", "état d' hier"),
        ("Mme  malade  ici", "malade", "Mme  ici"),
        ("malade", "malade", ""),
    ],
)
def test_removal_leaves_no_spare_space(text, words, expected):
    assert redact(text, (words, "HEALTH.x"), mode="remove") == expected


def test_removal_of_neighbours():
    assert redact("Mme malade sale ici", ("malade", "HEALTH.x"), ("sale", "JUDGEMENT.x"), mode="remove") == "Mme ici"


def test_labels_of_an_earlier_redaction_stay():
    text = "Mme [SANTÉ] [JUGEMENT:0123456789abcdef] et diabète"
    whole = Finding("PRIVATE_LIFE", 0, len(text), 0.9, "PRIVATE_LIFE.x")
    redacted = "[VIE PRIVÉE] [SANTÉ] [JUGEMENT:0123456789abcdef] [VIE PRIVÉE]"
    assert redactor("label").redact(text, [whole]).text == redacted
    assert redactor("label").redact(redacted, found(redacted, ("SANTÉ", "HEALTH.x"), ("[VIE", "PRIVATE_LIFE.y"))).text == redacted


def test_words_in_brackets_that_are_no_label_are_redacted():
    assert redact("[SANTÉ:cancer]", ("cancer", "HEALTH.x")) == "[SANTÉ:[SANTÉ]]"


@pytest.mark.parametrize(("start", "end"), [(0, 7), (-1, 2), (4, 3)])
def test_a_finding_outside_the_text_is_refused(start, end):
    with pytest.raises(ValueError, match="lies outside a text of 6 characters"):
        redactor("label").redact("cancer", [Finding("HEALTH", start, end, 0.9, "HEALTH.x")])


def test_redaction_does_not_load_the_analyzer():
    code = (
        "import sys; from recognizers.finding import Finding; from scanner.redaction import Redactor;"
        "print(Redactor('label', {}, {}).redact('abc', [Finding('X', 0, 1, 0.9, 'X.x')]).text,"
        " 'presidio_anonymizer' in sys.modules, 'presidio_analyzer' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[X]bc True False\n"


texts = st.text(alphabet="aé ,.([\n\u00a0", max_size=40)
modes = st.sampled_from(MODES)


@st.composite
def texts_with_findings(draw):
    text = draw(texts)
    findings = []
    for _ in range(draw(st.integers(0, 5))):
        start, end = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
        entity = draw(st.sampled_from(sorted(SEVERITIES)))
        findings.append(Finding(entity, start, end, draw(st.floats(0, 1)), f"{entity}.x"))
    return text, findings


def kept(text, ranges):
    """The pieces of ``text`` outside ``ranges``, which must be in order and disjoint."""
    bounds = [0, *(bound for pair in ranges for bound in pair), len(text)]
    assert bounds == sorted(bounds)
    return [text[bounds[i] : bounds[i + 1]] for i in range(0, len(bounds), 2)]


@given(texts_with_findings(), modes)
def test_outside_the_spans_nothing_changes(case, mode):
    text, findings = case
    redacted = redactor(mode).redact(text, findings)
    before = kept(text, [(s.start, s.end) for s in redacted.spans])
    after = kept(redacted.text, [(s.new_start, s.new_end) for s in redacted.spans])
    assert before == after


@given(texts_with_findings(), modes)
def test_every_word_of_a_finding_lies_in_a_span(case, mode):
    text, findings = case
    spans = redactor(mode).redact(text, findings).spans
    readable = [
        at
        for finding in findings
        for at in range(finding.start, finding.end)
        if not text[at].isspace() and not any(span.start <= at < span.end for span in spans)
    ]
    assert readable == []


@given(texts_with_findings())
def test_a_mask_keeps_the_length_and_nothing_else(case):
    text, findings = case
    redacted = redactor("mask").redact(text, findings)
    assert len(redacted.text) == len(text)
    assert [s for s in redacted.spans if redacted.text[s.start : s.end].strip("*")] == []


@given(texts_with_findings())
def test_removal_leaves_no_double_space_where_it_removed(case):
    text, findings = case
    redacted = redactor("remove").redact(text, findings)
    around = [redacted.text[max(0, s.new_start - 1) : s.new_start + 1] for s in redacted.spans]
    assert [pair for pair in around if len(pair) == 2 and pair[0].isspace() and pair[1] in " \u00a0"] == []


@given(texts_with_findings())
def test_encryption_is_reversible(case):
    text, findings = case
    assert restore(redactor("encrypt").redact(text, findings).text, KEY) == text


@given(texts_with_findings(), st.sampled_from(["label", "hash", "encrypt"]))
def test_redacting_labels_again_changes_nothing(case, mode):
    text, findings = case
    redacted = redactor(mode).redact(text, findings)
    again = [Finding(s.entity, s.new_start, s.new_end, 0.9, s.rule) for s in redacted.spans]
    assert redactor(mode).redact(redacted.text, again).text == redacted.text
