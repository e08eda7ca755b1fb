"""The simple box over real people and queues: what words mean to the reader, and what is found."""

import pytest

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.owner import SetOwner
from rtpy.changes.ticket.status import SetStatus
from rtpy.models import Queue
from rtpy.search.known_words import known_words, simple_query
from rtpy.search.language.printer import show
from rtpy.search.run import Search, find

TYPED = "open Deleted support SECRET closed jo ann@client.example stranger printer 12"


@pytest.fixture
def jo(make):
    jo = make.staff("Jo")
    make.staff("Support")  # the queue of that name comes first
    make.customer("stranger", "Stranger")
    return jo


@pytest.fixture
def queues(make, db, jo):
    for name in ("General", "Support", "Closed"):
        make.queue(name)
    make.queue("Secret", granted=False)
    db.query(Queue).filter(Queue.name == "Closed").one().disabled = True
    make.grant(jo, "SeeQueue", "ShowTicket", queue=make.queue("Support"))
    make.grant(jo, "SeeQueue", "ShowTicket", queue=make.queue("General"))
    db.flush()


@pytest.mark.usefixtures("queues")
def test_words_mean_what_the_reader_may_know_of(work_of):
    known = known_words(work_of("Jo"), TYPED)
    assert known.statuses["open"] == "open"
    assert "deleted" not in known.statuses
    assert {"general", "support"} <= set(known.queues)
    assert not {"secret", "closed"} & set(known.queues)
    assert known.people == {"jo": "Jo"}


@pytest.mark.usefixtures("queues")
def test_words_are_looked_up_in_one_query(work_of, query_count):
    work = work_of("Jo")
    known_words(work, "x")
    with query_count() as count:
        known_words(work, TYPED)
    assert count.total == 1
    with query_count() as count:
        known_words(work, "open support me #12 @client.example subject:jo 'jo'")
    assert count.total == 0


@pytest.mark.usefixtures("queues")
def test_what_is_typed_finds_the_tickets(make, work, jo):
    fire = make.ticket("Printer on fire", queue="General")
    toner = make.ticket("Toner for the printer", queue="Support", requestor="bob@other.example")
    done = make.ticket("Printer installed", queue="Support")
    change_ticket(work, toner, SetOwner(jo))
    change_ticket(work, done, SetStatus("resolved"))
    cases = {
        "": [fire, toner],
        "printer": [fire, toner],
        "subject:printer any": [fire, toner, done],
        "Printer resolved": [done],
        "-toner printer": [fire],
        "support": [toner],
        "jo": [toner],
        "@client.example": [fire],
        "bob@other.example -status:open": [toner],
        f"{done.id} {fire.id}": [fire, done],
        '"the printer"': [toner],
        "-owner:jo general": [fire],
    }
    for typed, expected in cases.items():
        node = simple_query(work, typed)
        found = find(work, Search(node=node)).ids
        assert found == tuple(sorted(each.id for each in expected)), (typed, node and show(node))
