"""The sample consultancy's portal, loaded into a small one and taken away again."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from rtpy.changes.guard import changing
from rtpy.changes.membership import create_group
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.basics import SetOrganization
from rtpy.changes.ticket.status import SetStatus
from rtpy.db.base import Base
from rtpy.demo.made import Made
from rtpy.models import Organization, OrganizationMember, OutgoingMail
from rtpy_portal.demo.load import load_demo
from rtpy_portal.demo.removing import remove_demo
from rtpy_portal.demo.texts import knowledge
from rtpy_portal.knowledge.content import linked_pages
from rtpy_portal.models import Issue, IssueTicket, MemberRow, Page, PageVersion, Rating, RatingAsk, Synonym

pytestmark = pytest.mark.databases("sqlite")  # what is loaded goes through functions that have tests on both
CLIENTS = ("Belmont Logistics GmbH", "Somebody else")
PORTAL = {name: table for name, table in Base.metadata.tables.items() if name.startswith("portal_")}
OF_TICKETS = ("portal_keys", "portal_rating_asks")
"""There before, and gone with the tickets."""
PEOPLE = ("s.hoyer", "u.hartwig", "leyla", "p.vogel")


@pytest.fixture
def house(make, db, work_of, clock):
    """Two customers with their people, some staff, and a dozen solved requests."""
    clock.set(datetime(2026, 3, 2, 9, tzinfo=UTC))
    clients = [make.organization(name, f"{at}.example") for at, name in enumerate(CLIENTS)]
    staff = [make.staff(name).id for name in ("mira", "aylin", "tom")]
    people = [make.customer(f"{name}@{at % 2}.example") for at, name in enumerate(PEOPLE)]
    db.add_all(
        OrganizationMember(organization_id=clients[at % 2].id, user_id=person.id, is_contact=at < 2)
        for at, person in enumerate(people)
    )
    group = create_group(work_of(), "Management", description="")
    made = Made(
        seed=1,
        organizations=[each.id for each in clients],
        groups=[group.id],
        users=[*staff, *(each.id for each in people)],
    )
    for day in range(12):
        clock.set(datetime(2026, 3, 2 + day, 9, tzinfo=UTC))
        ticket = make.ticket(f"VPN does not connect, {day}", requestor=people[day % 4].email_address)
        change_ticket(work_of(), ticket, SetOrganization(db.get(Organization, clients[day % 2].id)))
        clock.advance(timedelta(hours=5))
        change_ticket(work_of(), ticket, SetStatus("resolved"))
        made.tickets.append(ticket.id)
    clock.advance(timedelta(days=60))
    made.is_complete = True
    return made


def counted(db, model):
    return db.scalar(select(func.count()).select_from(model))


def test_loading_shows_what_a_portal_is(work_of, db, house):
    """One test of many facts: loading takes seconds."""
    load_demo(work_of().as_system(), house)
    known = knowledge()
    assert counted(db, Page) == len(known.pages)
    drafts = db.scalars(select(Page.title).where(Page.published_version.is_(None))).all()
    assert drafts == [page.title for page in known.pages if page.draft]
    assert counted(db, Synonym) == len(known.synonyms.splitlines())

    linked = set().union(*(linked_pages(text) for text in db.scalars(select(PageVersion.content))))
    assert linked, "pages lead to each other"
    assert linked <= set(db.scalars(select(Page.id)))

    readers = {page.title: page.readers for page in known.pages if page.readers}
    audiences = dict(db.execute(select(Page.title, Page.audience).where(Page.title.in_(readers))).all())
    assert audiences == {
        title: "organizations" if CLIENTS[0] in names else "staff" for title, names in readers.items()
    }, "a page for a customer that is not there is for staff alone"

    assert counted(db, Issue) == 3
    assert counted(db, IssueTicket) > 0
    scores = db.scalars(select(Rating.score)).all()
    assert scores.count(1) == 2
    assert scores.count(3) > scores.count(1)
    assert db.scalar(select(func.count()).where(MemberRow.manages)) == 2

    waits = (RatingAsk.asked.is_(None), RatingAsk.cancelled.is_(None))
    assert db.scalars(select(RatingAsk.id).where(*waits)).all() == [], "nobody is asked by mail"
    queued = select(OutgoingMail.subject).where(OutgoingMail.state == "queued")
    assert db.scalars(queued.where(OutgoingMail.ticket_id.in_(house.tickets))).all() == []


def test_removing_it_leaves_what_was_there_before(work_of, db, house):
    def rows():
        return {name: counted(db, table) for name, table in PORTAL.items()}

    before = rows()
    load_demo(work_of().as_system(), house)
    assert rows() != before
    with changing(db):
        remove_demo(work_of().as_system(), house)
    left = rows()
    for name in OF_TICKETS:
        assert left.pop(name) == 0
        del before[name]
    assert left == before
