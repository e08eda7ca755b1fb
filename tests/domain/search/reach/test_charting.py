"""Charts over what tickets hold and what happened to them: custom fields as the reader sees them, times in a status."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from rtpy.changes.customfields.ticket import SetCustomField
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Correspond
from rtpy.changes.ticket.status import SetStatus
from rtpy.content.part import plain_message
from rtpy.search.charting.charted import charted
from rtpy.search.fields.field import CannotSearch
from rtpy.search.language.parser import parse
from rtpy.search.language.printer import show
from rtpy.search.run import Search, count
from rtpy.search.saved import ChartChoice

TOKYO = ZoneInfo("Asia/Tokyo")
HELD = {
    "a": {"Colour": ["Red", "Green"], "Serial": ["AB-1"], "Visit": ["2026-03-02T22:30:00Z"]},
    "b": {"Colour": ["Green"], "Serial": ["ab-1"], "Expires": ["2026-03-31"], "Address": ["10.0.0.7"]},
    "c": {"Serial": ["It's {odd}, isn't it?"], "Address": ["2001:db8::7"]},
    "d": {},
}


def numbers(work, name, measure="count", query="", zone=TOKYO):
    """Labels with values, after each has been compared with what its query finds."""
    found = charted(work, Search(node=parse(query).node, zone=zone), ChartChoice((measure,), (name,)))
    for group, (cell,) in zip(found.first, found.cells, strict=True):
        text = show(cell.node)
        assert (group.label, count(work, Search(node=parse(text).node, zone=zone))) == (
            group.label,
            cell.count,
        )
    return {group.label: cell.values[0] for group, (cell,) in zip(found.first, found.cells, strict=True)}


@pytest.fixture
def fields(work, make, field):
    """Fields by name, and four tickets that hold values."""
    made = {
        "Colour": field("Colour", "Select", most=0, choices=("Red", "Green", "Blue")),
        "Serial": field("Serial"),
        "Visit": field("Visit", "DateTime"),
        "Expires": field("Expires", "Date"),
        "Address": field("Address", "IPAddress", most=0),
        "Notes": field("Notes", "Text"),
    }
    for name, held in HELD.items():
        changes = [SetCustomField(made[each], tuple(values)) for each, values in held.items()]
        ticket = make.ticket(name, requestor="ann@client.example" if name == "a" else "bob@client.example")
        if changes:
            change_ticket(work, ticket, *changes)
    return made


def test_values_of_custom_fields_make_groups_and_their_queries_find_them(work, fields):
    nothing = "(nothing)"
    assert numbers(work, "CF.{Colour}") == {"Red": 1, "Green": 2, nothing: 2}
    assert list(numbers(work, "CF.{Serial}").values()) == [2, 1, 1]
    assert numbers(work, "CF.{Visit}") == {"2026-03-03 07:30": 1, nothing: 3}
    assert numbers(work, "CustomField.{Expires}") == {"2026-03-31": 1, nothing: 3}
    assert numbers(work, "CF.{Address}") == {"10.0.0.7": 1, "2001:db8::7": 1, nothing: 2}
    with pytest.raises(CannotSearch, match="long texts"):
        numbers(work, "CF.{Notes}")


def test_values_that_one_may_not_see_are_nothing(work, work_of, make, fields, grant_on):
    jo = make.staff("jo")
    make.revoke("SeeCustomField", make.queue())
    make.grant(jo, "ShowTicket", "SeeQueue")
    with pytest.raises(CannotSearch, match="There is no custom field “Colour”"):
        numbers(work_of("jo"), "CF.{Colour}")
    grant_on(jo, "SeeCustomField", "custom_field", fields["Colour"])
    assert numbers(work_of("jo"), "CF.{Colour}") == {"Red": 1, "Green": 2, "(nothing)": 2}
    make.grant("Requestor", "SeeCustomField")
    ann = make.customer("ann@client.example")
    make.grant(ann, "ShowTicket")
    assert numbers(work_of("ann@client.example"), "CF.{Colour}") == {"Red": 1, "Green": 1, "(nothing)": 3}


def test_time_in_a_status_counts_each_stay_until_now(app, db, make, clock, work_of):
    ticket, other = make.ticket("back and forth"), make.ticket("never touched")
    for hours, status in ((2, "open"), (3, "stalled"), (5, "open"), (7, "resolved"), (1, None)):
        clock.advance(timedelta(hours=hours))
        if status:
            change_ticket(work_of("root"), ticket, SetStatus(status))
    hour = 3600
    expected = {
        "new": (2 + 18) * hour,
        "open": 10 * hour,
        "stalled": 5 * hour,
        "resolved": 1 * hour,
        "rejected": None,
    }
    said = {
        status: numbers(work_of("root"), "Queue", f"sum:InStatus.{status}")["General"] for status in expected
    }
    assert said == expected
    assert numbers(work_of("root"), "Status", "max:Age")["new"] == 18 * hour
    assert other.status == "new"


def test_the_first_answer_is_that_of_staff_who_did_not_ask(app, make, clock, work_of):
    jo = make.staff("jo", real_name="Jo")
    make.grant(jo, "ShowTicket", "ReplyToTicket", "SeeQueue")
    ticket = make.ticket("slow", requestor="ann@client.example")
    own = make.ticket("my own", requestor=jo.email_address)
    for who, minutes in (("ann@client.example", 10), ("jo", 30), ("jo", 60)):
        clock.advance(timedelta(minutes=minutes))
        for each in (ticket, own) if who == "jo" else (ticket,):
            change_ticket(work_of(who), each, Correspond(plain_message("Hello")))
    assert numbers(work_of("root"), "Queue", "max:Created-FirstAnswer") == {"General": 40 * 60}
