"""Result columns: what each shows, who sees it, and in how many queries a page is read."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rtpy.changes.bookmarks import bookmark
from rtpy.changes.custom_roles import RoleValues, create_custom_role
from rtpy.changes.customfields.checking import GivenFields
from rtpy.changes.customfields.defining import FieldSettings, create_field
from rtpy.changes.customfields.others import set_fields
from rtpy.changes.customfields.ticket import SetCustomField
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.basics import SetPriority
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.dates import SetDate
from rtpy.changes.ticket.links import AddLink
from rtpy.changes.ticket.owner import SetOwner
from rtpy.changes.ticket.people import AddWatcher
from rtpy.changes.ticket.time import AddTime
from rtpy.content.part import plain_message
from rtpy.customfields.kinds import Lookup
from rtpy.models import Link
from rtpy.rights.names import Right
from rtpy.search.columns.column import CannotShow, Kind, Linked
from rtpy.search.columns.named import all_names, column_named
from rtpy.search.columns.rows import rows_of
from rtpy.testing.fixtures import START

BERLIN = ZoneInfo("Europe/Berlin")
DUE = START + timedelta(days=1)


def cells(work, tickets, *names):
    columns = [column_named(work, name) for name in names]
    return [row.values for row in rows_of(work, [each.id for each in tickets], columns, BERLIN)]


def cell(work, ticket, name):
    [(value,)] = cells(work, [ticket], name)
    return value


@pytest.fixture
def ticket(work, make):
    """With something in each place."""
    company = make.organization("Client Ltd", "client.example")
    jo = make.staff("jo", real_name="Jo Bloggs")
    ann = make.customer("ann@client.example", "Ann Miller")
    ann.city = "Oslo"
    ticket = make.ticket("Printer on fire", cc=["bob@client.example"])
    done = (SetOwner(jo), SetDate("Due", DUE), AddTime(15), SetPriority(75), Comment(plain_message("Hm.")))
    change_ticket(work, ticket, *done)
    assert ticket.organization_id == company.id
    return ticket


def test_each_plain_column_shows_the_tickets_value(work, ticket):
    told = {
        "id": ticket.id,
        "Subject": "Printer on fire",
        "status": "new",
        "QueueName": "General",
        "Queue": ticket.queue_id,
        "Owner": ("Jo Bloggs",),
        "OwnerName": "jo",
        "OwnerNameEdit": "jo",
        "Requestors": ("Ann Miller",),
        "Requestor.EmailAddress": ("ann@client.example",),
        "requestors.city": ("Oslo",),
        "Owner.Name": ("jo",),
        "Cc": ("bob@client.example",),
        "AdminCc": (),
        "LastUpdatedBy": ("Root",),
        "Organization": "Client Ltd",
        "Site": "",
        "Priority": "High",
        "PriorityNumber": 75,
        "Created": START,
        "CreatedRelative": START,
        "Due": DUE,
        "DueRelative": DUE,
        "Starts": None,
        "TimeWorked": 15,
        "TotalTimeWorked": 15,
        "EffectiveId": ticket.id,
        "Type": "ticket",
        "MemberOf": (),
    }
    assert cells(work, [ticket], *told) == [tuple(told.values())]


def test_every_name_that_is_offered_is_a_column(work, ticket):
    row = cells(work, [ticket], *all_names(work))
    assert len(row[0]) == len(all_names(work)) > 50


def test_rows_stand_in_the_order_of_the_ids(work, make):
    one, two, three = (make.ticket(name) for name in ("One", "Two", "Three"))
    assert cells(work, [two, three, one], "Subject") == [("Two",), ("Three",), ("One",)]


def test_what_the_reader_may_not_see_is_no_row(work_of, make):
    make.staff("jo")
    seen, hidden = make.ticket("Seen"), make.ticket("Hidden", queue="Board")
    make.revoke(Right.SHOW_TICKET, make.queue("Board"))
    assert cells(work_of("jo"), [hidden, seen], "Subject") == [("Seen",)]


def test_links_name_their_other_end_as_far_as_it_may_be_seen(work, work_of, make):
    make.staff("jo")
    one, seen, hidden = make.ticket("One"), make.ticket("Seen"), make.ticket("Hidden", queue="Board")
    make.revoke(Right.SHOW_TICKET, make.queue("Board"))
    for uri in (str(seen.id), str(hidden.id), "https://wiki.example/x"):
        change_ticket(work, one, AddLink("DependsOn", uri))
    work.db.add(Link(type="DependsOn", base="x", target="asset:5", local_base_id=one.id))
    work.db.flush()
    jo = work_of("jo")
    told = cell(jo, one, "DependsOn")
    assert [(each.label, each.ticket_id, each.is_seen) for each in told] == [
        (f"#{seen.id} Seen", seen.id, True),
        (f"#{hidden.id}", hidden.id, False),
        ("https://wiki.example/x", None, True),
        ("asset:5", None, False),
    ]
    assert [each.ticket_id for each in cell(jo, seen, "DependedOnBy")] == [one.id]
    assert cell(jo, one, "DependsOn.{Asset}") == (Linked("asset:5", "asset:5", is_seen=False),)
    assert [each.ticket_id for each in cell(jo, one, "dependson.ticket")] == [seen.id, hidden.id]
    assert cell(jo, one, "ExtendedStatus") == "pending 1 other ticket"


def test_total_time_counts_everything_below_once_and_only_what_is_seen(work, work_of, make):
    make.staff("jo")
    top, part, deep, hidden = (make.ticket(name) for name in ("Top", "Part", "Deep", "Hidden"))
    secret = make.ticket("Secret", queue="Board")
    make.revoke(Right.SHOW_TICKET, make.queue("Board"))
    for each, minutes in ((top, 1), (part, 10), (deep, 100), (secret, 1000)):
        change_ticket(work, each, AddTime(minutes))
    for low, high in ((part, top), (deep, part), (deep, top), (secret, top)):
        change_ticket(work, low, AddLink("MemberOf", str(high.id)))
    names = [top, part, hidden]
    assert cells(work, names, "TotalTimeWorked") == [(1111,), (110,), (0,)]
    assert cells(work_of("jo"), names, "TotalTimeWorked") == [(111,), (110,), (0,)]


def test_news_are_messages_of_others_that_the_reader_may_read(work, work_of, make):
    make.staff("jo")
    ticket = make.ticket()
    change_ticket(work, ticket, Correspond(plain_message("Yes?")), Comment(plain_message("Hm.")))
    assert cells(work_of("jo"), [ticket], "UpdateStatus", "UnreadMessages") == [("New messages", 2)]
    make.revoke(Right.SHOW_TICKET_COMMENTS, make.queue())
    assert cell(work_of("jo"), ticket, "UnreadMessages") == 1
    assert cells(work, [ticket], "UpdateStatus", "UnreadMessages") == [("", 0)]


def test_bookmarks_are_the_readers_own(work, work_of, make):
    make.staff("jo")
    ticket = make.ticket()
    bookmark(work, ticket)
    assert (cell(work, ticket, "Bookmark"), cell(work_of("jo"), ticket, "Bookmark")) == ("yes", "")


# --- custom fields and roles ---


@pytest.fixture
def field(work):
    """Makes fields of tickets that stand everywhere; who sees them is up to their queues."""
    return lambda name, **more: create_field(work, FieldSettings(name, **more), everywhere=True, staff="")


def test_custom_fields_show_their_values_typed(work, make, field):
    ticket = make.ticket()
    for name, typed, values in (
        ("Serial number", {"type": "Freeform", "max_values": 0}, ("A 1", "B, 2")),
        ("Warranty", {"type": "Date"}, ("2026-05-01",)),
        ("Visit", {"type": "DateTime"}, ("2026-05-01 12:00",)),
        ("Net", {"type": "IPAddress"}, ("10.0.0.1",)),
    ):
        change_ticket(work, ticket, SetCustomField(field(name, **typed).id, values))
    names = ("CustomField.{Serial number}", "CF.Warranty", "CustomFieldView.{visit}", "cf.{Net}")
    assert cells(work, [ticket], *names) == [
        (
            ("A 1", "B, 2"),
            date(2026, 5, 1),
            datetime(2026, 5, 1, 12, tzinfo=UTC),
            ("10.0.0.1",),
        )
    ]
    kinds = [column_named(work, name).kind for name in names]
    assert kinds == [Kind.TEXT, Kind.DATE, Kind.DATE, Kind.TEXT]
    assert column_named(work, "cf.{warranty}").name == "CustomField.{Warranty}"


def test_a_custom_field_is_empty_where_the_reader_may_not_see_it_and_none_where_they_see_it_nowhere(
    work, work_of, make, field
):
    jo = make.staff("jo")
    secret, ticket = field("Secret", type="Freeform"), make.ticket()
    change_ticket(work, ticket, SetCustomField(secret.id, ("hush",)))
    make.revoke(Right.SEE_CUSTOM_FIELD, make.queue())
    for name in ("Secret", str(secret.id)):
        with pytest.raises(CannotShow) as wrong:
            column_named(work_of("jo"), f"CF.{{{name}}}")
        assert str(wrong.value) == f"There is no custom field {name} of tickets, or you may not see it."
    make.grant("Owner", Right.SEE_CUSTOM_FIELD)
    assert cell(work_of("jo"), ticket, "CF.{Secret}") == ()
    change_ticket(work, ticket, SetOwner(jo))
    assert cell(work_of("jo"), ticket, "CF.{Secret}") == ("hush",)


def test_fields_of_people_and_custom_roles_stand_behind_roles(work, make):
    ticket = make.ticket()
    role = create_custom_role(work, RoleValues("Technician", places=frozenset([ticket.queue_id])))
    kim = make.staff("kim", real_name="Kim Lee")
    change_ticket(work, ticket, AddWatcher(f"CustomRole-{role.id}", kim.id))
    names = ("CustomRole.{Technician}", "customrole.technician.EmailAddress", f"CustomRole.{role.id}.id")
    assert cells(work, [ticket], *names) == [(("Kim Lee",), ("kim@staff.example",), (str(kim.id),))]
    field = create_field(work, FieldSettings("Floor", lookup=Lookup.USER), everywhere=True)
    set_fields(work, Lookup.USER, kim.id, GivenFields({field.id: ("3",)}))
    assert cell(work, ticket, "CustomRole.{Technician}.CF.{Floor}") == ("3",)
    assert cell(work, ticket, "Requestor.CustomField.{Floor}") == ()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Subjct", "There is no column Subjct. Did you mean Subject?"),
        ("Qqqqqq", "There is no column Qqqqqq."),
        (
            "CF.{Serial}",
            "There is no custom field Serial of tickets, or you may not see it. Did you mean Serial number?",
        ),
        ("CustomRole.{Boss}", "There is no custom role Boss."),
        (
            "Requestor.Shoes",
            "There is no column Requestor.Shoes. After a role and a dot may stand EmailAddress",
        ),
        ("Requestor.CF.{Shoes}", "There is no custom field Shoes of people, or you may not see it."),
        ("MemberOf.{Car}", "There is no column MemberOf.{Car}."),
    ],
)
def test_what_is_no_column_is_said_with_what_is_meant(work, field, name, sentence):
    field("Serial number")
    with pytest.raises(CannotShow) as wrong:
        column_named(work, name)
    assert str(wrong.value).startswith(sentence)


def test_names_of_fields_that_the_reader_may_not_see_are_not_suggested(work_of, make, field):
    field("Secret plan")
    make.staff("jo")
    make.revoke(Right.SEE_CUSTOM_FIELD, make.queue())
    with pytest.raises(CannotShow) as wrong:
        column_named(work_of("jo"), "CF.{Secret plans}")
    assert str(wrong.value) == "There is no custom field Secret plans of tickets, or you may not see it."


def test_a_page_takes_as_many_queries_for_fifty_rows_as_for_one(work_of, make, field, query_count):
    make.staff("jo")
    field("Serial number")
    tickets = [make.ticket(f"Ticket {number}") for number in range(50)]
    make.grant("Owner", Right.SEE_CUSTOM_FIELD)
    jo = work_of("jo")
    names = (*all_names(jo), "CF.{Serial number}", "Requestor.EmailAddress", "Owner.City")
    totals = []
    for ids in (tickets[:1], tickets, []):
        cells(jo, ids[:1], *names)  # what is remembered is read
        with query_count() as count:
            assert len(cells(jo, ids, *names)) == len(ids)
        totals.append(count.total)
    # rows, single people, watchers, contents, roles of the reader, links, dependencies, sums, unread, bookmarks
    assert totals[0] == totals[1] <= 10
    with query_count() as count:
        cells(jo, tickets, "id", "Subject", "Status", "QueueName", "CreatedRelative")
    assert count.total == 1
