"""Custom roles: names, one or many, where they apply, and what their change leaves in the log."""

import pytest
from sqlalchemy import select

from rtpy.changes.custom_roles import (
    RoleValues,
    change_custom_role,
    create_custom_role,
    delete_custom_role,
)
from rtpy.changes.membership import create_group
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.queue_watchers import add_queue_watcher, remove_queue_watcher, watchers_by_name
from rtpy.changes.roles import roles_of
from rtpy.changes.ticket.people import AddWatcher, DeleteWatcher
from rtpy.errors import Invalid, Refused
from rtpy.history.describing import describe, names_in
from rtpy.history.reading import read_history
from rtpy.models import ConfigChange, CustomRole, Group, Watcher


def make_role(make, name="Approver", **more):
    places = frozenset({make.queue().id})
    return create_custom_role(make.system, RoleValues(name, places=places, **more))


def players(db, ticket, role):
    query = select(Watcher.principal_id).where(Watcher.ticket_id == ticket.id, Watcher.role == role.role)
    return set(db.scalars(query))


@pytest.mark.parametrize(
    "name", ["", "cc", "AdminCc", "Owner", "HeldBy", "A,B", "A/To", "x" * 201, "CustomRole-3"]
)
def test_a_name_that_means_something_else_is_refused(make, name):
    with pytest.raises(Invalid) as wrong:
        make_role(make, name)
    assert wrong.value.problems[0].field == "name"


def test_a_name_is_given_once_without_regard_to_case(make):
    make_role(make)
    with pytest.raises(Invalid, match="There is a role “APPROVER” already"):
        make_role(make, "APPROVER")


def test_it_takes_the_right_to_administer_custom_roles(make, work_of):
    jo = make.staff("jo")
    with pytest.raises(Refused, match="AdminCustomRoles"):
        create_custom_role(work_of("jo"), RoleValues("Approver"))
    make.grant(jo, "AdminCustomRoles")
    work = work_of("jo")
    assert create_custom_role(work, RoleValues("Approver")).id


def test_every_change_is_in_the_log_by_names(make, db):
    role = make_role(make)
    change_custom_role(make.system, role.id, RoleValues("Signer", places=frozenset()))
    delete_custom_role(make.system, role.id)
    log = db.scalars(
        select(ConfigChange).where(ConfigChange.kind == "custom_role").order_by(ConfigChange.id)
    ).all()
    assert [each.action for each in log] == ["create", "change", "delete"]
    assert log[0].after["queues"] == ["General"]
    assert (log[1].before, log[1].after) == (
        {"name": "Approver", "queues": ["General"]},
        {"name": "Signer", "queues": []},
    )
    assert db.get(CustomRole, role.id) is None


def test_what_is_remembered_follows_at_once(make, app, db, query_count):
    role = make_role(make)
    assert [each.name for each in roles_of(app, db).in_queue(make.queue().id)] == ["Approver"]
    with query_count() as count:
        roles_of(app, db)
    assert count.total <= 1
    change_custom_role(make.system, role.id, RoleValues("Approver", disabled=True))
    assert roles_of(app, db).in_queue(make.queue().id) == ()


def test_many_people_and_groups_play_a_role_for_many(make, work, db):
    role, ticket = make_role(make), make.ticket()
    ids = {make.staff("jo").id, make.staff("kim").id, create_group(make.system, "Network").id}
    change_ticket(work, ticket, *(AddWatcher(role.role, each) for each in ids))
    assert players(db, ticket, role) == ids


def test_one_person_plays_a_role_for_one_and_passes_it_on(make, work, db, app):
    role, ticket = make_role(make, single=True), make.ticket()
    jo, kim = make.staff("jo"), make.staff("kim", real_name="Kim Lee")
    change_ticket(work, ticket, AddWatcher(role.role, jo.id))
    change_ticket(work, ticket, AddWatcher(role.role, kim.id))
    assert players(db, ticket, role) == {kim.id}
    change_ticket(work, ticket, DeleteWatcher(role.role, kim.id))
    assert players(db, ticket, role) == set()
    history = read_history(db, [ticket.id], comments=True, outgoing=False)
    said = [describe(each, names_in(db, history, {})) for each in history]
    assert said[-3:] == ["made jo Approver", "made Kim Lee Approver", "left the role Approver to nobody"]


