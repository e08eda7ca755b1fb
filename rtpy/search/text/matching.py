"""Clauses for words: tickets, transactions, articles and assets in which they occur where the reader may look."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, false, func, literal_column, not_, or_, select, true

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

COMMON: Final = 50_000
"""A word in more documents is asked of each ticket that comes into question; of a rarer one all tickets are listed."""


class Where(StrEnum):
    """In what of a ticket words are looked for."""

    ANYWHERE = "anywhere"
    SUBJECT = "subject"
    """Its subject and description."""
    MESSAGES = "messages"
    FILES = "files"
    """Names of files, and the text of those that can be read."""


KINDS: Final = {Where.SUBJECT: Kind.SUBJECT, Where.MESSAGES: Kind.MESSAGE, Where.FILES: Kind.FILE}


def ticket_matches(work: Work, text: str, where: Where = Where.ANYWHERE) -> ColumnElement[bool]:
    """A clause over tickets: each word of `text` is in something of the ticket that the reader may see.

    Words are whole words; `word*` is a beginning, "two words" in quotes a phrase, `-word` must be nowhere. The caller
    adds the clause of ShowTicket. Text without any word finds nothing. Asks the database once for each word.
    """
    index = index_of(work.app, work.db)
    parts = reach_of(work)

    def holds(search: Search) -> ColumnElement[bool]:
        common = is_common(work, index, search)
        found = [
            and_(part.tickets, _in_ticket(index, search, part, where, is_common=common)) for part in parts
        ]
        return or_(false(), *found)

    return _all(text, holds)


def transaction_matches(work: Work, text: str, where: Where = Where.ANYWHERE) -> ColumnElement[bool]:
    """The same over transactions of tickets: each word in the message itself or in one of its files."""
    index = index_of(work.app, work.db)
    parts = reach_of(work)

    def holds(search: Search) -> ColumnElement[bool]:
        common = is_common(work, index, search)
        found = [_in_transaction(index, search, part, where, is_common=common) for part in parts]
        return or_(false(), *found)

    return _all(text, holds)


def article_matches(work: Work, text: str) -> ColumnElement[bool]:
    """A clause over articles: each word is in its name, summary or text. The caller adds the clause of rights."""
    return _things(work, text, Space.ARTICLE, Article.id)


def asset_matches(work: Work, text: str) -> ColumnElement[bool]:
    """A clause over assets: each word is in its name or description. The caller adds the clause of rights."""
    return _things(work, text, Space.ASSET, Asset.id)


def is_common(work: Work, index: FullTextIndex, search: Search) -> bool:
    """Do more than COMMON documents hold it? Counted no further than that."""
    some = select(index.id).select_from(index.table).where(index.holds(search)).limit(COMMON + 1).subquery()
    return (work.db.connection().scalar(select(func.count()).select_from(some)) or 0) > COMMON


def hits(index: FullTextIndex, search: Search, part: Reach, where: Where) -> list[ColumnElement[bool]]:
    """Clauses over the index: documents of tickets that hold it, which `part` lets be read."""
    clauses = [index.holds(search), index.id < literal_column(str(1 << SPACE_SHIFT))]
    if part.seals != frozenset(Seal):
        clauses.append(part_of(index.id, SEAL_SHIFT).in_(_written(part.seals)))
    if where in KINDS:
        clauses.append(part_of(index.id, KIND_SHIFT) == literal_column(str(int(KINDS[where]))))
    return clauses


def _all(text: str, holds: Callable[[Search], ColumnElement[bool]]) -> ColumnElement[bool]:
    wanted = read_wanted(text)
    if not wanted:
        return false()
    clauses = [holds(search) for search in wanted.all]
    clauses += [not_(holds(search)) for search in wanted.none]
    return and_(true(), *clauses)


def _in_ticket(
    index: FullTextIndex, search: Search, part: Reach, where: Where, *, is_common: bool
) -> ColumnElement[bool]:
    clauses = hits(index, search, part, where)
    if not is_common:
        return Ticket.id.in_(select(shifted(index.id, OBJECT_SHIFT)).select_from(index.table).where(*clauses))
    first = Ticket.id.op("<<", return_type=Ticket.id.type)(literal_column(str(OBJECT_SHIFT)))
    own = and_(index.id >= first, index.id < first + literal_column(str(1 << OBJECT_SHIFT)))
    return (
        select(literal_column("1")).select_from(index.table).where(*clauses, own).correlate(Ticket).exists()
    )


def _in_transaction(
    index: FullTextIndex, search: Search, part: Reach, where: Where, *, is_common: bool
) -> ColumnElement[bool]:
    clauses = hits(index, search, part, where)
    if not part.is_everywhere:
        own: Select[Any] = select(literal_column("1")).where(
            Ticket.id == shifted(index.id, OBJECT_SHIFT), part.tickets
        )
        clauses.append(own.correlate(index.table).exists())
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

    def holds(search: Search) -> ColumnElement[bool]:
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


def _written(seals: frozenset[Seal]) -> list[ColumnElement[int]]:
    return [literal_column(str(int(seal))) for seal in sorted(seals)]
