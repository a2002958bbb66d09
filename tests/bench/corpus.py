"""A realistic export of any size: the neutral comments of ``samples/`` cut into clauses and put together anew, with sensitive remarks.

The same seed gives the same rows, whatever their number. Everything is invented: the clauses come from invented comments, the remarks are
examples of the lexicons.
"""

from __future__ import annotations

import csv
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from recognizers.examples import parse_example
from recognizers.rulepack import load_lexicons

SAMPLES = Path(__file__).parents[2] / "samples"
COLUMNS = ("NUM_EVT", "NUM_CLIENT", "CIVILITE", "NOM", "PRENOM", "LIB_SITE", "DATE_SAISIE", "SERVICE", "COMMENTAIRE", "OBS_GARDIEN")
TEXT_COLUMNS = COLUMNS[-2:]
NAME_COLUMNS = ("NOM", "PRENOM")

_BACKGROUND = ("06-background.jsonl", "19-background-b.jsonl")
_CLAUSE_END = re.compile(r"(?<=[.,;])\s+")
_DIGIT = re.compile(r"\d")
_SURNAMES = [
    "BERTAUD",
    "CHANTREL",
    "DEMIRKAYAN",
    "FOUQUERAY",
    "GUILLERMIN",
    "HADDOUCHI",
    "KONATE",
    "LEBRUNEC",
    "MARQUISE",
    "NGUYEN",
    "OLIVEIRA",
    "POMMERET",
]
_FIRST_NAMES = ["Amina", "Bruno", "Colette", "Denis", "Elodie", "Farid", "Ginette", "Hugo", "Ines", "Josette", "Karim", "Lucien"]
_SITES = ("LES TILLEULS", "RES. PASTEUR", "LA CROIX-BLANCHE", "LE CLOS", "VERSAILLES NORD", "ILOT 12")
_SERVICES = ("GARDIEN", "AGENCE", "CONTENTIEUX", "CESF", "CENTRE_APPEL")
_MENTIONS = ("Mme {0} absente", "appel de M. {0}", "RDV avec Mme {0}", "vu {1} {0}", "M. {0} joint au 01 99 00 {2} {3}")


@dataclass(frozen=True, slots=True)
class Mix:
    """Shares, in [0, 1], of the comments: with a sensitive remark, with a person named, in capitals, and with a second text."""

    sensitive: float = 0.08
    named: float = 0.06
    capitals: float = 0.25
    observed: float = 0.1


def neutral_clauses() -> list[str]:
    """Return the clauses of the samples' comments that carry no label, sorted, without repeats."""
    labelled = [json.loads(line) for name in _BACKGROUND for line in (SAMPLES / "gold" / name).read_text(encoding="utf-8").splitlines()]
    texts = [item["text"] for item in labelled if not item["spans"]]
    gold = [json.loads(line) for line in (SAMPLES / "ikos_export_gold.jsonl").read_text(encoding="utf-8").splitlines()]
    texts += [item["text"] for item in gold if "text" in item and not item["spans"]]
    return sorted({clause for text in texts for clause in _CLAUSE_END.split(text) if len(clause) > 8 and not clause.isupper()})


def sensitive_clauses() -> list[str]:
    """Return the examples of every rule that must be found, without their marks."""
    return [parse_example(marked)[0] for lexicon in load_lexicons() for rule in lexicon.rules for marked in rule.yes]


class Comments:
    """An endless supply of comments, some 110 characters long on average."""

    def __init__(self, seed: int, mix: Mix = Mix()) -> None:
        self._random = random.Random(seed)
        self._mix = mix
        self._neutral, self._sensitive = neutral_clauses(), sensitive_clauses()

    def comment(self) -> str:
        """Return the next comment."""
        chance, choice = self._random.random, self._random.choice
        clauses = [self._renumbered(choice(self._neutral)) for _ in range(self._random.choice((1, 2, 2, 3, 3, 4, 6)))]
        if chance() < self._mix.sensitive:
            clauses[self._random.randrange(len(clauses))] = choice(self._sensitive)
        if chance() < self._mix.named:
            numbers = (f"{self._random.randrange(100):02}" for _ in range(2))
            clauses.append(choice(_MENTIONS).format(choice(_SURNAMES).title(), choice(_FIRST_NAMES), *numbers))
        text = " ".join(clause if clause[-1] in ".,;" else clause + choice((".", ",", " -")) for clause in clauses)
        return text.upper().replace("É", "E").replace("È", "E") if chance() < self._mix.capitals else text

    def row(self, number: int) -> list[str]:
        """Return the next row, in the order of ``COLUMNS``."""
        choice, below = self._random.choice, self._random.randrange
        return [
            str(400_000 + number),
            f"{below(100_000):07}",
            choice(("M", "MME")),
            choice(_SURNAMES),
            choice(_FIRST_NAMES),
            choice(_SITES),
            f"{1 + below(28):02}/{1 + below(12):02}/{2019 + below(8)}",
            choice(_SERVICES),
            self.comment(),
            self.comment() if self._random.random() < self._mix.observed else "",
        ]

    def _renumbered(self, clause: str) -> str:
        return _DIGIT.sub(lambda digit: self._random.choice("0123456789"), clause)


def rows(count: int, seed: int = 1, mix: Mix = Mix()) -> Iterator[list[str]]:
    """Yield ``count`` rows in the order of ``COLUMNS``."""
    comments = Comments(seed, mix)
    return (comments.row(number) for number in range(count))


def write_export(path: Path, count: int, seed: int = 1, mix: Mix = Mix()) -> None:
    """Write ``count`` rows as landlords' software exports them: cp1252, semicolons, CRLF."""
    with path.open("w", encoding="cp1252", errors="replace", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows(count, seed, mix))
