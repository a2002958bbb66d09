"""The first user must not wait for what is made on first use."""

from __future__ import annotations

from recognizers.examples import parse_example
from scanner.records import NO_ROW, Record
from scanner.service.check import checked
from scanner.service.judging import judged
from scanner.service.state import ServiceState

_TEXTS = (
    "Mme DUPONT a rappelé le 12/03 pour la fuite sous l'évier, RAS depuis.",
    "LOCATAIRE ALCOOLIQUE, NE PAS ENVOYER LE GARDIEN SEUL",
    "Fils sorti de prison, tel 06 12 34 56 78, jean@exemple.fr, code 1234A, FR76 3000 6000 0112 3456 7890 189",
    "{\\rtf1\\ansi suivie pour une d\\'e9pression}",
    "<p>n'est pas de nationalit&eacute; fran&ccedil;aise</p>",
)
_MANY = 20


def warm_up(shared: ServiceState) -> None:
    """Answer about a few invented texts in the styles that staff write, one by one and in a batch; nothing is counted."""
    policy = shared.text_policy
    for text in _TEXTS:
        checked(text, "", policy, shared).model_dump_json()
    for _ in judged([Record("", NO_ROW, "", {"": text}) for text in _TEXTS * _MANY], policy, shared):
        pass


def warm_rules(shared: ServiceState) -> None:
    """Look for an example of every rule: its expressions are compiled when its words are first met. Takes a second or two."""
    for lexicon in shared.detector.lexicons:
        for rule in lexicon.rules:
            shared.detector.find(parse_example(rule.yes[0])[0])
