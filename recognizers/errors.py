"""Errors of the recognizers' data files."""

from __future__ import annotations


class LexiconError(ValueError):
    """A lexicon or cue file that cannot be used; the message names the file, the rule and the pattern."""
