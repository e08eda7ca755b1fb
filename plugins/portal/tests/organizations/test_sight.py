"""Nobody sees more of an organisation's requests than their grade says, whatever else they belong to."""

import random

import pytest
from sqlalchemy import select

from rtpy.changes.guard import changing
from rtpy.models import OrganizationMember, OrganizationSite, Ticket, Watcher
from rtpy_portal.access.grades import Grade
from rtpy_portal.access.members import memberships_of
from rtpy_portal.access.sight import all_visible, find_request, visible
from rtpy_portal.access.visitor import Visitor, Way
from rtpy_portal.models import MemberRow, RequestRow


def visitor_for(work, user, way=Way.ACCOUNT, ticket_id=None):
    known = memberships_of(work.app, work.db, user.id) if way is Way.ACCOUNT else ()
    return Visitor(user.id, user.name, user.display_name, way, ticket_id=ticket_id, memberships=known)


def shown_to(work, visitor):
    return set(work.db.scalars(select(Ticket.id).where(visible(visitor))))


def listed_for(work, visitor):
    return sorted(work.db.scalars(select(all_visible(visitor).c.id)))


def give(db, user, organization, grade, **switches):
    db.add(MemberRow(user_id=user.id, organization_id=organization.id, grade=grade, **switches))
    db.flush()


def put_into(db, organization, user, site_id=None):
    db.add(OrganizationMember(organization_id=organization.id, user_id=user.id, site_id=site_id))
    db.flush()


@pytest.fixture
def shop(work, make):
    """Two organisations with two sites each, five people, forty requests of all sorts, out of a fixed hat."""
    hat, db = random.Random(7), work.db
    organizations = [make.organization("Ackermann", "ackermann.example"), make.organization("Bell")]
    sites = {None: [None]}
    for organization in organizations:
        rows = [OrganizationSite(organization_id=organization.id, name=name) for name in ("North", "South")]
        db.add_all(rows)
        db.flush()
        sites[organization.id] = [None, *(row.id for row in rows)]
    people = [make.customer(f"p{n}@free.example") for n in range(4)] + [
        make.customer("d@mail.ackermann.example")
    ]
    first = make.ticket(requestor="nobody@elsewhere.example")
    tickets = [first]
    for _ in range(40):
        of = hat.choice([None, *(each.id for each in organizations)])
        ticket = Ticket(
            queue_id=first.queue_id,
            status=hat.choice(["open", "open", "resolved", "deleted"]),
            type=hat.choice(["ticket"] * 9 + ["reminder"]),
            owner_id=first.owner_id,
            creator_id=first.creator_id,
            last_updated_by_id=first.creator_id,
            created=work.now,
            last_updated=work.now,
            organization_id=of,
            site_id=hat.choice(sites[of]),
            merged_into_id=hat.choice([None] * 9 + [first.id]),
        )
        with changing(db):
            db.add(ticket)
            db.flush()
        tickets.append(ticket)
        flags = hat.choice([None, (True, False), (False, True), (False, False)])
        if flags:
            db.add(RequestRow(ticket_id=ticket.id, is_private=flags[0], is_hidden=flags[1]))
        for user in people:
            for role in hat.choice([(), (), ("Requestor",), ("Cc",), ("AdminCc",), ("Requestor", "Cc")]):
                with changing(db):
                    db.add(Watcher(ticket_id=ticket.id, role=role, principal_id=user.id))
                    db.flush()
    db.flush()
    return hat, organizations, sites, people, tickets


