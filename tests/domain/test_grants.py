"""Rights: what becomes of them when people and groups are switched off, nested, or play no role."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.changes.allowed import vouched, vouched_creation
from rtpy.changes.membership import add_member, create_group, remove_member
from rtpy.changes.pipeline import change_ticket, create_ticket
from rtpy.changes.ticket.create import CreateTicket
from rtpy.changes.ticket.owner import SetOwner
from rtpy.changes.ticket.status import SetStatus
from rtpy.errors import Refused
from rtpy.models import Ace, CustomRole, CustomRolePlace, GroupClosure, Principal, User
from rtpy.rights.grants import load_rights
from rtpy.rights.names import Right
from rtpy.testing.people import Factory
from rtpy.work import Work


def test_a_disabled_user_holds_nothing(make: Factory, db: Session) -> None:
    tech = make.staff("tech")
    db.get(Principal, tech.id).disabled = True
    db.flush()

    rights = load_rights(db, tech.id)

    assert rights.principals == frozenset()
    assert rights.of("ShowTicket").nowhere


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


def test_a_membership_through_a_disabled_group_gives_nothing(make: Factory, db: Session) -> None:
    ann = make.customer("ann@client.example")
    outer, inner = (create_group(make.system, name) for name in ("outer", "inner"))
    add_member(make.system, outer, inner.id)
    add_member(make.system, inner, ann.id)
    db.add(Ace(principal_id=outer.id, right_name="ShowTicket"))
    db.flush()
    assert load_rights(db, ann.id).of("ShowTicket").everywhere

    db.get(Principal, inner.id).disabled = True
    db.flush()

    assert load_rights(db, ann.id).of("ShowTicket").nowhere


@pytest.mark.parametrize(
    ("place", "disabled", "roles"),
    [
        (("queue",), False, True),
        ((), False, False),
        (("queue",), True, False),
        (("catalog",), False, False),
    ],
    ids=["applied", "not applied", "disabled", "applied elsewhere"],
)
@pytest.mark.parametrize("granted_on", ["system", "queue"])
def test_a_custom_role_counts_where_it_applies(
    granted_on: str, place: tuple[str], disabled: bool, roles: bool, make: Factory, db: Session
) -> None:
    queue, ann = make.queue("Lab", granted=False), make.customer("ann@client.example")
    role = CustomRole(name="Engineer", disabled=disabled)
    db.add(role)
    db.flush()
    db.add_all(
        CustomRolePlace(custom_role_id=role.id, object_type=each, object_id=queue.id) for each in place
    )
    make.grant(role.role, "ShowTicket", queue=queue if granted_on == "queue" else None)

    grants = load_rights(db, ann.id).of("ShowTicket")

    assert grants.allows(queue.id, frozenset({role.role})) is roles


def test_roles_of_assets_count_on_their_catalog(make: Factory, db: Session) -> None:
    ann = make.customer("ann@client.example")
    db.add(Ace(role="HeldBy", right_name="ShowAsset", object_type="catalog", object_id=3))
    db.add(Ace(role="Contact", right_name="ShowAsset"))
    db.flush()

    grants = load_rights(db, ann.id).of("ShowAsset")

    held = [
        grants.on("catalog", 3, frozenset({"HeldBy"})),
        grants.on("catalog", 4, frozenset({"HeldBy"})),
        grants.on("catalog", 4, frozenset({"Contact"})),
        grants.on("catalog", 3),
    ]
    assert held == [True, False, True, False]


def test_rights_are_read_in_two_queries(make: Factory, db: Session, query_count) -> None:
    tech = make.staff("tech")

    with query_count() as count:
        load_rights(db, tech.id)

    assert count.total == 2


def test_who_is_vouched_for_may_do_what_the_rights_need_to_one_ticket_and_only_meanwhile(work_of, make):
    one, other = make.ticket("One"), make.ticket("Other")
    make.customer("ann@customer.example")
    work = work_of("ann@customer.example")
    with vouched(work, one, Right.MODIFY_TICKET):
        change_ticket(work, one, SetStatus("resolved"))
        with pytest.raises(Refused):
            change_ticket(work, other, SetStatus("resolved"))
    assert one.last_updated_by_id == work.actor.user_id
    with pytest.raises(Refused):
        change_ticket(work, one, SetStatus("open"))


def test_who_is_vouched_for_may_make_a_ticket_in_one_closed_queue_and_name_one_stranger(work_of, make):
    closed, other = make.queue("Security", open_to_all=False), make.queue("Secrets", open_to_all=False)
    ann, tech, stranger = make.customer("ann@customer.example"), make.staff("tech"), make.staff("boss")
    work = work_of("ann@customer.example")
    with vouched_creation(work, closed, people=(tech.id,)):
        create = CreateTicket(closed, "Lost key", requestors=(ann,), admin_cc=(tech.id,))
        assert create_ticket(work, create).ticket.creator_id == ann.id
        for refused in (
            CreateTicket(other, "Lost key", requestors=(ann,)),
            CreateTicket(closed, "Lost key", requestors=(ann,), admin_cc=(stranger.id,)),
        ):
            with pytest.raises(Refused):
                create_ticket(work, refused)
    with pytest.raises(Refused):
        create_ticket(work, create)
