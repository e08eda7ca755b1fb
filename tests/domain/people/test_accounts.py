"""Accounts: what administrators and people themselves may change, staff and customers, switching off."""

import pytest
from sqlalchemy import select

from rtpy.changes.accounts import change_person, create_account, is_privileged, set_privileged
from rtpy.changes.addresses import addresses_of, set_addresses
from rtpy.changes.people import find_by_address, find_by_name
from rtpy.errors import Invalid, Refused
from rtpy.identity.accounts import change_own_password, set_disabled
from rtpy.identity.passwords import verify_password
from rtpy.identity.sessions import sessions_of, start_session
from rtpy.models import GroupClosure, Transaction
from rtpy.rights.grants import load_rights
from rtpy.web.staff.ticket.choices import possible_owners


def recorded(db, user):
    query = select(Transaction).where(Transaction.object_type == "user", Transaction.object_id == user.id)
    return [
        (row.type, row.field, row.old_value, row.new_value)
        for row in db.scalars(query.order_by(Transaction.id))
    ]


def test_each_change_is_recorded_with_both_values(work, make, db):
    jo = make.staff("jo", real_name="Jo")
    change_person(work, jo, real_name="Jo  Bloggs", city="Bern", signature="Jo\r\nBloggs ")
    assert (jo.real_name, jo.signature) == ("Jo Bloggs", "Jo\nBloggs")
    assert ("Set", "RealName", "Jo", "Jo Bloggs") in recorded(db, jo)
    assert ("Set", "City", "", "Bern") in recorded(db, jo)


def test_what_stays_as_it_is_leaves_no_trace(work, make, db):
    jo = make.staff("jo", real_name="Jo")
    before = recorded(db, jo)
    change_person(work, jo, real_name=" Jo ", city="")
    assert recorded(db, jo) == before


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "root", "is taken"),
        ("name", "", "Give a login name"),
        ("email_address", "nobody", "not a mail address"),
        ("email_address", "root@localhost", "belongs to Root"),
        ("timezone", "Mars/North", "no time zone"),
        ("lang", "klingon!", "no language"),
        ("city", "x" * 256, "too long"),
        ("signature", "x" * 10_001, "too long"),
    ],
)
def test_a_bad_value_is_refused_beside_its_field(work, make, db, field, value, said):
    jo = make.staff("jo")
    with pytest.raises(Invalid, match=said) as invalid:
        change_person(work, jo, nick_name="J", **{field: value})
    assert [problem.field for problem in invalid.value.problems] == [field]
    assert jo.nick_name == ""


def test_a_new_account_holds_every_field(work, db):
    made = create_account(work, privileged=True, name="eva", email_address="e@staff.example", city="Bern")
    assert (made.name, made.city, is_privileged(work, made.id)) == ("eva", "Bern", True)


def test_people_change_their_own_with_modify_self_but_not_all_of_it(work_of, make):
    jo = make.staff("jo")
    with pytest.raises(Refused):
        change_person(work_of("jo"), jo, city="Bern")
    make.grant(jo, "ModifySelf")
    change_person(work_of("jo"), jo, city="Bern")
    for column in ("name", "gecos", "organization", "comments", "email_address"):
        with pytest.raises(Refused):
            change_person(work_of("jo"), jo, **{column: "other@x.example"})
    with pytest.raises(Refused):
        change_person(work_of("jo"), make.staff("eva"), city="Bern")


def test_staff_become_customers_and_staff_again(work, make, db):
    jo = make.staff("jo")
    set_privileged(work, jo, privileged=False)
    assert not is_privileged(work, jo.id)
    groups = select(GroupClosure.group_id).where(GroupClosure.member_id == jo.id)
    assert len(db.scalars(groups).all()) == 2
    set_privileged(work, jo, privileged=True)
    assert is_privileged(work, jo.id)
    assert recorded(db, jo)[-1] == ("Set", "Privileged", "0", "1")


def test_a_super_user_is_not_made_a_customer(work, make):
    jo = make.staff("jo")
    make.grant(jo, "SuperUser")
    with pytest.raises(Refused, match="SuperUser"):
        set_privileged(work, jo, privileged=False)


def test_the_last_super_user_is_not_switched_off(work, db, make):
    root = find_by_name(db, "root")
    with pytest.raises(Refused, match="SuperUser"), db.begin_nested():
        set_disabled(work, root, disabled=True)
    make.grant(make.staff("jo"), "SuperUser")
    set_disabled(work, root, disabled=True)


def test_who_is_switched_off_is_logged_out_holds_nothing_and_owns_nothing_new(work, make, db, app):
    jo, queue = make.staff("jo"), make.queue()
    make.grant(jo, "SuperUser")
    start_session(db, jo.id, now=work.now, days=1)
    assert jo.id in dict(possible_owners(app, db, queue.id))
    set_disabled(work, jo, disabled=True)
    assert sessions_of(db, jo.id, work.now) == []
    assert not load_rights(db, jo.id).super_user
    assert jo.id not in dict(possible_owners(app, db, queue.id))


def test_ones_own_password_takes_the_old_one_and_ends_other_sessions(work_of, make, db, app):
    jo = make.staff("jo", password="first password")
    make.grant(jo, "ModifySelf")
    work = work_of("jo")
    start_session(db, jo.id, now=work.now, days=1)
    here = sessions_of(db, jo.id, work.now)[0].id
    start_session(db, jo.id, now=work.now, days=1)
    with pytest.raises(Invalid) as invalid:
        change_own_password(work, "wrong", "second password", session_id=here)
    assert invalid.value.problems[0].field == "old"
    change_own_password(work, "first password", "second password", session_id=here)
    assert verify_password("second password", jo.password_hash)
    assert [line.id for line in sessions_of(db, jo.id, work.now)] == [here]


def test_a_further_address_is_the_persons_own(work, make, db):
    ann = make.customer("ann@client.example")
    set_addresses(work, ann, ["Ann@Home.example", "ann@client.example"])
    assert addresses_of(db, ann.id) == ["ann@home.example"]
    assert find_by_address(db, "ANN@home.example").id == ann.id
    bo = make.customer("bo@client.example")
    with pytest.raises(Invalid, match="belongs to"):
        set_addresses(work, bo, ["ann@home.example"])
    with pytest.raises(Invalid, match="belongs to"):
        change_person(work, bo, email_address="ann@home.example")


def test_a_further_address_can_become_the_first(work, make, db):
    ann = make.customer("ann@client.example")
    set_addresses(work, ann, ["ann@home.example"])
    change_person(work, ann, email_address="ann@home.example")
    assert addresses_of(db, ann.id) == []