def slowly(db, user, belongs, said, ticket):
    """The same said in plain words: `belongs` and `said` are by organisation, (site) and (grade, off)."""
    row = db.get(RequestRow, ticket.id)
    if (row and row.is_hidden) or ticket.status == "deleted" or ticket.type != "ticket":
        return False
    if ticket.merged_into_id is not None:
        return False
    roles = set(
        db.scalars(
            select(Watcher.role).where(Watcher.ticket_id == ticket.id, Watcher.principal_id == user.id)
        )
    )
    of = ticket.organization_id
    if of not in belongs:
        return bool(roles & {"Requestor", "Cc"})
    grade, off = said.get(of, ("copies", False))
    if grade == "own" or off:
        return "Requestor" in roles
    if roles & {"Requestor", "Cc"} or grade == "all":
        return True
    if row and row.is_private:
        return False
    is_near = belongs[of] is not None and ticket.site_id == belongs[of]
    return grade == "not private" or (grade == "site" and is_near)


def test_what_is_shown_is_what_the_grades_say_in_plain_words(work, shop):
    hat, organizations, sites, people, tickets = shop
    db = work.db
    seen_by_grade = dict.fromkeys(Grade, 0)
    for user in people:
        is_of_domain = user.email_address.endswith("ackermann.example")
        belongs = {organizations[0].id: None} if is_of_domain else {}
        for organization in organizations:
            if hat.random() < 0.7:
                belongs[organization.id] = hat.choice(sites[organization.id])
                put_into(db, organization, user, belongs[organization.id])
    for turn in range(4):
        for nth, user in enumerate(people):
            rows = db.scalars(select(OrganizationMember).where(OrganizationMember.user_id == user.id))
            belongs = {row.organization_id: row.site_id for row in rows}
            if user.email_address.endswith("ackermann.example"):
                belongs.setdefault(organizations[0].id, None)
            said = {}
            for of, organization in enumerate(organizations):
                for old in db.scalars(
                    select(MemberRow).where(
                        MemberRow.user_id == user.id, MemberRow.organization_id == organization.id
                    )
                ):
                    db.delete(old)
                db.flush()
                grade, off = list(Grade)[(turn + nth + 2 * of) % 5], hat.random() < 0.15
                if hat.random() < 0.9:
                    give(db, user, organization, grade, is_off=off)
                    said[organization.id] = (grade.value, off)
                    seen_by_grade[grade] += 1
            wanted = {each.id for each in tickets if slowly(db, user, belongs, said, each)}
            visitor = visitor_for(work, user)
            assert shown_to(work, visitor) == wanted
            assert listed_for(work, visitor) == sorted(wanted)
    assert all(seen_by_grade.values())


def test_a_key_opens_one_request_whatever_its_holder_may_see(work, make):
    acme, ann = make.organization("Acme", "acme.example"), make.customer("ann@acme.example")
    give(work.db, ann, acme, Grade.ALL, sees_money=True)
    one, other = make.ticket(requestor="ann@acme.example"), make.ticket(requestor="bob@acme.example")
    assert shown_to(work, visitor_for(work, ann)) == {one.id, other.id}
    by_key = visitor_for(work, ann, Way.KEY, one.id)
    assert shown_to(work, by_key) == {one.id}
    assert listed_for(work, by_key) == [one.id]


def test_another_first_organisation_moves_no_old_request(work, make):
    acme, bell = make.organization("Acme"), make.organization("Bell")
    ann = make.customer("ann@free.example")
    put_into(work.db, acme, ann)
    give(work.db, ann, acme, Grade.ALL)
    bob = make.customer("bob@free.example")
    put_into(work.db, acme, bob)
    old = make.ticket(requestor="bob@free.example")
    assert old.organization_id == acme.id
    membership = work.db.scalars(select(OrganizationMember).where(OrganizationMember.user_id == bob.id)).one()
    membership.organization_id = bell.id
    work.db.flush()
    assert find_request(work.db, visitor_for(work, ann), old.id) is old


def test_memberships_take_one_query(work, make, query_count):
    acme = make.organization("Acme", "acme.example")
    ann = make.customer("ann@acme.example")
    put_into(work.db, acme, ann)
    memberships_of(work.app, work.db, ann.id)  # the settings are known from here on
    with query_count() as counted:
        assert [each.name for each in memberships_of(work.app, work.db, ann.id)] == ["Acme"]
    assert counted.total == 1
