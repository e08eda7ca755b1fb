"""The state of the index of texts: with what it was made, who works on it, and how far it is behind."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import CursorResult, delete, func, or_, select, text, update
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.db.leases import is_over
from rtpy.models import Article, Asset, SearchDocument, SearchPending, SearchState, Ticket, Transaction
from rtpy.search.text.index import index_of

FORMAT: Final = 1
"""Goes up whenever `words_of` or the numbers of documents change: then everything is read anew."""
LEASE = timedelta(minutes=2)
THE_ROW: Final = 1

_CURSORS = {
    "ticket": (SearchState.tickets_below, Ticket.id),
    "transaction": (SearchState.transactions_below, Transaction.id),
    "article": (SearchState.articles_below, Article.id),
    "asset": (SearchState.assets_below, Asset.id),
}
KINDS: Final = tuple(_CURSORS)
"""What is read, in this order: ticket, transaction, article, asset."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the index is: `waiting` were written lately, `left` are (about) as many older things still to read."""

    waiting: int
    oldest: datetime | None
    """Since when the first of those waits."""
    left: int

    @property
    def is_done(self) -> bool:
        """Is everything in it?"""
        return not self.waiting and not self.left


def version_of(app: App) -> str:
    """With what an index is made now: another one must be made anew."""
    return f"{FORMAT}:{app.config.search.language}:{unicodedata.unidata_version}"


def progress(db: Session) -> Progress:
    """How far the index is. Two queries."""
    waiting, oldest = db.execute(select(func.count(), func.min(SearchPending.since))).one()
    state = _read(db)
    left = sum(max(below - 1, 0) for below in _below(state).values())
    return Progress(waiting, oldest, left)


def take(db: Session, owner: str, now: datetime) -> SearchState | None:
    """The state, leased to `owner` for the next minutes; None while another one works."""
    changed = db.execute(
        update(SearchState)
        .where(
            SearchState.id == THE_ROW,
            or_(
                SearchState.lease_owner.in_(("", owner)),
                SearchState.lease_until.is_(None),
                is_over(SearchState.lease_until, now, LEASE),
            ),
        )
        .values(lease_owner=owner, lease_until=now + LEASE)
        .execution_options(synchronize_session=False)
    )
    if not isinstance(changed, CursorResult) or not changed.rowcount:
        return None
    return _read(db)


def give_back(db: Session, owner: str) -> None:
    """Let others work."""
    db.execute(
        update(SearchState)
        .where(SearchState.id == THE_ROW, SearchState.lease_owner == owner)
        .values(lease_owner="", lease_until=None)
        .execution_options(synchronize_session=False)
    )


def begin_anew(app: App, db: Session, *, empty: bool) -> None:
    """Have everything read again, the newest first. `empty`: nothing is found until it was.

    An index of another version is emptied anyway.
    """
    if empty or _read(db).version != version_of(app):
        index_of(app, db).clear(db)
        on_postgresql = db.get_bind().dialect.name == "postgresql"
        db.execute(text("TRUNCATE search_documents") if on_postgresql else delete(SearchDocument))
    highest = {what: db.scalar(select(func.max(id_))) or 0 for what, (_, id_) in _CURSORS.items()}
    db.execute(
        update(SearchState)
        .where(SearchState.id == THE_ROW)
        .values(
            version=version_of(app),
            **{_CURSORS[what][0].key: number + 1 for what, number in highest.items() if number},
        )
        .execution_options(synchronize_session=False)
    )


def next_below(state: SearchState) -> tuple[str, int] | None:
    """What is still to be read from before, and below which id; None when all is."""
    return next(((what, below) for what, below in _below(state).items() if below > 0), None)


def read_down_to(db: Session, what: str, below: int) -> None:
    """Everything of this kind from `below` upwards is read; 0: all of it."""
    db.execute(
        update(SearchState)
        .where(SearchState.id == THE_ROW)
        .values({_CURSORS[what][0].key: below})
        .execution_options(synchronize_session=False)
    )


def _read(db: Session) -> SearchState:
    return db.scalars(
        select(SearchState).where(SearchState.id == THE_ROW).execution_options(populate_existing=True)
    ).one()


def _below(state: SearchState) -> dict[str, int]:
    return {what: getattr(state, column.key) for what, (column, _) in _CURSORS.items()}
