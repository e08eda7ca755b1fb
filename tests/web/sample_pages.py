"""Invented values for the draft pages, so that templates can be drawn without a database."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rtpy.web.admin.styleguide import sample_composer, sample_entries, sample_rows, specimens
from rtpy.web.forms import Field, Option
from rtpy.web.html import Html, show_avatar, show_priority, show_status
from rtpy.web.shown import Column, Deed, Link, Pages, Person
from rtpy.web.staff.ticket.hints import HintLine
from rtpy.web.staff.ticket.linkbox import LinkBox, LinkGroup, LinkLine
from rtpy.web.staff.ticket.reminders import ReminderBox, ReminderLine
from rtpy.web.static_files import StaticFiles
from rtpy.web.templating import NavEntry, NavGroup, page_values
from rtpy.web.times import bind_when

SHARE = Path(__file__).resolve().parents[2] / "share"
NOW = datetime(2026, 2, 12, 14, 5, tzinfo=UTC)
STATUS_OPTIONS = tuple(Option(name, name, name == "open") for name in ("open", "stalled", "resolved"))


PRINTER = LinkLine(
    "DependsOn",
    "1270",
    "fsck.com-rt://example/ticket/1270",
    "#1270 Invoice printer on floor 2 prints blank pages",
    "/ticket/1270",
    None,
    show_status("open"),
    True,
)


@dataclass(frozen=True, slots=True)
class ShownTicket:
    """The header of a ticket page."""

    id: int
    subject: str
    url: str
    status: Html
    priority: Html
    queue: Link
    organization: Link | None
    requestor: Person | None
    created: Html
    worked: str
    is_bookmarked: bool = True
    bookmark_url: str = "/ticket/1284/bookmark"
    seen_url: str = "/ticket/1284/seen"
    newest: int = 7
    unread: int = 2


@dataclass(frozen=True, slots=True)
class ShownFact:
    """A line of the sidebar, and the field that changes it."""

    label: str
    value: Html | str
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at the page."""

    name: str
    avatar: Html


def frame(theme: str = "auto", now: datetime = NOW) -> dict[str, object]:
    """The values of the frame for a logged-in technician."""
    nav = (
        NavGroup(
            (
                NavEntry("Home", "/", "home", current=True),
                NavEntry("My tickets", "/tickets?owner=me", "ticket", count=12),
                NavEntry("All tickets", "/tickets", "list"),
                NavEntry("Organisations", "/organisations", "building"),
                NavEntry("Mail", "/admin/mail", "mail", count=2),
            )
        ),
        NavGroup(
            (
                NavEntry("General", "/queue/1", "queue", count=18),
                NavEntry("Network", "/queue/2", "queue", count=7),
                NavEntry("Workplace", "/queue/3", "queue", count=31),
            ),
            "Queues",
        ),
    )
    return {
        **page_values(StaticFiles([SHARE / "static"]), now=now),
        "theme": theme,
        "nav": nav,
        "actor": Viewer("Jonas Weber", show_avatar("Jonas Weber")),
        "actor_links": (Link("Preferences", "/preferences", icon="settings"),),
        "search_url": "/search",
        "new_ticket_url": "/ticket/new",
        "minutes_today": 215,
        "csrf_token": "token",
    }


def ticket_page(now: datetime = NOW, times: int = 1) -> dict[str, object]:
    """Values of staff/ticket/display.pt; `times` repeats the conversation."""
    when = bind_when(now)
    ann = Person("Ann Miller", show_avatar("Ann Miller"), "ann.miller@fennel.example", "/user/12")
    peter = Person("Peter Holm", show_avatar("Peter Holm"), "peter@fennel.example", "/user/14")
    return {
        "crumbs": (Link("Home", "/"), Link("Network", "/queue/2")),
        "ticket": ShownTicket(
            1284,
            "VPN drops every 20 minutes since the update",
            "/ticket/1284",
            show_status("open"),
            show_priority("High", "high"),
            Link("Network", "/queue/2"),
            Link("Fennel Foods", "/organisation/3"),
            ann,
            when(now - timedelta(hours=27)),
            "1 h 35 min",
        ),
        "review": Link("2 mails of strangers wait", "/ticket/1284/review"),
        "hints": [
            HintLine(
                1,
                "/ticket/1284/hint",
                "Peter Holm forwarded this: Ann Miller was made the requestor.",
                "Make Peter Holm the requestor",
                "That is right",
            )
        ],
        "deeds": (
            Deed("Give back", "/ticket/1284/owner", "owner", "nobody", "quiet"),
            Deed("Resolve", "/ticket/1284/status", "status", "resolved", icon="check"),
        ),
        "entries": sample_entries(now) * times,
        "composer": sample_composer(),
        "owner": Person("Jonas Weber", show_avatar("Jonas Weber"), "", "/user/2"),
        "people": [
            ("Requestor", [ann]),
            ("Copies to", [peter]),
            ("Staff copies", [Person("Priya Raman", show_avatar("Priya Raman"), "", "/user/3")]),
        ],
        "facts": [
            ShownFact(
                "Status",
                show_status("open"),
                Field("status", "Status", kind="select", options=STATUS_OPTIONS),
            ),
            ShownFact(
                "Priority", show_priority("High", "high"), Field("priority", "Priority", "80", "number")
            ),
            ShownFact("Queue", Html('<a href="/queue/2">Network</a>')),
            ShownFact("Organisation", Html('<a href="/organisation/3">Fennel Foods</a>')),
            ShownFact("Time worked", "1 h 35 min"),
        ],
        "dates": [
            ("Created", when(now - timedelta(hours=27))),
            ("Last contact", when(now - timedelta(minutes=4))),
            ("Due", when(now + timedelta(hours=21))),
        ],
        "modify_url": "/ticket/1284/modify",
        "recipients_url": "/ticket/1284/recipients",
        "links": LinkBox((LinkGroup("DependsOn", "Depends on", (PRINTER,)),), "/ticket/1284/links", True),
        "field_boxes": [],
        "said_inputs": {"reply": [], "comment": []},
        "reminders": ReminderBox(
            (
                ReminderLine(
                    7, "Call the supplier", "Jonas Weber", when(now + timedelta(hours=3)), False, False, True
                ),
            ),
            (),
            "/ticket/1284/reminders",
            True,
        ),
        "child_url": "/ticket/create?parent=1284",
        "earlier_url": None,
        "more_links": (
            Link("Edit", "/ticket/1284/edit", icon="pencil"),
            Link("People", "/ticket/1284/people", icon="users"),
            Link("History", "/ticket/1284/history", icon="history"),
        ),
        "others": sample_rows(now, 4)[1:],
        "others_url": "/user/12/tickets",
    }


