"""Taking what was written into the index of texts, a portion at a time: read first, then put in a short transaction.

One worker at a time does it, held by a lease. So what is read twice is put once, and a merge finds everything of its
tickets.
"""

import logging
import os
import socket
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.models import Article, Asset, Attachment, SearchPending, SearchState, Ticket
from rtpy.search.text.documents import (
    Document,
    documents_of_articles,
    documents_of_assets,
    documents_of_tickets,
    documents_of_transactions,
)
from rtpy.search.text.index import index_of
from rtpy.search.text.numbering import Space
from rtpy.search.text.reading.files import read_file
from rtpy.search.text.state import (
    begin_anew,
    give_back,
    next_below,
    read_down_to,
    take,
    version_of,
)
from rtpy.search.text.storing import replace_things, replace_tickets, replace_transactions

log = logging.getLogger("rtpy.search")

PORTION = 200
"""Things that are taken in at once."""
MOST_TEXT = 1_000_000
"""Letters after which a portion is closed: others wait while it is written."""
MOST_SECONDS = 15.0
"""Seconds after which no further message of a portion is read."""
MOST_SECONDS_OF_FILES = 60.0
"""Seconds that the files of one portion may take; the others of the last message are found by their names."""


@dataclass(slots=True)
class _Portion:
    """What is to be taken in: ids by what they are of, where from, and the documents that were read of them."""

    ids: dict[str, list[int]] = field(default_factory=dict)
    pending: list[tuple[int, str, int]] = field(default_factory=list)
    """Rows of `search_pending`: id, what, object."""
    older: tuple[str, int] | None = None
    """What is read from before, and down to which id."""
    documents: dict[str, list[Document]] = field(default_factory=dict)


def index_some(app: App) -> int:
    """Take in one portion of what waits, else of what is there from before; says how many things those were."""
    with app.work(reading=True) as work:
        if not _has_work(app, work.db):
            return 0
    me = _owner()
    with app.work() as work:
        state = take(work.db, me, work.now)
        if state is None:
            return 0
        if state.version != version_of(app):
            log.info("the index of texts is made anew")
            begin_anew(app, work.db, empty=True)
            return 1
    with app.work(reading=True) as work:
        portion = _waiting(work.db) or _older(work.db, work.db.get_one(SearchState, state.id))
        _read(app, work.db, portion)
    with app.work() as work:
        if take(work.db, me, work.now) is None:  # it took too long, and another one has begun
            return 0
        done = _store(app, work.db, portion)
        give_back(work.db, me)
    return done


def _owner() -> str:
    return f"{socket.gethostname()[:100]}|{os.getpid()}|{threading.get_ident()}"


def _has_work(app: App, db: Session) -> bool:
    state = db.scalars(select(SearchState)).one()
    if state.version != version_of(app) or next_below(state) is not None:
        return True
    return db.scalar(select(SearchPending.id).limit(1)) is not None


def _waiting(db: Session) -> _Portion | None:
    rows = db.execute(
        select(SearchPending.id, SearchPending.what, SearchPending.object_id)
        .order_by(SearchPending.id)
        .limit(PORTION)
    ).all()
    if not rows:
        return None
    portion = _Portion(pending=[(row.id, row.what, row.object_id) for row in rows])
    for _, what, number in portion.pending:
        portion.ids.setdefault(what, [])
        if number not in portion.ids[what]:
            portion.ids[what].append(number)
    return portion


def _older(db: Session, state: SearchState) -> _Portion:
    following = next_below(state)
    if following is None:
        return _Portion()
    what, below = following
    column = {
        "ticket": Ticket.id,
        "transaction": Attachment.transaction_id,
        "article": Article.id,
        "asset": Asset.id,
    }[what]
    query = select(column).where(column < below)
    if what == "transaction":
        query = query.where(Attachment.position == 0)
    ids = list(db.scalars(query.order_by(column.desc()).limit(PORTION)))
    return _Portion(ids={what: ids}, older=(what, ids[-1] if ids else 0))


def _read(app: App, db: Session, portion: _Portion) -> None:
    """Read the texts. When it takes too long or they are too many, the rest of the portion is left for the next."""
    ids = portion.ids
    portion.documents["ticket"] = list(documents_of_tickets(db, ids.get("ticket", ())))
    portion.documents["article"] = list(documents_of_articles(db, ids.get("article", ())))
    portion.documents["asset"] = list(documents_of_assets(db, ids.get("asset", ())))
    portion.documents["transaction"] = []
    if not ids.get("transaction"):
        return
    began = time.monotonic()

    def read(data: bytes, filename: str, content_type: str, charset: str) -> str:
        if time.monotonic() - began > MOST_SECONDS_OF_FILES:
            return ""
        return read_file(data, filename, content_type, charset)

    length = 0
    for number, documents in documents_of_transactions(app, db, ids["transaction"], read):
        portion.documents["transaction"] += documents
        length += sum(len(document.text) for document in documents)
        if length > MOST_TEXT or time.monotonic() - began > MOST_SECONDS:
            _cut(portion, number)
            return


def _cut(portion: _Portion, lowest: int) -> None:
    """Leave transactions below `lowest` for the next portion: they are read from the newest down."""
    portion.ids["transaction"] = [number for number in portion.ids["transaction"] if number >= lowest]
    portion.pending = [row for row in portion.pending if row[1] != "transaction" or row[2] >= lowest]
    if portion.older is not None:
        portion.older = (portion.older[0], lowest)


def _store(app: App, db: Session, portion: _Portion) -> int:
    index, ids, documents = index_of(app, db), portion.ids, portion.documents
    unfinished: Collection[int] = ()
    if ids.get("ticket"):
        unfinished = replace_tickets(db, index, ids["ticket"], documents["ticket"])
    if ids.get("transaction"):
        replace_transactions(db, index, ids["transaction"], documents["transaction"])
    for what, space in (("article", Space.ARTICLE), ("asset", Space.ASSET)):
        if ids.get(what):
            replace_things(db, index, space, ids[what], documents[what])
    done = [row[0] for row in portion.pending if row[1] != "ticket" or row[2] not in unfinished]
    if done:
        db.execute(
            delete(SearchPending)
            .where(SearchPending.id.in_(done))
            .execution_options(synchronize_session=False)
        )
    if portion.older is not None:
        what, below = portion.older
        read_down_to(db, what, below)
    return sum(map(len, ids.values())) or (1 if portion.older else 0)