@pytest.mark.parametrize("single", [True, False])
def test_nobody_plays_it_where_it_does_not_apply(make, work, single):
    role = create_custom_role(make.system, RoleValues("Approver", single=single))
    with pytest.raises(Refused, match="does not apply in the queue"):
        change_ticket(work, make.ticket(), AddWatcher(role.role, make.staff("jo").id))


def test_no_group_plays_a_role_for_one(make, work):
    role = make_role(make, single=True)
    with pytest.raises(Refused, match="is for one person"):
        change_ticket(work, make.ticket(), AddWatcher(role.role, create_group(make.system, "Network").id))


def test_a_custom_role_takes_modify_ticket_even_for_oneself(make, work_of):
    role, ticket, ann = make_role(make), make.ticket(), make.customer("ann@client.example")
    make.grant(ann, "Watch")
    with pytest.raises(Refused, match="ModifyTicket"):
        change_ticket(work_of("ann@client.example"), ticket, AddWatcher(role.role, ann.id))


def test_a_played_role_keeps_its_number_of_players_and_is_not_deleted(make, work):
    role = make_role(make)
    change_ticket(work, make.ticket(), AddWatcher(role.role, make.staff("jo").id))
    with pytest.raises(Invalid, match="played already"):
        change_custom_role(make.system, role.id, RoleValues("Approver", single=True))
    with pytest.raises(Invalid, match="switch it off"):
        delete_custom_role(make.system, role.id)


@pytest.mark.parametrize("who", ["rt@localhost", "Everyone", "Nobody"])
def test_some_never_get_a_role(make, work, db, app, who):
    ticket = make.ticket()
    if "@" in who:
        principal = make.customer(who).id
    elif who == "Nobody":
        principal = app.nobody_id(db)
    else:
        principal = db.scalar(select(Group.id).where(Group.name == who))
    with pytest.raises(Refused):
        change_ticket(work, ticket, AddWatcher("Cc", principal))


def test_a_switched_off_group_gets_no_role(make, work, db):
    team = create_group(make.system, "Old")
    from rtpy.models import Principal

    db.get(Principal, team.id).disabled = True
    db.flush()
    with pytest.raises(Refused, match="groups in use"):
        change_ticket(work, make.ticket(), AddWatcher("Cc", team.id))


def test_the_queue_has_watchers_of_its_own_and_the_log_names_them(make, work, db):
    queue, role = make.queue(), make_role(make)
    team = create_group(make.system, "Network")
    assert add_queue_watcher(make.system, queue, "AdminCc", team.id)
    assert not add_queue_watcher(make.system, queue, "AdminCc", team.id)
    assert add_queue_watcher(make.system, queue, role.role, make.staff("jo").id)
    assert watchers_by_name(make.system, queue) == {"AdminCc": ["group:Network"], "Approver": ["jo"]}
    assert remove_queue_watcher(make.system, queue, "AdminCc", team.id)
    log = db.scalars(select(ConfigChange).where(ConfigChange.kind == "queue").order_by(ConfigChange.id)).all()
    assert log[-1].after == {"watchers": {"Approver": ["jo"]}}


def test_no_queue_plays_requestor_or_a_role_for_one(make):
    role = make_role(make, single=True)
    jo = make.staff("jo")
    for name in ("Requestor", "Owner", role.role, "CustomRole-999"):
        with pytest.raises(Refused):
            add_queue_watcher(make.system, make.queue(), name, jo.id)


@pytest.mark.parametrize(("right", "role"), [("Watch", "Cc"), ("WatchAsAdminCc", "AdminCc")])
def test_one_may_watch_a_queue_oneself_with_the_right_for_it(make, work_of, right, role):
    jo, kim = make.staff("jo"), make.staff("kim")
    queue = make.queue("Bare", granted=False)
    with pytest.raises(Refused):
        add_queue_watcher(work_of("jo"), queue, role, jo.id)
    make.grant(jo, right, queue=queue)
    assert add_queue_watcher(work_of("jo"), queue, role, jo.id)
    with pytest.raises(Refused, match="ModifyQueueWatchers"):
        add_queue_watcher(work_of("jo"), queue, role, kim.id)
    make.grant(jo, "ModifyQueueWatchers", queue=queue)
    assert add_queue_watcher(work_of("jo"), queue, role, kim.id)