def home_page(now: datetime = NOW) -> dict[str, object]:
    """Values of staff/home.pt."""
    columns = tuple(
        Column(name) for name in ("#", "Subject", "Status", "Priority", "Owner", "Queue", "Updated", "Due")
    )
    rows = sample_rows(now, 8)
    return {
        "greeting": "Good afternoon, Jonas",
        "tiles": [
            ("2", "overdue", "/tickets?due=past", "bad"),
            ("5", "waiting for your answer", "/tickets?waiting=me", "warn"),
            ("12", "open tickets of yours", "/tickets?owner=me", ""),
            ("9", "without an owner", "/tickets?owner=nobody", ""),
        ],
        "mine": rows[:5],
        "unowned": rows[3:],
        "newest": rows[:5],
        "mine_count": 12,
        "unowned_count": 9,
        "mine_url": "/tickets?owner=me",
        "unowned_url": "/tickets?owner=nobody",
        "newest_url": "/tickets",
        "columns": columns,
        "reminders": [],
        "today": [
            ("#1284 VPN drops every 20 minutes since the update", "/ticket/1284", "1 h 15 min"),
            ("#1270 Invoice printer on floor 2 prints blank pages", "/ticket/1270", "2 h 20 min"),
        ],
        "today_total": "3 h 35 min",
    }


def list_page(now: datetime = NOW, count: int = 50) -> dict[str, object]:
    """Values of staff/ticket/list.pt."""
    shown = specimens(now)
    return {
        "title": "Network",
        "crumbs": (Link("Home", "/"), Link("Queues", "/queues"), Link("Wortungetüm" * 18, "/")),
        "tabs": shown["tab_links"],
        "form_url": "/tickets",
        "form": {
            "q": "",
            "owner": "me",
            "queue": "2",
            "queues": [(1, "General"), (2, "Network")],
            "due": "",
            "per_page": 50,
            "sizes": (25, 50, 100),
            "hidden": [("status", "open")],
        },
        "filters": ["yours"],
        "clear_url": "/tickets",
        "rows": sample_rows(now, count),
        "columns": shown["columns"],
        "pages": shown["pages"] if count else Pages(0, 0, 0),
        "empty_text": "Mail to network@example.com comes in here.",
    }


def login_page(error: str = "") -> dict[str, object]:
    """Values of login.pt."""
    return {
        "site_name": "rtpy",
        "username": "",
        "error": error,
        "login_url": "/login",
        "next_url": "/",
        "note": "",
        "forgot_url": "/login/forgot",
        "is_chosen": not error,
        "other_ways": (Link("Log in by Example", "/login/with/1"),),
        "customer_way": Link("Log in by a link in a mail", "/customers/login"),
    }


def code_page(error: str) -> dict[str, object]:
    """Values of second_factor/ask.pt."""
    return {
        "site_name": "rtpy",
        "post_url": "/login/code",
        "login_url": "/login",
        "other_url": "/login/code",
        "next_url": "/",
        "by_paper": False,
        "is_over": False,
        "error": error,
    }


def second_factor_page() -> dict[str, object]:
    """Values of second_factor/set_up.pt, at the step where the app reads the picture."""
    return {
        "site_name": "rtpy",
        "post_url": "/account/second-factor/set-up",
        "picture_url": "/static/icons/favicon.svg",
        "back_url": "/account/second-factor",
        "logout_url": "/logout",
        "next_url": "/",
        "on_url": "/",
        "must": False,
        "has_one": False,
        "has_password": True,
        "account": "ann",
        "secret": "JBSW Y3DP EHPK 3PXP",
        "app_url": "otpauth://totp/rtpy:ann?secret=JBSWY3DPEHPK3PXP&issuer=rtpy",
        "codes": (),
        "wrong": {"code": "This is not the code that the app shows now."},
    }


def all_pages(now: datetime = NOW) -> dict[str, tuple[str, dict[str, object]]]:
    """Every draft page and some of their other states: name, template, values."""
    nothing = {"mine": [], "unowned": [], "newest": [], "today": []}
    return {
        "styleguide": ("admin/styleguide.pt", specimens(now)),
        "ticket": ("staff/ticket/display.pt", ticket_page(now)),
        "ticket-empty": ("staff/ticket/display.pt", {**ticket_page(now), "entries": [], "others": []}),
        "home": ("staff/home.pt", home_page(now)),
        "home-empty": ("staff/home.pt", {**home_page(now), **nothing}),
        "list": ("staff/ticket/list.pt", list_page(now, 20)),
        "list-empty": ("staff/ticket/list.pt", list_page(now, 0)),
        "login": ("login.pt", login_page("The user name or the password is not right.")),
        "code": ("second_factor/ask.pt", code_page("This code is not right.")),
        "factor-scan": ("second_factor/set_up.pt", second_factor_page()),
    }
