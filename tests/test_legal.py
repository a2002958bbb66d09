import datetime
import tomllib

import pytest

from recognizers.errors import LexiconError
from recognizers.legal import LegalGround, legal_grounds, load_legal_grounds
from recognizers.lexicon import lexicon_paths

KEYS = [
    "gdpr-9-1",
    "gdpr-10",
    "gdpr-5-1-a",
    "gdpr-5-1-c",
    "gdpr-5-1-d",
    "gdpr-32",
    "gdpr-87-nir",
    "penal-225-1",
    "cnil-2019-free-text",
]
GROUND = 'source = "law"\ntitle = "Article 1"\nmeaning = "Rien."\nas_of = 2026-11-01\n'


def write(folder, text):
    path = folder / "legal.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_ground_that_ships_is_complete():
    grounds = load_legal_grounds()
    assert set(KEYS) < set(grounds)  # documents name others
    assert [key for key, g in grounds.items() if not (g.key == key and g.title and g.meaning.endswith(".") and g.source)] == []


def test_grounds_come_in_the_order_asked():
    assert [(g.title, g.url, g.as_of) for g in legal_grounds(["penal-225-1", "gdpr-10"])] == [
        ("Code pénal, article 225-1 : discrimination", "", datetime.date(2026, 11, 1)),
        ("RGPD, article 10", "https://eur-lex.europa.eu/eli/reg/2016/679/oj", datetime.date(2026, 11, 1)),
    ]


def test_unknown_ground_names_it_and_the_known_ones():
    with pytest.raises(LexiconError, match=r"unknown legal grounds \['gdpr-99'\]; known: \['cnil-"):
        legal_grounds(["gdpr-10", "gdpr-99"])


def test_every_lexicon_names_known_grounds():
    named = {path.name: tomllib.loads(path.read_text(encoding="utf-8"))["legal"] for path in lexicon_paths()}
    assert named
    assert {name: sorted(set(keys) - set(KEYS)) for name, keys in named.items() if not keys or set(keys) - set(KEYS)} == {}


def test_a_file_of_one_ground(tmp_path):
    path = write(tmp_path, f'[sources.law]\nname = "Loi"\n[grounds.law-1]\n{GROUND}')
    ground = LegalGround("law-1", "Article 1", "Rien.", "Loi", "", datetime.date(2026, 11, 1))
    assert dict(load_legal_grounds(path)) == {"law-1": ground}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[grounds", "legal.toml: "),
        (f"[grounds.law-1]\n{GROUND}", "legal.toml, law-1: unknown source 'law'; known: []"),
        (f"[grounds.law-1]\n{GROUND}note = 1", "legal.toml, law-1: keys must be ['as_of', 'meaning', 'source', 'title'], not ['as_of', "),
        (f"[grounds.law-1]\n{GROUND.replace('2026-11-01', '2026')}", "legal.toml, law-1: as_of must be a date without quotes"),
    ],
)
def test_malformed_file_says_where_and_why(tmp_path, text, reason):
    with pytest.raises(LexiconError) as caught:
        load_legal_grounds(write(tmp_path, text))
    assert str(caught.value).startswith(reason)
