"""Granting and revoking: who may, on what, to whom; and that a super-user is always left."""

import pytest
from sqlalchemy import func, select

from rtpy.changes.grants import GrantChange, change_grants, grant_right, revoke_right
from rtpy.changes.last_super_user import refuse_without_super_user
from rtpy.changes.membership import add_member, create_group, remove_member
from rtpy.errors import Invalid, NotFound, Refused
from rtpy.models import Ace, ConfigChange, CustomField, CustomRole, Group, Principal, User
from rtpy.rights.grants import load_rights, would_be_super_user
from rtpy.rights.holders import EVERYWHERE, Holder, Place
from rtpy.rights.names import LATER, RIGHTS, Category, help_for, rights_on, spelled, status_rights

ROLES = {"Requestor", "Cc", "AdminCc", "Owner"}


@pytest.fixture
def kim(make):
    return make.staff("kim")


@pytest.fixture
def group(make):
    return create_group(make.system, "Support")


def places_of(db, make, group):
    field = CustomField(name="Severity", lookup="ticket", type="freeform", max_values=1)
    db.add(field)
    db.flush()
    return {
        "system": EVERYWHERE,
        "queue": Place("queue", make.queue("Lab", granted=False).id),
        "group": Place("group", group.id),
        "custom_field": Place("custom_field", field.id),
    }


@pytest.mark.parametrize(
    ("kind", "needed", "right"),
    [
        ("system", "ModifyACL", "ShowTicket"),
        ("queue", "ModifyACL", "ShowTicket"),
        ("group", "AdminGroup", "SeeGroup"),
        ("custom_field", "AdminCustomField", "SeeCustomField"),
    ],
)
def test_each_kind_of_place_needs_its_own_right(kind, needed, right, work_of, make, db, kim, group):
    place = places_of(db, make, group)[kind]
    for held in (right, needed):
        db.add(Ace(principal_id=kim.id, right_name=held, object_type=place.kind, object_id=place.id))
        db.flush()
        if held == right:
            with pytest.raises(Refused, match=needed):
                grant_right(work_of("kim"), Holder(group.id), right, place)

    grant_right(work_of("kim"), Holder(group.id), right, place)

    ann = make.customer("ann@client.example")
    add_member(make.system, group, ann.id)
    grants = load_rights(db, ann.id).of(right)
    assert {
        "system": grants.everywhere,
        "queue": place.id in grants.queues,
    }.get(kind, grants.on(kind, place.id))


def test_a31_nobody_grants_what_they_do_not_hold(work_of, make, db, kim, group):
    queue = make.queue("Lab", granted=False)
    make.grant(kim, "ModifyACL", "ShowTicket", queue=queue)
    here = Place("queue", queue.id)
    for right in ("DeleteTicket", "AdminQueue", "ShowTicketComments"):
        with pytest.raises(Refused, match="do not hold"):
            grant_right(work_of("kim"), Holder(kim.id), right, here)
    with pytest.raises(Refused):
        grant_right(work_of("kim"), Holder(kim.id), "ShowTicket", EVERYWHERE)
    assert not load_rights(db, kim.id).of("DeleteTicket").in_queue(queue.id)


@pytest.mark.parametrize("deed", [grant_right, revoke_right])
def test_a31_only_a_super_user_gives_and_takes_superuser(deed, work_of, make, kim):
    make.grant(kim, *[right for right in RIGHTS if right != "SuperUser"])
    with pytest.raises(Refused, match="SuperUser"):
        deed(work_of("kim"), Holder(kim.id), "SuperUser", EVERYWHERE)


def test_all_changes_of_a_bundle_or_none(work, db, make, group):
    here = Place("queue", make.queue("Lab", granted=False).id)
    bundle = [GrantChange(Holder(group.id), "ShowTicket"), GrantChange(Holder(group.id), "Fly")]
    with pytest.raises(Invalid, match="Fly"):
        change_grants(work, here, bundle)
    assert db.scalar(select(func.count(Ace.id)).where(Ace.principal_id == group.id)) == 0


@pytest.mark.parametrize(
    ("holder", "right", "kind", "said"),
    [
        ("group", "SuperUser", "queue", "no right that is held on queue"),
        ("group", "AdminTimesheets", "system", "there are no timesheets"),
        ("group", "AdminGroup", "queue", "no right that is held on"),
        ("Everyone", "SuperUser", "system", "not for the group Everyone"),
        ("Cc", "SuperUser", "system", "not for the role"),
        ("Cc", "SeeGroup", "group", "not for the role"),
        ("HeldBy", "ShowTicket", "queue", "not for the role"),
        ("HeldBy", "SeeCustomField", "custom_field", "not for the role"),
        ("Owner", "AdminCustomField", "custom_field", "not for the role"),
        ("CustomRole-999", "ShowTicket", "queue", "that exist"),
        ("not applied", "ShowTicket", "queue", "not for the role"),
        ("nobody", "ShowTicket", "queue", "that exist"),
        ("RT_System", "ShowTicket", "queue", "that exist"),
    ],
)
def test_what_cannot_be_granted_is_said(holder, right, kind, said, work, db, make, group):
    place = places_of(db, make, group)[kind]
    if holder == "not applied":
        role = CustomRole(name="Engineer")
        db.add(role)
        db.flush()
        who = Holder(role=role.role)
    elif holder in ("group", "Everyone", "nobody", "RT_System"):
        everyone = db.scalar(select(Group.id).where(Group.name == "Everyone"))
        system = db.scalar(select(User.id).where(User.name == "RT_System"))
        ids = {"group": group.id, "Everyone": everyone, "nobody": 10**9, "RT_System": system}
        who = Holder(ids[holder])
    else:
        who = Holder(role=holder)
    with pytest.raises(Invalid, match=said):
        grant_right(work, who, right, place)


