"""A login limited to some queues (A47): no list, search, count, chart or single read shows tickets of other queues."""

import pytest

from rtpy.changes.pipeline import change_ticket, create_ticket
from rtpy.changes.ticket.content import Comment
from rtpy.changes.ticket.create import CreateTicket
from rtpy.content.part import plain_message
from rtpy.errors import RtpyError
from rtpy.models import Ticket, Transaction
from rtpy.rights.names import Right
from rtpy.rights.roles import roles_held
from rtpy.search.charting.charted import charted
from rtpy.search.language.parser import parse
from rtpy.search.lists import TicketFilter, count_by_queue, list_tickets
from rtpy.search.run import Search, count, find, find_all
from rtpy.search.saved import ChartChoice
from rtpy.search.searched import Target
from rtpy.search.text.indexing import index_some
from rtpy.work import Actor, Face

ASKED = (
    "id > 0",
    "Subject LIKE 'fire'",
    "Content LIKE 'burns'",
    "Requestor.EmailAddress LIKE 'client'",
    "Queue != 'x'",
)
FIRE = "fire"


@pytest.fixture
def world(make, app, db):
    """Three queues with tickets; who sees them in which way."""
    queues = [make.queue(name) for name in ("General", "Shop", "Till")]
    make.queue("Closed", granted=False)
    tickets = []
    for name in ("General", "Shop", "Till", "Closed"):
        tickets.append(make.ticket(FIRE, queue=name))
        tickets.append(
            make.ticket(FIRE, queue=name, requestor="bo@client.example", cc=("cc@client.example",))
        )
    make.staff("jo")
    make.staff("one")
    make.staff("all")
    make.grant(make.staff("seeing"), "ShowTicket", "SeeQueue", "SuperUser")
    make.grant("Requestor", "ShowTicket")
    make.grant("Cc", "ShowTicket", queue=queues[1])
    db.flush()
    while index_some(app):
        pass
    return queues, tickets


def seen_ids(work, tickets):
    """What each way of reading shows; all must be the same."""
    grants = work.rights.of(Right.SHOW_TICKET)
    search = Search()
    everything = parse("id > 0").node
    ways = {
        "single": {
            each.id
            for each in tickets
            if grants.allows(each.queue_id, roles_held(work.db, work.rights.principals, each))
        },
        "list": {row.id for row in list_tickets(work.db, grants, TicketFilter()).rows},
        "find": set(find(work, search).ids),
    }
    for asked in ASKED:
        node = parse(asked).node
        ways[asked] = set(find_all(work, Search(node=node)))
        assert count(work, Search(node=node)) == len(ways[asked])
    transactions = find_all(work, Search(Target.TRANSACTIONS, everything))
    rows = [work.db.get_one(Transaction, each) for each in transactions]
    ways["transactions"] = {row.object_id for row in rows if row.object_type == "ticket"}
    by_queue = count_by_queue(work.db, grants, ("new", "open"))
    assert sum(sum(each.values()) for each in by_queue.values()) == len(ways["single"])
    chart = charted(work, Search(node=everything), ChartChoice(group_by=("Queue",)))
    assert chart.total == len(ways["single"])
    return ways


def test_what_is_seen_through_a_limited_login_is_what_its_user_sees_there(world, app, db, work_of):
    queues, tickets = world
    names = ("root", "jo", "seeing", "ann@client.example", "bo@client.example", "cc@client.example")
    limits = [frozenset({queues[1].id}), frozenset({queue.id for queue in queues[1:]}), frozenset()]
    found = 0
    for name in names:
        actor = app.actor_named(db, name, Face.REST2)
        whole = seen_ids(app.work_in(db, actor), tickets)
        assert len({frozenset(each) for each in whole.values()}) == 1, whole
        for limit in limits:
            work = app.work_in(db, Actor(actor.user_id, actor.name, Face.REST2))
            work.only_queues = limit
            expected = {each.id for each in tickets if each.queue_id in limit} & whole["single"]
            assert {way: ids for way, ids in seen_ids(work, tickets).items() if ids != expected} == {}
            assert not work.rights.super_user
            assert not work.rights.system(Right.ADMIN_USERS)
            found += len(expected)
    assert found > 12


def test_a_limited_login_changes_and_makes_nothing_elsewhere(world, app, db):
    queues, tickets = world
    work = app.work_in(db, app.actor_named(db, "root", Face.REST2))
    work.only_queues = frozenset({queues[1].id})
    for ticket in tickets:
        said = Comment(plain_message("seen"))
        if ticket.queue_id == queues[1].id:
            change_ticket(work, ticket, said)
        else:
            with pytest.raises(RtpyError):
                change_ticket(work, ticket, said)
    for queue in queues:
        create = CreateTicket(queue=queue, subject="x", message=plain_message("y"))
        if queue.id == queues[1].id:
            assert isinstance(create_ticket(work, create).ticket, Ticket)
        else:
            with pytest.raises(RtpyError):
                create_ticket(work, create)


def test_the_limit_outlives_new_rights_and_other_actors(world, app, db):
    queues, _ = world
    work = app.work_in(db, app.actor_named(db, "root", Face.REST2))
    work.only_queues = frozenset({queues[1].id})
    assert not work.rights.super_user
    work.forget_rights()
    assert not work.rights.super_user
    other = work.as_actor(app.actor_named(db, "seeing", Face.REST2))
    assert not other.rights.super_user
    assert work.as_system().rights.super_user
