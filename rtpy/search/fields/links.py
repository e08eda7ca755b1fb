"""Links in queries: MemberOf, DependsOn, RefersTo, their opposites, and links of any type by direction."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, exists, false, func, literal, or_, select
from sqlalchemy.orm import aliased

from rtpy.links.things import asset_uri, thing_of, thing_uri
from rtpy.links.uris import is_allowed_uri, ticket_id_of
from rtpy.models import Asset, AssetLink, Link, Ticket
from rtpy.rights.names import Right
from rtpy.search.compiling.values import id_of
from rtpy.search.fields.field import Asking, CannotSearch, Kind, SearchField
from rtpy.search.language.tree import Operator, Term, Value

OPERATORS = (
    Operator.EQUALS,
    Operator.DIFFERS,
    Operator.IN,
    Operator.NOT_IN,
    Operator.IS,
    Operator.IS_NOT,
)
_WITHOUT = (Operator.DIFFERS, Operator.NOT_IN, Operator.IS)
"""What asks for things that have no such link."""
MERGED = "MergedInto"
REMINDER = "reminder"


@dataclass(frozen=True, slots=True)
class Direction:
    """Links of one type (empty: of any) of which the searched thing is the base, the target, or either."""

    type: str
    is_base: bool
    is_target: bool = False


DIRECTIONS = {
    "MemberOf": (Direction("MemberOf", True), (), "The ticket of which it is a part."),
    "HasMember": (Direction("MemberOf", False, True), (), "A ticket that is a part of it."),
    "DependsOn": (Direction("DependsOn", True), (), "What must be done first."),
    "DependedOnBy": (Direction("DependsOn", False, True), ("DependentOn",), "What waits for it."),
    "RefersTo": (Direction("RefersTo", True), (), "What it refers to."),
    "ReferredToBy": (Direction("RefersTo", False, True), (), "What refers to it."),
    "LinkedTo": (Direction("", True), (), "What it has a link to, of whatever type."),
    "LinkedFrom": (Direction("", False, True), (), "What has a link to it, of whatever type."),
    "Linked": (Direction("", True, True), (), "What it is linked with, in whatever direction."),
}
"""By the name of the field: the direction, further names, one line of help."""

Compile = Callable[[Direction, Asking, Term], ColumnElement[bool]]


def link_fields() -> list[SearchField]:
    """Those of tickets. Values are numbers of tickets, `a:7`, `asset:7`, or an address."""
    return _fields(_of_ticket)


def asset_link_fields() -> list[SearchField]:
    """Those of assets: a number is a ticket's, as in RT; other assets are `asset:7`."""
    return _fields(_of_asset)


def _fields(compile_term: Compile) -> list[SearchField]:
    return [
        SearchField(name, Kind.LINK, OPERATORS, partial(compile_term, direction), help, aliases=aliases)
        for name, (direction, aliases, help) in DIRECTIONS.items()
    ]


@dataclass(frozen=True, slots=True)
class _End:
    """The other end of a link: a ticket's number, or an address as links store it."""

    ticket_id: int | None = None
    uri: str = ""


def _end(asking: Asking, term: Term, value: Value) -> _End:
    organization = asking.work.app.config.organization
    text = str(value).strip()
    number = id_of(text) if not text.startswith("#") else None
    if number is None:
        number = ticket_id_of(text, organization)
    if number is not None:
        return _End(ticket_id=number)
    thing = thing_of(text, organization)
    if thing is not None:
        return _End(uri=thing_uri(thing, organization))
    if is_allowed_uri(text):
        return _End(uri=text)
    raise CannotSearch(
        f"“{text[:60]}” is no link: write a ticket's number, a:7 for an article, asset:7, or an address "
        "such as https://example.com/7.",
        term.column,
    )


def _ends(asking: Asking, term: Term) -> list[_End]:
    values = term.value if isinstance(term.value, tuple) else (term.value,)
    return [_end(asking, term, value) for value in values]


def _now(ticket_ids: list[int]) -> Any:
    """The tickets of these numbers, or those into which they went: links were moved along."""
    other = aliased(Ticket)
    return select(func.coalesce(other.merged_into_id, other.id)).where(other.id.in_(ticket_ids))


def _of_ticket(direction: Direction, asking: Asking, term: Term) -> ColumnElement[bool]:
    """A clause over tickets."""
    _need_no_path(term)
    if term.operator in (Operator.IS, Operator.IS_NOT):
        linked = or_(*(_any_ticket_link(direction.type, is_base=is_base) for is_base in _sides(direction)))
    else:
        ends = _ends(asking, term)
        linked = or_(
            *(_ticket_link_to(direction.type, ends, is_base=is_base) for is_base in _sides(direction))
        )
    return ~linked if term.operator in _WITHOUT else linked


