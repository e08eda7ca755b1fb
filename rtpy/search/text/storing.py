"""Putting documents into the index and taking them out, in the transaction of the caller."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, Table, and_, delete, func, insert, or_, select
from sqlalchemy.orm import Session

from rtpy.models import SearchDocument, Ticket
from rtpy.search.text.documents import Document
from rtpy.search.text.index import FullTextIndex
from rtpy.search.text.numbering import (
    KIND_SHIFT,
    LARGEST_OBJECT,
    MOST_OF_A_KIND,
    Kind,
    Seal,
    Space,
    first_id,
    kind_of,
    last_id,
    seal_of,
    shifted,
)

AT_ONCE: Final = 500
"""Documents that are moved or forgotten in one go."""
_RANGES: Final = 100
"""Ranges of ids in one statement."""
_table = cast(Table, SearchDocument.__table__)
_columns = (_table.c.id, _table.c.origin_id, _table.c.transaction_id, _table.c.attachment_id, _table.c.text)


def replace_transactions(
    db: Session, index: FullTextIndex, ids: Collection[int], documents: Iterable[Document]
) -> None:
    """Let the index hold these documents of transactions, and no others of them."""
    _forget(db, index, _table.c.transaction_id.in_(ids))
    _add(db, index, _at_home(db, documents))


def replace_tickets(
    db: Session, index: FullTextIndex, ids: Collection[int], documents: Iterable[Document]
) -> set[int]:
    """Let the index hold these subjects, and everything of a merged ticket stand with the one it was merged into.

    Returns the tickets of which more is left to be moved or forgotten.
    """
    home = _homes(db, ids)
    unfinished: set[int] = set()
    for ticket_id in ids:
        target = home.get(ticket_id)
        if target is None or target != ticket_id:
            if _empty(db, index, ticket_id, target):
                unfinished.add(ticket_id)
    targets = {home[ticket_id] for ticket_id in ids if ticket_id in home}
    subjects = [
        and_(
            _table.c.id >= first_id(Space.TICKET, target, seal), _table.c.id < _end_of_subjects(target, seal)
        )
        for target in targets
        for seal in (Seal.PUBLIC, Seal.INTERNAL)
    ]
    for some in _portions(subjects):
        _forget(db, index, or_(*some), _table.c.origin_id.in_(ids))
    _add(db, index, _at_home(db, documents))
    return unfinished


def replace_things(
    db: Session, index: FullTextIndex, space: Space, ids: Collection[int], documents: Iterable[Document]
) -> None:
    """The same for articles or assets."""
    for some in _portions([_of(space, number) for number in ids]):
        _forget(db, index, or_(*some))
    _add(db, index, documents)


def _end_of_subjects(ticket_id: int, seal: Seal) -> int:
    return first_id(Space.TICKET, ticket_id, seal, Kind.MESSAGE)


def _of(space: Space, object_id: int) -> ColumnElement[bool]:
    return _table.c.id.between(first_id(space, object_id), last_id(space, object_id))


def _homes(db: Session, ids: Collection[int]) -> dict[int, int]:
    """The ticket that speaks for each now. Who merges it meanwhile has noted it, and the next portion moves it."""
    rows = db.execute(
        select(Ticket.id, Ticket.merged_into_id).where(Ticket.id.in_(ids), Ticket.id <= LARGEST_OBJECT)
    )
    return {row.id: row.merged_into_id or row.id for row in rows}


def _at_home(db: Session, documents: Iterable[Document]) -> list[tuple[int, Document]]:
    """With the ticket that each was written on, under the one that speaks for it; of tickets that are gone none."""
    documents = [document for document in documents if document.text]
    home = _homes(db, {document.object_id for document in documents})
    return [
        (document.object_id, replace(document, object_id=home[document.object_id]))
        for document in documents
        if document.object_id in home
    ]


def _empty(db: Session, index: FullTextIndex, ticket_id: int, target: int | None) -> bool:
    """Forget what stands with a ticket, or move it to `target`; is there more of it?"""
    rows = db.connection().execute(select(*_columns).where(_of(Space.TICKET, ticket_id)).limit(AT_ONCE)).all()
    if not rows:
        return False
    _forget_rows(db, index, rows)
    if target is not None:
        moved = [
            (
                row.origin_id,
                Document(
                    Space.TICKET,
                    target,
                    seal_of(row.id),
                    kind_of(row.id),
                    row.text,
                    row.transaction_id,
                    row.attachment_id,
                ),
            )
            for row in rows
        ]
        _add(db, index, moved)
    return len(rows) == AT_ONCE


def _forget(db: Session, index: FullTextIndex, *which: ColumnElement[bool]) -> None:
    _forget_rows(db, index, db.connection().execute(select(*_columns).where(*which)).all())


def _forget_rows(db: Session, index: FullTextIndex, rows: Sequence[Any]) -> None:
    index.remove(db, [(row.id, row.text) for row in rows])
    for some in _portions([row.id for row in rows]):
        db.connection().execute(delete(_table).where(_table.c.id.in_(some)))


def _add(
    db: Session, index: FullTextIndex, documents: Iterable[Document] | Iterable[tuple[int, Document]]
) -> None:
    placed = [each if isinstance(each, tuple) else (each.object_id, each) for each in documents]
    free = _free_ids(db, {(document.space, document.object_id) for _, document in placed})
    rows: list[dict[str, object]] = []
    for origin, document in placed:
        base = first_id(document.space, document.object_id, document.seal, document.kind)
        number = free.get(base, base)
        if not document.text or number >= base + MOST_OF_A_KIND:
            continue
        free[base] = number + 1
        rows.append(
            {
                "id": number,
                "origin_id": origin,
                "transaction_id": document.transaction_id,
                "attachment_id": document.attachment_id,
                "text": document.text,
            }
        )
    if rows:
        db.connection().execute(insert(_table), rows)
        index.put(db, [(cast(int, row["id"]), str(row["text"])) for row in rows])


def _free_ids(db: Session, things: Collection[tuple[Space, int]]) -> dict[int, int]:
    """The next free id of each kind of document of these things, by the first one."""
    free: dict[int, int] = defaultdict(int)
    base = shifted(_table.c.id, KIND_SHIFT)
    for some in _portions([_of(space, number) for space, number in things]):
        query = select(func.max(_table.c.id)).where(or_(*some)).group_by(base)
        for highest in db.connection().scalars(query):
            free[highest >> KIND_SHIFT << KIND_SHIFT] = highest + 1
    return dict(free)


def _portions(things: Iterable[Any]) -> Iterable[list[Any]]:
    things = list(things)
    return [things[begin : begin + _RANGES] for begin in range(0, len(things), _RANGES)]
