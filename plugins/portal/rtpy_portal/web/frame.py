"""What every page of the portal is given: its title, its menu, who is here, and what says sentences."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from pyramid.request import Request
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.errors import Problem
from rtpy.working_hours import calendar_zone, offered
from rtpy_portal.looks.theme import theme_of, words_of
from rtpy_portal.web.nav import links
from rtpy_portal.web.panels import show_below_message, show_panels
from rtpy_portal.web.visitors import visitor_of
from rtpy_portal.words import Say, languages, say_day, say_in, say_moment, spoken


def make_say(request: Request) -> Say:
    """`request.portal_say`: in the language of who reads this page."""
    return say_in(language_of(request))


def language_of(request: Request) -> str:
    """What the visitor has chosen, else what the browser asks for, else English."""
    visitor = visitor_of(request)
    if visitor is not None and visitor.lang:
        return spoken(visitor.lang)
    found: str = request.accept_language.lookup([*languages()], default="en")
    return spoken(found)


def zone_of(request: Request) -> tzinfo:
    """The visitor's time zone, the firm's for who has said none."""
    visitor = visitor_of(request)
    name = visitor.timezone if visitor is not None else ""
    try:
        return ZoneInfo(name or zone_of_firm(request.app, request.db))
    except (KeyError, ValueError, OSError):
        return UTC


def zone_of_firm(app: App, db: Session) -> str:
    """The time zone in which all of its calendars keep working hours; UTC when they differ or there is none."""
    zones = {calendar_zone(app, db, number) for number, _ in offered(app, db)}
    return zones.pop() if len(zones) == 1 else "UTC"


def moment(request: Request, at: datetime) -> str:
    """A moment in the reader's language and time zone, such as `23 Nov 2026, 14:05`."""
    local = at.astimezone(zone_of(request))
    return say_moment(local, language_of(request))


def day(request: Request, at: datetime) -> str:
    """The day of a moment, such as `23 Nov 2026`."""
    return say_day(at.astimezone(zone_of(request)).date(), language_of(request))


def frame(
    request: Request, title: str, *, problems: Sequence[Problem] = (), **values: object
) -> Mapping[str, object]:
    """The values of `portal/layout.pt` with those of the page; `problems` of a form make its answer 422.

    Pages of the portal are for the reader's eyes: no cache keeps them, no search engine lists them, no other site
    learns their address.
    """
    if problems:
        request.response.status_int = 422
    request.response.headers["Cache-Control"] = "no-store"
    visitor, theme = visitor_of(request), theme_of(request.app, request.db)
    return {
        "say": request.portal_say,
        "language": language_of(request),
        "title": title,
        "theme_of_portal": theme,
        "theme_url": _versioned(request, "portal.looks.css", theme.css_digest),
        "logo_url": _versioned(request, "portal.looks.logo", theme.logo_digest),
        "footer_words": words_of(request.app, request.db, "footer", language_of(request)),
        "portal_panels": lambda place, subject=None: show_panels(request, place, subject),
        "below_message": lambda resource, message: show_below_message(request, resource, message),
        "links": links(request, visitor),
        "visitor": visitor,
        "problems": problems,
        "problem_of": {each.field: each.message for each in problems},
        "login_url": request.route_path("portal.access.login", _query={"next": request.path_qs}),
        "staff_url": request.route_path("home"),
        "clock_of": str(zone_of(request)).replace("_", " "),
        "moment": lambda at: moment(request, at),
        "day": lambda at: day(request, at),
        **values,
    }


def _versioned(request: Request, route: str, digest: str) -> str | None:
    return request.route_path(route, _query={"v": digest}) if digest else None