def _sides(direction: Direction) -> list[bool]:
    return [side for side, wanted in ((True, direction.is_base), (False, direction.is_target)) if wanted]


def _ticket_link_to(kind: str, ends: list[_End], *, is_base: bool) -> ColumnElement[bool]:
    link = aliased(Link)
    mine, theirs = (
        (link.local_base_id, link.local_target_id) if is_base else (link.local_target_id, link.local_base_id)
    )
    numbers = [end.ticket_id for end in ends if end.ticket_id is not None]
    uris = [end.uri for end in ends if end.uri]
    fits: list[ColumnElement[bool]] = []
    if numbers:
        fits.append(theirs.in_(_now(numbers)))
    if uris:
        fits.append(and_((link.target if is_base else link.base).in_(uris), theirs.is_(None)))
    return Ticket.id.in_(select(mine).where(or_(*fits), _of_type(link, kind), mine.is_not(None)))


def _any_ticket_link(kind: str, *, is_base: bool) -> ColumnElement[bool]:
    """Any link of that type, those with reminders aside: they have a box of their own on the page."""
    link, other = aliased(Link), aliased(Ticket)
    mine, theirs = (
        (link.local_base_id, link.local_target_id) if is_base else (link.local_target_id, link.local_base_id)
    )
    reminders = exists().where(other.id == theirs, other.type == REMINDER)
    return exists().where(mine == Ticket.id, _of_type(link, kind), ~reminders)


def _of_type(link: Any, kind: str) -> ColumnElement[bool]:
    result: ColumnElement[bool] = link.type == kind if kind else link.type != MERGED
    return result


def _of_asset(direction: Direction, asking: Asking, term: Term) -> ColumnElement[bool]:
    """A clause over assets: their links among each other, and those of tickets that name them."""
    _need_no_path(term)
    ends = None if term.operator in (Operator.IS, Operator.IS_NOT) else _ends(asking, term)
    clauses: list[ColumnElement[bool]] = [false()]
    for is_base in _sides(direction):
        clauses.append(_asset_link(direction.type, ends, is_base=is_base))
        clauses.append(_link_with_ticket(asking, direction.type, ends, is_base=is_base))
    linked = or_(*clauses)
    return ~linked if term.operator in _WITHOUT else linked


def _asset_link(kind: str, ends: list[_End] | None, *, is_base: bool) -> ColumnElement[bool]:
    link = aliased(AssetLink)
    mine, theirs = (link.base_id, link.target_id) if is_base else (link.target_id, link.base_id)
    there: list[ColumnElement[bool]] = [mine == Asset.id]
    if kind:
        there.append(link.type == kind)
    if ends is not None:
        uris = [end.uri for end in ends if end.uri]
        assets = [number for uri in uris if (number := _asset_number(uri)) is not None]
        fits: list[ColumnElement[bool]] = [false()]
        if assets:
            fits.append(theirs.in_(assets))
        if uris and is_base:
            fits.append(and_(link.uri.in_(uris), link.target_id.is_(None)))
        there.append(or_(*fits))
    return exists().where(*there)


def _link_with_ticket(
    asking: Asking, kind: str, ends: list[_End] | None, *, is_base: bool
) -> ColumnElement[bool]:
    """Links with tickets that the asker may see, like on the page of the asset, which is an address there."""
    link = aliased(Link)
    mine, theirs = (link.base, link.local_target_id) if is_base else (link.target, link.local_base_id)
    named = literal("asset:") + cast(Asset.id, String)
    visible = asking.work.rights.of(Right.SHOW_TICKET).visible()
    there: list[ColumnElement[bool]] = [_of_type(link, kind), theirs.in_(select(Ticket.id).where(visible))]
    if ends is not None:
        numbers = [end.ticket_id for end in ends if end.ticket_id is not None]
        if not numbers:
            return false()
        there.append(theirs.in_(_now(numbers)))
    return named.in_(select(mine).where(*there))


def _asset_number(uri: str) -> int | None:
    rest = uri.removeprefix(asset_uri(0)[:-1])
    return id_of(rest) if rest != uri and rest.isdigit() else None


def _need_no_path(term: Term) -> None:
    if term.name.path:
        raise CannotSearch(f"{term.name.head} has no parts: leave out what follows it.", term.column)
