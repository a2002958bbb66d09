"""The examples of the lexicons hold, each with every rule of its entity active; the files are complete and consistent."""

from __future__ import annotations

from pathlib import Path

import pytest

from recognizers.detector import Detector
from recognizers.errors import LexiconError
from recognizers.examples import parse_example
from recognizers.legal import legal_grounds
from recognizers.lexicon import Lexicon, Rule, lexicon_paths, load_lexicon
from recognizers.rulepack import load_lexicons
from scanner.evaluate import SENSITIVE

DETECTORS = {lexicon.entity: Detector([lexicon], identifiers=False, reach=False, learned=False) for lexicon in load_lexicons()}
YES = [(rule, marked) for lexicon in load_lexicons() for rule in lexicon.rules for marked in rule.yes]
NO = [(rule, text) for lexicon in load_lexicons() for rule in lexicon.rules for text in rule.no]


def _name(value: object) -> str:
    return value.id if isinstance(value, Rule) else str(value)[:60]


@pytest.mark.parametrize(("rule", "marked"), YES, ids=_name)
def test_lexicon_yes_examples_are_found_exactly(rule: Rule, marked: str) -> None:
    text, spans = parse_example(marked)
    found = [(f.start, f.end) for f in DETECTORS[rule.entity].find(text)]
    assert (text, [text[a:b] for a, b in found], found) == (text, [text[a:b] for a, b in spans], spans)


@pytest.mark.parametrize(("rule", "text"), NO, ids=_name)
def test_lexicon_no_examples_are_not_found(rule: Rule, text: str) -> None:
    assert [(f.rule, text[f.start : f.end]) for f in DETECTORS[rule.entity].find(text)] == []


def test_lexicons_cover_the_annotation_guide() -> None:
    assert sorted(lexicon.entity for lexicon in load_lexicons()) == sorted(SENSITIVE)
    assert [path.stem.upper() for path in lexicon_paths()] == [lexicon.entity for lexicon in load_lexicons()]


@pytest.mark.parametrize("lexicon", load_lexicons(), ids=lambda lexicon: lexicon.entity)
def test_lexicon_names_known_grounds_and_wordings(lexicon: Lexicon) -> None:
    assert [ground.key for ground in legal_grounds(lexicon.legal)] == list(lexicon.legal)
    assert lexicon.severity in (1, 2, 3, 4)
    assert lexicon.label
    assert lexicon.tag == lexicon.tag.upper()
    assert lexicon.why


HEAD = 'entity = "X"\nlabel = "X"\ntag = "X"\nseverity = 4\nlegal = []\nwhy = "x"\ninstead = ""\n'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("entity = x", "at line 1"),
        (HEAD + "colour = 1", "unknown keys.*colour"),
        ('entity = "X"', "missing key 'instead'"),
        (HEAD + '[[rules]]\nid = "a"\nterms = ["est"]\nyes = ["x"]', "rule a: pattern 'est' has no specific word"),
        (HEAD + '[[rules]]\nid = "a"\nterms = ["alcool"]', "at least one `yes`"),
        (HEAD + '[[rules]]\nid = "a"\nterms = ["alcool"]\nyes = ["x"]\nscore = 2', "not in"),
        (HEAD + '[[rules]]\nid = "a"\nterms = ["alcool"]\nyes = ["x"]\nassertion = "maybe"', "unknown assertion"),
        (HEAD + 2 * '[[rules]]\nid = "a"\nterms = ["alcool"]\nyes = ["x"]\n', "used twice"),
    ],
)
def test_malformed_lexicon_says_where_and_why(tmp_path: Path, content: str, reason: str) -> None:
    path = tmp_path / "x.toml"
    path.write_text(content)
    with pytest.raises(LexiconError, match=f"x.toml.*{reason}"):
        load_lexicon(path)
