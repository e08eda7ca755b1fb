"""Whether a number is one of many, which go to PostgreSQL as one value: the statement is the same for any of them.

With `IN` it is put together, sent and prepared anew for each length of the list, which for the fifty tickets of a page
takes longer than the answer. SQLite gets `IN`: it plans badly for what comes out of one value.
"""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, bindparam
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


def among(column: Any, name: str) -> ColumnElement[bool]:
    """A clause: the column holds one of the numbers of the parameter `name`, a list."""
    return Among(column, bindparam(name, type_=ARRAY(BigInteger)))


@compiles(Among)
def _any(element: Among, compiler: Any, **more: Any) -> str:
    column, numbers = element.clauses
    return f"{compiler.process(column, **more)} = ANY ({compiler.process(numbers, **more)})"


@compiles(Among, "sqlite")
def _in(element: Among, compiler: Any, **more: Any) -> str:
    column, numbers = element.clauses
    each: Any = bindparam(numbers.key, expanding=True, type_=BigInteger)
    return str(compiler.process(column.in_(each), **more))
