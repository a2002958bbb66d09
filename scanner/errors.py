"""Typed errors of the scanner.

Every message says what is wrong and what to do about it, and never holds the text of a comment.

VigieError
├── InputError      a file, column or encoding that cannot be used as asked
│   ├── BusyError         a job of which another run is alive, a folder that another scan writes into
│   ├── NotFoundError     what does not exist, or not for who asks
│   └── NotAllowedError   what the role of who asks does not grant
├── ConfigError     a policy, mapping or allow-list file that is malformed (file, line, reason)
├── SecretKeyError  a missing, malformed or wrong key
└── OutputError     an output folder or file that cannot be written
    └── StoreError  a state store that cannot be opened, read or written
"""

from __future__ import annotations


class VigieError(Exception):
    """Base of every error that a user can cause and mend."""


class InputError(VigieError):
    """An input that cannot be read as asked: missing, empty, binary, wrong column, unknown encoding."""


class BusyError(InputError):
    """A job of which another run is alive, or a folder that another scan writes into."""


class ConfigError(VigieError):
    """A malformed policy, mapping or allow-list: the message names file, line and reason."""


class NotFoundError(InputError):
    """What was asked for does not exist, or is not for who asks: nobody is told which."""


class NotAllowedError(InputError):
    """The role of who asks does not grant it."""


class SecretKeyError(VigieError):
    """A key that is missing, malformed or not the one that was used."""


class OutputError(VigieError):
    """An output that cannot be written: read-only folder, full disk."""


class StoreError(OutputError):
    """A state store that cannot be opened, read or written: full disk, damaged file, lost connection, newer version."""
