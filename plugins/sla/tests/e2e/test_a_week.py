"""A week of two customers in two zones, played with a clock that the test sets, in a real browser.

Gold is in Berlin: 9 to 12 and 13 to 17, and Good Friday and Easter Monday are holidays. Bronze is in New York, 8 to 18,
where both are ordinary days. Every figure in KEPT and COUNTED was worked out by hand, as the comments say.
"""

import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from rtpy.app import App
from rtpy.clock import SettableClock
from rtpy.identity.sessions import start_session
from rtpy.jobs.worker import run_once
from rtpy.models import Queue, Ticket, User
from rtpy.testing.looking import accessible, chromium, person
from rtpy.testing.people import Factory
from rtpy.testing.servers import chromium_path
from rtpy.testing.serving import serving
from rtpy_sla.models import ClockRow

pytestmark = [
    pytest.mark.browser,
    pytest.mark.databases("sqlite"),  # what differs between databases is tried where the rows are written
    pytest.mark.skipif(chromium_path() is None, reason="Chromium or libatomic is not installed."),
]

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
CLINIC, SCHOOL = "Harbour Clinic", "Hudson Schools"
HOUR, MINUTE = 3600, 60

COUNTED = {
    # Wed 10:00 to 11:30.
    ("Server room", "first_response"): (1 * HOUR + 30 * MINUTE, "met"),
    # The customer writes on Wed 16:00: an hour until 17:00, and Thu 9:00 to 9:45.
    ("Server room", "next_response"): (1 * HOUR + 45 * MINUTE, "met"),
    # 1:30 on Wed, paused until the customer writes, 1:00 until the evening; Thu 9 to 12 and 13 to 16: 8:30 of 8 hours.
    ("Server room", "resolution"): (8 * HOUR + 30 * MINUTE, "missed"),
    ("No mail", "first_response"): (30 * MINUTE, "met"),
    # From Thu 15:00 urgent, which counts around the clock and from the creation at 14:00: until 17:45.
    ("No mail", "resolution"): (3 * HOUR + 45 * MINUTE, "met"),
    # Thu 16:30 to 17:00; closed from Friday to Monday; Tue 9:00 to 10:00.
    ("New laptop", "first_response"): (1 * HOUR + 30 * MINUTE, "met"),
    # Thu 0:30, Tue 9 to 11; solved until the customer writes at 14:00; then until 15:00.
    ("New laptop", "resolution"): (3 * HOUR + 30 * MINUTE, "met"),
    ("New laptop", "next_response"): (1 * HOUR, "met"),
    # Wed 17 to 18, Thu 8 to 12: five hours of four.
    ("Projector", "first_response"): (5 * HOUR, "excused"),
    # Wed 1, Thu 10, Fri 8 to 16 (no holiday here): 19 hours of 20.
    ("Projector", "resolution"): (19 * HOUR, "met"),
    ("Door locks", "first_response"): (30 * MINUTE, "met"),
    # Thu 9 to 10; the maker has the ball until Fri 15:00; then until 18:00, and Mon 8 to 10.
    ("Door locks", "resolution"): (6 * HOUR, "met"),
    # Promised on Thu 9:30 for Fri 12:00 by any clock, still open when the door locks were repaired on Mon 10:00.
    ("Door locks", "promise"): (96 * HOUR + 30 * MINUTE, "missed"),
}
KEPT = {
    # policy, target: met, missed, excused
    ("Gold", "First response"): (3, 0, 0),
    ("Gold", "Next response"): (2, 0, 0),
    ("Gold", "Resolution"): (2, 1, 0),
    ("Bronze", "First response"): (1, 0, 1),
    ("Bronze", "Resolution"): (2, 0, 0),
    ("Bronze", "Promise"): (0, 1, 0),
}