def test_a_place_that_does_not_exist_is_not_found(work, group):
    with pytest.raises(NotFound):
        grant_right(work, Holder(group.id), "ShowTicket", Place("queue", 10**9))


def test_granting_twice_changes_nothing_the_second_time(work, db, make, group):
    here = Place("queue", make.queue("Lab", granted=False).id)
    for _ in range(2):
        grant_right(work, Holder(group.id), "ShowTicket", here)
    assert db.scalar(select(func.count(Ace.id)).where(Ace.principal_id == group.id)) == 1
    assert db.scalar(select(func.count(ConfigChange.id)).where(ConfigChange.kind == "right")) == 1


def test_rights_of_lifecycles_can_be_granted_on_queues(work, db, make, group, monkeypatch):
    types = {"ApproveOrder": {"ticket"}, "Retire": {"asset"}}
    asked = status_rights(types)
    monkeypatch.setattr(type(work.app.lifecycles), "right_names", lambda _: types)
    here = Place("queue", make.queue("Lab", granted=False).id)
    grant_right(work, Holder(group.id), "ApproveOrder", here)
    assert rights_on("queue", asked)["ApproveOrder"].category == Category.STATUS
    assert "Retire" in rights_on("catalog", asked)
    assert "Retire" not in rights_on("queue", asked)


def test_a28_what_is_revoked_ends_at_once(work, work_of, make, db, group):
    here = Place("queue", make.queue("Lab", granted=False).id)
    ann = make.staff("ann")
    add_member(make.system, group, ann.id)
    grant_right(work, Holder(group.id), "ShowTicket", here)
    assert work_of("ann").rights.of("ShowTicket").in_queue(here.id)
    revoke_right(work, Holder(group.id), "ShowTicket", here)
    assert not work_of("ann").rights.of("ShowTicket").in_queue(here.id)


# --- the last super-user -----------------------------------------------------------------------------------------


@pytest.fixture
def through_groups(db, work, make):
    """Only Kim holds SuperUser, through a group in a group; root has it no more."""
    kim = make.staff("kim")
    outer, inner = (create_group(make.system, name) for name in ("Chiefs", "Heads"))
    add_member(make.system, outer, inner.id)
    add_member(make.system, inner, kim.id)
    grant_right(work, Holder(outer.id), "SuperUser", EVERYWHERE)
    revoke_right(work, Holder(work.actor.user_id), "SuperUser", EVERYWHERE)
    return kim, outer, inner


def test_the_last_super_user_is_not_revoked(work, db):
    with pytest.raises(Refused, match="Nobody would be left"):
        revoke_right(work, Holder(work.actor.user_id), "SuperUser", EVERYWHERE)
    assert load_rights(db, work.actor.user_id).super_user


def test_one_of_two_is_revoked(work, db, make, kim):
    grant_right(work, Holder(kim.id), "SuperUser", EVERYWHERE)
    revoke_right(work, Holder(work.actor.user_id), "SuperUser", EVERYWHERE)
    assert load_rights(db, kim.id).super_user
    assert not load_rights(db, work.actor.user_id).super_user


@pytest.mark.parametrize("lost", ["person off", "outer off", "inner off", "taken out", "group taken out"])
def test_every_way_to_lose_the_last_one_is_refused(lost, through_groups, work, db, make):
    kim, outer, inner = through_groups
    refuse_without_super_user(make.system)  # all is well so far
    if lost == "taken out":
        remove_member(make.system, inner, kim.id)
    elif lost == "group taken out":
        remove_member(make.system, outer, inner.id)
    else:
        off = {"person off": kim.id, "outer off": outer.id, "inner off": inner.id}[lost]
        db.get(Principal, off).disabled = True
    with pytest.raises(Refused, match="Nobody would be left"):
        refuse_without_super_user(make.system)


def test_the_systems_own_users_do_not_count(work, db, make):
    nobody = db.scalar(select(User.id).where(User.name == "Nobody"))
    db.add(Ace(principal_id=nobody, right_name="SuperUser"))
    with pytest.raises(Refused):
        revoke_right(work, Holder(work.actor.user_id), "SuperUser", EVERYWHERE)


# --- the list of rights ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "right"), [("showticket", "ShowTicket"), (" SUPERUSER ", "SuperUser"), ("Fly", None)]
)
def test_rights_are_known_in_whatever_case(typed, right):
    assert spelled(typed) == right


def test_what_comes_later_is_not_shown():
    assert not set(LATER) & set(RIGHTS)
    assert all(help_for(name) is None for name in LATER)


@pytest.mark.parametrize("kind", ["queue", "group", "custom_field", "class", "catalog"])
def test_every_right_of_a_kind_can_be_held_everywhere_too(kind):
    assert set(rights_on(kind)) <= set(rights_on("system"))


@pytest.mark.parametrize("off", ["nobody", "kim", "outer", "inner"])
def test_a31_who_is_switched_off_is_guarded_like_who_is_not(off, through_groups, work, db):
    kim, outer, inner = through_groups
    ids = {"kim": kim.id, "outer": outer.id, "inner": inner.id}
    if off in ids:
        db.get(Principal, ids[off]).disabled = True
        db.flush()
    assert all(would_be_super_user(db, each) for each in ids.values())
    assert not would_be_super_user(db, work.actor.user_id)
