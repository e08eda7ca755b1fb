"""Excerpts of what was found in tickets, and tickets in the order of how well they fit."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, func, literal_column, select, union_all

from rtpy.models import SearchDocument, Ticket
from rtpy.rights.names import Right
from rtpy.search.text.highlight import LONGEST, Pieces, excerpt
from rtpy.search.text.index import FullTextIndex, index_of
from rtpy.search.text.matching import KINDS, Where
from rtpy.search.text.numbering import (
    KIND_SHIFT,
    SEAL_SHIFT,
    Kind,
    Seal,
    Space,
    first_id,
    kind_of,
    last_id,
    object_of,
    part_of,
    seal_of,
)
from rtpy.search.text.readers import reach_of
from rtpy.search.text.words import Search, read_wanted
from rtpy.work import Work

LOOKED_AT: Final = 4
"""Documents of each ticket that are looked at for the best excerpt."""
MOST: Final = 200
"""Tickets of one page."""
MOST_RANKED: Final = 1000
SUBJECTS_COUNT: Final = 4.0
"""So many times as much does a hit in a subject weigh."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """What was found in a ticket: `pieces` are texts with whether they are a hit (plain text, never HTML).

    `transaction_id` is None for subjects; `attachment_id` is that of a file, whose name then begins the text.
    """

    pieces: Pieces
    kind: Kind
    transaction_id: int | None = None
    attachment_id: int | None = None
    is_internal: bool = False
    """Customers do not see it."""


def snippets(
    work: Work, text: str, ticket_ids: Sequence[int], where: Where = Where.ANYWHERE
) -> dict[int, Snippet]:
    """For each ticket on a page in which something of `text` is found, an excerpt of a message, a file or its subject.

    Only of what the reader may see. Two queries, whatever the number of tickets (at most MOST).
    """
    searches = read_wanted(text).all
    wanted = list(dict.fromkeys(ticket_ids))[:MOST]
    if not searches or not wanted:
        return {}
    readable = _readable(work, wanted)
    if not readable:
        return {}
    index = index_of(work.app, work.db)
    found: dict[int, list[Any]] = {}
    for row in work.db.connection().execute(_best_documents(index, searches, readable, where)):
        found.setdefault(object_of(row.id), []).append(row)
    stems = work.app.config.search.language != "simple"
    return {number: _snippet(rows, searches, stems=stems) for number, rows in found.items()}


def best_first(work: Work, text: str, ticket_ids: Collection[int]) -> list[int]:
    """These tickets (at most MOST_RANKED of them count), the best fitting first, the newer of equals.

    Ranking reads every hit, so it is for what was found, never for all that there is. Two queries.
    """
    searches = read_wanted(text).all
    wanted = sorted(ticket_ids, reverse=True)
    if not searches or not wanted:
        return wanted
    readable = _readable(work, wanted[:MOST_RANKED])
    index = index_of(work.app, work.db)
    scores: dict[int, float] = {}
    if readable:
        rows = work.db.connection().execute(
            select(index.id.label("id"), index.score(*searches).label("score"))
            .select_from(index.table)
            .where(
                index.holds(*searches),
                index.id >= first_id(Space.TICKET, min(readable)),
                index.id <= last_id(Space.TICKET, max(readable)),
            )
            .limit(50 * MOST_RANKED)
        )
        for row in rows:
            number = object_of(row.id)
            if seal_of(row.id) in readable.get(number, ()):
                weight = SUBJECTS_COUNT if kind_of(row.id) is Kind.SUBJECT else 1.0
                scores[number] = max(scores.get(number, 0.0), row.score * weight)
    return sorted(wanted, key=lambda number: (-scores.get(number, 0.0), -number))


def _readable(work: Work, ticket_ids: Collection[int]) -> dict[int, frozenset[Seal]]:
    """The seals that the reader may look behind, of those tickets that they may see. One query."""
    parts = reach_of(work)
    columns = [part.tickets.label(f"part{number}") for number, part in enumerate(parts)]
    rows = work.db.execute(
        select(Ticket.id, *columns).where(
            Ticket.id.in_(ticket_ids), work.rights.of(Right.SHOW_TICKET).visible()
        )
    )
    return {
        row[0]: frozenset(
            seal for part, holds in zip(parts, row[1:], strict=True) if holds for seal in part.seals
        )
        for row in rows
    }


def _best_documents(
    index: FullTextIndex, searches: Sequence[Search], readable: dict[int, frozenset[Seal]], where: Where
) -> Select[Any]:
    """A few documents of each ticket: messages and files before subjects, the first ones first."""
    holds = index.holds(*searches)
    is_subject = part_of(index.id, KIND_SHIFT) == literal_column(str(int(Kind.SUBJECT)))
    branches = []
    for number, seals in readable.items():
        own = (
            select(index.id.label("id"))
            .select_from(index.table)
            .where(
                holds,
                index.id.between(first_id(Space.TICKET, number), last_id(Space.TICKET, number)),
                part_of(index.id, SEAL_SHIFT).in_([literal_column(str(int(seal))) for seal in sorted(seals)]),
            )
        )
        if where in KINDS:
            own = own.where(
                part_of(index.id, KIND_SHIFT).in_([literal_column(str(int(kind))) for kind in KINDS[where]])
            )
        limited = own.order_by(is_subject, index.id).limit(LOOKED_AT).subquery()
        branches.append(select(limited.c.id))
    ids = union_all(*branches).subquery()
    return (
        select(
            SearchDocument.id,
            SearchDocument.transaction_id,
            SearchDocument.attachment_id,
            func.substr(SearchDocument.text, 1, LONGEST).label("text"),
        )
        .join(ids, ids.c.id == SearchDocument.id)
        .order_by(SearchDocument.id)
    )


def _snippet(rows: Sequence[Any], searches: Sequence[Search], *, stems: bool) -> Snippet:
    """Of the text that holds most of what was looked for; of equals not a subject, which is on the page anyway."""
    read = [(row, *excerpt(row.text, searches, stems=stems)) for row in rows]
    row, pieces, _ = max(read, key=lambda each: (each[2], kind_of(each[0].id) is not Kind.SUBJECT))
    internal = seal_of(row.id) is not Seal.PUBLIC
    return Snippet(pieces, kind_of(row.id), row.transaction_id, row.attachment_id, internal)