@dataclass
class Week:
    """The site while the week goes by: its clock, its mail, and root's browser."""

    app: App
    clock: SettableClock
    url: str
    page: Page

    def at(self, when: str, zone: ZoneInfo) -> None:
        """It is now this time there; the worker has done what was due."""
        self.clock.set(datetime.fromisoformat(f"2026-04-{when}").replace(tzinfo=zone))
        run_once(self.app)

    def mail(self, sender: str, subject: str, number: int = 0) -> None:
        """A customer's mail; with a number an answer to that request."""
        tag = f"Re: [{self.app.config.rtname} #{number}] " if number else ""
        at = self.clock.now().strftime("%a, %d %b %Y %H:%M:%S +0000")
        ident = f"{at}{subject}{number}".replace(" ", "").replace(",", "").replace(":", "")
        raw = (
            f"From: {sender}\r\nTo: support@staff.example\r\nSubject: {tag}{subject}\r\nDate: {at}\r\n"
            f"Message-ID: <{ident}@client.example>\r\n\r\nPlease help us with this.\r\n"
        )
        form = urllib.parse.urlencode({"queue": "General", "action": "correspond", "message": raw})
        with urllib.request.urlopen(
            f"{self.url}/REST/1.0/NoAuth/mail-gateway", data=form.encode(), timeout=20
        ) as answer:
            assert answer.read().startswith(b"ok")

    def reply(self, number: int, text: str, status: str = "", until: str = "") -> None:
        """Answer in the browser, with a status, and with the promise of a moment of UTC."""
        page = self.page
        page.goto(f"/ticket/{number}")
        page.fill("#reply-text", text)
        if status:
            page.select_option("#reply-status", status)
        if until:
            page.locator(".sla-promising summary").first.click()
            page.fill("#reply-until-at", until)
            page.fill("#reply-promise", "we tell you when the new locks come")
        page.locator("[data-send=reply]").click()
        expect(page.locator("#conversation")).to_contain_text(text)


def test_a_week_of_gold_and_bronze(week: Callable[[], Week]) -> None:
    with week() as life:
        _set_up(life.page)
        _live(life)
        _excuse(life)
        assert _counted(life.app) == COUNTED
        assert _reported(life.page) == KEPT


@pytest.fixture
def week(committed_app: App, clock: SettableClock) -> Callable[[], Week]:
    """The site, opened on a Wednesday morning in April with nothing set up but who the customers are."""

    @contextmanager
    def open_it() -> Iterator[Week]:
        clock.set(datetime(2026, 4, 1, 6, tzinfo=BERLIN))
        app = committed_app
        with app.sessions() as db:
            make = Factory(app, db)
            make.organization(CLINIC, "clinic.example")
            make.organization(SCHOOL, "schools.example")
            queue = db.scalars(select(Queue).where(Queue.name == "General")).one()
            queue.correspond_address = "support@staff.example"
            root = db.scalars(select(User).where(User.name == "root")).one()
            cookie = start_session(db, root.id, now=clock.now(), days=30)
            db.commit()
        with serving(app) as url, chromium() as browser, person(browser, url, cookie) as page:
            yield Week(app, clock, url, page)

    return open_it


def _set_up(page: Page) -> None:
    _calendar(page, "Berlin office", "Europe/Berlin", "09:00-12:00, 13:00-17:00", "DE")
    _calendar(page, "New York office", "America/New_York", "08:00-18:00", "")
    _policy(
        page,
        "Gold",
        CLINIC,
        "Berlin office",
        {"first_response": "2h", "next_response": "4h", "resolution": "8h"},
    )
    page.get_by_role("link", name="Gold").first.click()
    page.get_by_role("button", name="Other terms from a higher priority").click()
    urgent = page.locator("[name='band.1.from']")
    urgent.fill("80")
    page.fill("[name='band.1.first_response.amount']", "30m")
    page.fill("[name='band.1.resolution.amount']", "4h")
    _save(page)
    _policy(
        page, "Bronze", SCHOOL, "New York office",
        {"first_response": "4h", "next_response": "8h", "resolution": "20h"},
    )  # fmt: skip
    page.goto("/admin/sla/policies")
    accessible(page)


def _calendar(page: Page, name: str, zone: str, hours: str, country: str) -> None:
    page.goto("/admin/calendars/create")
    page.fill("[name=name]", name)
    page.fill("[name=zone]", zone)
    for day in range(5):
        page.fill(f"[name=day_{day}]", hours)
    for day in (5, 6):
        page.fill(f"[name=day_{day}]", "")
    if country:
        page.select_option("[name=country]", country)
    page.locator("button[name=deed][value=save]:visible").click()
    expect(page.locator("h1")).to_contain_text(name)


def _policy(page: Page, name: str, customer: str, calendar: str, terms: dict[str, str]) -> None:
    page.goto("/admin/sla/policies/create")
    page.fill("[name=name]", name)
    page.fill("[name='for.organizations']", customer)
    page.select_option("[name='band.0.calendar']", label=calendar)
    for target, amount in terms.items():
        page.fill(f"[name='band.0.{target}.amount']", amount)
    _save(page)


def _save(page: Page) -> None:
    page.locator("button[name=deed][value=save]:visible").last.click()
    expect(page.locator(".flash-ok, .flash-success, [role=status]").first).to_be_visible()
    page.goto("/admin/sla/policies")


