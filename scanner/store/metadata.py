"""What the tables of the state store share: one metadata with names for constraints, and the types of their columns."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, MetaData, String, Text
from sqlalchemy.dialects import postgresql

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = BigInteger().with_variant(Integer(), "sqlite")
Time = String(32)
"""UTC in ISO form, which sorts as time."""
Hex = String(32)
Key = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
"""Sorted byte by byte in every database, so that results have one order."""
