"""What the reader wants to be told by mail, and when."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.notification_choices import WORDS, Event, When, choose_notifications
from rtpy.errors import Invalid
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.mail.choices import choices_of
from rtpy.models import User
from rtpy.web.admin.editing import Section, form_values
from rtpy.web.forms import Field, Option
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_of
from rtpy.web.staff.people.account import account_tabs

WHEN_WORDS = {When.NOW: "At once", When.DIGEST: "In the daily digest", When.NONE: "Not by mail"}
OWN_DEEDS = {When.NONE: "No", When.NOW: "Yes, send me the same mail as others"}


@view_config(route_name="people.mail", request_method="GET", renderer="admin/form.pt", permission=STAFF)
def mail_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """The present choices."""
    chosen = choices_of(request.app, request.db, request.login.user_id)
    values = {str(event): str(chosen.of(event)) for event in Event}
    return _form(
        request, {**values, "hour": str(chosen.hour), "suspended": "1" if chosen.suspended else ""}, {}
    )


@view_config(route_name="people.mail", request_method="POST", renderer="admin/form.pt", permission=STAFF)
def mail_post(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """One field for each event, `hour` of the digest, and `suspended`."""
    given = texts_of(request)
    typed = given.get("hour", "").strip()
    try:
        choose_notifications(
            request.work,
            request.login.user_id,
            events={str(event): given[event] for event in Event if event in given},
            hour=int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 3 else -1,
            suspended=given.get("suspended") == "1",
        )
    except Invalid as invalid:
        return _form(request, given, problems_of(invalid))
    request.flash("Saved.")
    return HTTPSeeOther(request.route_path("people.mail"))


def _form(request: Request, values: Mapping[str, str], wrong: Mapping[str, str]) -> dict[str, object]:
    me = request.db.get_one(User, request.login.user_id)
    hour = values.get("hour", "")
    tickets = tuple(_choice(event, values) for event in Event if event is not Event.MY_DEEDS)
    digest = Field(
        "hour",
        "Hour of the digest",
        kind="select",
        required=True,
        hint=f"By the clock of your time zone ({me.timezone or 'UTC'}).",
        options=tuple(Option(str(each), f"{each:02}:00", str(each) == hour) for each in range(24)),
    )
    pause = Field(
        "suspended",
        "Send me no mail about tickets for now",
        "1",
        "checkbox",
        hint="What happens meanwhile is not sent later; you find it in the tickets.",
        checked=values.get("suspended") == "1",
    )
    sections = (
        Section(
            "Tell me of",
            tickets,
            "Where a ticket concerns you in two ways, you hear of it as soon as one of them says.",
        ),
        Section("Daily digest", (digest,)),
        Section("My own deeds", (_choice(Event.MY_DEEDS, values),)),
        Section("Pause", (pause,)),
    )
    intro = "Answers to requests of your own always reach you, unless you pause all mail."
    if not me.email_address:
        intro = "You have no mail address, so no mail reaches you. " + intro
    page = form_values(
        request,
        title="Mail to me",
        post_url=request.route_path("people.mail"),
        sections=sections,
        problems=wrong,
        intro=intro,
        tabs=account_tabs(request),
    )
    return {**page, "crumbs": (Link("Home", request.route_path("home")),)}


def _choice(event: Event, values: Mapping[str, str]) -> Field:
    words = OWN_DEEDS if event is Event.MY_DEEDS else WHEN_WORDS
    now = values.get(event, "")
    return Field(
        str(event),
        WORDS[event],
        kind="select",
        required=True,
        options=tuple(Option(str(when), label, when == now) for when, label in words.items()),
    )
