"""Nobody finds, counts or is shown what they may not read (A21)."""

import pytest
from sqlalchemy import func, select

from rtpy.changes.guard import changing
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.basics import SetSubject
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.people import AddWatcher
from rtpy.content.part import Part, PartRole, plain_message
from rtpy.models import Ticket, Transaction
from rtpy.search.text import matching
from rtpy.search.text.matching import Where, ticket_matches, transaction_matches
from rtpy.search.text.snippets import best_first, snippets

CANARY = "zyxcanary"


@pytest.fixture
def secret(work, make, index):
    """A ticket with a canary in a comment and its file, in a queue whose comments only its AdminCcs may read."""
    queue = make.queue("Guarded", open_to_all=False, granted=False)
    make.grant("Requestor", "ShowTicket", "ReplyToTicket", queue=queue)
    make.grant("AdminCc", "ShowTicket", "ShowTicketComments", queue=queue)
    ticket = make.ticket("Shown", queue="Guarded", requestor="ann@client.example", text="hello there")
    note = Part("text/plain", CANARY.encode(), PartRole.FILE, filename=f"{CANARY}.txt", charset="utf-8")
    change_ticket(work, ticket, Comment(plain_message(f"hello {CANARY}", files=(note,))))
    other = make.ticket("Other", queue="Guarded", requestor="ann@client.example", text="hello again")
    change_ticket(work, other, Comment(plain_message(CANARY)))
    index()
    return ticket, other


@pytest.mark.parametrize("common", [False, True])
def test_comments_are_found_by_those_only_who_may_read_them(
    app, db, work_of, make, secret, find, monkeypatch, common
):
    ticket, other = secret
    if common:
        monkeypatch.setattr(matching, "is_common", lambda *_: True)
    reader, watcher, _ = (make.staff(name) for name in ("reader", "watcher", "stranger"))
    make.grant(reader, "ShowTicket", queue=make.queue("Guarded"))
    make.grant(watcher, "ShowTicket", queue=make.queue("Guarded"))
    change_ticket(work_of("root"), ticket, AddWatcher("AdminCc", watcher.id))

    for who, found in (
        ("root", [ticket.id, other.id]),
        ("watcher", [ticket.id]),
        ("reader", []),
        ("stranger", []),
    ):
        assert find(who, CANARY) == found
        assert find(who, CANARY, Where.FILES) == [each for each in found if each == ticket.id]
        sees = who != "stranger"
        assert find(who, "hello") == ([ticket.id, other.id] if sees else [])
        without = [each for each in (ticket.id, other.id) if each not in found] if sees else []
        assert find(who, f"hello -{CANARY}") == without, "what is hidden is as if it were not there"

        work = work_of(who)
        heard = select(func.count(Transaction.id)).where(transaction_matches(work, CANARY))
        assert db.scalar(heard) == len(found)
        shown = snippets(work, CANARY, [ticket.id, other.id])
        assert set(shown) == set(found)
        assert all(each.is_internal for each in shown.values())
        ranked = best_first(work, CANARY, [ticket.id, other.id])
        assert ranked == (sorted(ranked, reverse=True) if len(found) != 1 else [ticket.id, other.id])


def test_customers_find_what_is_public_only(work_of, make, secret, find, db, index):
    ticket, other = secret
    make.grant("Requestor", "ShowTicketComments", queue=make.queue("Guarded"))
    with changing(db):
        ticket.description = "innerdescription"
        db.flush()
    change_ticket(work_of("root"), ticket, SetSubject("Renamed"), Correspond(plain_message("publicword")))
    index()

    assert find("ann@client.example", CANARY) == []
    assert find("ann@client.example", "innerdescription") == []
    assert find("ann@client.example", "renamed publicword") == [ticket.id]
    assert find("ann@client.example", "hello") == [ticket.id, other.id]
    assert snippets(work_of("ann@client.example"), f"hello {CANARY}", [ticket.id])[ticket.id].pieces == (
        ("hello", True),
        (" there", False),
    )


def test_comments_stay_hidden_in_a_merged_ticket(work_of, make, secret, find, index):
    from rtpy.changes.ticket.merge import MergeInto

    ticket, _ = secret
    change_ticket(work_of("root"), ticket, MergeInto(make.ticket("Open to all", text="start")))
    index()

    assert find("ann@client.example", CANARY) == []
    reader = make.staff("reader")
    make.revoke("ShowTicketComments", make.queue("General"))
    assert find(reader, CANARY) == []
    assert len(find("root", CANARY)) == 2


def test_no_excerpt_of_a_ticket_that_one_may_not_see(work_of, make, secret):
    ticket, _ = secret
    make.staff("stranger")

    assert snippets(work_of("stranger"), "hello", [ticket.id]) == {}


def test_the_reading_of_rights_costs_no_query_for_each_search(work_of, make, secret, query_count, db):
    work = work_of("root")
    db.scalars(select(Ticket.id).where(ticket_matches(work, "hello"))).all()

    with query_count() as count:
        db.scalars(select(Ticket.id).where(ticket_matches(work, "hello there"))).all()

    assert count.total == 3, "how common each word is, and the search itself"
