"""Bookmarks and read marks in queries: `id = '__Bookmarked__'`, HasUnreadMessages, HasNoUnreadMessages."""

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from rtpy.db.base import table_of
from rtpy.models import Bookmark, ReadMark, Ticket, Transaction
from rtpy.rights.names import Right
from rtpy.search.compiling.people import people_with
from rtpy.search.compiling.plain import number_field
from rtpy.search.compiling.values import current_user, id_of, need_no_part, values_of
from rtpy.search.fields.field import Asking, CannotSearch, Kind, SearchField
from rtpy.search.language.tree import Operator, Term

BOOKMARKED = "__bookmarked__"
_EQUALITY = (Operator.EQUALS, Operator.DIFFERS)


def bookmarked(asking: Asking) -> ColumnElement[bool]:
    """A clause over tickets: the asker has bookmarked it. Nobody asks for the bookmarks of others."""
    mine = select(Bookmark.ticket_id).where(Bookmark.user_id == asking.work.actor.user_id)
    return Ticket.id.in_(mine)


def id_field() -> SearchField:
    """The number of a ticket; `__Bookmarked__` stands for those that the asker has bookmarked."""
    plain = number_field(
        "id", table_of(Ticket).c.id, "The number of the ticket, or __Bookmarked__ for your bookmarks."
    )

    def compile_term(asking: Asking, term: Term) -> ColumnElement[bool]:
        values = values_of(term)
        others = tuple(each for each in values if str(each).lower() != BOOKMARKED)
        if len(others) == len(values):
            return plain.compile(asking, term)
        if term.operator not in (*_EQUALITY, Operator.IN, Operator.NOT_IN):
            raise CannotSearch("__Bookmarked__ goes with = and != only.", term.column)
        fits = bookmarked(asking)
        if others:
            fits = or_(fits, plain.compile(asking, replace(term, operator=Operator.IN, value=others)))
        return ~fits if term.operator.is_negative else fits

    return replace(plain, compile=compile_term)


def unread_fields() -> list[SearchField]:
    """Whose messages are unread; the value is a user's name or number, `__CurrentUser__`, or `Owner`."""
    return [
        SearchField(
            "HasUnreadMessages",
            Kind.USER,
            _EQUALITY,
            lambda asking, term: _unread(asking, term, has=term.operator is Operator.EQUALS),
            "Somebody else wrote something that this user has not read.",
        ),
        SearchField(
            "HasNoUnreadMessages",
            Kind.USER,
            _EQUALITY,
            lambda asking, term: _unread(asking, term, has=term.operator is Operator.DIFFERS),
            "This user has read all that others wrote.",
        ),
    ]


def _unread(asking: Asking, term: Term, *, has: bool) -> ColumnElement[bool]:
    need_no_part(term)
    found = _has_unread(asking, _reader(asking, term))
    return found if has else ~found


def _reader(asking: Asking, term: Term) -> Any:
    """The user whose reading is meant: a number, or the column of owners. Raises CannotSearch for nobody's name."""
    value = current_user(asking, term.value)
    if str(value).lower() == "owner":
        return Ticket.owner_id
    number = id_of(value)
    if number is None:
        names = people_with("Name", Operator.EQUALS, value)
        number = asking.work.db.scalar(names.limit(1))
    if number is None:
        raise CannotSearch(f"There is no user “{str(value)[:60]}”.", term.column)
    return number


def _has_unread(asking: Asking, reader: Any) -> ColumnElement[bool]:
    """A message of somebody else, which the asker may read, is newer than the reader's mark; never NULL.

    Comments count where the asker may read them. Without a mark everything is unread (RT).
    """
    said, mark = aliased(Transaction), aliased(ReadMark)
    comments = asking.work.rights.of(Right.SHOW_TICKET_COMMENTS)
    seen = (
        select(mark.transaction_id)
        .where(mark.user_id == reader, mark.ticket_id == Ticket.id)
        .correlate_except(mark)
        .scalar_subquery()
    )
    message: ColumnElement[bool] = said.type.in_(("Create", "Correspond"))
    if not comments.nowhere:
        message = or_(message, and_(said.type == "Comment", comments.visible()))
    new = (
        said.object_type == "ticket",
        message,
        said.creator_id != reader,
        said.id > func.coalesce(seen, 0),
    )
    merged = aliased(Ticket)
    own = select(said.id).where(said.object_id == Ticket.id, *new).correlate(Ticket)
    theirs = (
        select(said.id)
        .join(merged, merged.id == said.object_id)
        .where(merged.merged_into_id == Ticket.id, *new)
        .correlate(Ticket)
    )
    return or_(exists(own), exists(theirs))
