"""Whether a value is one of many: lists that change from one asking to the next, and those that a statement is for.

A list as one parameter of `IN` is written out anew each time the statement is sent, which for the fifty tickets of a
page takes longer than the answer.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, bindparam, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType


class Among(FunctionElement[bool]):
    """`column` is one of a parameter's numbers; made by `among`."""

    name = "rtpy_among"
    inherit_cache = True
    # as a Boolean SQLite would be asked for "... = 1", which no index answers
    type = NullType()  # type: ignore[assignment]


FEW = 50
"""So many values get a place each in a statement that is kept for them."""


def among(column: Any, name: str) -> ColumnElement[bool]:
    """A clause: the column holds one of the numbers of the parameter `name`, a list.

    They go to PostgreSQL as one value: the statement is the same for any of them. SQLite gets `IN`: it plans badly for
    what comes out of one value.
    """
    return Among(column, bindparam(name, type_=ARRAY(BigInteger)))


def one_of(column: Any, values: Collection[Any]) -> ColumnElement[bool]:
    """A clause for a statement that is kept: the column holds one of these values, which are the same each time."""
    if not 0 < len(values) <= FEW:
        return column.in_(values)  # type: ignore[no-any-return]
    return column.in_([literal(value, column.type) for value in values])  # type: ignore[no-any-return]


@compiles(Among)
def _any(element: Among, compiler: Any, **more: Any) -> str:
    column, numbers = element.clauses
    return f"{compiler.process(column, **more)} = ANY ({compiler.process(numbers, **more)})"


@compiles(Among, "sqlite")
def _in(element: Among, compiler: Any, **more: Any) -> str:
    column, numbers = element.clauses
    each: Any = bindparam(numbers.key, expanding=True, type_=BigInteger)
    return str(compiler.process(column.in_(each), **more))
