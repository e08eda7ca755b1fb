"""A site with all three shipped plugins, and a look at every row of it."""

import pytest
from sqlalchemy import String, Text, cast, false, or_, select
from sqlalchemy.sql.sqltypes import LargeBinary

from rtpy.changes.membership import create_group
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.basics import SetOrganization
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.content.part import Message, Part, PartRole, plain_message
from rtpy.migrations.lines import present_tables
from rtpy.models import Draft, IncomingMail
from rtpy.search.text.indexing import index_some

PASSING = ("search_documents", "search_pending", "search_state", "configurations", "config_changes")
"""Tables that say when something happened, and copies of others."""


@pytest.fixture(scope="session")
def listed_plugins():
    """All that ship."""
    return ("billing", "sla", "portal")


@pytest.fixture
def every_row(app, db):
    """All rows of all tables by table, each as text, but for those of PASSING."""

    def rows():
        db.flush()
        return {
            table.name: sorted(repr(tuple(row)) for row in db.connection().execute(select(table)))
            for table in present_tables(app.lines)
            if table.name not in PASSING
        }

    return rows


@pytest.fixture
def where_is(app, db):
    """The columns of all tables that hold one of some words anywhere, as `table.column`."""

    def find(*wanted):
        db.flush()
        found, connection = set(), db.connection()
        for table in present_tables(app.lines):
            kinds = {column.name: getattr(column.type, "impl", column.type) for column in table.c}
            heavy = [name for name, kind in kinds.items() if isinstance(kind, LargeBinary)]
            texts = [name for name, kind in kinds.items() if isinstance(kind, String | Text)]
            asked = or_(
                false(),
                *(cast(table.c[name], Text).ilike(f"%{words}%") for name in texts for words in wanted),
            )
            chosen = select(table).where(asked) if texts and not heavy else select(table)
            for row in connection.execute(chosen).mappings():
                for name in texts:
                    if any(words.lower() in str(row[name]).lower() for words in wanted):
                        found.add(f"{table.name}.{name}")
                for name in heavy:
                    held = bytes(row[name] or b"").lower()
                    if any(words.lower().encode() in held for words in wanted):
                        found.add(f"{table.name}.{name}")
        return found

    return find


@pytest.fixture
def reply(work_of):
    """Staff answers a ticket, or comments on it: `reply(ticket, "text", by="tom")`."""

    def say(ticket, text, *, by="root", minutes=0, comment=False, files=()):
        parts = (Part("text/plain", text.encode(), PartRole.BODY, charset="utf-8"), *files)
        deed = (Comment if comment else Correspond)(
            Message(parts=parts) if files else plain_message(text), minutes=minutes
        )
        return change_ticket(work_of(by), ticket, deed).transactions[0]

    return say


@pytest.fixture
def shop(app, db, make, work_of, reply):
    """Tickets of two customers: mails as they came, answers with minutes, comments, a draft, files, all indexed."""
    client = make.organization("Client", "client.example")
    make.staff("tom", real_name="Tom Stone")
    create_group(work_of(), "Helpdesk", description="")
    tickets = [
        make.ticket(f"Printer {at}", text=f"It burns {at}", cc=["cc@client.example"]) for at in range(4)
    ]
    for at, ticket in enumerate(tickets):
        change_ticket(work_of(), ticket, SetOrganization(client))
        said = reply(ticket, f"Answer {at}", by="tom", minutes=5)
        reply(ticket, f"Between us {at}", by="tom", comment=True)
        db.add(
            IncomingMail(
                received=app.clock.now(),
                raw=b"Subject: it burns " + str(at).encode(),
                size=20,
                state="done",
                ticket_id=ticket.id,
                transaction_id=said.id,
                sender="ann@client.example",
            )
        )
    root = work_of().actor.user_id
    db.add(Draft(user_id=root, place=f"ticket:{tickets[1].id}:reply", fields={}, updated=app.clock.now()))
    db.flush()
    while index_some(app):
        pass
    return tickets
