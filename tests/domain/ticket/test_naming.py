"""Who is no staff names only who takes part in the request, or people of their organisations: no open relay."""

import pytest
from sqlalchemy import func, select

from rtpy.changes.pipeline import change_ticket, create_ticket
from rtpy.changes.ticket.content import Correspond
from rtpy.changes.ticket.create import CreateTicket
from rtpy.changes.ticket.owner import SetOwner
from rtpy.changes.ticket.people import AddWatcher
from rtpy.content.part import Message, Part, PartRole
from rtpy.errors import Refused
from rtpy.models import OrganizationMember, OutgoingRecipient, Transaction, UserAddress
from rtpy.models.watcher import CC
from rtpy.work import Actor, Face

BODY = (Part("text/plain", b"Hello", PartRole.BODY, charset="utf-8"),)


@pytest.fixture
def ann(make):
    """A customer who belongs to Client by her domain, and to Guild by membership."""
    make.organization("Client", "client.example")
    return make.customer("ann@client.example", "Ann")


@pytest.fixture
def ticket(make, db, ann):
    guild, closed = make.organization("Guild"), make.organization("Closed", "closed.example")
    closed.disabled = True
    for user in (ann, make.customer("mate@else.example")):
        db.add(OrganizationMember(organization_id=guild.id, user_id=user.id))
    db.add(OrganizationMember(organization_id=closed.id, user_id=ann.id))
    joined = make.customer("supplier@parts.example")
    db.add(UserAddress(user_id=joined.id, address="further@parts.example", created=make.system.now))
    make.customer("victim@known.example")
    ticket = make.ticket(cc=("supplier@parts.example",))
    olga = make.staff("olga")
    make.grant(olga, "OwnTicket")
    change_ticket(make.system, ticket, SetOwner(olga))
    return ticket


REPLIES = [
    ("ann@client.example", True),
    ("Boss@Client.example", True),
    ("new@sales.client.example", True),
    ("mate@else.example", True),
    ("supplier@parts.example", True),
    ("FURTHER@parts.example", True),
    ("olga@staff.example", True),
    ("victim@known.example", False),
    ("stranger@nowhere.example", False),
    ("x@notclient.example", False),
    ("x@closed.example", False),
    ("client.example@evil.example", False),
]


def test_replies_of_customers_go_to_theirs_only(make, ann, ticket, work_of, db):
    for address, is_fine in REPLIES:
        for copies in ({"one_time_cc": (address,)}, {"one_time_bcc": ("boss@client.example", address)}):
            before = db.scalar(select(func.count(Transaction.id)))
            said = Correspond(Message(BODY, **copies))
            if is_fine:
                change_ticket(work_of(ann.name), ticket, said)
                continue
            with pytest.raises(Refused, match=f"{address} neither takes part"):
                change_ticket(work_of(ann.name), ticket, said)
            assert db.scalar(select(func.count(Transaction.id))) == before, address
            mailed = select(func.count(OutgoingRecipient.id)).where(OutgoingRecipient.address == address)
            assert db.scalar(mailed) == 0
        change_ticket(work_of("root"), ticket, Correspond(Message(BODY, one_time_cc=(address,))))


def test_roles_are_given_to_theirs_only(make, ann, ticket, work_of):
    make.grant("Requestor", "ModifyTicket", queue=ticket.queue)
    change_ticket(work_of(ann.name), ticket, AddWatcher(CC, make.customer("mate@else.example").id))
    with pytest.raises(Refused, match="neither takes part") as told:
        change_ticket(work_of(ann.name), ticket, AddWatcher(CC, make.customer("victim@known.example").id))
    assert "victim@known" not in str(told.value)  # who knows a login only learns no address


def test_new_requests_name_theirs_only_unless_a_mail_brought_them(make, ann, ticket, work_of, query_count):
    queue, victim = ticket.queue, make.customer("victim@known.example")
    mate = make.customer("mate@else.example")
    with query_count() as own:
        create_ticket(work_of(ann.name), CreateTicket(queue, "mine", requestors=(ann,)))
    with query_count() as theirs:
        create_ticket(work_of(ann.name), CreateTicket(queue, "ours", requestors=(ann, mate)))
    assert theirs.total - own.total <= 6
    for create in (
        CreateTicket(queue, "x", requestors=(victim,)),
        CreateTicket(queue, "x", requestors=(ann,), cc=(victim.id,)),
        CreateTicket(queue, "x", requestors=(ann,), cc=(queue.id + 10**6,)),
    ):
        with pytest.raises(Refused, match="neither takes part"):
            create_ticket(work_of(ann.name), create)
    mailed = make.system.as_actor(Actor(ann.id, ann.name, Face.MAIL))
    create_ticket(mailed, CreateTicket(queue, "x", requestors=(ann,), cc=(victim.id,)))
