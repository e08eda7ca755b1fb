"""Rights: the two readings of Grants say the same."""

import random
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.changes.membership import add_member, create_group, remove_member
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.owner import SetOwner
from rtpy.changes.ticket.people import AddWatcher
from rtpy.errors import Refused
from rtpy.models import Ace, GroupClosure, Principal, Ticket, User, Watcher
from rtpy.rights.grants import load_rights
from rtpy.rights.names import Right
from rtpy.rights.roles import roles_held
from rtpy.testing.people import Factory
from rtpy.work import Work


@pytest.mark.parametrize("seed", range(6))
def test_both_readings_agree_on_random_worlds(seed: int, make: Factory, db: Session) -> None:
    chance = random.Random(seed)
    queues = [make.queue(f"Q{number}", granted=False) for number in range(5)]
    users = [make.customer(f"u{number}@client.example") for number in range(8)]
    groups = [create_group(make.system, f"g{number}") for number in range(4)]
    for group in groups:
        for user in chance.sample(users, 2):
            add_member(make.system, group, user.id)
    add_member(make.system, groups[0], groups[1].id)
    for queue in queues:
        make.grant(make.customer("maker@client.example"), "CreateTicket", queue=queue)
    principals = [*users, *groups]
    for _ in range(10):
        where = chance.choice([None, *queues, *queues])
        if chance.random() < 0.5:
            who = {"principal_id": chance.choice(principals).id}
        else:
            who = {"role": chance.choice(["Requestor", "Cc", "AdminCc", "Owner"])}
        db.add(
            Ace(
                right_name="ShowTicket",
                object_type="queue" if where else "system",
                object_id=where.id if where else 0,
                **who,
            )
        )
    tickets = [make.ticket(f"T{number}", queue=chance.choice(queues).name) for number in range(25)]
    for ticket in tickets:
        change_ticket(
            make.system,
            ticket,
            AddWatcher(chance.choice(["Cc", "AdminCc", "Requestor"]), chance.choice(principals).id),
        )
    _queue_watchers(db, chance, queues, principals)

    for user in users:
        rights = load_rights(db, user.id)
        grants = rights.of(Right.SHOW_TICKET)
        by_sql = set(db.scalars(select(Ticket.id).where(grants.visible())))
        by_hand = {
            ticket.id
            for ticket in tickets
            if grants.allows(ticket.queue_id, roles_held(db, rights.principals, ticket))
        }
        assert by_sql & {ticket.id for ticket in tickets} == by_hand


def _queue_watchers(db: Session, chance: random.Random, queues, principals) -> None:
    from rtpy.changes.guard import changing

    with changing(db):
        for queue in queues:
            db.add(
                Watcher(
                    queue_id=queue.id,
                    role=chance.choice(["Cc", "AdminCc"]),
                    principal_id=chance.choice(principals).id,
                )
            )
        db.flush()


def test_a_disabled_user_holds_nothing(make: Factory, db: Session) -> None:
    tech = make.staff("tech")
    db.get(Principal, tech.id).disabled = True
    db.flush()

    rights = load_rights(db, tech.id)

    assert rights.principals == frozenset()
    assert rights.of(Right.SHOW_TICKET).nowhere


def test_rights_through_a_disabled_group_end(make: Factory, db: Session) -> None:
    ann = make.customer("ann@client.example")
    group = create_group(make.system, "night shift")
    add_member(make.system, group, ann.id)
    db.add(Ace(principal_id=group.id, right_name="ShowTicket"))
    db.flush()
    assert load_rights(db, ann.id).of("ShowTicket").everywhere

    db.get(Principal, group.id).disabled = True
    db.flush()

    assert load_rights(db, ann.id).of("ShowTicket").nowhere


def test_groups_in_groups_are_followed_and_circles_refused(make: Factory, db: Session) -> None:
    ann = make.customer("ann@client.example")
    outer, middle, inner = (create_group(make.system, name) for name in ("outer", "middle", "inner"))
    add_member(make.system, outer, middle.id)
    add_member(make.system, middle, inner.id)
    add_member(make.system, inner, ann.id)

    depth = db.get(GroupClosure, (outer.id, ann.id)).depth
    with pytest.raises(Refused, match="itself"):
        add_member(make.system, inner, outer.id)
    remove_member(make.system, middle, inner.id)

    assert depth == 3
    assert db.get(GroupClosure, (outer.id, ann.id)) is None


def test_only_who_may_own_becomes_owner(work_of: Callable[..., Work], make: Factory, db: Session) -> None:
    ticket = make.ticket()
    ann = db.scalars(select(User).where(User.name == "ann@client.example")).one()

    with pytest.raises(Refused, match="OwnTicket"):
        change_ticket(work_of("root"), ticket, SetOwner(ann))
