"""Assertion and subject of a remark, marked {{…}} in the comment."""

from __future__ import annotations

import pytest

from recognizers.document import Document
from recognizers.examples import parse_example
from recognizers.qualify import assertion_of, subject_of


def _tokens(marked: str) -> tuple[Document, int, int]:
    text, [(start, end)] = parse_example(marked)
    doc = Document(text)
    inside = [i for i in range(len(doc.tokens)) if start <= doc.starts[i] < end]
    return doc, inside[0], inside[-1] + 1


@pytest.mark.parametrize(
    ("marked", "assertion"),
    [
        ("Mme est {{alcoolique}}", "affirmed"),
        ("Mme n'est pas {{alcoolique}}", "negated"),
        ("aucun {{problème de santé}} signalé", "negated"),
        ("ni {{drogue}} ni bruit", "negated"),
        ("{{cancer}} écarté par les médecins", "negated"),
        ("pas de réponse, {{alcoolique}}", "affirmed"),
        ("n'a pas ouvert car {{alitée}}", "affirmed"),
        ("n'arrête pas de {{boire}}", "affirmed"),
        ("semble {{alcoolisé}} ce matin", "hypothetical"),
        ("peut-être {{enceinte}}", "hypothetical"),
        ("{{dépressif}} sans doute", "hypothetical"),
        ("il paraît qu'elle est {{séropositive}}", "reported"),
        ("{{alcoolique}} d'après le gardien", "reported"),
        ("selon sa fille, Mme est {{malade}}", "reported"),
        ("ancien {{SDF}}", "past"),
        ("{{alcoolique}} dans sa jeunesse", "past"),
        ("avant de repasser, {{aveugle}}", "affirmed"),
    ],
)
def test_assertion(marked: str, assertion: str) -> None:
    assert assertion_of(*_tokens(marked))[0] == assertion


@pytest.mark.parametrize(
    ("marked", "subject"),
    [
        ("Mme {{malade des poumons}}", "tenant"),
        ("locataire {{alcoolique}}", "tenant"),
        ("fils {{cancer}} Mme malade", "relative"),
        ("le mari de Mme est {{violent}}", "relative"),
        ("son mari est {{violent}}", "relative"),
        ("voisine du dessus {{folle}}", "third_party"),
        ("le gardien est {{alcoolique}}", "staff"),
        ("{{alcoolique}}", "unknown"),
        ("Le voisin crie. Il est {{ivre}}", "third_party"),
    ],
)
def test_subject(marked: str, subject: str) -> None:
    assert subject_of(*_tokens(marked))[0] == subject


def test_cues_never_hold_free_words_of_the_comment() -> None:
    doc, first, last = _tokens("Mme n'est vraiment pas {{alcoolique}}")
    assert assertion_of(doc, first, last) == ("negated", "n … pas")
