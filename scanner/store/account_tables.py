"""The tables of people and programs that use the service: accounts, their perimeter, sessions, API keys. No secret is here in clear."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, LargeBinary, String, Table, Text

from scanner.store.metadata import Hex, Time, metadata

accounts = Table(
    "accounts",
    metadata,
    Column("id", Hex, primary_key=True),  # 16 hexadecimal digits, random
    Column("login", Text, nullable=False, unique=True),  # in lower case
    Column("name", Text, nullable=False),
    Column("role", String(16), nullable=False),  # a role of scanner/data/roles.toml
    Column("every_site", Boolean, nullable=False, default=False),  # else the sites of account_sites, and no other
    Column("password", Text, nullable=False),  # argon2id, in the form of the PHC string
    Column("totp", LargeBinary),  # the secret of the second factor, sealed under the master key; null: none
    Column("totp_step", BigInteger),  # the time step of the code that was taken last, none twice; null until the first: not in use yet
    Column("must_change", Boolean, nullable=False, default=True),  # the password was given by somebody else
    Column("disabled", Time),
    Column("created", Time, nullable=False),
    Column("changed", Time, nullable=False),
)

sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("login", Hex, primary_key=True),  # keyed digest: what people type there need not be a login, and unknown ones count as well
    Column("failures", Integer, nullable=False),  # in a row
    Column("last", Time, nullable=False),
)

account_sites = Table(
    "account_sites",
    metadata,
    Column("account_id", ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("site", Text, primary_key=True),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),  # SHA-256 of the token, which only the browser has
    Column("account_id", ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("second_factor", Boolean, nullable=False, default=False),  # passed
    Column("created", Time, nullable=False),
    Column("seen", Time, nullable=False),
    Column("expires", Time, nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Hex, primary_key=True),  # 16 hexadecimal digits, the first part of the key itself
    Column("name", Text, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),  # SHA-256 of the key: it has 256 random bits, nothing slower is needed
    Column("scopes", Text, nullable=False),  # JSON list
    Column("created", Time, nullable=False),
    Column("expires", Time),
    Column("revoked", Time),
    Column("used", String(10)),  # the last day on which it was
)
