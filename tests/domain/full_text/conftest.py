"""Tickets with texts, and looking for them."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from rtpy.jobs.indexing import INDEXING
from rtpy.models import Ticket, User
from rtpy.rights.names import Right
from rtpy.search.text.matching import Where, ticket_matches


@pytest.fixture
def index(app, db) -> Callable[[], int]:
    """Let the worker take in all that waits; says how much that was."""

    def run() -> int:
        db.flush()
        done = 0
        while some := INDEXING.run(app):
            done += some
        return done

    return run


@pytest.fixture
def find(app, db) -> Callable[..., list[int]]:
    """The tickets that a person finds by words: `find("root", "burns")`."""

    def search(who: str | User, text: str, where: Where = Where.ANYWHERE) -> list[int]:
        from rtpy.work import Face

        name = who if isinstance(who, str) else who.name
        work = app.work_in(db, app.actor_named(db, name, Face.WEB))
        visible = work.rights.of(Right.SHOW_TICKET).visible()
        query = select(Ticket.id).where(ticket_matches(work, text, where), visible).order_by(Ticket.id)
        return list(db.scalars(query))

    return search
