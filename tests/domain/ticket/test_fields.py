"""Creating, moving, dating, naming people, and the bytes that come along."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rtpy.changes.people import organization_of, person_for_address
from rtpy.changes.pipeline import change_ticket, create_ticket
from rtpy.changes.ticket.basics import SetOrganization, SetSubject
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.create import CreateTicket
from rtpy.changes.ticket.dates import SetDate
from rtpy.changes.ticket.owner import Take
from rtpy.changes.ticket.people import AddWatcher, DeleteWatcher
from rtpy.changes.ticket.queue import SetQueue
from rtpy.changes.ticket.time import AddTime
from rtpy.content.part import Part, PartRole, plain_message
from rtpy.errors import Invalid, Refused
from rtpy.models import Attachment, Blob, OrganizationMember, OrganizationSite, Transaction
from rtpy.testing.people import Factory
from rtpy.work import Work


def test_a_ticket_belongs_to_its_requestors_organisation(make: Factory) -> None:
    client = make.organization("Client", "client.example")

    by_domain = make.ticket(requestor="ann@client.example")
    below = make.ticket(requestor="bob@berlin.client.example")
    stranger = make.ticket(requestor="eve@elsewhere.example")

    assert (by_domain.organization_id, below.organization_id) == (client.id, client.id)
    assert stranger.organization_id is None


def test_with_several_memberships_the_domain_decides(make: Factory, db: Session) -> None:
    client, landlord = make.organization("Client", "client.example"), make.organization("Landlord")
    ann = make.customer("ann@client.example")
    site = OrganizationSite(organization_id=client.id, name="Harbour")
    db.add(site)
    db.flush()
    db.add(OrganizationMember(organization_id=client.id, user_id=ann.id, site_id=site.id))
    db.add(OrganizationMember(organization_id=landlord.id, user_id=ann.id))
    db.flush()

    assert organization_of(db, ann) == (client.id, site.id)


def test_nobody_creates_in_a_closed_queue(make: Factory) -> None:
    queue = make.queue("Old")
    queue.disabled = True

    with pytest.raises(Refused, match="closed"):
        make.ticket(queue="Old")


def test_an_owner_who_may_not_own_is_left_out_with_a_remark(make: Factory) -> None:
    ann = make.customer("ann@client.example")

    outcome = create_ticket(make.system, CreateTicket(queue=make.queue(), subject="x", owner=ann))

    assert "may not own" in outcome.remarks[0]
    assert outcome.ticket.owner_id != ann.id


def test_a_queue_can_say_when_tickets_are_due(make: Factory, work: Work) -> None:
    queue = make.queue("Fast")
    queue.due_default = "90"

    assert make.ticket(queue="Fast").due == work.now + timedelta(minutes=90)


@pytest.mark.parametrize(
    ("given", "kept"), [("  two \r\n lines ", "two lines"), ("x" * 300, "x" * 200), ("nul\x00l", "null")]
)
def test_subjects_are_one_line(given: str, kept: str, make: Factory) -> None:
    assert make.ticket(given).subject == kept


def test_the_same_bytes_are_stored_once(work: Work, make: Factory, db: Session) -> None:
    picture = Part("image/png", b"\x89PNG\r\n\x1a\n" + bytes(5000), PartRole.FILE, "logo.png")
    ticket = make.ticket()
    for text in ("one", "two"):
        change_ticket(work, ticket, Correspond(plain_message(text, files=(picture,))))

    rows = db.scalars(select(Attachment.blob_sha256).where(Attachment.filename == "logo.png")).all()
    assert len(rows) == 2
    assert db.scalar(select(func.count()).where(Blob.sha256.in_(rows))) == 1
    assert work.app.blobs.get(db, rows[0]) == picture.data


def test_moving_to_a_queue_where_the_owner_may_not_own_frees_the_ticket(
    work_of: Callable[..., Work], make: Factory
) -> None:
    make.staff("tech")
    ticket = make.ticket()
    far = make.queue("Far", granted=False)
    change_ticket(work_of("tech"), ticket, Take())

    outcome = change_ticket(work_of("root"), ticket, SetQueue(far))

    assert [entry.field for entry in outcome.transactions] == ["Queue", "Owner"]


def test_moving_needs_the_right_to_create_there(work_of: Callable[..., Work], make: Factory) -> None:
    make.staff("tech")
    ticket = make.ticket()
    far = make.queue("Far", granted=False)

    with pytest.raises(Refused, match="CreateTicket"):
        change_ticket(work_of("tech"), ticket, SetQueue(far))


def test_dates_are_set_and_cleared_once(work: Work, make: Factory) -> None:
    ticket = make.ticket()
    due = datetime(2026, 3, 6, 16, 0, tzinfo=UTC)

    outcome = change_ticket(work, ticket, SetDate("Due", due), SetDate("Due", due), SetDate("Due", None))

    assert [(entry.old_value, entry.new_value) for entry in outcome.transactions] == [
        ("", "2026-03-06T16:00:00+00:00"),
        ("2026-03-06T16:00:00+00:00", ""),
    ]


def test_a_reply_by_staff_means_the_customer_was_told(work_of: Callable[..., Work], make: Factory) -> None:
    ticket = make.ticket(requestor="ann@client.example")
    change_ticket(work_of("ann@client.example"), _granted(make, ticket), Correspond(plain_message("hello?")))
    told_by_customer = ticket.told

    change_ticket(work_of("root"), ticket, Correspond(plain_message("on it")))

    assert told_by_customer is None
    assert ticket.told is not None


def _granted(make: Factory, ticket):
    make.grant("Requestor", "ReplyToTicket", "ShowTicket")
    return ticket


def test_a_comment_tells_the_customer_nothing(work: Work, make: Factory) -> None:
    ticket = make.ticket()

    change_ticket(work, ticket, Comment(plain_message("hm")))

    assert ticket.told is None


@pytest.mark.parametrize("change", [Correspond(plain_message(" \n")), Comment(plain_message(""))])
def test_nothing_is_not_sent(change, work: Work, make: Factory) -> None:
    with pytest.raises(Refused, match="nothing to send"):
        change_ticket(work, make.ticket(), change)


def test_one_may_add_oneself_but_not_others(work_of: Callable[..., Work], make: Factory) -> None:
    bob, eve = make.customer("bob@client.example"), make.customer("eve@client.example")
    make.grant(bob, "Watch")
    ticket = make.ticket()

    change_ticket(work_of("bob@client.example"), ticket, AddWatcher("Cc", bob.id))
    with pytest.raises(Refused):
        change_ticket(work_of("bob@client.example"), ticket, AddWatcher("Cc", eve.id))
    with pytest.raises(Refused):
        change_ticket(work_of("bob@client.example"), ticket, AddWatcher("AdminCc", bob.id))


def test_a_watcher_is_added_and_removed_once(work: Work, make: Factory) -> None:
    ticket, bob = make.ticket(), make.customer("bob@client.example")

    outcome = change_ticket(
        work,
        ticket,
        AddWatcher("Cc", bob.id),
        AddWatcher("Cc", bob.id),
        DeleteWatcher("Cc", bob.id),
        DeleteWatcher("Cc", bob.id),
    )

    assert [entry.type for entry in outcome.transactions] == ["AddWatcher", "DelWatcher"]


def test_time_can_be_taken_back_but_not_below_nothing(work: Work, make: Factory) -> None:
    ticket = make.ticket()
    change_ticket(work, ticket, AddTime(30), AddTime(-10))

    with pytest.raises(Refused, match="20 minutes"):
        change_ticket(work, ticket, AddTime(-21))
    assert ticket.time_worked == 20


def test_a_site_of_another_organisation_is_refused(work: Work, make: Factory, db: Session) -> None:
    one, two = make.organization("One"), make.organization("Two")
    site = OrganizationSite(organization_id=two.id, name="Harbour")
    db.add(site)
    db.flush()

    with pytest.raises(Refused, match="another organisation"):
        change_ticket(work, make.ticket(), SetOrganization(one, site))


def test_an_empty_subject_is_refused(work: Work, make: Factory) -> None:
    with pytest.raises(Refused, match="subject is empty"):
        change_ticket(work, make.ticket(), SetSubject(" \n "))


@pytest.mark.parametrize("address", ["", "no at sign", "a b@example.com", "x" * 400 + "@example.com"])
def test_what_is_no_address_makes_nobody(address: str, work: Work) -> None:
    with pytest.raises(Invalid, match="not a mail address"):
        person_for_address(work, address)


def test_a_person_is_found_again_whatever_the_case(work: Work) -> None:
    made = person_for_address(work, "Ann@Client.example", "Ann")

    assert person_for_address(work, "ann@client.EXAMPLE").id == made.id


def test_creating_a_ticket_takes_a_fixed_number_of_statements(make: Factory, query_count) -> None:
    make.ticket()
    files = tuple(Part("text/plain", bytes([65 + n]) * 9, PartRole.FILE, f"{n}.txt") for n in range(3))
    ann = make.customer("ann@client.example")
    work, queue = make.system, make.queue()
    create = CreateTicket(
        queue=queue, subject="x", message=plain_message("y", files=files), requestors=(ann,)
    )
    with query_count() as first:
        create_ticket(work, create)
    many = CreateTicket(
        queue=queue, subject="x", message=plain_message("y", files=files * 5), requestors=(ann,)
    )

    with query_count() as second:
        create_ticket(work, many)

    assert second.total <= first.total
    assert first.total <= 30


def test_history_knows_the_face(make: Factory, work: Work, db: Session) -> None:
    ticket = make.ticket()
    change_ticket(work, ticket, Correspond(plain_message("x")))

    faces = db.execute(
        select(Transaction.type, Transaction.face).where(
            Transaction.object_type == "ticket",
            Transaction.object_id == ticket.id,
            Transaction.type.in_(("Create", "Correspond")),
        )
    ).all()
    assert {tuple(row) for row in faces} == {("Create", "system"), ("Correspond", "web")}
