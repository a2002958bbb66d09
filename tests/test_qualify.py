"""Assertion and subject of a remark, marked {{…}} in the comment."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognizers.assertion import MAX_REACH, assertion_of
from recognizers.cues import CONTEXT_DIR, CueFile, label
from recognizers.document import Document
from recognizers.errors import LexiconError
from recognizers.examples import parse_example
from recognizers.finding import Assertion, Subject
from recognizers.subject import subject_of


def _place(marked: str) -> tuple[Document, int, int]:
    text, [(start, end)] = parse_example(marked)
    doc = Document(text)
    inside = [i for i in range(len(doc.tokens)) if start <= doc.starts[i] < end]
    return doc, inside[0], inside[-1] + 1


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("Mme est {{alcoolique}}", ("affirmed", "")),
        ("Mme n'est vraiment pas {{alcoolique}}", ("negated", "n … pas")),
        ("aucun {{problème de santé}} signalé", ("negated", "aucun")),
        ("ni {{drogue}} ni bruit", ("negated", "ni")),
        ("pas d'alcool ni de {{drogue}}", ("negated", "ni")),
        ("{{cancer}} écarté par les médecins", ("negated", "ecarte")),
        ("{{tutelle}} : néant", ("negated", "neant")),
        ("{{tutelle}}, aucun avis d'imposition", ("affirmed", "")),
        ("locataire sans {{addiction}} connue", ("negated", "sans")),
        ("M. nie {{boire}}", ("negated", "nie")),
        ("pas de réponse, {{alcoolique}}", ("affirmed", "")),
        ("n'a pas ouvert car {{alitée}}", ("affirmed", "")),
        ("n'arrête pas de {{boire}}", ("affirmed", "")),
        ("n'est pas seulement {{alcoolique}}", ("affirmed", "")),
        ("sans nouvelles de lui, {{dépressif}}", ("affirmed", "")),
        ("non-paiement et {{surendettement}}", ("affirmed", "")),
        ("M. {{n'est pas de nationalité française}}", ("affirmed", "")),
        ("Mme {{ne boit plus}}", ("affirmed", "")),
        ("il est faux que M. soit {{sans papiers}}", ("negated", "faux que")),
        ("semble {{alcoolisé}} ce matin", ("hypothetical", "semble")),
        ("peut-être {{enceinte}}", ("hypothetical", "peut etre")),
        ("{{dépressif}} sans doute", ("hypothetical", "sans doute")),
        ("{{handicap}} à confirmer", ("hypothetical", "a confirmer")),
        ("{{titre refusé}}, caution à vérifier", ("affirmed", "")),
        ("{{enceinte}} ?", ("hypothetical", "?")),
        ("s'il est {{hospitalisé}}, rappeler", ("hypothetical", "s il")),
        ("s'il vous plaît rappeler, {{sourde}}", ("affirmed", "")),
        ("même s'il est {{alcoolique}} il paie", ("affirmed", "")),
        ("elle s'installe avec {{un dealer}}", ("affirmed", "")),
        ("M. serait {{alcoolique}}", ("hypothetical", "serait")),
        ("selon la voisine M. serait {{alcoolique}}", ("reported", "selon")),
        ("la voisine dit qu'il est peut-être {{alcoolique}}", ("hypothetical", "peut etre")),
        ("il paraît qu'elle est {{séropositive}}", ("reported", "il parait")),
        ("{{alcoolique}} d'après le gardien", ("reported", "d apres")),
        ("selon sa fille, Mme est {{malade}}", ("reported", "selon")),
        ("Mme écrit « je suis {{malade}} »", ("reported", "« »")),
        ("l'assuré, {{algérien}}", ("affirmed", "")),
        ("ancien {{SDF}}", ("past", "ancien")),
        ("ex-{{toxicomane}}", ("past", "ex")),
        ("l'ex-mari est {{violent}}", ("affirmed", "")),
        ("ancien locataire {{agressif}}", ("affirmed", "")),
        ("M. avait un {{cancer}}", ("past", "avait un")),
        ("Mme avait rdv, {{hospitalisée}}", ("affirmed", "")),
        ("M. était {{dépressif}}", ("past", "etait")),
        ("M. était {{dépressif}} ce matin", ("affirmed", "")),
        ("M. a été {{sous tutelle}}", ("past", "a ete")),
        ("M. a été {{insulté}}", ("affirmed", "")),
        ("{{alcoolique}} dans sa jeunesse", ("past", "dans … jeunesse")),
        ("{{buvait}} beaucoup", ("past", "buvait")),
        ("avant de repasser, {{aveugle}}", ("affirmed", "")),
    ],
)
def test_assertion(marked: str, expected: tuple[Assertion, str]) -> None:
    assert assertion_of(*_place(marked)) == expected


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("Mme {{malade des poumons}}", ("tenant", "mme")),
        ("locataire {{alcoolique}}", ("tenant", "locataire")),
        ("{{bipolaire}}, cette dame", ("tenant", "dame")),
        ("Ivre. M. {{agressif}}", ("tenant", "m")),
        ("on m'a dit {{agressif}}", ("unknown", "")),
        ("fils {{cancer}} Mme malade", ("relative", "fils")),
        ("le mari de Mme est {{violent}}", ("relative", "mari … mme")),
        ("son mari est {{violent}}", ("relative", "mari")),
        ("{{cancer}} de son fils", ("relative", "fils")),
        ("Mme {{victime de violences}} de son mari", ("tenant", "mme")),
        ("vit avec son père {{grabataire}}", ("relative", "pere")),
        ("Mme vit avec ses deux enfants, {{dépressive}}", ("tenant", "mme")),
        ("appel du fils : sa mère est {{malade}}", ("tenant", "mere")),
        ("voisine du dessus {{folle}}", ("third_party", "voisine")),
        ("le fils de la voisine est {{autiste}}", ("third_party", "fils … voisine")),
        ("l'ancien locataire est {{agressif}}", ("third_party", "ancien locataire")),
        ("la dame du dessus {{Alzheimer}}", ("third_party", "dame … dessus")),
        ("le gardien est {{alcoolique}}", ("staff", "gardien")),
        ("Mme a insulté le gardien, {{ivre}}", ("tenant", "mme")),
        ("{{alcoolique}} d'après le gardien", ("unknown", "")),
        ("le gardien signale : {{alcoolique}}", ("unknown", "")),
        ("suivi par l'infirmière, {{diabète}}", ("unknown", "")),
        ("{{alcoolique}}", ("unknown", "")),
        ("a quitté son emploi, {{alcoolique}}", ("tenant", "son")),
        ("Mme Dubois rappelle. Est {{sourde}}", ("tenant", "mme")),
        ("Le voisin crie. Il est {{ivre}}", ("third_party", "il")),
        ("Mme a appelé pour son fils, il est {{autiste}}", ("relative", "il")),
        ("Mme et son fils absents, elle est {{hospitalisée}}", ("tenant", "elle")),
        ("elle est {{raciste}}", ("tenant", "elle")),
    ],
)
def test_subject(marked: str, expected: tuple[Subject, str]) -> None:
    assert subject_of(*_place(marked)) == expected


def _cue_words() -> list[str]:
    """Every word that the cue files write out, plus what joins them."""
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(CONTEXT_DIR.glob("*.toml")))
    return [*sorted(set(re.findall(r"[a-z]+", text))), ",", ".", ":", "?", "«", "»", '"', "'"]


@given(
    st.lists(st.sampled_from(_cue_words()) | st.sampled_from(["zzqa", "zzqb", "4711"]), max_size=14),
    st.lists(st.sampled_from(_cue_words()) | st.sampled_from(["zzqa", "zzqb", "4711"]), max_size=10),
)
def test_cues_never_hold_free_words_of_the_comment(before: list[str], after: list[str]) -> None:
    place = _place(" ".join([*before, "{{xxk}}", *after]))
    named = set(f"{assertion_of(*place)[1]} {subject_of(*place)[1]}".split())
    assert not named & {"zzqa", "zzqb", "4711", "xxk"}


def test_no_cue_begins_or_ends_with_any_word() -> None:
    """A label shows the ends of a cue: no gap, number or wildcard may stand there."""
    assertion, subject = CueFile.load("assertion.toml").data, CueFile.load("subject.toml").data
    cues = [p for section in assertion["cues"] for key in ("before", "after", "next", "inside") for p in section.get(key, [])]
    cues += [p for entry in subject["persons"] for p in entry["patterns"]] + subject["possessive"]
    cues = [re.sub(r"!\([^()]*\)", "", pattern) for pattern in cues]  # what must not follow is no part of the cue
    free = r"(?:\*|#|<\d>)"
    assert [p for p in cues if re.search(rf"^[\[(]*{free}(?:\s|$)|[\s|(\[]{free}[\])]*$", p)] == []


def test_label_keeps_the_ends_of_a_cue_only() -> None:
    assert [label(cue.split()) for cue in ("n est vraiment pas", ", sans doute", "ex")] == ["n … pas", "sans doute", "ex"]


def test_cue_files_know_their_own_classes_and_refuse_unknown_ones() -> None:
    file = CueFile.load("assertion.toml")
    assert file.cue(["{say} que"]).end(["signale", "que"], 0, 2) == 2
    with pytest.raises(LexiconError, match=r"context: unknown word class \{nobody\}"):
        file.cue(["{nobody}"])


def test_every_reach_fits_the_sentence_that_is_read() -> None:
    assert all(max(section["reach"]) <= MAX_REACH for section in CueFile.load("assertion.toml").data["cues"])


def test_cues_do_not_reach_beyond_the_sentence() -> None:
    place = _place("Selon la voisine. Pas de bruit. {{alcoolique}}. Sans doute.")
    assert (assertion_of(*place), subject_of(*place)) == (("affirmed", ""), ("unknown", ""))


def test_context_files_ship_with_the_package() -> None:
    names = sorted(path.stem for path in Path(CONTEXT_DIR).glob("*.toml"))
    assert names == ["assertion", "reach", "reach_weights", "subject", "weighing_weights"]
