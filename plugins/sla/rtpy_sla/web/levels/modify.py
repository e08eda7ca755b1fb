"""Making and changing a level."""

from collections.abc import Mapping
from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.duration import read_minutes
from rtpy.errors import Invalid, Problem
from rtpy.http.resources import SystemResource
from rtpy.web.admin.editing import Section, form_values
from rtpy.web.forms import Field, Option
from rtpy.web.shown import Link
from rtpy.web.staff.forms import number_in, problems_of, texts_of
from rtpy.working_hours import offered
from rtpy_sla.ladder.labels import span_label
from rtpy_sla.levels.saving import LevelValues, save_level
from rtpy_sla.levels.terms import FIRST_MOMENT, LevelTerms, Time, known_terms
from rtpy_sla.models import Level
from rtpy_sla.rights import ADMIN_SERVICE_LEVELS

FIRST, AT_ONCE, LATER = "first", "now", "later"
STARTS = {
    FIRST: "In the first business minute",
    AT_ONCE: "At once",
    LATER: "After so much business time",
}
TERMS = {
    "response": (
        "Response",
        "How long a customer may wait for an answer, from the oldest message without one.",
    ),
    "keep_in_loop": ("Keep in the loop", "How long after our message the next one is owed."),
    "resolve": ("Resolve", "From creation on."),
}


@view_config(
    route_name="sla.levels.create",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ADMIN_SERVICE_LEVELS,
)
@view_config(
    route_name="sla.levels.modify",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ADMIN_SERVICE_LEVELS,
)
def show(resource: SystemResource, request: Request) -> dict[str, object]:
    """The present values, or an empty form."""
    row = _row(request)
    return _form(request, row, typed_level(row))


