"""Who may say what somebody sees and may do, and that it is written down."""

import pytest
from sqlalchemy import select

from rtpy.errors import Invalid, NotFound, Refused
from rtpy.models import ConfigChange, OutgoingMail, OutgoingRecipient, User
from rtpy_portal.access.grades import Grade
from rtpy_portal.models import MemberRow
from rtpy_portal.organizations.inviting import MOST_A_DAY, invite
from rtpy_portal.organizations.saving import Said, read_said, save_by_manager, save_by_staff
from rtpy_portal.words import say_in

pytestmark = pytest.mark.databases("sqlite")  # plain rows
SAY = say_in("en")


def by_manager(shop, whom, said, manager=None):
    visitor = shop.visitor(manager or shop.ann)
    save_by_manager(visitor.acting(shop.work), visitor, shop.acme.id, whom.id, said, SAY)


def test_staff_with_the_right_say_it_and_the_log_of_the_set_up_tells(shop, make, work_of):
    make.grant(make.staff("jo"), "ManagePortalPeople")
    save_by_staff(work_of("jo"), shop.acme.id, shop.bob.id, Said(Grade.ALL, sees_money=True))
    assert shop.said(shop.bob) == {"all", "sees_money"}
    noted = shop.db.scalars(select(ConfigChange).where(ConfigChange.kind == "portal_member")).one()
    assert (noted.name, noted.after["grade"], noted.action) == ("Acme: bob@acme.example", "all", "create")
    save_by_staff(work_of("jo"), shop.acme.id, shop.bob.id, Said(None, may_copy=True))
    assert shop.db.scalars(select(MemberRow)).all() == []
    make.staff("kim")
    with pytest.raises(Refused):
        save_by_staff(work_of("kim"), shop.acme.id, shop.bob.id, Said(Grade.ALL))
    with pytest.raises(NotFound):
        save_by_staff(work_of("jo"), shop.acme.id, shop.eve.id, Said(Grade.ALL))


def test_a_manager_gives_no_more_than_they_have_and_takes_no_more_than_that(shop):
    shop.say(shop.ann, Grade.SITE, manages=True, may_raise=True)
    shop.say(shop.bob, Grade.OWN, is_off=True)
    by_manager(shop, shop.bob, Said(Grade.SITE, may_raise=True, sees_money=True, manages=True))
    assert shop.said(shop.bob) == {"site", "may_raise", "manages"}
    with pytest.raises(Invalid):
        by_manager(shop, shop.bob, Said(Grade.ALL))


@pytest.mark.parametrize(
    ("whom", "has", "error"),
    [
        ("ann", {}, Refused),
        ("bob", {"sees_money": True}, Refused),
        ("bob", {"grade": Grade.ALL}, Refused),
        ("bob", {"grade": Grade.ALL, "is_off": True}, Refused),
        ("eve", None, NotFound),
    ],
)
def test_whom_a_manager_cannot_change(shop, whom, has, error):
    shop.say(shop.ann, Grade.NOT_PRIVATE, manages=True, may_copy=True)
    if has and whom != "ann":
        shop.say(shop.bob, **has)
    with pytest.raises(error):
        by_manager(shop, getattr(shop, whom), Said(Grade.OWN))


def test_who_manages_nobody_changes_nobody(shop):
    shop.say(shop.ann, Grade.ALL, may_raise=True)
    shop.say(shop.eve, Grade.ALL, shop.bell, manages=True)
    for manager in (shop.ann, shop.eve, shop.carl):
        with pytest.raises(NotFound):
            by_manager(shop, shop.bob, Said(Grade.OWN), manager)


def test_a_grade_that_there_is_not_is_refused():
    with pytest.raises(Invalid):
        read_said({"grade": "everything"})


def invite_by(shop, address, manager=None, name=""):
    visitor = shop.visitor(manager or shop.ann)
    return invite(
        visitor.acting(shop.work), visitor, shop.acme.id, address, name, "https://help.example/portal", SAY
    )


def test_an_invited_colleague_is_known_and_mailed_where_to_log_in(shop):
    shop.say(shop.ann, manages=True)
    found = invite_by(shop, " Dora@Mail.acme.example ", name="Dora Doll")
    assert (found.name, found.address) == ("Dora Doll", "dora@mail.acme.example")
    mail = shop.db.scalars(select(OutgoingMail).order_by(OutgoingMail.id.desc())).first()
    to = select(OutgoingRecipient.address).where(OutgoingRecipient.mail_id == mail.id)
    assert shop.db.scalars(to).all() == ["dora@mail.acme.example"]
    assert "Ann Abel of Acme invites you." in mail.body
    assert "https://help.example/portal" in mail.body
    assert "we can mail you a link instead" in mail.body


@pytest.mark.parametrize(
    "address", ["eve@bell.example", "x@notacme.example", "x@branch.acme.example", "acme", ""]
)
def test_an_address_of_others_is_not_invited_and_nobody_is_made(shop, make, address):
    make.organization("Branch", "branch.acme.example")
    shop.say(shop.ann, manages=True)
    with pytest.raises(Invalid):
        invite_by(shop, address)
    assert shop.db.scalar(select(User.id).where(User.email_address == "x@notacme.example")) is None


def test_invitations_are_counted(shop):
    shop.say(shop.ann, manages=True)
    for _ in range(MOST_A_DAY):
        invite_by(shop, "bob@acme.example")
    with pytest.raises(Refused):
        invite_by(shop, "bob@acme.example")


def test_who_manages_nobody_invites_nobody(shop):
    shop.say(shop.ann, Grade.ALL)
    with pytest.raises(NotFound):
        invite_by(shop, "dora@acme.example")
