"""Errors of the recognizers' data files."""

from __future__ import annotations


class LexiconError(ValueError):
    """A lexicon or cue file that cannot be used; the message names the file, the rule and the pattern."""


class ModelError(ValueError):
    """A file of learned weights that is missing or damaged; the message names it and says what to do."""
