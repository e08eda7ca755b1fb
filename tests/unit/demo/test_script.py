"""The script of the sample consultancy keeps what it promises: numbers, people, dates, and the same bytes."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.utils import getaddresses, parseaddr

import pytest

from rtpy.demo.events import (
    AddCc,
    Give,
    MailIn,
    Merge,
    PhoneTicket,
    SetDue,
    SetPriority,
    SetStatus,
    StaffComment,
    StaffReply,
    Take,
    with_ticket,
)
from rtpy.demo.hours import BERLIN
from rtpy.demo.people import consultancy, demo_folder
from rtpy.demo.script import opens_ticket, script
from rtpy.demo.threads import read_plots

END = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
RESERVED = (".example", ".test")
HOUSE = consultancy(1)


@pytest.fixture(scope="module")
def events():
    return list(script(1, END))


@pytest.fixture(scope="module")
def mails(events):
    found = [event for event in events if isinstance(event, MailIn)]
    return [(event, message_from_bytes(event.raw, policy=policy.default)) for event in found]


@pytest.fixture(scope="module")
def final(events):
    """Of each ticket its status, owner and date of promise at the end, as the events leave them."""
    state = defaultdict(lambda: {"status": "new", "owner": None, "due": None})
    for event in events:
        ticket = state[event.key]
        match event:
            case MailIn(opens=False) if ticket["status"] in ("resolved", "stalled"):
                ticket["status"] = "open"
            case StaffReply(status=str(status)) | StaffComment(status=str(status)) | SetStatus(status=status):
                ticket["status"] = status
            case Take(staff=owner) | Give(to=owner):
                ticket["owner"] = owner
            case SetDue(due=due):
                ticket["due"] = due
            case Merge():
                ticket["status"] = "merged"
    return state


def test_the_same_seed_gives_the_same_events(events):
    assert list(script(1, END)) == events


@pytest.mark.parametrize(
    ("seed", "end"),
    [(3, END), (4, datetime(2026, 3, 31, 0, 30, tzinfo=UTC)), (12, datetime(2025, 1, 5, 23, tzinfo=UTC))],
)
def test_whatever_the_seed_and_the_end_there_are_300_other_tickets_in_90_days(seed, end, events):
    others = events
    events = list(script(seed, end))
    assert events != others
    assert sum(map(opens_ticket, events)) == 300
    assert all(end - timedelta(days=90) <= event.at < end for event in events)
    assert [event.at for event in events] == sorted(event.at for event in events)


def test_the_house_has_its_people():
    assert len(HOUSE.organizations) == 8
    assert len(HOUSE.staff) == 6
    assert len(HOUSE.customers) == len({customer.email for customer in HOUSE.customers}) == 40
    assert {queue.name for queue in HOUSE.queues} == {"General", "Network", "Projects", "Security"}


@pytest.mark.parametrize("organization", HOUSE.organizations, ids=lambda organization: organization.key)
def test_a_client_has_domains_sites_technologies_and_someone_to_ask(organization):
    assert 1 <= len(organization.domains) <= 3
    assert 1 <= len(organization.sites) <= 3
    assert organization.technologies
    people = [customer for customer in HOUSE.customers if customer.organization == organization.key]
    assert sum(customer.is_contact for customer in people) == 1
    assert {customer.site for customer in people} <= {site.name for site in organization.sites}


def test_there_are_enough_plots_for_threads_not_to_look_alike():
    plots = read_plots(demo_folder() / "threads")
    assert len(plots) == len({plot.name for plot in plots}) >= 45


@pytest.mark.parametrize("plot", read_plots(demo_folder() / "threads"), ids=lambda plot: plot.name)
def test_every_way_to_open_a_thread_can_be_answered(plot):
    assert plot.queue in {queue.name for queue in HOUSE.queues}
    assert any(plot.skill in staff.skills for staff in HOUSE.staff)
    for opening in range(1, len(plot.steps[0].texts) + 1):
        assert any(text.fits(opening, "kind") for text in plot.subjects)
        ours = [step for step in plot.steps if step.role in ("staff", "comment")]
        assert any(text.fits(opening, "") for step in ours for text in step.texts)


def test_every_ticket_is_opened_once_before_anything_else_happens_to_it(events):
    opened = set()
    for event in events:
        if opens_ticket(event):
            assert event.key not in opened
            opened.add(event.key)
        assert event.key in opened


def test_every_thread_has_a_requestor(events, mails):
    senders = {id(event): parseaddr(str(message["From"]))[1] for event, message in mails}
    openers = [senders.get(id(event)) or event.customer for event in events if opens_ticket(event)]
    people = {customer.email for customer in HOUSE.customers}
    domains = {domain for organization in HOUSE.organizations for domain in organization.domains}
    assert all(address in people or address.partition("@")[2] in domains for address in openers)
    assert sum(address in people for address in openers) > 240


def test_all_addresses_are_under_reserved_domains(events, mails):
    fields = ("From", "To", "Cc", "Reply-To")
    lines = [str(message[field]) for _, message in mails for field in fields if message[field]]
    addresses = [address for _, address in getaddresses(lines)]
    addresses += [event.customer for event in events if isinstance(event, AddCc | PhoneTicket)]
    addresses += [staff.email for staff in HOUSE.staff] + [queue.address for queue in HOUSE.queues]
    assert all(address.endswith(RESERVED) for address in addresses)


def test_customers_mails_parse_without_a_defect(mails):
    for _, message in mails:
        assert [part.defects for part in message.walk() if part.defects] == []
        assert message.get_body(("plain",)).get_content().strip()
        assert message["Date"].datetime
        assert "{" not in message.get_body(("plain",)).get_content()


def test_a_mail_is_dated_when_it_arrives(mails):
    assert all(abs(message["Date"].datetime - event.at) < timedelta(seconds=1) for event, message in mails)


def test_message_ids_are_unique(mails):
    ids = Counter(message["Message-ID"] for _, message in mails)
    assert max(ids.values()) == 1


def test_only_replies_hold_places_for_their_ticket(mails):
    for event, message in mails:
        assert (f"{{tag:{event.key}}}" in message["Subject"]) is not event.opens
        assert (message["In-Reply-To"] == f"{{msgid:{event.key}}}") is not event.opens


def test_the_places_are_filled_in_the_headers_only():
    raw = b"Subject: Re: {tag:x-1} it\r\nIn-Reply-To: {msgid:x-1}\r\n\r\n{tag:x-1}\r\n"
    filled = with_ticket(raw, lambda key: f"[test #{len(key)}]", lambda key: f"<{key}@test>")
    assert filled == b"Subject: Re: [test #3] it\r\nIn-Reply-To: <x-1@test>\r\n\r\n{tag:x-1}\r\n"


def test_replies_come_from_people_on_the_ticket(events, mails):
    senders = {id(event): parseaddr(str(message["From"]))[1] for event, message in mails}
    on_ticket = defaultdict(set)
    for event in events:
        match event:
            case MailIn(opens=False):
                assert senders[id(event)] in on_ticket[event.key]
            case MailIn():
                on_ticket[event.key].add(senders[id(event)])
            case PhoneTicket() | AddCc():
                on_ticket[event.key].add(event.customer)


def test_staff_work_in_office_hours(events):
    staff = [event for event in events if isinstance(event, StaffReply | Take | Give | Merge)]
    local = [event.at.astimezone(BERLIN) for event in staff]
    assert all(at.weekday() < 5 for at in local)
    assert all(7 < at.hour < 19 for at in local)


def test_customers_and_machines_write_at_night_too(mails):
    hours = Counter(event.at.astimezone(BERLIN).hour for event, _ in mails)
    assert sum(hours[hour] for hour in (22, 23, 0, 1, 2, 3, 4)) > 5


def test_time_worked_is_noted_on_every_answer(events):
    minutes = [
        event.minutes for event in events if isinstance(event, StaffReply | StaffComment | PhoneTicket)
    ]
    assert 5 <= min(minutes)
    assert max(minutes) <= 120
    assert len(set(minutes)) > 10


def test_no_two_people_open_a_ticket_in_the_same_words(mails):
    first = [message for event, message in mails if event.opens and not message["Auto-Submitted"]]
    texts = Counter(message.get_body(("plain",)).get_content() for message in first)
    assert max(texts.values()) == 1


def test_the_tickets_stand_in_every_way_at_the_end(final):
    status = Counter(ticket["status"] for ticket in final.values())
    waiting = [ticket for ticket in final.values() if ticket["status"] in ("new", "open", "stalled")]
    assert status["merged"] == 12
    assert status["resolved"] > 200
    assert status["rejected"] >= 1
    assert status["stalled"] >= 5
    assert sum(ticket["owner"] is None for ticket in waiting) >= 3
    assert sum(ticket["due"] is not None and ticket["due"] < END for ticket in waiting) >= 3
    assert len(waiting) >= 25


def test_some_are_reopened_and_some_handed_on(events):
    resolved, reopened = set(), 0
    for event in events:
        if getattr(event, "status", None) == "resolved":
            resolved.add(event.key)
        elif isinstance(event, MailIn) and not event.opens and event.key in resolved:
            reopened += 1
    kinds = Counter(type(event) for event in events)
    assert reopened > 15
    assert min(kinds[Give], kinds[SetPriority], kinds[AddCc], kinds[PhoneTicket]) > 3


def test_one_client_writes_a_lot(mails):
    domains = Counter(parseaddr(str(message["From"]))[1].partition("@")[2] for _, message in mails)
    belmont = domains["belmont-logistics.example"] + domains["belmont-freight.test"]
    assert belmont > 2 * domains["hartwig-maschinen.example"]


def test_some_write_german_and_some_french(mails):
    bodies = [message.get_body(("plain",)).get_content() for _, message in mails]
    assert sum("Grüße" in body or "Gruß" in body for body in bodies) >= 5
    assert sum("ordialement" in body or "merci" in body.lower() for body in bodies) >= 3
