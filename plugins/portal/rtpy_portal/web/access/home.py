"""Where customers go instead of pages of staff, and what they read when something goes wrong."""

import re

from pyramid.request import Request
from pyramid.response import Response

from rtpy.errors import RtpyError
from rtpy.http.redirects import is_safe_path
from rtpy.plugin_settings import setting
from rtpy.web.customer_pages import CustomerPages, Trouble, draw_alone
from rtpy.web.shown import Link
from rtpy_portal.access.settings import LOGIN_LINKS
from rtpy_portal.words import Say, say_in, spoken

ROOT = "/portal"
_TICKET = re.compile(r"/ticket/(\d{1,18})(?:/.*)?")
_PLACES = (("/tickets", "/portal/requests"), ("/article", "/portal/knowledge"), ("/account", "/portal/me"))


def find_way(request: Request) -> str | None:
    """The page of the portal that stands for one of staff: of a ticket its request, else the first page.

    None for what is no page at all, and for what is of the portal itself.
    """
    path: str = request.path_info
    if getattr(request, "matched_route", None) is None or path.startswith((f"{ROOT}/", "/SelfService/")):
        return None
    root: str = request.script_name
    if found := _TICKET.fullmatch(path):
        return f"{root}{ROOT}/request/{found[1]}"
    place = next((ours for theirs, ours in _PLACES if path.startswith(theirs)), ROOT)
    return None if path == ROOT else root + place


def draw_error(request: Request, trouble: Trouble) -> Response:
    """In the reader's language and in words for customers. No query."""
    login = request.__dict__.get("login")
    wished = getattr(login, "lang", "") or request.accept_language.lookup(["en", "de"], default="en")
    language = spoken(wished or "en")
    say = say_in(language)
    title, sentence = _words(say, trouble)
    values = {
        "say": say,
        "language": language,
        "title": title,
        "sentence": sentence,
        "typed": trouble.typed,
        "status": trouble.status,
        "request_id": trouble.request_id,
        "portal_name": request.app.config.rtname,
        "knows": login is not None,
    }
    return draw_alone(request, "portal/access/trouble.pt", values, trouble.status)


def _words(say: Say, trouble: Trouble) -> tuple[str, str]:
    if trouble.kind == "404":
        return say("There is nothing here"), say(
            "Check the address, or begin on the first page. What is not meant for you looks the same."
        )
    if trouble.kind in ("500", "unavailable"):
        return say("Something went wrong on our side"), say(
            "Nothing was changed. Please try again in a moment; if it happens again, tell us the number below."
        )
    if trouble.kind in ("bad_csrf", "logged_out"):
        return say("This page was too old"), say(
            "Nothing was sent. Please go back, load the page again, and send it once more. What you wrote stands below."
        )
    if trouble.kind == "refused":
        said = _own_sentence(trouble.error)
        return say("That was not possible"), said or say(
            "Nothing was changed. Please go back and try it another way."
        )
    return say("That is not open to you"), say(
        "You may not open this page. Everything that is yours is on the first page."
    )


def _own_sentence(error: Exception | None) -> str:
    """What was raised by the portal itself is written for customers; the core's own sentences are for staff."""
    if not isinstance(error, RtpyError) or error.__traceback__ is None:
        return ""
    trace = error.__traceback__
    while trace.tb_next is not None:
        trace = trace.tb_next
    module = str(trace.tb_frame.f_globals.get("__name__", ""))
    return str(error) if module.startswith("rtpy_portal.") else ""


def offer_link(request: Request, wanted: str) -> Link | None:
    """Below the login with a password: that customers need none. One query at most."""
    if not setting(request.app, request.db, LOGIN_LINKS):
        return None
    say, asked = request.portal_say, {"next": wanted} if is_safe_path(wanted) else None
    return Link(
        say("No password? Log in by a link in a mail"),
        request.route_path("portal.access.login", _query=asked),
    )


PAGES = CustomerPages(ROOT, find_way, draw_error, offer_link)