@view_config(
    route_name="sla.levels.create",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ADMIN_SERVICE_LEVELS,
)
@view_config(
    route_name="sla.levels.modify",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ADMIN_SERVICE_LEVELS,
)
def save(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Save it."""
    row, given = _row(request), texts_of(request)
    problems: list[Problem] = []
    values = LevelValues(
        given.get("name", ""),
        given.get("description", ""),
        read_typed_terms(given, problems),
        number_in(given.get("calendar", "")),
        given.get("disabled") == "1",
    )
    try:
        if problems:
            raise Invalid(*problems)
        save_level(request.work, row, values)
    except Invalid as invalid:
        wrong = {_field_of(name): text for name, text in problems_of(invalid).items()}
        return _form(request, row, given, wrong)
    request.flash("The level is saved.")
    return HTTPSeeOther(request.route_path("sla.levels.list"))


def read_typed_terms(given: Mapping[str, str], problems: list[Problem]) -> dict[str, Any]:
    """The terms of a posted form as plain values; what is no length of time is added to the problems."""
    terms: dict[str, Any] = {}
    starts = given.get("starts", FIRST)
    if starts == AT_ONCE:
        terms["starts"] = {"immediately": True}
    elif starts == LATER:
        terms["starts"] = {"business": _minutes(given, "starts.business", problems) or 0}
    for name in (*TERMS, "out_of_hours"):
        business = _minutes(given, f"{name}.business", problems)
        real = _minutes(given, f"{name}.real", problems)
        if business is None and real is None:
            continue
        ignore = [each.strip() for each in given.get(f"{name}.ignore", "").split(",") if each.strip()]
        terms[name] = {
            "business": business,
            "real": real,
            "ignore": ignore,
            "exclude": given.get(f"{name}.exclude") == "1",
        }
    return terms


def typed_level(row: Level | None) -> dict[str, str]:
    """A level as a form has it."""
    if row is None:
        return {"starts": FIRST}
    terms = known_terms(row.terms)
    typed = {
        "name": row.name,
        "description": row.description,
        "calendar": "" if row.calendar_id is None else str(row.calendar_id),
        "disabled": "1" if row.disabled else "",
        **_typed_starts(terms),
    }
    for name in (*TERMS, "out_of_hours"):
        time: Time | None = getattr(terms, name)
        if time is not None:
            typed[f"{name}.business"] = _typed(time.business)
            typed[f"{name}.real"] = _typed(time.real)
            typed[f"{name}.ignore"] = ", ".join(sorted(time.ignored))
            typed[f"{name}.exclude"] = "1" if time.excludes_ignored else ""
    return typed


def _typed_starts(terms: LevelTerms) -> dict[str, str]:
    if terms.starts is None or terms.starts == FIRST_MOMENT:
        return {"starts": FIRST}
    if terms.starts.business is None:
        return {"starts": AT_ONCE}
    return {"starts": LATER, "starts.business": _typed(terms.starts.business)}


def _typed(minutes: int | None) -> str:
    return "" if minutes is None else span_label(60 * minutes).replace(" min", "m").replace(" ", "")


def _minutes(given: Mapping[str, str], name: str, problems: list[Problem]) -> int | None:
    text = given.get(name, "").strip()
    if not text:
        return None
    try:
        return read_minutes(text)
    except ValueError as wrong:
        problems.append(Problem(name, str(wrong)))
        return None


def _field_of(name: str) -> str:
    return f"{name}.business" if name in (*TERMS, "out_of_hours", "starts") else name


def _row(request: Request) -> Level | None:
    if "id" not in request.matchdict:
        return None
    found: Level | None = request.db.get(Level, int(request.matchdict["id"]))
    if found is None:
        raise HTTPNotFound()
    return found


def _form(
    request: Request,
    row: Level | None,
    given: Mapping[str, str],
    problems: Mapping[str, str] | None = None,
) -> dict[str, object]:
    path = request.route_path

    def text(name: str, label: str, hint: str = "", placeholder: str = "") -> Field:
        return Field(name, label, given.get(name, ""), hint=hint, placeholder=placeholder or None)

    def select(name: str, label: str, options: list[tuple[str, str]], hint: str = "") -> Field:
        chosen = given.get(name, "")
        shown = tuple(Option(value, said, value == chosen) for value, said in options)
        return Field(name, label, chosen, "select", hint, options=shown, required=True)

    present = number_in(given.get("calendar", ""))
    calendars = [(str(number), name) for number, name in offered(request.app, request.db, (present,))]
    first = Section(
        "The level",
        (
            Field("name", "Name", given.get("name", ""), hint="What the SLA of tickets says.", required=True),
            Field("description", "Description", given.get("description", ""), "textarea", rows=2),
            select(
                "calendar",
                "Business hours",
                [("", "Every minute of every day"), *calendars],
                "Business time is counted in the hours of this calendar.",
            ),
            select("starts", "Starts is set", list(STARTS.items())),
            text(
                "starts.business",
                "Business time until Starts",
                "Only for “After so much business time”, such as 1h.",
            ),
            Field("disabled", "Switched off", "1", "checkbox", checked=given.get("disabled") == "1"),
        ),
    )
    terms = tuple(
        Section(
            title,
            (
                text(f"{name}.business", "Business time", "Such as 4h, 1h30 or 40h.", "4h"),
                text(f"{name}.real", "And time by the clock", "Counted after the business time."),
                text(
                    f"{name}.ignore",
                    "Nothing is due while it is",
                    "Statuses between commas, such as stalled.",
                ),
                Field(
                    f"{name}.exclude",
                    "Time in these statuses does not count either",
                    "1",
                    "checkbox",
                    checked=given.get(f"{name}.exclude") == "1",
                ),
            ),
            help,
        )
        for name, (title, help) in TERMS.items()
    )
    out = Section(
        "Out of hours",
        (text("out_of_hours.business", "Business time"), text("out_of_hours.real", "Time by the clock")),
        "Added to what begins outside of business hours.",
    )
    return form_values(
        request,
        title="New level" if row is None else f"Level: {row.name}",
        post_url=path("sla.levels.create") if row is None else path("sla.levels.modify", id=row.id),
        sections=(first, *terms, out),
        problems=problems,
        crumbs=(Link("RT's own levels", path("sla.levels.list")),),
    )
