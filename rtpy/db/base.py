"""What every table shares: the declarative base, constraint names, and the house's column kinds."""

from datetime import datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import BigInteger, ForeignKey, Integer, MetaData, String, Table, Text, false
from sqlalchemy.orm import DeclarativeBase, MappedColumn, mapped_column

from rtpy.db.types import UtcDateTime

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite counts rows by itself only in a column of type INTEGER.
big_key = BigInteger().with_variant(Integer, "sqlite")

id_ = Annotated[int, mapped_column(big_key, primary_key=True)]
utc = Annotated[datetime, mapped_column(UtcDateTime)]
short = Annotated[str, mapped_column(String(255), default="", server_default="")]
text = Annotated[str, mapped_column(Text, default="", server_default="")]
flag = Annotated[bool, mapped_column(default=False, server_default=false())]
count = Annotated[int, mapped_column(default=0, server_default="0")]


def ref(
    target: str, *, index: bool = False, primary_key: bool = False, cascade: bool = False
) -> MappedColumn[Any]:
    """A column that points at `target` ("users.id"); `cascade` deletes this row with that one."""
    rule = ForeignKey(target, ondelete="CASCADE" if cascade else None)
    return mapped_column(big_key, rule, index=index, primary_key=primary_key)


def table_of(model: "type[Base]") -> Table:
    """The table of a model: a statement over tables is put together faster than one over models."""
    table: Table = model.__table__  # type: ignore[assignment]
    return table


class Base(DeclarativeBase):
    """Base of all models."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcDateTime, int: big_key}
