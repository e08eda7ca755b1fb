"""Merging people: everything of both belongs to one afterwards, and nothing is lost or rewritten."""

import pytest
from sqlalchemy import func, inspect, select

from rtpy.changes.membership import add_member, create_group
from rtpy.changes.merging_people.merge import merge_people
from rtpy.changes.merging_people.references import DECISIONS, Deed, count_references
from rtpy.changes.merging_people.suggestions import suggest_duplicates
from rtpy.changes.people import find_by_address, find_by_name, find_person
from rtpy.changes.pipeline import change_ticket, create_ticket
from rtpy.changes.ticket.create import CreateTicket
from rtpy.changes.ticket.owner import SetOwner
from rtpy.changes.ticket.people import AddWatcher
from rtpy.db.base import Base
from rtpy.errors import Invalid, Refused
from rtpy.history.reading import read_history
from rtpy.identity.sessions import start_session
from rtpy.migrations.lines import core_tables
from rtpy.models import (
    Ace,
    GroupClosure,
    OrganizationMember,
    Principal,
    Ticket,
    Transaction,
    User,
    Watcher,
    WebSession,
)
from rtpy.work import Actor, Face

POLYMORPHIC = {"transactions.object_id", "custom_field_contents.object_id"}


@pytest.fixture
def ann(make):
    return make.customer("ann@client.example", "Ann Miller")


@pytest.fixture
def double(make):
    return make.customer("a.miller@private.example", "Ann Miller")


def test_every_reference_to_people_has_a_decision():
    pointing = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        if table.name in core_tables()
        for column in table.c
        for key in column.foreign_keys
        if key.target_fullname in ("users.id", "principals.id")
    }
    assert pointing - DECISIONS.keys() == set(), "say in references.py what a merge of people does with these"
    assert DECISIONS.keys() - pointing - POLYMORPHIC == set(), "these columns are gone"


def test_what_may_not_be_twice_is_known_to_the_decisions():
    wrong = []
    for name, decision in DECISIONS.items():
        table, _, column = name.partition(".")
        if decision.deed is not Deed.MOVE:
            continue
        table = Base.metadata.tables[table]
        unique = [set(index.columns.keys()) for index in table.indexes if index.unique]
        unique += [
            set(constraint.columns.keys())
            for constraint in table.constraints
            if type(constraint).__name__ == "UniqueConstraint"
        ]
        wrong += [
            (name, one)
            for one in unique
            if column in one
            and not set(decision.same) >= one - {column}
            and not (name == "watchers.principal_id" and one - {column} <= set(decision.same))
        ]
    assert wrong == []


def test_tickets_roles_rights_and_memberships_move(work, make, db, ann, double):
    their_work = work.as_actor(Actor(double.id, double.name, Face.MAIL))
    create = CreateTicket(queue=make.queue(), subject="Printer", requestors=(double,))
    mine = create_ticket(their_work, create).ticket
    both = make.ticket(requestor="ann@client.example", cc=("a.miller@private.example",))
    change_ticket(work, both, AddWatcher("Requestor", double.id))
    group = create_group(work, "Key users")
    add_member(work, group, double.id)
    make.grant(double, "ShowConfigTab")
    organization = make.organization("Client Ltd")
    db.add(OrganizationMember(organization_id=organization.id, user_id=double.id, title="Boss"))
    db.add(OrganizationMember(organization_id=organization.id, user_id=ann.id))
    start_session(db, double.id, now=work.now, days=1)
    db.flush()

    merge_people(work, ann, double)

    roles = select(Watcher.ticket_id, Watcher.role).where(Watcher.principal_id == ann.id)
    assert {tuple(row) for row in db.execute(roles)} == {
        (mine.id, "Requestor"),
        (both.id, "Requestor"),
        (both.id, "Cc"),
    }
    assert db.get_one(Ticket, mine.id).creator_id == ann.id
    assert db.get(GroupClosure, (group.id, ann.id)).depth == 1
    assert db.get(GroupClosure, (group.id, double.id)) is None
    assert db.scalars(select(Ace.principal_id).where(Ace.right_name == "ShowConfigTab")).all() == [ann.id]
    members = db.scalars(select(OrganizationMember)).all()
    assert [(row.user_id, row.title) for row in members] == [(ann.id, "Boss")]
    assert db.scalars(select(WebSession).where(WebSession.user_id == double.id)).all() == []


def test_nothing_that_moves_is_left_behind(work, make, db, ann, double):
    make.ticket(requestor="a.miller@private.example")
    merge_people(work, ann, double)
    left = {each.what: each.deed for each in count_references(work.app, db, ann.id, double.id)}
    assert set(left.values()) <= {Deed.LEAVE}


def test_addresses_and_names_of_both_lead_to_the_kept_person(work, db, ann, double):
    merge_people(work, ann, double)
    assert find_by_address(db, "A.Miller@private.example").id == ann.id
    assert find_person(db, "a.miller@private.example").id == ann.id
    assert find_by_name(db, "a.miller@private.example").id == ann.id
    assert db.get_one(User, ann.id).email_address == "ann@client.example"


