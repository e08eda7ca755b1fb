"""For whom somebody may ask, and who may get copies."""

import pytest

from rtpy.changes.plugin_settings import save_settings
from rtpy.models import IncomingMail, OrganizationMember
from rtpy_portal.access.grades import Grade
from rtpy_portal.access.members import membership_in, memberships_of
from rtpy_portal.access.visitor import Visitor, Way
from rtpy_portal.models import MemberRow
from rtpy_portal.organizations.people import people_of
from rtpy_portal.organizations.rules import may_add_copy, may_raise_for, people_to_ask_for, people_to_copy

pytestmark = pytest.mark.databases("sqlite")  # what differs by database is in test_sight


def say(db, user, organization, grade=Grade.COPIES, **switches):
    db.add(MemberRow(user_id=user.id, organization_id=organization.id, grade=grade, **switches))
    db.flush()


def visitor_for(work, user, way=Way.ACCOUNT):
    known = memberships_of(work.app, work.db, user.id)
    return Visitor(user.id, user.name, user.display_name, way, memberships=known)


@pytest.fixture
def acme(make):
    return make.organization("Acme", "acme.example")


def test_a_colleague_is_who_belongs_to_the_organisation(work, make, acme):
    make.organization("Branch", "branch.acme.example")
    ann = make.customer("ann@acme.example", "Ann")
    bob = make.customer("bob@free.example", "Bob")
    work.db.add(OrganizationMember(organization_id=acme.id, user_id=bob.id, title="Driver"))
    make.customer("carl@mail.acme.example", "Carl")
    make.customer("dora@branch.acme.example", "Dora")
    make.customer("eve@notacme.example", "Eve")
    make.customer("gone@acme.example", "Gone").principal.disabled = True
    work.db.flush()
    assert [each.name for each in people_of(work.app, work.db, acme.id)] == ["Ann", "Bob", "Carl"]
    assert not people_to_ask_for(work, visitor_for(work, ann))
    say(work.db, ann, acme, may_raise=True)
    assert [each.name for each in people_to_ask_for(work, visitor_for(work, ann))] == ["Bob", "Carl"]


def test_machines_of_the_mail_domain_are_no_colleagues_unless_somebody_said_what_they_see(
    work, make, acme, db
):
    for name in ("ann", "backup", "both", "driver", "listed", "monitoring", "ups"):
        user = make.customer(f"{name}@acme.example", name)
        kinds = {
            "backup": ("auto_reply",),
            "ups": ("auto_reply",),
            "both": ("auto_reply", "human"),
            "driver": ("bulk",),
        }
        for number, kind in enumerate(kinds.get(name, ())):
            sent = {"raw": b"", "size": 0, "received": work.now, "sender": user.email_address}
            db.add(IncomingMail(auto_kind=kind, dedup_key=f"{name} {number}", **sent))
        if name == "driver":
            db.add(OrganizationMember(organization_id=acme.id, user_id=user.id))
        if name == "ups":
            say(db, user, acme)
    save_settings(work, "portal", {"portal.ratings_machines": "listed@acme.example"})
    assert [each.name for each in people_of(work.app, db, acme.id)] == ["ann", "both", "driver", "ups"]


@pytest.mark.parametrize(
    ("switches", "whom", "may"),
    [
        ({"may_raise": True}, "bob@acme.example", True),
        ({}, "bob@acme.example", False),
        ({"may_raise": True, "is_off": True}, "bob@acme.example", False),
        ({"may_raise": True}, "eve@elsewhere.example", False),
        ({"may_raise": True}, "ann@acme.example", False),
    ],
)
def test_who_may_ask_for_whom(work, make, acme, switches, whom, may):
    ann, other = make.customer("ann@acme.example"), make.customer(whom)
    say(work.db, ann, acme, **switches)
    found = may_raise_for(work, visitor_for(work, ann), other.id, acme.id)
    assert (found is not None) is may


def test_who_is_switched_off_is_no_colleague_any_more(work, make, acme):
    ann, bob = make.customer("ann@acme.example"), make.customer("bob@acme.example")
    say(work.db, ann, acme, may_raise=True, may_copy=True)
    say(work.db, bob, acme, is_off=True)
    ann = visitor_for(work, ann)
    assert not people_to_ask_for(work, ann)
    assert not people_to_copy(work, ann, acme.id)
    assert may_raise_for(work, ann, bob.id, acme.id) is None


def test_a_key_asks_for_nobody_and_adds_nobody(work, make, acme):
    ann, bob = make.customer("ann@acme.example"), make.customer("bob@acme.example")
    say(work.db, ann, acme, Grade.ALL, may_raise=True, may_copy=True, sees_money=True)
    key = visitor_for(work, ann, Way.KEY)
    assert not people_to_ask_for(work, key)
    assert not may_add_copy(key, acme.id)
    assert may_raise_for(work, key, bob.id, acme.id) is None
    assert membership_in(key, acme.id) is None


def test_what_was_said_of_somebody_makes_no_member(work, make, acme):
    eve = make.customer("eve@elsewhere.example")
    say(work.db, eve, acme, Grade.ALL, may_raise=True)
    assert memberships_of(work.app, work.db, eve.id) == ()
