"""Kinds of identifiers as bits, for asking whether a comment may hold them."""

NUMBERS, SPELLED_PHONES, EMAILS, ACCESS_CODES, NAMES = (1 << bit for bit in range(5))
NONE, ALL = 0, (1 << 5) - 1
