"""What misspelled words stand for: words of the lexicons that are spelled by ear ("krise", "voitur") or run into an article ("dalcool").

A word is never respelled when it is a word: of the lexicons, of the French dictionary, or a name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from recognizers.choice import Choice
from recognizers.dictionary import french_words
from recognizers.kept import kept
from recognizers.lexicon import Rule
from recognizers.nodes import Chain, Maybe, Node, Without, Word
from recognizers.rulepack import Rulepack, load_rulepack
from recognizers.sound import sound
from recognizers.word_set import WordSet, union

_SHORTEST = 5
"""Letters of a word that may be misspelled: shorter ones stand for too much."""
_LONG = 7
"""Letters of a word that may be misspelled and run into an article as well: "depilepsi"."""
_SHORTEST_SOUND = 3
_ELIDED = ("l", "d", "j", "m", "t", "s", "c", "n", "qu")
_VOWELS = "aeiouyh"
_SILENT = "stdxzp"


@dataclass(frozen=True, slots=True)
class Spelling:
    """``words`` are the words that misspelled ones may stand for, by their sound; ``known`` those that sound like one and are right."""

    words: dict[str, str]
    known: frozenset[str]

    def respelled(self, word: str) -> str:
        """Return the word of the lexicons that a folded ``word`` of letters, which they lack, stands for; itself when it is none."""
        return word if word in self.known else self.meant(word)

    def meant(self, word: str) -> str:
        """Return what ``word`` would stand for if it were misspelled."""
        rest = word[2:] if word.startswith("qu") else word[1:]
        glued = word.startswith(_ELIDED) and len(rest) >= _SHORTEST and rest[0] in _VOWELS
        if glued and self._by_ear(rest) == rest:
            return rest
        return self._by_ear(word) or (glued and len(rest) >= _LONG and self._by_ear(rest)) or word

    def _by_ear(self, word: str) -> str:
        right = self.words.get(sound(word), "")
        # What is silent may be left out, not made up: "tort" is not "tore".
        return right if word[-1] not in _SILENT or word[-1] in right[-2:] else ""


@cache
def load_spelling() -> Spelling:
    """Return the spelling of the words of the lexicons."""
    return kept("spelling", _compile)


def _compile() -> Spelling:
    from recognizers.identifiers.vocabulary import person_words

    frequencies = french_words()
    listed = words_of(load_rulepack())
    lengths = {len(prefix) for prefix in listed.prefixes}
    beginnings = frozenset(listed.prefixes)
    held = (word for word in frequencies if word in listed.words or any(word[:length] in beginnings for length in lengths))
    right = sorted((word for word in held if len(word) > 3), key=lambda word: frequencies[word] + frequencies.get(f"{word}s", 0))
    words = {heard: word for word in right if len(heard := sound(word)) >= _SHORTEST_SOUND}  # of several, the most frequent
    lists = person_words()
    others = {*frequencies, *lists.first_names, *lists.surnames, *lists.surnames_also_words, *lists.places, *listed.words}
    spelling = Spelling(words, frozenset())
    return Spelling(words, frozenset(word for word in others if len(word) >= _SHORTEST and spelling.meant(word) != word))


def words_of(rulepack: Rulepack) -> WordSet:
    """Return all words that the rules of ``rulepack`` name, those of their cues included."""
    return union(words for rule in rulepack.rules for words in _rule_words(rule))


def _rule_words(rule: Rule) -> Iterator[WordSet]:
    """Yield every set of words of a rule, those of its cues included."""
    nodes: list[Node] = [*(pattern.node for pattern in rule.patterns), *rule.cues]
    while nodes:
        node = nodes.pop()
        if isinstance(node, Word):
            yield node.set
        elif isinstance(node, Chain | Choice):
            nodes += node.nodes
        elif isinstance(node, Maybe | Without):
            nodes.append(node.node)