def test_a_person_without_an_address_takes_over_the_first(work, make, db, double):
    eva = make.customer("eva@client.example", "Eva")
    eva.email_address = None
    db.flush()
    merge_people(work, eva, double)
    assert db.get_one(User, eva.id).email_address == "a.miller@private.example"


def test_values_of_the_kept_person_win_and_empty_ones_are_filled(work, db, ann, double):
    ann.work_phone, double.work_phone = "1", "2"
    double.city, ann.comments, double.comments = "Bern", "Old customer.", "Calls often."
    merge_people(work, ann, double)
    assert (ann.work_phone, ann.city) == ("1", "Bern")
    assert ann.comments == "Old customer.\nCalls often."


def test_the_merged_person_is_off_and_points_to_the_kept(work, db, ann, double):
    merge_people(work, ann, double)
    assert double.merged_into_id == ann.id
    assert db.get_one(Principal, double.id).disabled
    kinds = select(Transaction.type).where(Transaction.object_type == "user")
    assert "MergedFrom" in db.scalars(kinds.where(Transaction.object_id == ann.id)).all()
    assert "MergedInto" in db.scalars(kinds.where(Transaction.object_id == double.id)).all()


def test_who_was_merged_before_points_to_the_last_one(work, make, db, ann, double):
    eva = make.customer("eva@client.example", "Eva")
    merge_people(work, ann, double)
    merge_people(work, eva, ann)
    assert db.get_one(User, double.id).merged_into_id == eva.id
    assert find_by_address(db, "a.miller@private.example").id == eva.id
    assert find_by_address(db, "ann@client.example").id == eva.id


def test_histories_stay_as_they_are_and_show_the_kept_name(work, make, db, ann, double):
    ann.real_name = "Ann Miller-Kurz"
    ticket = make.ticket(requestor="a.miller@private.example")
    everything = select(Transaction.id, Transaction.creator_id).order_by(Transaction.id)
    written = db.execute(everything).all()
    merge_people(work, ann, double)
    assert db.execute(everything).all()[: len(written)] == written
    entries = read_history(db, [ticket.id], comments=True, outgoing=True)
    names = {entry.creator_name for entry in entries if entry.creator_id == double.id}
    assert names <= {"Ann Miller-Kurz"}


def test_staff_become_a_customer_only_when_that_is_meant(work, make, db, ann):
    jo = make.staff("jo", real_name="Jo Bloggs")
    ticket = make.ticket()
    change_ticket(work, ticket, SetOwner(jo))
    with pytest.raises(Invalid, match="Jo Bloggs is staff"):
        merge_people(work, ann, jo)
    merge_people(work, ann, jo, staff_into_customer=True)
    assert db.get_one(Ticket, ticket.id).owner_id == ann.id


@pytest.mark.parametrize(
    ("one", "other"), [("Nobody", "ann"), ("ann", "RT_System"), ("ann", "ann"), ("ann", "root")]
)
def test_some_cannot_be_merged(work, db, ann, one, other):
    people = {"ann": ann}
    kept, merged = (people.get(name) or find_by_name(db, name) for name in (one, other))
    with pytest.raises(Refused):
        merge_people(work, kept, merged)


def test_a31_only_a_super_user_merges_a_super_user(work_of, make, db, ann):
    jo = make.staff("jo")
    make.grant(jo, "AdminUsers")
    with pytest.raises(Refused, match="super-user"):
        merge_people(work_of("jo"), find_by_name(db, "root"), ann)


def test_merging_needs_admin_users(work_of, make, ann, double):
    make.staff("jo")
    with pytest.raises(Refused, match="AdminUsers"):
        merge_people(work_of("jo"), ann, double)


def test_what_a_merge_would_do_is_counted(work, make, db, ann, double):
    make.ticket(requestor="a.miller@private.example")
    found = {each.what: each.rows for each in count_references(work.app, db, ann.id, double.id)}
    assert found["roles on tickets and queues"] == 1
    merge_people(work, ann, double)
    assert db.scalar(select(func.count()).select_from(Watcher).where(Watcher.principal_id == double.id)) == 0


def test_equal_names_and_alike_addresses_are_suggested(make, db, ann, double):
    make.customer("bo@client.example", "Bo")
    other = make.customer("ann@elsewhere.example", "A. M.")
    short = make.customer("x@client.example", "X")
    assert {each.id for each in suggest_duplicates(db, ann)} == {double.id}
    other.email_address = "ann.miller@elsewhere.example"
    third = make.customer("ann.miller@home.example", "")
    db.flush()
    assert [each.why for each in suggest_duplicates(db, third)] == ["has a similar address"]
    assert suggest_duplicates(db, short) == []
    assert inspect(ann).persistent
