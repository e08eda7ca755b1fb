"""Groups: who may make them, who may be in them, and what is written down about it."""

import pytest
from sqlalchemy import select

from rtpy.changes.groups import (
    change_group,
    make_group,
    put_into_group,
    set_group_disabled,
    take_out_of_group,
)
from rtpy.changes.people import find_by_name
from rtpy.errors import Invalid, Refused
from rtpy.models import Ace, ConfigChange, Group, GroupClosure, Transaction


def grant_on(db, user, right, group):
    db.add(Ace(principal_id=user.id, right_name=right, object_type="group", object_id=group.id))
    db.flush()


def test_a_group_is_made_renamed_and_logged(work, db):
    group = make_group(work, name=" Night  shift ", description="Who is up")
    change_group(work, group, name="Nights", description="Who is up")
    logged = db.scalars(
        select(ConfigChange).where(ConfigChange.kind == "group").order_by(ConfigChange.id)
    ).all()
    assert [(each.action, each.before, each.after) for each in logged] == [
        ("create", {}, {"name": "Night shift", "description": "Who is up"}),
        ("change", {"name": "Night shift"}, {"name": "Nights"}),
    ]
    history = select(Transaction.type).where(
        Transaction.object_type == "group", Transaction.object_id == group.id
    )
    assert db.scalars(history.order_by(Transaction.id)).all() == ["Create", "Set"]


@pytest.mark.parametrize("name", ["", "  ", "night SHIFT", "x" * 201])
def test_a_name_that_is_taken_or_none_is_refused(work, name):
    make_group(work, name="Night shift")
    with pytest.raises(Invalid):
        make_group(work, name=name)


def test_each_deed_takes_its_right(work, work_of, make, db):
    group = make_group(work, name="Night shift")
    jo, eva = make.staff("jo"), make.staff("eva")
    for deed in (
        lambda: make_group(work_of("jo"), name="Other"),
        lambda: change_group(work_of("jo"), group, name="Other", description=""),
        lambda: set_group_disabled(work_of("jo"), group, disabled=True),
        lambda: put_into_group(work_of("jo"), group, eva.id),
        lambda: put_into_group(work_of("jo"), group, jo.id),
    ):
        with pytest.raises(Refused):
            deed()
    grant_on(db, jo, "AdminGroupMembership", group)
    put_into_group(work_of("jo"), group, eva.id)
    grant_on(db, jo, "AdminGroup", group)
    change_group(work_of("jo"), group, name="Nights", description="")


def test_people_join_and_leave_by_themselves_with_the_right(work, work_of, make, db):
    group = make_group(work, name="Night shift")
    jo, eva = make.staff("jo"), make.staff("eva")
    grant_on(db, jo, "ModifyOwnMembership", group)
    put_into_group(work_of("jo"), group, jo.id)
    assert db.get(GroupClosure, (group.id, jo.id)) is not None
    take_out_of_group(work_of("jo"), group, jo.id)
    assert db.get(GroupClosure, (group.id, jo.id)) is None
    with pytest.raises(Refused):
        put_into_group(work_of("jo"), group, eva.id)


def test_only_a_super_user_decides_who_is_in_a_group_of_super_users(work, work_of, make, db):
    group, inner = make_group(work, name="Chiefs"), make_group(work, name="Deputies")
    put_into_group(work, group, inner.id)
    make.grant(group, "SuperUser")
    jo = make.staff("jo")
    make.grant(jo, "AdminGroupMembership", "AdminGroup")
    for each in (group, inner):
        with pytest.raises(Refused, match="super-user"):
            put_into_group(work_of("jo"), each, jo.id)


def test_the_last_super_user_cannot_be_lost_through_a_group(work, work_of, make, db):
    group = make_group(work, name="Chiefs")
    put_into_group(work, group, make.staff("jo").id)
    make.grant(group, "SuperUser")
    root = find_by_name(db, "root")
    for ace in db.scalars(select(Ace).where(Ace.principal_id == root.id)):
        db.delete(ace)
    db.flush()
    for deed in (
        lambda: set_group_disabled(work_of("jo"), group, disabled=True),
        lambda: take_out_of_group(work_of("jo"), group, find_by_name(db, "jo").id),
    ):
        with pytest.raises(Refused, match="SuperUser"), db.begin_nested():
            deed()


def test_the_systems_own_groups_stay_as_they_are(work, make, db):
    staff = db.scalar(select(Group).where(Group.name == "Privileged"))
    with pytest.raises(Refused, match="part of rtpy"):
        put_into_group(work, staff, make.customer("ann@client.example").id)
    with pytest.raises(Refused, match="part of rtpy"):
        set_group_disabled(work, staff, disabled=True)


def test_nobody_and_the_system_are_in_no_group(work, db):
    group = make_group(work, name="Night shift")
    for name in ("Nobody", "RT_System"):
        with pytest.raises(Invalid):
            put_into_group(work, group, find_by_name(db, name).id)
