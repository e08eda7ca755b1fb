"""The client's organisation and its site, in queries."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from rtpy.db.base import table_of
from rtpy.models import Organization, OrganizationSite, Ticket
from rtpy.search.compiling.looking_up import NAMED, look_up_named
from rtpy.search.compiling.text import EMPTINESS, EQUALITY, LIKES, compare_text, is_missing
from rtpy.search.compiling.values import id_of, need_no_part, values_of
from rtpy.search.fields.field import Asking, Kind, SearchField
from rtpy.search.language.tree import Operator, Term

_tickets = table_of(Ticket).c


def named_field(name: str, column: Any, model: Any, help: str, *aliases: str) -> SearchField:
    """A column that points at something with a name, or at nothing; by name or number."""

    def clause(asking: Asking, term: Term) -> ColumnElement[bool]:
        need_no_part(term)
        if term.operator in EMPTINESS:
            return is_missing(column, term.operator)
        fits = column.in_(_which(asking, model, term))
        return or_(column.is_(None), ~fits) if term.operator.is_negative else fits

    def order(_asking: Asking, path: tuple[str, ...]) -> Sequence[ColumnElement[Any]]:
        named = select(func.lower(model.name)).where(model.id == column).correlate(column.table)
        return () if path else (named.scalar_subquery(),)

    return SearchField(
        name,
        Kind.TEXT,
        (*EQUALITY, *LIKES, *EMPTINESS),
        clause,
        help,
        order=order,
        column=column,
        aliases=aliases,
    )


def _which(asking: Asking, model: Any, term: Term) -> Any:
    """Numbers of what is meant, or a query of them."""
    if term.operator in LIKES:
        return select(model.id).where(compare_text(model.name, term.operator.positive, term.value))
    values = values_of(term)
    numbers = [number for each in values if (number := id_of(each)) is not None]
    found = look_up_named(asking, model, values, numbers) if model in NAMED else None
    if found is not None:
        return found
    by_name = compare_text(model.name, Operator.IN, [str(each) for each in values])
    return select(model.id).where(or_(model.id.in_(numbers), by_name))


ORGANIZATION = named_field(
    "Organization",
    _tickets.organization_id,
    Organization,
    "The client's organisation, by name.",
    "Organisation",
)
SITE = named_field("Site", _tickets.site_id, OrganizationSite, "The site of the client, by name.")
