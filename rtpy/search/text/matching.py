"""Clauses for words: tickets, transactions, articles and assets in which they occur where the reader may look."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any, Final, Protocol

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    false,
    func,
    intersect,
    literal_column,
    not_,
    or_,
    select,
    true,
)

from rtpy.models import Article, Asset, SearchDocument, Ticket, Transaction
from rtpy.search.text.index import FullTextIndex, index_of
from rtpy.search.text.numbering import (
    KIND_SHIFT,
    LARGEST_OBJECT,
    OBJECT_SHIFT,
    SEAL_SHIFT,
    SPACE_SHIFT,
    Kind,
    Seal,
    Space,
    first_id,
    part_of,
    shifted,
)
from rtpy.search.text.readers import Reach, reach_of
from rtpy.search.text.words import Search, read_wanted
from rtpy.work import Work

SAMPLE: Final = 200
"""Tickets that are looked at to see whether a word is in many."""
_END: Final = str(1 << SPACE_SHIFT)
"""Where the numbers of documents of tickets end."""


class Where(StrEnum):
    """In what of a ticket words are looked for."""

    ANYWHERE = "anywhere"
    SUBJECT = "subject"
    """Its subject and description."""
    MESSAGES = "messages"
    FILES = "files"
    """Names of files, and the text of those that can be read."""
    SAID = "said"
    """Messages and their files."""


KINDS: Final = {
    Where.SUBJECT: (Kind.SUBJECT,),
    Where.MESSAGES: (Kind.MESSAGE,),
    Where.FILES: (Kind.FILE,),
    Where.SAID: (Kind.MESSAGE, Kind.FILE),
}


def ticket_matches(work: Work, text: str, where: Where = Where.ANYWHERE) -> ColumnElement[bool]:
    """A clause over tickets: each word of `text` is in something of the ticket that the reader may see.

    Words are whole words; `word*` is a beginning, "two words" in quotes a phrase, `-word` must be nowhere. The caller
    adds the clause of ShowTicket. Text without any word finds nothing. Asks the database once for each word.
    """
    index = index_of(work.app, work.db)
    parts = reach_of(work)

    sought = read_wanted(text)
    if not sought:
        return false()
    common = [search for search in sought.all if is_common(work, index, search)]
    listed = [_listed(index, search, parts, where) for search in sought.all if search not in common]
    asked = [_asked(index, search, parts, where) for search in common]
    if not listed:
        lacking = [Ticket.id.in_(_listed(index, search, parts, where)) for search in sought.none]
        return and_(true(), *asked, *(not_(each) for each in lacking))
    found = intersect(*listed) if len(listed) > 1 else listed[0].distinct()
    asked += [not_(_asked(index, search, parts, where)) for search in sought.none]
    if not asked:
        return Ticket.id.in_(found)
    # Short lists first, and only what is in them is asked for the rest: PostgreSQL chose ways of seconds by itself.
    rows = found.subquery()
    return Ticket.id.in_(select(Ticket.id).join(rows, rows.c.ticket_id == Ticket.id).where(*asked))


def transaction_matches(work: Work, text: str, where: Where = Where.ANYWHERE) -> ColumnElement[bool]:
    """The same over transactions of tickets: each word in the message itself or in one of its files."""
    index = index_of(work.app, work.db)
    parts = reach_of(work)

    def holds(search: Search, *, wanted: bool) -> ColumnElement[bool]:
        common = wanted and is_common(work, index, search)
        return _in_transaction(index, search, parts, where, is_common=common)

    return _all(text, holds)


def article_matches(work: Work, text: str) -> ColumnElement[bool]:
    """A clause over articles: each word is in its name, summary or text. The caller adds the clause of rights."""
    return _things(work, text, Space.ARTICLE, Article.id)


def asset_matches(work: Work, text: str) -> ColumnElement[bool]:
    """A clause over assets: each word is in its name or description. The caller adds the clause of rights."""
    return _things(work, text, Space.ASSET, Asset.id)


def is_common(work: Work, index: FullTextIndex, search: Search) -> bool:
    """Is it in so many tickets that asking each in turn is quicker than listing them all?

    It must be in the newest ones too: else a list would ask thousands in vain before it comes to those that hold it.
    """
    if not index.is_common(work.db, search):
        return False
    connection = work.db.connection()
    newest: int = connection.scalar(select(func.max(Ticket.id))) or 0
    # a number: the planner sees that it is near the end
    lowest = first_id(Space.TICKET, max(newest - SAMPLE + 1, 0))
    sampled = select(func.count(shifted(index.id, OBJECT_SHIFT).distinct())).select_from(index.table)
    clauses = (index.holds(search), index.id >= literal_column(str(lowest)), index.id < literal_column(_END))
    return (connection.scalar(sampled.where(*clauses)) or 0) > SAMPLE * index.common_share


def hits(
    index: FullTextIndex, search: Search, parts: Sequence[Reach], where: Where
) -> list[ColumnElement[bool]]:
    """Clauses over the index: documents of tickets that hold it and that one of `parts` lets be read."""
    return [index.id < literal_column(_END), *_held(index, search, parts, where)]


def _held(
    index: FullTextIndex, search: Search, parts: Sequence[Reach], where: Where
) -> list[ColumnElement[bool]]:
    clauses = [index.holds(search)]
    readable = [_readable(index, part) for part in parts]
    sealed = [each for each in readable if each is not None]
    if len(sealed) == len(readable):
        clauses.append(or_(*sealed))
    if where in KINDS:
        clauses.append(part_of(index.id, KIND_SHIFT).in_(_written(KINDS[where])))
    return clauses


def _readable(index: FullTextIndex, part: Reach) -> ColumnElement[bool] | None:
    """None: everything is."""
    if part.is_everywhere and part.seals == frozenset(Seal):
        return None
    sealed = part_of(index.id, SEAL_SHIFT).in_(_written(part.seals))
    if part.is_everywhere:
        return sealed
    own: Select[Any] = select(literal_column("1")).where(
        Ticket.id == shifted(index.id, OBJECT_SHIFT), part.tickets
    )
    return and_(sealed, own.correlate(index.table).exists())


class _Holds(Protocol):
    def __call__(self, search: Search, *, wanted: bool) -> ColumnElement[bool]: ...


def _all(text: str, holds: _Holds) -> ColumnElement[bool]:
    sought = read_wanted(text)
    if not sought:
        return false()
    clauses = [holds(search, wanted=True) for search in sought.all]
    clauses += [not_(holds(search, wanted=False)) for search in sought.none]
    return and_(true(), *clauses)


def _listed(index: FullTextIndex, search: Search, parts: Sequence[Reach], where: Where) -> Select[Any]:
    """The tickets that hold it."""
    found: Select[Any] = select(shifted(index.id, OBJECT_SHIFT).label("ticket_id")).select_from(index.table)
    return found.where(*hits(index, search, parts, where))


def _asked(index: FullTextIndex, search: Search, parts: Sequence[Reach], where: Where) -> ColumnElement[bool]:
    """Some document of the ticket holds it."""
    first = Ticket.id.op("<<", return_type=Ticket.id.type)(literal_column(str(OBJECT_SHIFT)))
    # one bound only: FTS5 stops at the first that it is told, and would read on to the end of all tickets
    own = and_(index.id >= first, index.id < first + literal_column(str(1 << OBJECT_SHIFT)))
    found: list[ColumnElement[bool]] = []
    for part in parts:
        clauses = _held(index, search, (replace(part, is_everywhere=True),), where)
        one: Select[Any] = select(literal_column("1")).select_from(index.table).where(*clauses, own).limit(1)
        # not EXISTS: PostgreSQL would make a join of it, which reads every document that holds the word
        found.append(and_(part.tickets, one.correlate(Ticket).scalar_subquery().is_not(None)))
    return or_(*found)


def _in_transaction(
    index: FullTextIndex, search: Search, parts: Sequence[Reach], where: Where, *, is_common: bool
) -> ColumnElement[bool]:
    clauses = hits(index, search, parts, where)
    document = SearchDocument
    if not is_common:
        ids = select(index.id).select_from(index.table).where(*clauses)
        held = select(document.transaction_id).where(
            document.id.in_(ids), document.transaction_id.is_not(None)
        )
        return Transaction.id.in_(held)
    return (
        select(literal_column("1"))
        .select_from(document)
        .join(index.table, index.id == document.id)
        .where(document.transaction_id == Transaction.id, *clauses)
        .correlate(Transaction)
        .exists()
    )


def _things(work: Work, text: str, space: Space, column: Any) -> ColumnElement[bool]:
    index = index_of(work.app, work.db)
    begin, end = first_id(space, 0), first_id(space, LARGEST_OBJECT) | ((1 << OBJECT_SHIFT) - 1)

    def holds(search: Search, *, wanted: bool) -> ColumnElement[bool]:
        own = shifted(index.id, OBJECT_SHIFT).op("&", return_type=index.id.type)(
            literal_column(str(LARGEST_OBJECT))
        )
        found: Select[Any] = (
            select(own)
            .select_from(index.table)
            .where(index.holds(search), index.id >= begin, index.id <= end)
        )
        return column.in_(found)  # type: ignore[no-any-return]

    return _all(text, holds)


def _written(numbers: Iterable[int]) -> list[ColumnElement[int]]:
    return [literal_column(str(int(number))) for number in sorted(numbers)]
