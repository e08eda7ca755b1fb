"""What customers read of a request, and what they never do (A21, A22, A30)."""

import pytest
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.plugin_settings import save_settings
from rtpy.changes.ticket.basics import SetPriority, SetSubject
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.correct import CorrectReply
from rtpy.changes.ticket.merge import MergeInto
from rtpy.changes.ticket.owner import SetOwner
from rtpy.changes.ticket.people import AddWatcher
from rtpy.changes.ticket.squelching import SquelchAddress
from rtpy.changes.ticket.status import SetStatus
from rtpy.changes.ticket.time import AddTime
from rtpy.content.part import Message, Part, PartRole, plain_message
from rtpy.history.ball import Ball, Holder
from rtpy.models import OutgoingMail, Ticket
from rtpy_portal.access.sight import find_request
from rtpy_portal.access.visitor import Visitor, Way
from rtpy_portal.requests.reading import read_request
from rtpy_portal.requests.telling import SetSight, TellAfterwards

SECRET = "xyzzy"


def said(request):
    return "\n".join(each.html for each in request.messages)


@pytest.mark.databases("sqlite")  # what is public is asked by one clause, which the core tests on both
def test_nothing_internal_is_in_what_customers_read(work, make, ann, as_ann, say, db):
    ticket = make.ticket(queue=f"{SECRET}-queue")
    jo = make.staff(f"{SECRET}-jo")
    make.grant(jo, "OwnTicket")
    file = Part("text/plain", b"x", PartRole.FILE, filename=f"{SECRET}.txt")
    blind = Message(
        plain_message("Public words.").parts,
        one_time_bcc=(f"{SECRET}@blind.example",),
        one_time_cc=(f"{SECRET}@copy.example",),
    )
    change_ticket(
        work,
        ticket,
        Comment(plain_message(f"{SECRET} says the tech", files=(file,)), minutes=7),
        SetOwner(jo),
        AddWatcher("AdminCc", jo.id),
        AddWatcher("Cc", make.staff(f"{SECRET}-copied").id),
        SetPriority(73),
        AddTime(11),
        SquelchAddress(f"{SECRET}@client.example"),
        Correspond(blind),
    )
    found = read_request(as_ann, ann, find_request(db, ann, ticket.id), say)
    assert "Public words." in said(found)
    assert SECRET not in repr(found)
    assert [each.name for each in found.participants] == ["Ann Client"]


def test_the_timeline_speaks_customers_words(work, make, ann, as_ann, say):
    ticket = make.ticket()
    for status in ("open", "stalled", "open", "resolved", "open", "rejected"):
        change_ticket(work, ticket, SetStatus(status))
    change_ticket(work, ticket, SetSubject("Printer off"))
    found = read_request(as_ann, ann, ticket, say)
    assert [each.text for each in found.timeline] == [
        "We received your request.",
        "We took it up.",
        "We are waiting for you.",
        "We went on with it.",
        "It is solved.",
        "It was opened again.",
        "It was closed.",
        "The subject was “Printer on fire”, and is “Printer off” now.",
    ]
    assert found.ball == Ball(Holder.NOBODY)


@pytest.mark.parametrize(
    ("status", "holder"), [("new", "us"), ("open", "us"), ("stalled", "customer"), ("resolved", "nobody")]
)
@pytest.mark.databases("sqlite")  # nothing here is asked of the database
def test_who_has_the_next_step_goes_by_the_status_when_no_plugin_knows(
    work, make, ann, as_ann, say, status, holder
):
    ticket = make.ticket()
    change_ticket(work, ticket, SetStatus(status))
    assert read_request(as_ann, ann, ticket, say).ball.holder == holder


