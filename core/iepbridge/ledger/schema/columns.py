"""The columns that the tables have in common."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Integer,
    MetaData,
    String,
)
from sqlalchemy.types import TypeEngine

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def key() -> "Column[int]":
    """The number of a row."""
    return Column("id", number(), primary_key=True, autoincrement=True)


def number() -> TypeEngine[int]:
    """64 bits; SQLite numbers rows by itself only in an INTEGER, which holds as many there."""
    return BigInteger().with_variant(Integer(), "sqlite")


def of(table: str, *, null: bool = False) -> "Column[int]":
    """The number of a row in another table."""
    name = {"batches": "batch", "plan_versions": "entry"}.get(table, table.removesuffix("s"))
    return Column(f"{name}_id", number(), ForeignKey(f"{table}.id"), nullable=null)


def instant(name: str, *, null: bool = False) -> "Column[str]":
    """UTC as text: `YYYY-MM-DDTHH:MM:SS.ffffffZ`."""
    return Column(name, String(27), nullable=null)


def word(name: str, *, null: bool = False) -> "Column[str]":
    """A name or a code, of any length."""
    return Column(name, String(), nullable=null)
