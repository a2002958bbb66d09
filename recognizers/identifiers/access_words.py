"""Cue words of access codes, read from access_code.toml on first use."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_HIDING = (
    ("sous|derriere|dessous|au dessus|deriere|derierre|ss|sou", "under"),
    ("dans|au fond|ds|dan", "inside"),
    ("(?:crochet|clou|aimant) (?:sous|derriere|dans|deriere|pres|contre|au dessus)", "behind"),
    ("sur|au dessus", "upon"),
    ("au", "hook"),
    ("chez", "other_hands"),
)


@dataclass(frozen=True, slots=True)
class AccessWords:
    """Folded cue words and compiled patterns over folded text; see access_code.toml for what each list means.

    Nothing is found without a word of ``wordless_cues``, or a number and a word of ``number_cues`` or a sign; without one of
    ``announcing_words`` only a badge's number or one with a letter. No key is found hidden without a word of ``hidden_words``, or one of
    ``hiding_places`` within five words after one of ``prepositions``. No password is announced without one of ``password_words``;
    ``password_parts`` are these and all other words of its cues.
    """

    code_cues: frozenset[str]
    code_words: frozenset[str]
    code_qualifiers: frozenset[str]
    code_links: frozenset[str]
    code_breaks: frozenset[str]
    appliances: frozenset[str]
    strong_code_cues: frozenset[str]
    openings: frozenset[str]
    other_numbers: frozenset[str]
    faulty: frozenset[str]
    remotes: frozenset[str]
    combination_cues: frozenset[str]
    short_numbers: frozenset[str]
    number_links: frozenset[str]
    keys: frozenset[str]
    lost: frozenset[str]
    password_cue: re.Pattern[str]
    password_words: frozenset[str]
    password_parts: frozenset[str]
    no_passwords: frozenset[str]
    hiding: re.Pattern[str]
    hidden: re.Pattern[str]
    place_first: re.Pattern[str]
    place_alone: re.Pattern[str]
    not_hidden: re.Pattern[str]
    hidden_words: frozenset[str]
    prepositions: frozenset[str]
    hiding_places: frozenset[str]
    wordless_cues: frozenset[str]
    announcing_words: frozenset[str]
    badges: frozenset[str]
    number_cues: frozenset[str]


@cache
def access_words() -> AccessWords:
    """The lists of access_code.toml."""
    with Path(__file__).with_name("access_code.toml").open("rb") as file:
        data: dict[str, str] = tomllib.load(file)
    words = {name: frozenset(block.split()) for name, block in data.items()}
    keys = _key_pattern(data)
    announcing, badges = words["code_cues"] | words["code_words"] | words["strong_code_cues"], frozenset({"badge", "badges"})
    return AccessWords(
        code_cues=words["code_cues"],
        code_words=words["code_words"],
        code_qualifiers=words["code_qualifiers"],
        code_links=words["code_links"],
        code_breaks=words["code_breaks"],
        appliances=words["appliances"],
        strong_code_cues=words["strong_code_cues"],
        openings=words["openings"],
        other_numbers=words["other_numbers"],
        faulty=words["faulty"],
        remotes=words["remotes"],
        combination_cues=words["combination_cues"],
        short_numbers=words["short_numbers"],
        number_links=words["number_links"],
        keys=frozenset(data["keys"].split("|")),
        lost=words["lost"],
        password_cue=re.compile(rf"(?<![a-z])(?:{data['password_cues']})(?![a-z])"),
        password_words=words["password_words"],
        password_parts=frozenset(re.findall("[a-z]{2,}", data["password_cues"])) | words["password_words"],
        no_passwords=words["no_passwords"],
        hiding=_hiding_pattern(data),
        hidden=re.compile(
            rf"(?<![a-z])(?:(?:{keys}|celles?)(?: +[a-z9]+){{0,5}}? +(?:{_any(data['hidden'])})"
            rf"|(?:{_any(data['hides'])})(?: +[a-z]+){{0,2}}? +(?:{keys}))"
            rf"(?P<between>(?: +[a-z9]+){{0,3}}?) +(?P<place>(?:{_any(data['anywhere'])}) +[a-z9]+(?: +[a-z9]+){{0,2}})(?![a-z])"
        ),
        place_first=re.compile(
            rf"(?<![a-z])(?P<place>(?:sous|dans|derriere) +(?:[a-z9]+ +){{1,3}}?(?:{_any(data['first_places'])})(?: +de +[a-z]+)?)"
            rf" +(?P<between>(?:[a-z9]+ +){{0,4}}?)(?:{keys})(?![a-z])(?! +(?:{_any(data['lost'])}))"
        ),
        place_alone=re.compile(rf"(?<![a-z]) *(?P<place>{_places(data)})(?![a-z])"),
        hidden_words=words["hidden"] | words["hides"],
        prepositions=frozenset(
            phrase.split()[-1] for prepositions, nouns in _HIDING if nouns != "behind" for phrase in prepositions.split("|")
        ),
        hiding_places=words["first_places"].union(*(words[nouns] for _, nouns in _HIDING)),
        wordless_cues=frozenset(data["keys"].split("|")) | words["password_words"],
        announcing_words=announcing,
        badges=badges,
        number_cues=announcing | badges | words["openings"] | words["combination_cues"],
        not_hidden=re.compile(rf"(?<![a-z])(?:{data['not_hidden']})(?![a-z])"),
    )


def _any(block: str) -> str:
    return "|".join(block.split())


def _key_pattern(data: dict[str, str]) -> str:
    """A key word that is no verb ("on passe"), no adjective ("poussette double"), and of no box of keys ("boîte à clés")."""
    return "|".join(
        f"{_guard(word, data)}{word}" + (rf"(?! +(?:{data['passes']})(?![a-z]))" if word == "passe" else "")
        for word in data["keys"].split("|")
    )


def _guard(word: str, data: dict[str, str]) -> str:
    not_after = {"passe": "passers", "double": "doubled", "doubles": "doubled"}.get(word, "boxes")
    return "".join(rf"(?<![^a-z]{before} )(?<!\A{before} )" for before in data[not_after].split())


def _hiding_pattern(data: dict[str, str]) -> re.Pattern[str]:
    """A key word, up to eight words, a hiding place."""
    return re.compile(rf"(?<![a-z])(?:{_key_pattern(data)})(?P<between>(?: +[a-z9]+){{0,8}}?) +(?P<place>{_places(data)})(?![a-z])")


def _places(data: dict[str, str]) -> str:
    """A preposition, up to four words, a hiding place that goes with the preposition."""
    words = r"(?: +[a-z9]+){0,4}?"
    return "|".join(f"(?:{prepositions}){words} +[ld]?(?:{_any(data[nouns])})" for prepositions, nouns in _HIDING)