@pytest.mark.parametrize(
    ("wish", "name"), [("full", "Jo Smith"), ("first", "Jo"), ("team", "rt.example.com")]
)
@pytest.mark.databases("sqlite")  # a matter of words
def test_names_of_staff_are_shown_as_the_firm_wishes(work, work_of, make, ann, as_ann, say, wish, name, db):
    save_settings(work, "portal", {"portal.names": wish, "portal.name": "rt.example.com"})
    ticket = make.ticket()
    make.grant(make.staff("jo", real_name="Jo Smith"), "ReplyToTicket")
    change_ticket(work_of("jo"), ticket, Correspond(plain_message("Done.")))
    asked, answered = read_request(as_ann, ann, ticket, say).messages
    assert (answered.who, answered.side) == (name, "staff")
    assert asked.who != "RT_System"
    headers = db.scalars(
        select(OutgoingMail.headers)
        .where(OutgoingMail.internal.is_(False), OutgoingMail.automatic.is_(False))
        .order_by(OutgoingMail.id.desc())
    ).first()
    assert dict(headers)["From"].startswith((f'"{name} via', f"{name} via"))


def test_a_merge_shows_nobody_what_they_could_not_see_before(work, make, visitor_of, as_ann, say, ann):
    """A30, both ways."""
    hers = make.ticket(text="of Ann")
    his = make.ticket(text=f"{SECRET} of Ben", requestor="ben@other.example")
    change_ticket(work, his, MergeInto(hers))
    ben = visitor_of(make.customer("ben@other.example"))
    assert SECRET not in said(read_request(as_ann, ann, hers, say))
    for_ben = said(read_request(ben.acting(work), ben, hers, say))
    assert SECRET in for_ben  # his own words stay his
    key = Visitor(ann.user_id, ann.login_name, ann.name, Way.KEY, ticket_id=hers.id)
    assert SECRET not in said(read_request(as_ann, key, hers, say))


def test_what_was_merged_and_is_hidden_stays_hidden(work, make, ann, as_ann, say):
    hers, alert = make.ticket(text="of Ann"), make.ticket(text=f"{SECRET} alert")
    change_ticket(work, alert, SetSight(is_private=False, is_hidden=True))
    change_ticket(work, alert, MergeInto(hers))
    assert SECRET not in said(read_request(as_ann, ann, hers, say))


@pytest.mark.parametrize(
    ("hide", "seen"), [(lambda: SetSight(False, True), False), (lambda: SetSight(True, False), True)]
)
def test_a_hidden_request_is_seen_by_nobody_a_private_one_by_its_people(work, make, ann, db, hide, seen):
    ticket = make.ticket()
    change_ticket(work, ticket, hide())
    assert (find_request(db, ann, ticket.id) is not None) is seen


@pytest.mark.databases("sqlite")  # two columns
def test_what_went_wrong_and_how_it_was_fixed_is_told(work, make, ann, as_ann, say):
    ticket = make.ticket()
    change_ticket(work, ticket, TellAfterwards("A cable.", "A new cable."))
    found = read_request(as_ann, ann, ticket, say)
    assert (found.went_wrong, found.how_fixed) == ("A cable.", "A new cable.")


def test_a_long_request_takes_no_more_queries_than_a_short_one(work, make, ann, as_ann, say, db, query_count):
    counts = []
    for messages in (1, 8):
        ticket = make.ticket(cc=("cc@client.example",))
        for _ in range(messages):
            change_ticket(work, ticket, Correspond(plain_message("More.")))
        db.commit()
        db.expunge_all()
        found = db.get_one(Ticket, ticket.id)
        db.refresh(found, ["queue"])
        read_request(as_ann, ann, found, say)  # settings and the like are known now
        with query_count() as count:
            read_request(as_ann, ann, found, say)
        counts.append(count.total)
    assert counts[0] == counts[1] <= 8


@pytest.mark.databases("sqlite")  # how corrections are found is the core's
def test_a_correction_is_read_with_what_it_said_before(work, make, ann, as_ann, say):
    ticket = make.ticket()
    reply = change_ticket(work, ticket, Correspond(plain_message("At noon."))).transactions[0]
    change_ticket(work, ticket, CorrectReply(reply.id, plain_message("At one.")))
    last = read_request(as_ann, ann, ticket, say).messages[-1]
    assert "At one." in last.html
    assert ["At noon." in html for _, html in last.earlier] == [True]
