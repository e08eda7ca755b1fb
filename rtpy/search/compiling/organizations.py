"""The client's organisation and its site, in queries."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from rtpy.db.base import table_of
from rtpy.models import Organization, OrganizationSite, Ticket
from rtpy.search.compiling.text import EMPTINESS, EQUALITY, LIKES, compare_text, is_missing
from rtpy.search.compiling.values import id_of, need_no_part, values_of
from rtpy.search.fields.field import Asking, Kind, SearchField
from rtpy.search.language.tree import Operator, Term

_tickets = table_of(Ticket).c


def named_field(name: str, column: Any, model: Any, help: str, *aliases: str) -> SearchField:
    """A column that points at something with a name, or at nothing; by name or number."""

    def clause(_asking: Asking, term: Term) -> ColumnElement[bool]:
        need_no_part(term)
        if term.operator in EMPTINESS:
            return is_missing(column, term.operator)
        if term.operator in LIKES:
            which = compare_text(model.name, term.operator.positive, term.value)
        else:
            numbers = [number for each in values_of(term) if (number := id_of(each)) is not None]
            which = compare_text(model.name, Operator.IN, [str(each) for each in values_of(term)])
            which = or_(model.id.in_(numbers), which) if numbers else which
        fits = column.in_(select(model.id).where(which))
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


ORGANIZATION = named_field(
    "Organization",
    _tickets.organization_id,
    Organization,
    "The client's organisation, by name.",
    "Organisation",
)
SITE = named_field("Site", _tickets.site_id, OrganizationSite, "The site of the client, by name.")