def _live(life: Week) -> None:
    page = life.page
    life.at("01T10:00", BERLIN)
    life.mail("ann@clinic.example", "Server room")
    life.at("01T11:30", BERLIN)
    life.reply(1, "How warm is it there now?", "stalled")
    expect(page.locator(".sla-strip")).to_contain_text("paused")
    life.at("01T16:00", BERLIN)
    life.mail("ann@clinic.example", "Server room", 1)
    page.goto("/ticket/1")
    expect(page.locator(".sla-strip")).to_contain_text("Next response")
    life.at("01T17:00", NEW_YORK)
    life.mail("joe@schools.example", "Projector")
    life.at("02T09:45", BERLIN)
    life.reply(1, "We send somebody over.")
    life.at("02T14:00", BERLIN)
    life.mail("ann@clinic.example", "No mail")
    life.at("02T14:30", BERLIN)
    life.reply(3, "We look into it.")
    life.at("02T09:00", NEW_YORK)  # 15:00 in Berlin
    _urgent(life, 3)
    life.mail("joe@schools.example", "Door locks")
    life.at("02T09:30", NEW_YORK)
    life.reply(4, "The maker has to come.", until="2026-04-03T16:00")
    life.at("02T15:45", BERLIN)
    page.goto("/ticket/1")
    expect(page.locator(".sla-strip")).to_contain_text("missed")
    life.at("02T10:00", NEW_YORK)  # 16:00 in Berlin
    life.reply(1, "The fan is replaced.", "resolved")
    _hand_over(page, 4)
    life.at("02T16:30", BERLIN)
    life.mail("bo@clinic.example", "New laptop")
    life.at("02T17:45", BERLIN)
    life.reply(3, "Mail flows again.", "resolved")
    life.at("02T12:00", NEW_YORK)
    life.reply(2, "A new lamp is on its way.")
    life.at("03T15:00", NEW_YORK)
    page.goto("/ticket/4")
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator("#sidebar")).not_to_contain_text("Take it back")
    life.at("03T16:00", NEW_YORK)
    life.reply(2, "The lamp is in.", "resolved")
    life.at("06T10:00", NEW_YORK)
    life.reply(4, "All doors open again.", "resolved")
    life.at("07T10:00", BERLIN)
    life.reply(5, "Which model do you want?")
    life.at("07T11:00", BERLIN)
    life.reply(5, "It is ordered.", "resolved")
    life.at("07T14:00", BERLIN)
    life.mail("bo@clinic.example", "New laptop", 5)
    life.at("07T15:00", BERLIN)
    life.reply(5, "Here is the slip.", "resolved")
    life.at("07T20:00", BERLIN)


def _urgent(life: Week, number: int) -> None:
    page = life.page
    page.goto(f"/ticket/{number}")
    edit = page.locator("details.edit", has=page.locator("#edit-priority"))
    edit.locator("summary").click()
    page.select_option("#edit-priority", "100")
    edit.get_by_role("button").click()
    expect(page.locator(".sla-strip")).to_contain_text("Resolution")


def _hand_over(page: Page, number: int) -> None:
    page.goto(f"/ticket/{number}")
    page.locator(".sla-ball summary").first.click()
    page.select_option("#sla-ball", "third")
    page.fill("#sla-reason", "The maker of the locks comes")
    page.get_by_role("button", name="Hand it over").click()
    expect(page.locator("#sidebar")).to_contain_text("Take it back")


def _excuse(life: Week) -> None:
    page = life.page
    page.goto("/sla/tickets/2/clocks/first_response/1")
    expect(page.locator("h1")).to_contain_text("First response")
    accessible(page)
    page.fill("#sla-reason", "The school had closed its network for repairs.")
    page.get_by_role("button", name="Excuse it").click()
    expect(page.locator("main")).to_contain_text("The school had closed its network for repairs.")


def _counted(app: App) -> dict[tuple[str, str], tuple[int, str]]:
    """What the rows say: seconds that counted, and how it went, by subject and target."""
    with app.reading_sessions() as db:
        rows = db.execute(
            select(Ticket.subject, ClockRow).join(Ticket, Ticket.id == ClockRow.ticket_id)
        ).all()
        found = {}
        for subject, row in rows:
            if row.amount is None and row.target != "promise":
                continue  # measured, not promised
            said = "excused" if row.excuse else "missed" if row.missed else "met" if row.ended else "open"
            assert (subject, row.target) not in found
            found[subject, row.target] = (row.used, said)
        return found


def _reported(page: Page) -> dict[tuple[str, str], tuple[int, int, int]]:
    """The same from the page that owners read."""
    page.goto("/sla/reports/policies?from=2026-04-01&to=2026-04-07")
    accessible(page)
    found = {}
    for row in page.locator("table.sla-report tbody tr").all():
        cells = [cell.strip() for cell in row.locator("td").all_inner_texts()]
        if cells[0] in ("Gold", "Bronze"):
            found[cells[0], cells[1]] = tuple(int(cell or 0) for cell in cells[2:5])
    return found
